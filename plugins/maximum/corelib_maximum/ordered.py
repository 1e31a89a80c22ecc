"""What the conformance suite is told of sorting and of the largest so far: calls of each, and what they refuse."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample, OpSpec, Promise

Generator = np.random.Generator
NAN: Final = np.nan
TIED: Final = np.array([[0.5, 2.0, 2.0], [0.5, 0.5, -1.0]])
PAIRS: Final = np.array([[0.5, 2.0, 2.0], [0.5, -3.0, -1.0]])  # of three that tie the middle one has no slope of a side
SHAPES: Final = ((5,), (1, 1), (2, 3, 2), (1,))
AXES: Final[tuple[dict[str, Any], ...]] = ({}, {"axis": 0}, {"axis": -1}, {"axis": None})
BY_KIND: Final[tuple[dict[str, Any], ...]] = (
    {"kind": "quicksort"}, {"axis": 0, "kind": "stable"}, {"axis": 1, "stable": True}, {"axis": 1, "stable": False},
)  # fmt: skip


def apart(generator: Generator, *shape: int) -> Any:
    """Entries in any order that differ by more than a difference's step."""
    return generator.permutation(int(np.prod(shape))).reshape(shape) / 4.0


def sorted_calls(generator: Generator) -> Iterator[OpSample]:
    for fields in (*AXES, *BY_KIND):
        yield OpSample(apart(generator, 3, 4), **fields)
        yield OpSample(PAIRS, kink="any", id=f"tied {fields}", **fields)
    for shape in SHAPES:
        yield OpSample(apart(generator, *shape))
    yield OpSample(np.array(1.5), axis=None)


def partitioned(generator: Generator) -> Iterator[OpSample]:
    for fields in (*AXES, {"axis": 1, "kind": "introselect"}):
        yield OpSample(apart(generator, 3, 4), kth=1, **fields)
        yield OpSample(PAIRS, kth=1, kink="any", id=f"tied {fields}", **fields)
    yield OpSample(apart(generator, 3, 4), kth=(1, 2))
    for shape in SHAPES:
        yield OpSample(apart(generator, *shape), kth=0)
    yield OpSample(np.array(1.5), kth=0, axis=None)


def chosen(generator: Generator) -> Iterator[OpSample]:
    for k in (1, 2, 3):
        yield OpSample(apart(generator, 3, 4), k=k)
        yield OpSample(apart(generator, 3, 4), k=k, axis=0)
    yield OpSample(TIED, k=1, kink="any", id="tied")
    for shape in SHAPES:
        yield OpSample(apart(generator, *shape), k=1, axis=-1)


def so_far(generator: Generator) -> Iterator[OpSample]:
    for fields in AXES:
        yield OpSample(apart(generator, 3, 4), **fields)
        yield OpSample(PAIRS, kink="any", id=f"tied {fields}", **fields)
    for shape in (*SHAPES, ()):
        yield OpSample(np.asarray(apart(generator, *shape)))


def large(generator: Generator) -> OpSample:
    return OpSample(generator.normal(size=(40, 50)), axis=1)


def largest_of(x: Any, k: int, axis: int = -1) -> Any:
    order = np.argsort(-x, axis=axis).take(range(k), axis)
    return np.take_along_axis(x, order, axis), order


def largest_so_far(larger: np.ufunc, x: Any, axis: int | None = None) -> Any:
    return larger.accumulate(x.reshape(-1) if axis is None else x, axis or 0)


OUTSIDE: Final = ErrorSample(np.ones((2, 3)), raises=ValueError, axis=2)
FLAT: Final = {"0-d": "it refuses arrays without axes, as np.sort does"}
BOTH: Final = {"kind with stable": "they say the same: NumPy refuses both"}
ONE: Final = np.array([2.0, 1.0, 2.0, 2.0, 3.0])
ROW: Final = np.array([1.0, 3.0, 3.0, NAN, 4.0])

ORDERED: Final = (
    OpSpec(
        "sort", kind="custom", samples=sorted_calls, large=large, errors=[OUTSIDE], not_applicable=BOTH,
        promises=[Promise(ONE, gradients=[np.ones(5)], id='three tie')],
    ),
    OpSpec(
        "partition", kind="custom", samples=partitioned,
        errors=[
            ErrorSample(np.ones(3), kth=3, raises=ValueError),
            ErrorSample(np.ones(3), kth=0, axis=1, raises=ValueError),
        ],
    ),
    OpSpec(
        "top_k", kind="custom", samples=chosen, complex=False, not_applicable=FLAT, reference=largest_of,
        errors=[ErrorSample(np.ones(3), k=4, raises=ValueError), ErrorSample(np.ones(3), k=-1, raises=ValueError)],
        promises=[Promise(ONE, k=1, gradients=[np.array([0, 0, 0, 0, 1.0])])],
    ),
    OpSpec(
        "cummax", kind="custom", samples=so_far, complex=False, errors=[OUTSIDE],
        reference=partial(largest_so_far, np.maximum),
        promises=[Promise(ROW, gradients=[np.array([1, 1.5, 0.5, NAN, 0])])],
    ),
    OpSpec(
        "cummin", kind="custom", samples=so_far, complex=False, errors=[OUTSIDE],
        reference=partial(largest_so_far, np.minimum),
        promises=[Promise(-ROW, gradients=[np.array([1, 1.5, 0.5, NAN, 0])])],
    ),
)  # fmt: skip
