"""Entry-by-entry ops of classes that sum over broadcast axes themselves, and the ways in which they get that wrong."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import numpy as np

from corelib.conformance.spec import OpSpec
from corelib.core.tensor import Array
from corelib_selftest.human.honest import HonestClass


class SquaredDistance:
    """(x - y)**2, entry by entry."""

    def forward(self, x: Array, y: Array) -> Array:
        found: Array = (x - y) ** 2
        return found

    def backward(self, propagated: Any, x: Any, y: Any) -> Any:
        slope = propagated * np.conj(2 * (x - y))
        return unbroadcast(slope, x), unbroadcast(-slope, y)


def unbroadcast(gradient: Any, x: Any) -> Any:
    """The sum over the axes along which x was broadcast."""
    shape = np.shape(x)
    gradient = np.sum(gradient, axis=tuple(range(np.ndim(gradient) - len(shape))))
    ones = tuple(i for i, n in enumerate(shape) if n == 1)
    return np.sum(gradient, axis=ones, keepdims=True)


SQUARED: Final = HonestClass(
    SquaredDistance, OpSpec("squared_distance", kind="broadcast", reference=lambda x, y: (x - y) ** 2)
)


Sum: TypeAlias = Callable[[Any, Any, Any], Any]


def summed_by(name: str, of_x: Sum, of_y: Sum) -> None:
    """The op with other sums for x and for y; each is given the slope, the argument, and the other argument."""

    def backward(self: Any, propagated: Any, x: Any, y: Any) -> Any:
        slope = propagated * np.conj(2 * (x - y))
        return of_x(slope, x, y), of_y(-slope, y, x)

    SQUARED.variant(f"squared_distance: {name}", backward=backward)


def honest(g: Any, x: Any, other: Any) -> Any:
    return unbroadcast(g, x)


def where(test: Sum, wrong: Sum) -> Sum:
    """A sum that is wrong for some shapes."""
    return lambda g, x, y: wrong(g, x, y) if g.size and test(g, x, y) else unbroadcast(g, x)


def both(name: str, summed: Sum) -> None:
    summed_by(name, summed, summed)


def scaled(factor: Callable[[Any, Any], float]) -> Sum:
    return lambda g, x, y: unbroadcast(g, x) * factor(g, x)


def one_axis_more(g: Any, x: Any, y: Any) -> Any:
    return x.ndim > 0 and g.ndim == x.ndim + 1


def first_axis(g: Any, x: Any, y: Any) -> Any:
    """The sum over the first axis, in the shape of x."""
    return np.broadcast_to(np.sum(g, axis=0)[..., :1], x.shape)


both("no sum over axes of length 1", where(lambda g, x, y: g.ndim == x.ndim, lambda g, x, y: np.resize(g, x.shape)))
both("the mean of the axes of length 1", where(lambda g, x, y: 1 in x.shape, scaled(lambda g, x: x.size / g.size)))
both("a column is summed like a row", where(lambda g, x, y: x.ndim == 2 and x.shape[1] == 1 and y.ndim < 2, first_axis))
both("(1, 1) is summed over one axis only", where(lambda g, x, y: x.shape == (1, 1) and g.ndim == 2, first_axis))
both("a single entry takes the mean", where(lambda g, x, y: x.size == 1, scaled(lambda g, x: 1 / g.size)))
both("0-d takes the first entry", where(lambda g, x, y: x.ndim == 0, lambda g, x, y: g.reshape(-1)[0]))
both(
    "a stack beside one matrix is averaged",
    where(lambda g, x, y: g.ndim == 3 and x.ndim == 2, scaled(lambda g, x: 1 / len(g))),
)
both(
    "a single matrix in a stack is not summed",
    where(lambda g, x, y: x.ndim == 3 and len(x) == 1 and g.shape[1:] == x.shape[1:], lambda g, x, y: np.array(g[:1])),
)
both("of 4 axes and more the sum counts twice", where(lambda g, x, y: g.ndim > 3 > x.ndim, scaled(lambda g, x: 2)))
both(
    "the mean from 10 entries on, where shapes are the same",
    where(
        lambda g, x, y: x.shape == y.shape and x.ndim == 1 and len(x) >= 10,
        lambda g, x, y: np.full(x.shape, np.mean(g)),
    ),
)
summed_by("where y is the longer, x takes the last row", where(one_axis_more, lambda g, x, y: np.array(g[-1])), honest)
summed_by("where x is the longer, y takes the first row", honest, where(one_axis_more, lambda g, y, x: np.array(g[0])))
summed_by(
    "y of one entry beside x of one axis",
    honest,
    where(lambda g, y, x: y.shape == (1,) and x.ndim == 1, lambda g, y, x: np.reshape(np.max(g), (1,))),
)
summed_by(
    "x (n, 1) beside y (n,)",
    where(
        lambda g, x, y: y.ndim == 1 and x.shape == (y.size, 1), lambda g, x, y: np.reshape(np.sum(g, axis=0), x.shape)
    ),
    honest,
)


# Mixed types


def _is(x: Any, kinds: str) -> bool:
    return x.dtype.kind in kinds


summed_by(
    "a real x beside a complex y takes the product of real parts",
    lambda g, x, y: unbroadcast(np.real(g) if not _is(x, "f") or not _is(y, "c") else np.abs(g), x),
    honest,
)
summed_by(
    "a real y beside a complex x takes the size",
    honest,
    lambda g, y, x: unbroadcast(np.abs(g) if _is(y, "f") and _is(x, "c") else g, y),
)
summed_by(
    "float32 x beside float64 y is halved",
    lambda g, x, y: unbroadcast(g, x) / (2 if x.dtype.itemsize < y.dtype.itemsize else 1),
    honest,
)
summed_by(
    "float32 y beside float64 x is halved",
    honest,
    lambda g, y, x: unbroadcast(g, y) / (2 if y.dtype.itemsize < x.dtype.itemsize else 1),
)


@SQUARED.mistake("squared_distance: an integer x makes an integer of y")
def _(self: Any, propagated: Any, x: Any, y: Any) -> Any:
    away = x - (y.astype(x.dtype) if x.dtype.kind in "iu" else y)
    slope = propagated * np.conj(2 * away)
    return unbroadcast(slope, x), unbroadcast(-slope, y)


@SQUARED.mistake("squared_distance: an integer y makes an integer of x")
def _(self: Any, propagated: Any, x: Any, y: Any) -> Any:
    away = (x.astype(y.dtype) if y.dtype.kind in "iu" else x) - y
    slope = propagated * np.conj(2 * away)
    return unbroadcast(slope, x), unbroadcast(-slope, y)


# What arrives


def arriving(name: str, change: Callable[[Any], Any]) -> None:
    def backward(self: Any, propagated: Any, x: Any, y: Any) -> Any:
        slope = change(propagated) * np.conj(2 * (x - y))
        return unbroadcast(slope, x), unbroadcast(-slope, y)

    SQUARED.variant(f"squared_distance: {name}", backward=backward)


arriving("an infinity that arrives becomes 0", lambda g: np.where(np.isinf(g), 0, g))
arriving("a NaN that arrives becomes 0", lambda g: np.where(np.isnan(g), 0, g))
arriving("nan_to_num of what arrives", np.nan_to_num)
arriving("what arrives is cut at 1e100", lambda g: g if np.iscomplexobj(g) else np.clip(g, -1e100, 1e100))
arriving("what arrives below 1e-100 is 0", lambda g: np.where(np.abs(g) < 1e-100, 0, g))
arriving("what arrives below 1e-12 is 0", lambda g: np.where(np.abs(g) < 1e-12, 0, g))
arriving("what arrives is conjugated", np.conj)
arriving(
    "of an infinity that arrives the sign is lost",
    lambda g: g if np.iscomplexobj(g) else np.where(np.isinf(g), np.inf, g),
)


@SQUARED.mistake("squared_distance: None where only zeros arrive")
def _(self: Any, propagated: Any, x: Any, y: Any) -> Any:
    if not np.any(propagated):
        return None, None
    slope = propagated * np.conj(2 * (x - y))
    return unbroadcast(slope, x), unbroadcast(-slope, y)


# Who asks, and for what


@SQUARED.mistake("squared_distance: f(x, x) counts once")
def _(self: Any, propagated: Any, x: Any, y: Any) -> Any:
    slope = propagated * np.conj(2 * (x - y))
    return unbroadcast(slope, x), (np.zeros_like(y) if x is y else unbroadcast(-slope, y)) + (1.0 if x is y else 0.0)


@SQUARED.mistake("squared_distance: y is forgotten where x is not wanted")
def _(self: Any, propagated: Any, x: Any, y: Any, *, wanted: Any) -> Any:
    slope = propagated * np.conj(2 * (x - y))
    return unbroadcast(slope, x) if wanted[0] else None, unbroadcast(-slope, y) if all(wanted) else None


@SQUARED.mistake("squared_distance: wanted is read the other way round")
def _(self: Any, propagated: Any, x: Any, y: Any, *, wanted: Any) -> Any:
    slope = propagated * np.conj(2 * (x - y))
    return unbroadcast(slope, x) if wanted[1] else None, unbroadcast(-slope, y) if wanted[0] else None


@SQUARED.mistake("squared_distance: None for y")
def _(self: Any, propagated: Any, x: Any, y: Any) -> Any:
    return unbroadcast(propagated * np.conj(2 * (x - y)), x), None


@SQUARED.mistake("squared_distance: no conjugate")
def _(self: Any, propagated: Any, x: Any, y: Any) -> Any:
    slope = propagated * 2 * (x - y)
    return unbroadcast(slope, x), unbroadcast(-slope, y)
