"""The largest and the smallest entry along an axis: max, min, ptp, nanmax, nanmin."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from corelib.extend import NO_VALUE, Array, Axis, Tensor, TensorLike, composed, full, native, op, with_reduced_axes

ndarray: Final = np.ndarray
largest: Final[Callable[..., Array]] = np.maximum.reduce  # np.max, without the Python in front of it
smallest: Final[Callable[..., Array]] = np.minimum.reduce


@dataclass(frozen=True, slots=True)
class Extremum:
    """What the reductions below share: entries that equal the result share its gradient equally."""

    function: ClassVar[Callable[..., Array]]
    without_keywords: ClassVar[Callable[..., Array]]
    of_two: ClassVar[Callable[..., Array]]

    axis: Axis = None
    keepdims: bool = False
    initial: Any = NO_VALUE
    where: Any = True

    def forward(self, x: Array) -> Array:
        if self.where is True and self.initial is NO_VALUE and type(x) is ndarray:
            return type(self).without_keywords(x, axis=self.axis, keepdims=self.keepdims)
        if not native(x):
            return self._of_others(x)
        return type(self).function(x, axis=self.axis, keepdims=self.keepdims, initial=self.initial, where=self.where)

    def _of_others(self, x: Array) -> Array:
        """The same of an array that is not NumPy's, which need not know ``where`` and ``initial``."""
        if self.initial is NO_VALUE:
            if self.where is not True:
                raise ValueError("where= needs initial=, which is the result where the mask holds nowhere")
            return type(self).function(x, axis=self.axis, keepdims=self.keepdims)
        start = full((), self.initial, x.dtype, x)
        entries = x if self.where is True else np.where(np.broadcast_to(self.where, x.shape), x, start)
        return type(self).of_two(type(self).function(entries, axis=self.axis, keepdims=self.keepdims), start)

    def backward(self, propagated: Array, x: Array, *, result: Array) -> Array:
        top = with_reduced_axes(result, x.shape, self.axis, self.keepdims)
        entries = with_reduced_axes(propagated, x.shape, self.axis, self.keepdims)
        won: Array = x == top
        counted = self.where is True and self.initial is NO_VALUE and (type(won) is ndarray or native(won))
        one_winner = counted and np.count_nonzero(won) == result.size
        if not one_winner or np.count_nonzero(np.isnan(result)):
            won = self._shares(x, top, won)
        return entries * won  # what almost every call finds: one winner each

    def _shares(self, x: Array, top: Array, won: Array) -> Array:
        """The slopes where several entries tie, some are left out, or some are NaN."""
        won = won & self.where
        winners = np.sum(won, axis=self.axis, keepdims=True)
        if self.initial is not NO_VALUE:
            winners = winners + (top == self.initial)  # it ties like an entry
        unknown = np.isnan(x) & np.isnan(top) & self.where
        return np.where(unknown, np.nan, won / np.maximum(winners, 1)).astype(x.dtype)


@dataclass(frozen=True, slots=True)
class Max(Extremum):
    """The largest entry along ``axis``, of those where ``where`` holds and ``initial``.

    Entries that tie share the gradient equally, ``initial`` among them. NaN is the largest of all, and the
    slope in it is NaN. Raises ValueError for no entries and no ``initial``.
    """

    function: ClassVar[Callable[..., Array]] = np.max
    without_keywords: ClassVar[Callable[..., Array]] = largest
    of_two: ClassVar[Callable[..., Array]] = np.maximum


@dataclass(frozen=True, slots=True)
class Min(Extremum):
    """The smallest entry along ``axis``, of those where ``where`` holds and ``initial``.

    Entries that tie share the gradient equally, ``initial`` among them. NaN is the smallest of all, and the
    slope in it is NaN. Raises ValueError for no entries and no ``initial``.
    """

    function: ClassVar[Callable[..., Array]] = np.min
    without_keywords: ClassVar[Callable[..., Array]] = smallest
    of_two: ClassVar[Callable[..., Array]] = np.minimum


@dataclass(frozen=True, slots=True)
class NanMax(Extremum):
    """The largest entry along ``axis`` that is not NaN; NaN, with a warning of NumPy's, where all are."""

    function: ClassVar[Callable[..., Array]] = np.nanmax
    without_keywords: ClassVar[Callable[..., Array]] = np.nanmax
    of_two: ClassVar[Callable[..., Array]] = np.fmax


@dataclass(frozen=True, slots=True)
class NanMin(Extremum):
    """The smallest entry along ``axis`` that is not NaN; NaN, with a warning of NumPy's, where all are."""

    function: ClassVar[Callable[..., Array]] = np.nanmin
    without_keywords: ClassVar[Callable[..., Array]] = np.nanmin
    of_two: ClassVar[Callable[..., Array]] = np.fmin


def _ptp(a: TensorLike, axis: Axis = None, *, keepdims: bool = False) -> Tensor:
    """The largest entry along ``axis`` less the smallest: the length of the interval that holds them."""
    return max(a, axis=axis, keepdims=keepdims) - min(a, axis=axis, keepdims=keepdims)


max: Final = op(Max, numpy=(np.max, np.amax))
min: Final = op(Min, numpy=(np.min, np.amin))
nanmax: Final = op(NanMax, numpy=np.nanmax)
nanmin: Final = op(NanMin, numpy=np.nanmin)
ptp: Final = composed(_ptp, numpy=np.ptp, name="ptp")
