"""What the conformance suite is told of reductions: calls of each, and what they refuse."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample, OpSpec
from corelib_reduce.promises import PROMISES

Generator = np.random.Generator
MASK: Final = np.array([[True, False, True, True], [True, True, False, True], [True, True, True, False]])
AXES: Final[tuple[dict[str, Any], ...]] = (
    {}, {"axis": 0}, {"axis": -1, "keepdims": True}, {"axis": (1, 0)}, {"axis": (0, -1), "keepdims": True},
)  # fmt: skip
OUTSIDE: Final = (ErrorSample(np.ones((2, 3)), raises=ValueError, axis=2),)


def reduction(name: str, *more: dict[str, Any], shapes: tuple[tuple[int, ...], ...] = ()) -> OpSpec:
    """The spec of an op with axis and keepdims, with ``more`` calls of a matrix, and calls of other shapes."""

    def samples(generator: Generator) -> Iterator[OpSample]:
        for fields in (*AXES, *more):
            yield OpSample(generator.normal(size=(3, 4)), **fields)
        for shape in ((2, 3, 2), *shapes):
            yield OpSample(np.asarray(generator.normal(size=shape)))

    return OpSpec(name, kind="custom", samples=samples, errors=OUTSIDE, large=large, complex=COMPLEX.get(name))


def running(name: str, *calls: dict[str, Any], zero: bool = False) -> OpSpec:
    """The spec of an op along one axis; with ``zero``, also where an entry is zero."""

    def samples(generator: Generator) -> Iterator[OpSample]:
        for fields in calls:
            yield OpSample(generator.normal(size=(3, 4)), **fields)
            if zero:
                yield OpSample(np.where(MASK, generator.normal(size=(3, 4)), 0), id=f"zeros {fields}", **fields)
        yield OpSample(generator.normal(size=5), axis=0)
        if name != "diff":
            yield OpSample(generator.normal(size=5), axis=0, dtype=np.float64)

    extreme = () if zero else None  # the product of the others overflows where the product itself is zero
    return OpSpec(name, kind="custom", samples=samples, errors=OUTSIDE, extreme=extreme)


def with_zeros(generator: Generator) -> Iterator[OpSample]:
    for fields in (*AXES, {"initial": 2.0}, {"axis": 0, "where": MASK}, WIDE):
        yield OpSample(generator.normal(size=(3, 4)), **fields)
        yield OpSample(np.where(MASK, generator.normal(size=(3, 4)), 0), id=f"zeros {fields}", **fields)
    one_zero = np.array([[0.5, 0.0, -1.5], [2.0, 1.25, 0.75]])
    yield OpSample(one_zero, id="one zero, initial", axis=1, initial=2.0)
    yield OpSample(np.zeros((0, 3)), axis=0)
    yield OpSample(np.array(2.5))


def weighed(generator: Generator) -> Iterator[OpSample]:
    for fields in AXES:
        yield OpSample(generator.normal(size=(3, 4)), weights=MASK + 0.5, **fields)
    yield OpSample(generator.normal(size=(3, 4)), axis=1, weights=np.arange(1.0, 5))
    yield OpSample(generator.normal(size=(3, 4)), axis=1, returned=True)


def large(generator: Generator) -> OpSample:
    return OpSample(generator.normal(size=(100, 120)), axis=0)


COMPLEX: Final = {"median": False}
SOME: Final[dict[str, Any]] = {"axis": 1, "where": MASK}
WIDE: Final[dict[str, Any]] = {"axis": 0, "dtype": np.float64}
KNOWN: Final[dict[str, Any]] = {"axis": 1, "mean": np.array([[0.5], [-0.25], [0.0]])}
SCALAR: Final[tuple[tuple[int, ...], ...]] = ((), (1,))

DECLARED: Final = (
    reduction("sum", {"initial": 2.0}, SOME, WIDE, shapes=((), (0,), (0, 3))),
    reduction("mean", SOME, WIDE, shapes=SCALAR),
    reduction("var", {"ddof": 1}, {"correction": 1, "axis": 0}, SOME, WIDE, KNOWN, shapes=SCALAR),
    reduction("std", {"ddof": 1}, {"correction": 1, "axis": 0}, SOME, WIDE, KNOWN),
    reduction("median", shapes=SCALAR),
    reduction("nansum", {"initial": 2.0}, SOME, WIDE),
    reduction("nanmean", SOME, WIDE),
    OpSpec("average", kind="custom", samples=weighed, errors=OUTSIDE),
    OpSpec("prod", kind="custom", samples=with_zeros, errors=OUTSIDE),
    running("cumsum", {}, {"axis": 0}, {"axis": -1}),
    running("cumprod", {}, {"axis": 0}, {"axis": -1}, zero=True),
    running("cumulative_sum", {"axis": 0}, {"axis": -1, "include_initial": True}),
    running("cumulative_prod", {"axis": 0}, {"axis": -1, "include_initial": True}, zero=True),
    running("diff", {}, {"n": 2}, {"axis": 0, "prepend": 1.0, "append": 2.0}),
)
SPECS: Final = tuple(replace(spec, promises=PROMISES.get(spec.name, ())) for spec in DECLARED)
