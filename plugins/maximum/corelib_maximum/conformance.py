"""What the conformance suite is told of maxima: where their slopes jump, calls of each, and what they refuse."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample, OpSpec
from corelib_maximum.ordered import ORDERED
from corelib_maximum.promises import PROMISES

Generator = np.random.Generator
TIED: Final = np.array([[0.5, 2.0, 2.0], [0.5, 0.5, -1.0]])


def reduced(generator: Generator) -> Iterator[OpSample]:
    """Entries that differ by more than a difference's step, and then some that tie."""
    for fields in ({}, {"axis": 0}, {"axis": -1}, {"axis": -1, "keepdims": True}, {"axis": (0, 1)}):
        yield OpSample(generator.permutation(12).reshape(3, 4) / 4.0, **fields)
        yield OpSample(TIED, kink="share", id=f"tied {fields}", **fields)
    yield OpSample(np.array(1.5))


def included(generator: Generator) -> Iterator[OpSample]:
    yield from reduced(generator)
    where = np.array([[True, True, False, True]] * 3)
    left_out = np.array([[2.0, -1.0, 2.0, 0.5], [2.0, -1.0, -1.0, 0.5], [1.5, -2.0, 4.0, 0.25]])
    yield OpSample(left_out, axis=1, where=where, initial=1.3, id="what is left out ties")
    with_initial = np.array([[1.3, 0.25, -1.0], [1.3, 2.0, 3.0]])
    yield OpSample(with_initial, axis=1, initial=1.3, kink="share", id="initial ties")
    spread = generator.permutation(12).reshape(3, 4) / 4.0
    yield OpSample(spread, axis=1, where=where, initial=1.3)
    yield OpSample(spread, axis=1, where=where, initial=1.3, keepdims=True, id="all at once")


def clipped(generator: Generator) -> Iterator[OpSample]:
    bounds = np.array([-0.7, -0.2, 0.1])
    spaced = np.array([[-1.3, 0.05, 0.9], [-0.45, -1.1, -0.35]]) + 0.1 * generator.random()
    yield OpSample(spaced, bounds, bounds + 0.5, id="array bounds")
    yield OpSample(spaced, bounds, None, id="lower bounds")
    yield OpSample(-spaced, None, -bounds, id="upper bounds")
    yield OpSample(spaced, bounds + 0.5, bounds, id="bounds crossed")
    yield OpSample(spaced, bounds, bounds, id="bounds tie", kink="any")
    yield OpSample(np.asarray(0.3), np.asarray(0.4), np.asarray(0.6), id="0d bounds")
    yield OpSample(np.zeros((0, 3)), bounds, bounds + 0.5, id="no entries, bounds")
    for shape in ((3, 4), (), (0,)):
        x = np.asarray(generator.normal(size=shape))
        yield OpSample(x, -0.3, 0.4)
        yield OpSample(x, None, 0.4)
        yield OpSample(x, min=-0.3)
        yield OpSample(x, a_min=-0.3, a_max=0.4)
        yield OpSample(x, max=0.4)
        yield OpSample(x, min=-0.3, max=0.4)


def leaking(generator: Generator) -> Iterator[OpSample]:
    for shape in ((3, 4), (), (0,)):
        yield OpSample(np.asarray(generator.normal(size=shape)))
        yield OpSample(np.asarray(generator.normal(size=shape)), slope=1.5)


def leaky(x: Any, slope: float = 0.01) -> Any:
    return np.where(x > 0, x, slope * x)


def between(name: str) -> OpSpec:
    return OpSpec(name, kinks=((0.0, 0.0), (1.0, 1.0), (-2.5, -2.5)), at_kink="share")


def extremum(name: str) -> OpSpec:
    errors = [ErrorSample(np.ones((2, 3)), raises=ValueError, axis=2), ErrorSample(np.ones(0), raises=ValueError)]
    samples = reduced if name == "ptp" else included
    return OpSpec(name, kind="custom", samples=samples, errors=errors, complex=False)


NAMED: Final = "min and max are other names of a_min and a_max: NumPy refuses both"
BOUNDS: Final = {"a_min with m*": NAMED, "a_max with m*": NAMED}

DECLARED: Final = (
    *[between(name) for name in ("maximum", "minimum", "fmax", "fmin")],
    *[extremum(name) for name in ("max", "min", "ptp", "nanmax", "nanmin")],
    OpSpec("relu", kinks=(0.0,), at_kink="mean", reference=lambda x: np.maximum(x, 0)),
    OpSpec("leaky_relu", kind="custom", samples=leaking, reference=leaky, complex=False),
    *ORDERED,
    OpSpec("clip", kind="custom", samples=clipped, complex=False, not_applicable=BOUNDS),
)
EQUIVALENT: Final = {
    "backward ignores keepdims": "the gradient is reshaped to the axes of one entry, which it has already or not",
    "corelib_maximum.clipping:_inside: *": "skips work where nothing is NaN",
    "corelib_maximum.comparing:LeakyRelu.backward: *": "another array of the same shape and dtype",
    "corelib_maximum.comparing:*share*: *": "skips work where nothing ties, or all does",
    "corelib_maximum.extrema:Extremum.*": "skips work where nothing ties or is NaN",
}
"""Faults of `corelib mutate` that change no gradient, by their names, and why."""

SPECS: Final = tuple(
    replace(spec, promises=PROMISES.get(spec.name, spec.promises), equivalent=EQUIVALENT) for spec in DECLARED
)
