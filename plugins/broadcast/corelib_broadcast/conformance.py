"""What the conformance suite is told of broadcasting: calls of each op, and what they refuse."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample, OpSpec

BROADCASTS: Final = (
    ((), (3,)), ((3,), (2, 3)), ((2, 1), (2, 3)), ((1, 3), (4, 2, 3)), ((2, 3), (2, 3)), ((0,), (2, 0)),
    ((2, 2), (2, 2)), ((3, 2), (3, 2)), ((10,), (2, 10)), ((1, 2, 1, 2), (2, 2, 1, 2)), ((1, 1), (1, 1)),
    ((2, 1, 3), (2, 4, 3)),
)  # fmt: skip


def to_larger_shapes(generator: np.random.Generator) -> Iterator[OpSample]:
    for shape, target in BROADCASTS:
        yield OpSample(np.asarray(generator.normal(size=shape)), shape=target, subok=False)


def summed(generator: np.random.Generator) -> Iterator[OpSample]:
    for shape, target in BROADCASTS:
        yield OpSample(np.asarray(generator.normal(size=target)), shape=shape)


def together(generator: np.random.Generator) -> Iterator[OpSample]:
    for shape, target in BROADCASTS:
        yield OpSample(np.asarray(generator.normal(size=shape)), np.asarray(generator.normal(size=target)), subok=False)


def together_and_one_twice(generator: np.random.Generator) -> Iterator[OpSample]:
    yield from together(generator)
    x = np.asarray(generator.normal(size=(2, 3)))
    yield OpSample(x, x, id="one twice")


def many_broadcast(generator: np.random.Generator) -> OpSample:
    return OpSample(np.asarray(generator.normal(size=2)), shape=(12_000, 2))


def many_summed(generator: np.random.Generator) -> OpSample:
    return OpSample(np.asarray(generator.normal(size=(12_000, 2))), shape=(2,))


def one_axis_at_a_time(x: Any, shape: tuple[int, ...]) -> Any:
    """What sum_to returns, the long way."""
    while np.ndim(x) > len(shape):
        x = np.sum(x, axis=0)
    for axis in (axis for axis, n in enumerate(shape) if n == 1):
        x = np.sum(x, axis=axis, keepdims=True)
    return x


EQUIVALENT: Final = {
    "corelib_broadcast.broadcasting:few_ones: *": "keeps an array of ones, or makes it anew",
    "corelib_broadcast.broadcasting:folded: *": "chooses between a sum and a product with ones: they are equal",
    "corelib_broadcast.broadcasting:summed: *": "the same, or skips a reshape to the shape that is there already",
}
"""Faults of `corelib mutate` that change no gradient, by their names, and why."""

DECLARED: Final = (
    OpSpec(
        "broadcast_to", kind="custom", samples=to_larger_shapes, large=many_broadcast,
        errors=[ErrorSample(np.ones(3), raises=ValueError, shape=(2, 2))],
    ),
    OpSpec(
        "sum_to", kind="custom", samples=summed, large=many_summed, reference=one_axis_at_a_time,
        errors=[ErrorSample(np.ones(3), raises=ValueError, shape=(2,))],
    ),
    OpSpec(
        "broadcast_arrays", kind="custom", samples=together_and_one_twice,
        errors=[ErrorSample(np.ones(3), np.ones(2), raises=ValueError)],
        expected_failures={"errors": "of no arrays at all the result is (), as it is NumPy's"},
    ),
)  # fmt: skip
SPECS: Final = tuple(replace(spec, equivalent=EQUIVALENT) for spec in DECLARED)
