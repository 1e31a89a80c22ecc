"""The largest and the smallest entry up to each: cummax, cummin."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from corelib.extend import Array, like, may, native, op
from corelib_maximum.runs import accumulated, equal_neighbours, padded, run_totals, until_end
from corelib_maximum.sorting import along, unalong, values


@dataclass(frozen=True, slots=True)
class CumulativeExtremum:
    """What the two below share.

    y[k] shares its gradient equally among the entries up to k that equal it. Equal y[k] are neighbours, and the first
    of such a run is an entry: so the gradient of an entry is the sum of the shares from itself to the end of its run.
    """

    larger: ClassVar[np.ufunc]

    axis: int | None = None

    def forward(self, x: Array) -> Array:
        if native(x):
            entries, axis = (x.reshape(-1), 0) if self.axis is None else (x, self.axis)
            so_far: Array = type(self).larger.accumulate(entries, axis)
            return so_far
        entries = accumulated(type(self).larger, along(x, self.axis))
        return entries if self.axis is None else np.moveaxis(entries, -1, self.axis)

    def backward(self, propagated: Array, x: Array, *, result: Array) -> Array:
        entries, top = along(values(x), self.axis), along(values(result), self.axis)
        won, same = entries == top, equal_neighbours(top)
        arrived = along(propagated, self.axis)
        if native(x) and x.size and np.count_nonzero(won) == won.size - np.count_nonzero(same):  # no ties, no NaN
            return unalong(run_totals(arrived, same), x.shape, self.axis)
        shares = arrived / np.maximum(places(won, same), 1).astype(propagated.dtype)
        arrived = until_end(shares, same)
        slope = np.where(won, arrived, np.zeros((), dtype=arrived.dtype, like=like(arrived)))
        unknown = np.isnan(entries)
        if may(unknown):
            slope = slope * np.where(unknown, np.nan, 1).astype(slope.dtype)
        return unalong(slope, x.shape, self.axis)


def places(won: Any, same: Any) -> Any:
    """How many entries up to each equal the largest so far: those that won, counted from the start of its run."""
    number = np.cumsum(won, axis=-1)
    begins = ~padded(same[..., ::-1], 1, False)[..., ::-1]
    before = np.where(begins, number - won, 0)
    return number - accumulated(np.maximum, before)


@dataclass(frozen=True, slots=True)
class CumMax(CumulativeExtremum):
    """The largest entry up to each along ``axis``; of the flattened array without one.

    Entries that tie share the gradient equally. NaN is the largest of all, and the slope in it is NaN.
    """

    larger: ClassVar[np.ufunc] = np.maximum


@dataclass(frozen=True, slots=True)
class CumMin(CumulativeExtremum):
    """The smallest entry up to each along ``axis``; of the flattened array without one.

    Entries that tie share the gradient equally. NaN is the smallest of all, and the slope in it is NaN.
    """

    larger: ClassVar[np.ufunc] = np.minimum


cummax: Final = op(CumMax)
cummin: Final = op(CumMin)
