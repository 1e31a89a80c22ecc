"""var and std: how far entries lie from their mean."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from corelib.extend import (
    NO_VALUE,
    Array,
    Axis,
    Tensor,
    TensorLike,
    composed,
    like,
    may,
    native,
    op,
    reduced_shape,
    with_reduced_axes,
)
from corelib_reduce.axes import OWN_PRECISION, add_up, count, included, last, ndarray, reordered
from corelib_reduce.portable import mean_of, var_of
from corelib_reduce.sums import sum as add


@dataclass(frozen=True, slots=True)
class Variance:
    """The sum of (x - m)^2 along ``axis`` over n - ddof, with m the mean of the n entries: in the units of x^2.

    The slope is 2 (x - m)/(n - ddof). Of complex numbers the squares are of the absolute values. Only the
    entries where ``where`` holds count.
    """

    axis: Axis = None
    dtype: npt.DTypeLike | None = None
    ddof: float = 0
    keepdims: bool = False
    where: Any = True

    def forward(self, x: Array) -> Array:
        own = type(x) is ndarray and self.where is True and self.dtype is None
        if own and x.dtype.char in OWN_PRECISION and x.size:
            total = add_up(x, self.axis, None, None, True)
            number = count(x.shape, self.axis)
            if number > self.ddof:
                away = x - total / number
                return np.divide(add_up(away * away, self.axis, None, None, self.keepdims), number - self.ddof)
        if not native(x):
            return var_of(x, self.axis, self.dtype, self.ddof, self.keepdims, self.where)
        spread: Array = np.var(x, self.axis, self.dtype, None, self.ddof, self.keepdims, where=given(self.where))
        return spread

    def backward(self, propagated: Array, x: Array) -> Array:
        entries = with_reduced_axes(propagated, x.shape, self.axis, self.keepdims)
        scaled: Array = entries * slope(2, x, self.axis, self.where, self.ddof)
        return deviations(x, self.axis, self.where) * scaled


@dataclass(frozen=True, slots=True)
class Deviation:
    """The square root s of the variance along ``axis``: in the units of x.

    The slope is (x - m)/((n - ddof) s), with m the mean of the n entries; 0 where they are all equal.
    """

    axis: Axis = None
    dtype: npt.DTypeLike | None = None
    ddof: float = 0
    keepdims: bool = False
    where: Any = True

    def forward(self, x: Array) -> Array:
        if not native(x):
            return np.sqrt(var_of(x, self.axis, self.dtype, self.ddof, self.keepdims, self.where))
        spread: Array = np.std(x, self.axis, self.dtype, None, self.ddof, self.keepdims, where=given(self.where))
        return spread

    def backward(self, propagated: Array, x: Array, *, result: Array) -> Array:
        entries = with_reduced_axes(propagated, x.shape, self.axis, self.keepdims)
        spread = with_reduced_axes(result, x.shape, self.axis, self.keepdims)
        flat = (spread == 0) | self._equal(x, spread)
        if may(flat):
            spread, entries = np.where(flat, 1, spread), np.where(flat, 0, entries)
        scaled: Array = entries * slope(1, x, self.axis, self.where, self.ddof) / spread
        return deviations(x, self.axis, self.where) * scaled

    def _equal(self, x: Array, spread: Array) -> Any:
        """Where all entries are equal: their mean is rounded, so what they deviate by need not be zero."""
        if not x.size:
            return False
        heads = first(x, self.axis, self.where)
        rounding = count(x.shape, self.axis) * float(np.finfo(x.dtype).eps)
        suspicious = spread <= rounding * np.abs(heads)
        if not may(suspicious):
            return False
        same = x == heads if self.where is True else (x == heads) | np.logical_not(self.where)
        return suspicious & np.all(same, axis=self.axis, keepdims=True)


def given(where: Any) -> Any:
    """``where`` as NumPy's var wants it: a mask, or its mark for none."""
    return NO_VALUE if where is True else where


