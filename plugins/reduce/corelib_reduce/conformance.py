"""What the conformance suite is told of reductions: calls of each, and what they refuse."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample, OpSpec
from corelib_reduce.point_specs import POINTS
from corelib_reduce.polynomial_specs import POLYNOMIALS
from corelib_reduce.promises import PROMISES
from corelib_reduce.quantile_specs import QUANTILES

Generator = np.random.Generator
MASK: Final = np.array([[True, False, True, True], [True, True, False, True], [True, True, True, False]])
AXES: Final[tuple[dict[str, Any], ...]] = (
    {}, {"axis": 0}, {"axis": -1, "keepdims": True}, {"axis": (1, 0)}, {"axis": (0, -1), "keepdims": True},
)  # fmt: skip
OUTSIDE: Final = (ErrorSample(np.ones((2, 3)), raises=ValueError, axis=2),)


def reduction(name: str, *more: dict[str, Any], shapes: tuple[tuple[int, ...], ...] = ()) -> OpSpec:
    """The spec of an op with axis and keepdims, with ``more`` calls of a matrix, and calls of other shapes."""

    def samples(generator: Generator) -> Iterator[OpSample]:
        for fields in (*AXES, {"axis": -1}, *more):
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
    for fields in (*AXES, {"initial": 2.0}, {"axis": 0, "where": MASK}, WIDE, BOTH):
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
    yield OpSample(np.asarray(generator.normal()))
    yield OpSample(generator.normal(size=(3, 4)), axis=1, returned=True)
    yield OpSample(generator.normal(size=(3, 4)), axis=1, weights=MASK + 0.5, returned=True, keepdims=True)


def large(generator: Generator) -> OpSample:
    return OpSample(generator.normal(size=(100, 120)), axis=0)


COMPLEX: Final = {"median": False}
SOME: Final[dict[str, Any]] = {"axis": 1, "where": MASK}
FEWER: Final[dict[str, Any]] = {**SOME, "ddof": 1}
WIDE: Final[dict[str, Any]] = {"axis": 0, "dtype": np.float64}
KNOWN: Final[dict[str, Any]] = {"axis": 1, "mean": np.array([[0.5], [-0.25], [0.0]])}
ALL: Final[dict[str, Any]] = {**SOME, **WIDE, "axis": 1, "keepdims": True}
BOTH: Final[dict[str, Any]] = {**ALL, "initial": 2.0}
CENTRED: Final[dict[str, Any]] = {**ALL, "mean": KNOWN["mean"]}
SPREAD: Final[tuple[dict[str, Any], ...]] = ({**CENTRED, "ddof": 1}, {**CENTRED, "correction": 1})
SCALAR: Final[tuple[tuple[int, ...], ...]] = ((), (1,))

STEPS: Final[dict[str, Any]] = {"n": 2, "axis": -2, "prepend": 1.0, "append": 2.0}
FLAT: Final = "it refuses arrays without axes"
TWICE: Final = {"ddof with correction": "they are two names of one number: NumPy refuses both"}
SPREADS: Final = {**TWICE, "tie": "entries count by their distance from the mean, whether two are equal or not"}
REASONS: Final = {
    "diff": {"0-d": FLAT},
    "std": TWICE,
    "nanstd": TWICE,
    "var": SPREADS,
    "nanvar": SPREADS,
}

DECLARED: Final = (
    reduction("sum", {"initial": 2.0}, SOME, WIDE, BOTH, shapes=((), (0,), (0, 3))),
    reduction("mean", SOME, WIDE, ALL, shapes=SCALAR),
    reduction("var", {"ddof": 1}, {"correction": 1, "axis": 0}, SOME, FEWER, WIDE, KNOWN, *SPREAD, shapes=SCALAR),
    reduction("std", {"ddof": 1}, {"correction": 1, "axis": 0}, SOME, FEWER, WIDE, KNOWN, *SPREAD),
    reduction("median", shapes=SCALAR),
    reduction("nansum", {"initial": 2.0}, SOME, WIDE, BOTH),
    reduction("nanmean", SOME, WIDE, ALL),
    OpSpec("average", kind="custom", samples=weighed, errors=OUTSIDE),
    OpSpec("prod", kind="custom", samples=with_zeros, errors=OUTSIDE),
    running("cumsum", {}, {"axis": 0}, {"axis": -1}),
    running("cumprod", {}, {"axis": 0}, {"axis": -1}, zero=True),
    running("cumulative_sum", {"axis": 0}, {"axis": -1, "include_initial": True, "dtype": np.float64}),
    running("cumulative_prod", {"axis": 0}, {"axis": -1, "include_initial": True, "dtype": np.float64}, zero=True),
    running("diff", {}, {"n": 2}, {"axis": 0, "prepend": 1.0, "append": 2.0}, STEPS),
    reduction("nanvar", {"ddof": 1}, {"correction": 1, "axis": 0}, SOME, FEWER, WIDE, KNOWN, *SPREAD, shapes=SCALAR),
    reduction("nanstd", {"ddof": 1}, {"correction": 1, "axis": 0}, SOME, FEWER, WIDE, KNOWN, *SPREAD),
    OpSpec("nanprod", kind="custom", samples=with_zeros, errors=OUTSIDE),
    running("nancumsum", {}, {"axis": 0}, {"axis": -1}),
    running("nancumprod", {}, {"axis": 0}, {"axis": -1}, zero=True),
    *POINTS,
    *QUANTILES,
    *POLYNOMIALS,
)
EQUIVALENT: Final = {
    "backward ignores dtype": "the core casts each gradient to the dtype of its argument",
    "backward ignores keepdims": "the gradient is reshaped to the axes of one entry, which it has already or not",
    "corelib_reduce.averages:*": "skips work where no entry is NaN or ties",
    "corelib_reduce.axes:*": "another spelling of the same axes, or a threshold between two ways that agree",
    "corelib_reduce.portable:*": "is not called on NumPy's arrays; the check array_kinds compares what it returns",
    "corelib_reduce.products:*": "chooses the quotient or the tree of products: they agree where nothing is 0",
    "corelib_reduce.spreads:*": "looks for constant arrays; the threshold is rounding, the gradient is the same",
    "corelib_reduce.sums:*": "a count that matters for no entries only, to which there is no gradient",
}
"""Faults of `corelib mutate` that change no gradient, by their names, and why."""

SPECS: Final = tuple(
    replace(
        spec,
        promises=PROMISES.get(spec.name, spec.promises),
        not_applicable=REASONS.get(spec.name, spec.not_applicable),
        equivalent=EQUIVALENT,
    )
    for spec in DECLARED
)
