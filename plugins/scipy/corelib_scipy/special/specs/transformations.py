"""The specs of transformations, losses, degrees and reductions."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample
from corelib_scipy.special.specs.declaring import ANYWHERE, POSITIVE, custom, entrywise, special

Generator = np.random.Generator
AXES: Final[tuple[dict[str, Any], ...]] = ({}, {"axis": 0}, {"axis": -1}, {"axis": (1, 0)})


def along(rng: Generator) -> Iterator[OpSample]:
    for fields in AXES:
        yield OpSample(rng.normal(size=(3, 4)), **fields)
    for shape in ((2, 3, 2), (2, 2, 1, 2), (5,), (3, 3), (1, 1), (12, 2), ()):
        yield OpSample(np.asarray(rng.normal(size=shape)))
    yield OpSample(np.array([1.5, 1.5, -2.0]), id="ties")


def sums(rng: Generator) -> Iterator[OpSample]:
    yield from along(rng)
    for fields in AXES:
        yield OpSample(rng.normal(size=(3, 4)), keepdims=True, **fields)
        yield OpSample(rng.normal(size=(3, 4)), b=rng.uniform(0.5, 2, (3, 4)), **fields)
    yield OpSample(rng.normal(size=(3, 4)), axis=0, b=np.array([[0.5], [0.0], [2.0]]), keepdims=True)
    yield OpSample(rng.normal(size=(2, 3)), b=np.array([1.0, -2.0, 3.0]), return_sign=True)
    yield OpSample(rng.normal(size=(2, 3)), axis=1, keepdims=True, return_sign=True)


SPECS: Final = (
    entrywise("boxcox", (POSITIVE, ANYWHERE), edge="open"),
    entrywise("boxcox1p", ((-1.0, None), ANYWHERE), edge="open"),
    entrywise("inv_boxcox", POSITIVE, edge="open", beyond="both are negative, and the same formula holds"),
    entrywise("inv_boxcox1p", POSITIVE, edge="open", beyond="both are negative, and the same formula holds"),
    entrywise("powm1", (POSITIVE, ANYWHERE), edge="open"),
    entrywise("huber", (POSITIVE, ANYWHERE), edge="open"),
    entrywise("pseudo_huber", (POSITIVE, ANYWHERE), edge="open"),
    entrywise("sindg", precise=lambda mp, x: mp.sin(x * mp.pi / 180)),
    entrywise("cosdg", precise=lambda mp, x: mp.cos(x * mp.pi / 180)),
    entrywise("tandg", (-80.0, 80.0), edge="open", beyond="it repeats itself, with period 180"),
    entrywise("cotdg", (10.0, 170.0), edge="open", beyond="it repeats itself, with period 180"),
    entrywise("radian"),
    custom("softmax", samples=along, reference=special.softmax),
    custom("log_softmax", samples=along, reference=special.log_softmax),
    custom("logsumexp", samples=sums, reference=special.logsumexp,
           errors=[ErrorSample(np.ones(2), axis=3, raises=ValueError)]),
)  # fmt: skip
