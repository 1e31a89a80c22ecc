"""What the conformance suite is told of quantiles and of reductions that leave NaN out."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample, OpSpec, Promise
from corelib_reduce.quantile_places import PARAMETERS, ROUNDED

Generator = np.random.Generator
Fields = dict[str, Any]
NAN: Final = np.nan
METHODS: Final = (
    "linear", "midpoint", "inverted_cdf", "averaged_inverted_cdf", "closest_observation", *PARAMETERS, *ROUNDED,
)  # fmt: skip
AXES: Final[tuple[Fields, ...]] = (
    {}, {"axis": 0}, {"axis": -1, "keepdims": True}, {"axis": (1, 0)}, {"axis": (0, -1), "keepdims": True},
    {"keepdims": True},
)  # fmt: skip
WEIGHTS: Final = np.array([[1.0, 2.0, 0.5], [0.0, 1.0, 1.5]])
WEIGHED: Final[Fields] = {"weights": WEIGHTS, "method": "inverted_cdf"}


def quantiles(whole: float, methods: tuple[str, ...], generator: Generator) -> Iterator[OpSample]:
    """Entries that differ by more than a difference's step."""
    rows = np.array([0.1, 0.35, 0.8]) * whole
    for fields in ({}, {"axis": 0}, {**WEIGHED, "axis": 0, "keepdims": True}, {"axis": (1, 0)}):
        yield OpSample(apart(generator, 2, 3), q=0.3 * whole, **fields)
    yield OpSample(apart(generator, 2, 3), q=rows, axis=-1, keepdims=True)
    yield OpSample(apart(generator, 2, 3), q=rows, **WEIGHED)
    for method in methods:
        yield OpSample(apart(generator, 4), q=0.61 * whole, axis=0, method=method, keepdims=True)
    yield OpSample(np.array([0.5, 2.0, 2.0, -1.0]), q=0.6 * whole, kink="any", id="tied")
    for shape in ((), (2, 1, 2, 2), (12,)):
        yield OpSample(np.asarray(apart(generator, *shape)), q=0.4 * whole)


def middle(generator: Generator) -> Iterator[OpSample]:
    for fields in AXES:
        yield OpSample(apart(generator, 2, 3), **fields)
    yield OpSample(np.array([0.5, 2.0, 2.0, -1.0]), kink="any", id="tied")
    for shape in ((), (2, 1, 2, 2), (12,)):
        yield OpSample(np.asarray(apart(generator, *shape)))


def apart(generator: Generator, *shape: int) -> Any:
    return generator.permutation(int(np.prod(shape))).reshape(shape) / 4.0


def quantile(name: str, whole: float, methods: tuple[str, ...], *promises: Promise) -> OpSpec:
    outside = ErrorSample(np.ones(3), q=-0.1, raises=ValueError)
    errors = [outside, ErrorSample(np.ones(3), q=0.5, method="mean", raises=ValueError)]
    samples = partial(quantiles, whole, methods)
    return OpSpec(name, kind="custom", samples=samples, errors=errors, complex=False, promises=promises)


def row(*values: float) -> Any:
    return np.array(values, float)


ROWS: Final = np.array([[1, NAN, 3.0], [1, 2, 4]])
SPOILT: Final = Promise(ROWS, q=0.0, axis=1, gradients=[np.array([[0, NAN, 0], [1.0, 0, 0]])])
PASSED: Final = Promise(ROWS, q=0.0, axis=1, gradients=[np.array([[1.0, 0, 0], [1.0, 0, 0]])])
TIED: Final = Promise(row(1, 2, 2, 2), q=0.0, gradients=[row(1, 0, 0, 0)])
LAST: Final = Promise(row(1, 2, 2, 2), q=1.0, gradients=[row(0, 1 / 3, 1 / 3, 1 / 3)])
QUANTILES: Final = (
    quantile("quantile", 1, METHODS, SPOILT, TIED, LAST),
    quantile("percentile", 100, METHODS[:1], SPOILT, TIED),
    quantile("nanquantile", 1, METHODS[:3], PASSED),
    quantile("nanpercentile", 100, METHODS[:1], PASSED),
    OpSpec(
        "nanmedian", kind="custom", samples=middle, complex=False,
        errors=[ErrorSample(np.ones((2, 3)), raises=ValueError, axis=2)],
        promises=[Promise(row(2, NAN, 2, 1, 2, 3), gradients=[row(1 / 3, 0, 1 / 3, 0, 1 / 3, 0)])],
    ),
)  # fmt: skip
