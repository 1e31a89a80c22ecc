"""softmax and log_softmax: calls along every kind of axis."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from scipy import special

from corelib.conformance import ErrorSample, OpSample, OpSpec, Promise

TIE: Final = np.array([2.0, 2.0])


def samples(generator: np.random.Generator) -> Iterator[OpSample]:
    shapes: tuple[tuple[tuple[int, ...], Any], ...] = (
        ((3, 4), -1), ((3, 4), 0), ((2, 3, 2), (0, -1)), ((2, 2), None), ((), None), ((0, 3), 0),
        ((0, 3), 1), ((4,), 0),
    )  # fmt: skip
    for shape, axis in shapes:
        yield OpSample(np.asarray(generator.normal(size=shape)), axis=axis)
    yield OpSample(np.array([[1.0, 1.0, -2.0]]))


def of(name: str, reference: Any) -> OpSpec:
    far = np.array([1e300, -1e300, 0.0])
    return OpSpec(
        name, kind="custom", samples=samples, reference=lambda x, axis=-1: reference(x, axis), complex=False,
        errors=[
            ErrorSample(np.ones((2, 3)), raises=ValueError, axis=2), ErrorSample(np.ones(2) * 1j, raises=TypeError)
        ],
        promises=[Promise(far, gradients=[np.zeros(3) if name == "softmax" else np.array([-2.0, 1.0, 1.0])])],
    )  # fmt: skip


SPECS: Final = (of("softmax", special.softmax), of("log_softmax", special.log_softmax))
