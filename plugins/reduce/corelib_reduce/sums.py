"""sum and mean."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from corelib.extend import NO_VALUE, Array, Axis, Shape, linear, native
from corelib_reduce.axes import OWN_PRECISION, add_up, count, included, ndarray, shared, spread
from corelib_reduce.portable import mean_of, sum_of


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of the entries along ``axis``, of those where ``where`` holds, plus ``initial``.

    The slope in each entry that is added is 1. ``dtype`` is that of the sum.
    """

    axis: Axis = None
    dtype: npt.DTypeLike | None = None
    keepdims: bool = False
    initial: Any = NO_VALUE
    where: Any = True

    def forward(self, x: Array) -> Array:
        if type(x) is ndarray and self.where is True and self.initial is NO_VALUE:
            return add_up(x, self.axis, self.dtype, None, self.keepdims)
        if not native(x):
            return sum_of(x, self.axis, self.dtype, self.keepdims, self.initial, self.where)
        total: Array = np.sum(x, self.axis, self.dtype, None, self.keepdims, self.initial, self.where)
        return total

    def backward(self, propagated: Array, shape: Shape) -> Array:
        entries = spread(propagated, shape, self.axis, self.keepdims)
        return entries if self.where is True else np.where(self.where, entries, 0)


@dataclass(frozen=True, slots=True)
class Mean:
    """The sum of the entries along ``axis`` over their number n; of those where ``where`` holds.

    The slope in each of them is 1/n. ``dtype`` is that of the mean.
    """

    axis: Axis = None
    dtype: npt.DTypeLike | None = None
    keepdims: bool = False
    where: Any = True

    def forward(self, x: Array) -> Array:
        own = type(x) is ndarray and self.where is True and self.dtype is None
        if own and x.dtype.char in OWN_PRECISION and x.size:
            total = add_up(x, self.axis, None, None, self.keepdims)
            average: Array = total / count(x.shape, self.axis)
            return average
        if not native(x):
            return mean_of(x, self.axis, self.dtype, self.keepdims, self.where)
        mean: Array = np.mean(x, self.axis, self.dtype, None, self.keepdims, where=self.where)
        return mean

    def backward(self, propagated: Array, shape: Shape) -> Array:
        if self.where is True:
            return shared(propagated, shape, self.axis, self.keepdims)
        entries = spread(propagated, shape, self.axis, self.keepdims)
        numbers = np.maximum(included(self.where, shape, self.axis), 1)
        return np.where(self.where, entries / numbers.astype(entries.dtype), 0)


sum: Final = linear(Sum, numpy=np.sum)
mean: Final = linear(Mean, numpy=np.mean)