def first(x: Array, axis: Axis, where: Any) -> Array:
    """The first entry that counts in each reduction, with the reduced axes at length 1."""
    _, reduced = reordered(x.shape, axis)
    if where is True:
        return x[tuple([slice(1) if i in reduced else slice(None) for i in range(len(x.shape))])]
    counts = last(np.broadcast_to(where, x.shape), axis)
    is_first = counts & (np.cumsum(counts, axis=-1) == 1)
    chosen = np.where(is_first, last(x, axis), np.zeros((), dtype=x.dtype, like=like(x)))
    heads: Array = np.sum(chosen, axis=-1).reshape(reduced_shape(x.shape, axis))
    return heads


def deviations(x: Array, axis: Axis, where: Any) -> Array:
    """How far each entry is from the mean; 0 where ``where`` does not hold."""
    if where is True:
        middle: Array = np.mean(x, axis=axis, keepdims=True)
        return x - middle
    foreign = not native(x) and not isinstance(x, Tensor)
    middle = mean_of(x, axis, None, True, where) if foreign else np.mean(x, axis=axis, keepdims=True, where=where)
    return np.where(where, x - middle, np.zeros((), dtype=x.dtype, like=like(x)))


def slope(numerator: float, x: Array, axis: Axis, where: Any, ddof: float) -> Any:
    """``numerator`` over the degrees of freedom; NaN where there are none, as in what NumPy returns."""
    if where is True:
        freedom = count(x.shape, axis) - ddof
        return numerator / freedom if freedom > 0 else np.nan
    degrees = included(where, x.shape, axis) - ddof
    return np.where(degrees > 0, numerator / np.where(degrees > 0, degrees, 1), np.nan).astype(x.dtype)


def _var(
    a: TensorLike,
    axis: Axis = None,
    dtype: npt.DTypeLike | None = None,
    *,
    ddof: float = 0,
    keepdims: bool = False,
    where: Any = True,
    mean: TensorLike | None = None,
    correction: float | None = None,
) -> Tensor:
    """The sum of (a - m)^2 along ``axis`` over n - ddof, with m the mean of the n entries where ``where`` holds.

    ``mean`` is m, if it is known already, with the axes kept; it is an operand of its own. ``correction`` is
    another name for ``ddof``. The slope in an entry is 2 (a - m)/(n - ddof).
    """
    free = ddof if correction is None else correction
    if mean is None:
        return variance(a, axis, dtype, free, keepdims, where)
    around: Tensor = _around(a, mean, axis, dtype, free, keepdims, where)
    return around


def _std(
    a: TensorLike,
    axis: Axis = None,
    dtype: npt.DTypeLike | None = None,
    *,
    ddof: float = 0,
    keepdims: bool = False,
    where: Any = True,
    mean: TensorLike | None = None,
    correction: float | None = None,
) -> Tensor:
    """The square root of the variance along ``axis``; the arguments are those of ``var``.

    The slope in an entry is (a - m)/((n - ddof) std), and 0 where all entries are equal.
    """
    free = ddof if correction is None else correction
    if mean is None:
        return deviation(a, axis, dtype, free, keepdims, where)
    root: Tensor = np.sqrt(_around(a, mean, axis, dtype, free, keepdims, where))
    return root


def _around(a: Any, mean: Any, axis: Axis, dtype: npt.DTypeLike | None, ddof: float, keepdims: bool, where: Any) -> Any:
    """The variance around a mean that is given."""
    away = np.abs(a - mean)
    total = add(away * away, axis, dtype, True, where=where) * slope(1, away, axis, where, ddof)
    return total if keepdims else np.squeeze(total, axis)


variance: Final = op(Variance)
deviation: Final = op(Deviation)
var: Final = composed(_var, numpy=np.var, name="var")
std: Final = composed(_std, numpy=np.std, name="std")
