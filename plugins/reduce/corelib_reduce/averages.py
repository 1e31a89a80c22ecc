"""Sums and means that weigh entries or leave some out: nansum, nanmean, average, median."""

from dataclasses import dataclass
from math import prod
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numpy.lib.array_utils import normalize_axis_tuple

from corelib.extend import Array, Axis, Tensor, composed, full, native, op, with_reduced_axes
from corelib_reduce.axes import last, unlast
from corelib_reduce.portable import median_of
from corelib_reduce.sums import mean
from corelib_reduce.sums import sum as add


def _nansum(
    a: Any,
    axis: Axis = None,
    dtype: npt.DTypeLike | None = None,
    *,
    keepdims: bool = False,
    initial: Any = 0,
    where: Any = True,
) -> Tensor:
    """The sum of the entries along ``axis`` that are not NaN; those that are get the gradient 0."""
    return add(a, axis, dtype, keepdims, initial, np.logical_and(where, ~np.isnan(a)))


def _nanmean(
    a: Any, axis: Axis = None, dtype: npt.DTypeLike | None = None, *, keepdims: bool = False, where: Any = True
) -> Tensor:
    """The mean of the entries along ``axis`` that are not NaN; those that are get the gradient 0."""
    return mean(a, axis, dtype, keepdims, np.logical_and(where, ~np.isnan(a)))


def _average(
    a: Any, axis: Axis = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False
) -> Tensor:
    """The sum of w a along ``axis`` over the sum of the weights w; the mean where there are none.

    The weights are of the shape of ``a``, or of its axes ``axis``. With ``returned``, a tuple with their
    sum. Raises ValueError for weights of another shape.
    """
    if weights is None:
        middle = mean(a, axis, keepdims=keepdims)
        total = full(middle.shape, prod(np.shape(a)) / (middle.size or 1), float, middle)
        return (middle, total) if returned else middle  # type: ignore[return-value]  # where it was asked for
    w = fitted(weights, np.shape(a), axis)
    summed = add(np.broadcast_to(w, np.shape(a)), axis, keepdims=keepdims)
    middle = add(w * a, axis, keepdims=keepdims) / summed
    return (middle, summed) if returned else middle  # type: ignore[return-value]  # where it was asked for


def fitted(weights: Any, shape: tuple[int, ...], axis: Axis) -> Any:
    """The weights of the axes ``axis`` in a shape that broadcasts to ``shape``."""
    if np.shape(weights) == shape:
        return weights
    axes = [] if axis is None else list(normalize_axis_tuple(axis, len(shape)))
    if np.shape(weights) != tuple(shape[i] for i in axes):
        raise ValueError(f"weights of shape {np.shape(weights)} fit neither {shape} nor its axes {axis}")
    ordered = np.transpose(weights, [axes.index(i) for i in sorted(axes)])
    return np.reshape(ordered, [n if i in axes else 1 for i, n in enumerate(shape)])


@dataclass(frozen=True, slots=True)
class Median:
    """The middle one of the entries along ``axis``, sorted; of an even number, the mean of the middle two.

    Entries that tie with a middle one share its gradient equally. NaN where an entry is NaN.
    """

    axis: Axis = None
    keepdims: bool = False

    def forward(self, x: Array) -> Array:
        if not native(x):
            return median_of(x, self.axis, self.keepdims)
        middle: Array = np.median(x, self.axis, keepdims=self.keepdims)
        return middle

    def backward(self, propagated: Array, x: Array) -> Array:
        entries = last(x, self.axis)
        shares = [_share(entries, middle) for middle in _middles(entries)]
        slope = unlast((shares[0] + shares[1]) / 2, x.shape, self.axis)
        return with_reduced_axes(propagated, x.shape, self.axis, self.keepdims) * slope


def _middles(entries: Array) -> tuple[Any, Any]:
    """The middle two of the entries along the last axis, sorted; of an odd number, the middle one twice.

    Not all kinds of array can be sorted, but all have a median: one more entry below or above an even number of them
    makes the lower or the upper one of the middle two the median.
    """
    n = entries.shape[-1]
    if native(entries):
        order = np.argsort(entries, axis=-1)
        low, high = [order[..., k : k + 1] for k in ((n - 1) // 2, n // 2)]
        return np.take_along_axis(entries, low, axis=-1), np.take_along_axis(entries, high, axis=-1)
    x = entries.data if isinstance(entries, Tensor) else entries
    if n % 2:
        return (np.median(x, axis=-1, keepdims=True),) * 2
    above = full((*x.shape[:-1], 1), np.inf, x.dtype, x)
    low, high = [np.median(np.concatenate([x, end], axis=-1), axis=-1, keepdims=True) for end in (-above, above)]
    return low, high


def _share(entries: Array, middle: Any) -> Any:
    """Equal shares of one for the entries that tie with the middle one; NaN for the NaN among them."""
    tied: Array = entries == middle
    number = np.sum(tied, axis=-1, keepdims=True)
    unknown = np.isnan(entries)
    spoilt = np.any(unknown, axis=-1, keepdims=True)
    shares = np.where(spoilt, np.where(unknown, np.nan, 0), tied / np.maximum(number, 1))
    return shares.astype(entries.dtype)


nansum: Final = composed(_nansum, numpy=np.nansum, name="nansum")
nanmean: Final = composed(_nanmean, numpy=np.nanmean, name="nanmean")
average: Final = composed(_average, numpy=np.average, name="average")
median: Final = op(Median, numpy=np.median)
