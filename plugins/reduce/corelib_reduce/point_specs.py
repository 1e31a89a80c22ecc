"""What the conformance suite is told of functions known at points, of convolutions and covariances."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample, OpSpec

Generator = np.random.Generator
Fields = dict[str, Any]
WIDE: Final[tuple[Fields, ...]] = ({}, {"dtype": np.float64})
PLACES: Final = np.array([-1.5, -0.5, 0.25, 2.0])
SHAPES: Final = ((12,), (2, 2, 2, 2))


def integrated(generator: Generator) -> Iterator[OpSample]:
    for fields in ({}, {"axis": 0}, {"axis": -1}, {"dx": 0.5}, {"axis": 0, "dx": 0.5}):
        yield OpSample(generator.normal(size=(3, 4)), **fields)
    for axis in (0, 1):
        yield OpSample(generator.normal(size=(4, 4)), PLACES, axis=axis)
        yield OpSample(generator.normal(size=(4, 4)), generator.normal(size=(4, 4)), axis=axis)
        yield OpSample(generator.normal(size=(4, 4)), x=PLACES, axis=axis, dx=2.0)
    for shape in (*SHAPES, (1, 1)):
        yield OpSample(generator.normal(size=shape))


def sloped(generator: Generator) -> Iterator[OpSample]:
    for fields in ({}, {"axis": -1}, {"axis": (0, 1), "edge_order": 2}):
        yield OpSample(generator.normal(size=(3, 4)), **fields)
    yield OpSample(generator.normal(size=(3, 3)), 0.5, axis=0)
    for order in (1, 2):
        yield OpSample(generator.normal(size=(2, 4)), PLACES, axis=1, edge_order=order)
        yield OpSample(generator.normal(size=(4, 3)), PLACES, 0.5, edge_order=order)
    for shape in SHAPES:
        yield OpSample(generator.normal(size=shape))


def stepped(generator: Generator) -> Iterator[OpSample]:
    ends: tuple[Fields, ...] = (
        {}, {"to_end": 1.5}, {"to_begin": [1.0, 2.0]}, {"to_end": np.ones((2, 2)), "to_begin": -1.0},
    )  # fmt: skip
    for fields in ends:
        yield OpSample(generator.normal(size=(3, 4)), **fields)
    yield OpSample(np.array(0.5), to_end=1.5)
    for shape in SHAPES:
        yield OpSample(generator.normal(size=shape))
    yield OpSample(np.array([[0.5]]), to_begin=2.0)


def turned(generator: Generator) -> Iterator[OpSample]:
    """Angles that are nowhere near a jump."""
    for fields in ({}, {"axis": 0}, {"axis": -1}, {"discont": 4.0}, {"period": 2.0}, {"axis": 0, "discont": 4.0}):
        yield OpSample(apart(generator, 3, 4), **fields)
    yield OpSample(apart(generator, 3, 4), axis=0, period=3.0)
    yield OpSample(apart(generator, 3, 4), discont=1.9, period=3.0)
    for shape in SHAPES:
        yield OpSample(apart(generator, *shape))


def apart(generator: Generator, *shape: int) -> Any:
    return generator.integers(-4, 5, size=shape) * 1.7 + 0.1 * generator.random(shape)


def interpolated(generator: Generator) -> Iterator[OpSample]:
    inside = np.array([-1.25, 0.1, 0.2, 1.3, -3.0, 5.0])
    heights = generator.normal(size=4)
    calls: tuple[Fields, ...] = (
        {}, {"left": 0.5}, {"right": -0.5}, {"left": 1.0, "right": 2.0}, {"period": 4.5},
        {"period": 4.5, "left": 1.0}, {"period": 4.5, "right": 1.0},
    )  # fmt: skip
    for fields in calls:
        yield OpSample(inside + 0.05 * generator.random(6), PLACES, heights, **fields)
    for shape in ((), (1, 1), (2, 2), (2, 3), (3, 2), (2, 1, 2, 1), (12,)):
        yield OpSample(np.asarray(generator.uniform(0.3, 1.9, size=shape)), PLACES, heights)
    yield OpSample(inside, np.array([0.5]), np.array([2.0]), id="one point")
    yield OpSample(inside, PLACES, np.array([1.0, 1.0, 0.5, 1.0]), id="tied")


def moved(generator: Generator) -> Iterator[OpSample]:
    for mode in ("full", "same", "valid"):
        for n, m in ((4, 2), (2, 5), (1, 1), (3, 3)):
            yield OpSample(generator.normal(size=n), generator.normal(size=m), mode=mode)
    x = np.array([0.5, 0.5, -1.0, 2.0])
    yield OpSample(x, x, id="with itself")
    yield OpSample(x, generator.normal(size=2), id="tied")
    yield OpSample(generator.normal(size=12), generator.normal(size=5))
    yield OpSample(np.array(0.5), generator.normal(size=3), mode="full", id="a number")


def together(generator: Generator) -> Iterator[OpSample]:
    counts, weights = np.array([1, 2, 1]), np.array([0.5, 1.0, 2.0])
    calls: tuple[Fields, ...] = (
        {}, {"bias": True, "ddof": 2, "dtype": np.float64}, {"fweights": counts, "ddof": 1, "dtype": np.float64},
        {"aweights": weights, "bias": True}, {"fweights": counts, "aweights": weights, "ddof": 1},
        {"fweights": counts, "bias": True}, {"aweights": weights, "dtype": np.float64},
    )  # fmt: skip
    for i, fields in enumerate(calls):
        if i % 2:
            yield OpSample(generator.normal(size=(2, 3)), y=generator.normal(size=3), **fields)
            yield OpSample(generator.normal(size=(3, 2)), rowvar=False, **fields)
        else:
            yield OpSample(generator.normal(size=(3, 2)), y=generator.normal(size=(3, 1)), rowvar=False, **fields)
    x = generator.normal(size=4)
    yield OpSample(x, x, id="with itself")
    yield from paired(generator)


def paired(generator: Generator) -> Iterator[OpSample]:
    yield OpSample(generator.normal(size=(2, 3)))
    yield OpSample(np.array([0.5, 0.5, 2.0]), generator.normal(size=(2, 3)), id="tied")
    yield OpSample(generator.normal(size=(3, 3)), generator.normal(size=(1, 3)), dtype=np.float64)
    yield OpSample(generator.normal(size=(2, 12)))


def correlated(generator: Generator) -> Iterator[OpSample]:
    yield OpSample(generator.normal(size=(4, 2)), rowvar=False)
    yield OpSample(generator.normal(size=(4, 2)), y=generator.normal(size=(4, 1)), rowvar=False, dtype=np.float64)
    yield OpSample(generator.normal(size=4), y=generator.normal(size=(2, 4)), dtype=np.float64)
    yield from paired(generator)


ROWS: Final = "it takes rows"
ALONE: Final = "one observation has no covariance"
TABLES: Final = {"batch": "it takes rows and tables of observations", "0-d": ALONE, "1x1": ALONE}
ITSELF: Final = {**TABLES, "f(x, x)": "x correlates with itself by 1: its gradient is rounding"}
ONLY_ROWS: Final = dict.fromkeys(("square", "tall", "wide", "1x1", "batch"), ROWS)
OUTSIDE: Final = [ErrorSample(np.ones((2, 3)), axis=2, raises=ValueError)]
FLAT: Final = {"0-d": "it refuses arrays without axes"}
NEIGHBOURS: Final = {
    **FLAT,
    "1x1": "a slope needs two entries",
    "f(x, x)": "the slope of places by themselves is 1: their gradient is rounding",
}
POINTS: Final = (
    OpSpec("trapezoid", kind="custom", samples=integrated, errors=OUTSIDE, not_applicable=FLAT),
    OpSpec(
        "gradient", kind="custom", samples=sloped, not_applicable=NEIGHBOURS,
        errors=[ErrorSample(np.ones(1), raises=ValueError)],
    ),
    OpSpec("ediff1d", kind="custom", samples=stepped),
    OpSpec("unwrap", kind="custom", samples=turned, complex=False, not_applicable=FLAT),
    OpSpec("interp", kind="custom", samples=interpolated, not_applicable={"f(x, x)": "x at the points is a kink"}),
    OpSpec("convolve", kind="custom", samples=moved, not_applicable=ONLY_ROWS),
    OpSpec("correlate", kind="custom", samples=moved, not_applicable=ONLY_ROWS),
    OpSpec("cov", kind="custom", samples=together, not_applicable=TABLES),
    OpSpec("corrcoef", kind="custom", samples=correlated, not_applicable=ITSELF),
)  # fmt: skip
