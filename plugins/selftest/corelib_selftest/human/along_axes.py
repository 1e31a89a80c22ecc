"""Ops along an axis, one of them with a named tuple of results, and backwards that are right along some axes."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np

from corelib.conformance.spec import OpSample, OpSpec
from corelib.core.tensor import Array
from corelib_selftest.human.honest import HonestClass

Generator = np.random.Generator


class Unit:
    """Vectors along an axis, divided by their length."""

    def __init__(self, axis: int = -1) -> None:
        self.axis = axis

    def forward(self, x: Array) -> Array:
        found: Array = x / length(x, self.axis)
        return found

    def backward(self, propagated: Any, x: Any, *, result: Any) -> Any:
        return (propagated - result * np.sum(result * propagated, axis=self.axis, keepdims=True)) / length(x, self.axis)


def length(x: Any, axis: int) -> Any:
    return np.sqrt(np.sum(x * x, axis=axis, keepdims=True))


def unit(x: Array, axis: int = -1) -> Array:
    return np.asarray(x / np.linalg.norm(x, axis=axis, keepdims=True))


def vectors(rng: Generator) -> Iterator[OpSample]:
    yield OpSample(rng.normal(size=(2, 3)))
    yield OpSample(rng.normal(size=(2, 3)), axis=0)
    yield OpSample(rng.normal(size=(2, 3, 2)), axis=-2)
    yield OpSample(rng.normal(size=(4, 2)))
    yield OpSample(rng.normal(size=(3, 3)), axis=1)
    yield OpSample(rng.normal(size=12))
    yield OpSample(np.array([[0.5, 0.5, -0.5]]))
    yield OpSample(np.array([[1.5]]))
    yield OpSample(rng.normal(size=(2, 1, 3, 2)))


UNIT: Final = HonestClass(Unit, OpSpec("unit", kind="custom", samples=vectors, reference=unit, complex=False))


@UNIT.mistake("unit: -2 is taken for -1")
def _(self: Any, propagated: Any, x: Any, *, result: Any) -> Any:
    axis = self.axis if self.axis >= 0 else -1
    return (propagated - result * np.sum(result * propagated, axis=axis, keepdims=True)) / length(x, self.axis)


@UNIT.mistake("unit: without keepdims, which a square array lets pass")
def _(self: Any, propagated: Any, x: Any, *, result: Any) -> Any:
    square = x.ndim == 2 and x.shape[0] == x.shape[1]
    return (propagated - result * np.sum(result * propagated, axis=self.axis, keepdims=not square)) / length(
        x, self.axis
    )


@UNIT.mistake("unit: tall arrays are taken for wide ones")
def _(self: Any, propagated: Any, x: Any, *, result: Any) -> Any:
    tall = x.ndim == 2 and x.shape[0] > x.shape[1]
    return (propagated - result * np.sum(result * propagated, axis=self.axis, keepdims=True)) / length(
        x, 0 if tall else self.axis
    )


@UNIT.mistake("unit: vectors of one entry pass the gradient")
def _(self: Any, propagated: Any, x: Any, *, result: Any) -> Any:
    if x.shape[self.axis] == 1:
        return propagated * 1.0
    return (propagated - result * np.sum(result * propagated, axis=self.axis, keepdims=True)) / length(x, self.axis)


@UNIT.mistake("unit: a plain vector is wrong")
def _(self: Any, propagated: Any, x: Any, *, result: Any) -> Any:
    found = (propagated - result * np.sum(result * propagated, axis=self.axis, keepdims=True)) / length(x, self.axis)
    return found * 2 if x.ndim == 1 else found


@UNIT.mistake("unit: the second derivative forgets the length")
def _(self: Any, propagated: Any, x: Any, *, result: Any) -> Any:
    fixed = length(getattr(x, "data", x), self.axis)
    return (propagated - result * np.sum(result * propagated, axis=self.axis, keepdims=True)) / fixed


class Summary(NamedTuple):
    mean: Any
    variance: Any


class Moments:
    """Mean and variance along an axis."""

    def __init__(self, axis: int = 0, ddof: int = 0, keepdims: bool = False) -> None:
        self.axis: int = axis
        self.ddof: int = ddof
        self.keepdims: bool = keepdims

    def forward(self, x: Array) -> Summary:
        fields: Any = {"axis": self.axis, "keepdims": self.keepdims}
        return Summary(np.mean(x, **fields), np.var(x, ddof=self.ddof, **fields))

    def kept(self, gradient: Any) -> Any:
        return gradient if self.keepdims else np.expand_dims(gradient, self.axis)

    def backward(self, propagated: Any, x: Any) -> Any:
        n = x.shape[self.axis]
        away = x - np.mean(x, axis=self.axis, keepdims=True)
        mean, variance = (self.kept(g) for g in propagated)
        return np.broadcast_to(mean / n, x.shape) + variance * 2 * away / (n - self.ddof)


def moments(x: Array, axis: int = 0, ddof: int = 0, keepdims: bool = False) -> Summary:
    return Summary(np.mean(x, axis=axis, keepdims=keepdims), np.var(x, axis=axis, ddof=ddof, keepdims=keepdims))


def tables(rng: Generator) -> Iterator[OpSample]:
    yield OpSample(rng.normal(size=(4, 3)))
    yield OpSample(rng.normal(size=(4, 3)), axis=1)
    yield OpSample(rng.normal(size=(4, 3)), ddof=1)
    yield OpSample(rng.normal(size=(4, 3)), keepdims=True)
    yield OpSample(rng.normal(size=(2, 5)), axis=1, ddof=1)
    yield OpSample(rng.normal(size=(2, 5)), axis=-1)
    yield OpSample(rng.normal(size=(3, 3)), axis=1, keepdims=True)
    yield OpSample(rng.normal(size=(3, 4)), ddof=2, keepdims=True)
    yield OpSample(rng.normal(size=12))
    yield OpSample(np.array([[0.5, 0.5], [0.5, 1.5]]))
    yield OpSample(np.array([[1.5]]))
    yield OpSample(rng.normal(size=(2, 1, 3, 2)), axis=2)


MOMENTS: Final = HonestClass(
    Moments, OpSpec("moments", kind="custom", samples=tables, reference=moments, complex=False)
)


def pullback(self: Any, propagated: Any, x: Any, n: float, degrees: float) -> Any:
    """The right formula with other counts."""
    away = x - np.mean(x, axis=self.axis, keepdims=True)
    mean, variance = (self.kept(g) for g in propagated)
    return np.broadcast_to(mean / n, x.shape) + variance * 2 * away / degrees


@MOMENTS.mistake("moments: the two gradients are swapped")
def _(self: Any, propagated: Any, x: Any) -> Any:
    n = x.shape[self.axis]
    return pullback(self, propagated[::-1], x, n, n - self.ddof)


@MOMENTS.mistake("moments: the variance is forgotten")
def _(self: Any, propagated: Any, x: Any) -> Any:
    return np.broadcast_to(self.kept(propagated[0]) / x.shape[self.axis], x.shape)


@MOMENTS.mistake("moments: ddof is forgotten")
def _(self: Any, propagated: Any, x: Any) -> Any:
    n = x.shape[self.axis]
    return pullback(self, propagated, x, n, n)


@MOMENTS.mistake("moments: ddof is forgotten beside keepdims")
def _(self: Any, propagated: Any, x: Any) -> Any:
    n = x.shape[self.axis]
    return pullback(self, propagated, x, n, n - (0 if self.keepdims else self.ddof))


@MOMENTS.mistake("moments: ddof is forgotten along axis 1")
def _(self: Any, propagated: Any, x: Any) -> Any:
    n = x.shape[self.axis]
    return pullback(self, propagated, x, n, n - (0 if self.axis == 1 else self.ddof))


@MOMENTS.mistake("moments: a ddof above 1 is 1")
def _(self: Any, propagated: Any, x: Any) -> Any:
    n = x.shape[self.axis]
    return pullback(self, propagated, x, n, n - min(self.ddof, 1))


@MOMENTS.mistake("moments: along a negative axis n is that of the first")
def _(self: Any, propagated: Any, x: Any) -> Any:
    n = x.shape[self.axis] if self.axis >= 0 else x.shape[0]
    return pullback(self, propagated, x, n, n - self.ddof)


@MOMENTS.mistake("moments: keepdims along axis 1 broadcasts the wrong way in a square array")
def _(self: Any, propagated: Any, x: Any) -> Any:
    n = x.shape[self.axis]
    if x.ndim == 2 and x.shape[0] == x.shape[1] and self.axis == 1:
        propagated = tuple(np.reshape(g, (1, n)) if self.keepdims else np.reshape(g, (n,)) for g in propagated)
        away = x - np.mean(x, axis=self.axis, keepdims=True)
        return np.broadcast_to(propagated[0] / n, x.shape) + propagated[1] * 2 * away / (n - self.ddof)
    return pullback(self, propagated, x, n, n - self.ddof)


@MOMENTS.mistake("moments: a plain vector of 1-d is scaled by its length")
def _(self: Any, propagated: Any, x: Any) -> Any:
    n = x.shape[self.axis]
    return pullback(self, propagated, x, 1 if x.ndim == 1 else n, n - self.ddof)


@MOMENTS.mistake("moments: of large arrays the gradient of the mean is float32")
def _(self: Any, propagated: Any, x: Any) -> Any:
    n = x.shape[self.axis]
    found = pullback(self, propagated, x, n, n - self.ddof)
    return found.astype(np.float32).astype(x.dtype) if x.size > 100 and isinstance(found, np.ndarray) else found


@MOMENTS.mistake("moments: equal entries have no slope at all")
def _(self: Any, propagated: Any, x: Any) -> Any:
    n = x.shape[self.axis]
    tied = np.ptp(getattr(x, "data", x), axis=self.axis, keepdims=True) == 0
    return np.where(tied, 0, pullback(self, propagated, x, n, n - self.ddof))
