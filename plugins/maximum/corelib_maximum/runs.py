"""Runs of neighbours along the last axis that are equal: sums from each entry to the end of its run, and means."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from corelib.extend import Array, Shape, Tensor, full, like, linear, may, native, ones


def equal_neighbours(x: Any) -> Any:
    """Whether each entry equals the next; one fewer than there are entries."""
    return x[..., 1:] == x[..., :-1]


def until_end(x: Any, same: Any) -> Any:
    """s[i] = x[i] + x[i + 1] + ... up to the end of the run of i, in log2(n) steps that each reach twice as far.

    ``same`` says where an entry and the next are of one run.
    """
    step, n = 1, x.shape[-1]
    reaches = padded(same, 1, False)
    while step < n and may(reaches):
        further = padded(x[..., step:], step, 0)
        x = x + np.where(reaches, further, np.zeros((), dtype=x.dtype, like=like(x)))
        reaches = reaches & padded(reaches[..., step:], step, False)
        step *= 2
    return x


def padded(x: Any, length: int, value: Any) -> Any:
    """``x`` with ``length`` entries of one value after it."""
    return np.concatenate([x, full((*x.shape[:-1], length), value, x.dtype, x)], axis=-1)


def accumulated(larger: Callable[[Any, Any], Any], x: Any) -> Any:
    """The largest entry up to each, by a function of two arrays that returns the larger."""
    step, n = 1, x.shape[-1]
    while step < n:
        x = np.concatenate([x[..., :step], larger(x[..., step:], x[..., :-step])], axis=-1)
        step *= 2
    return x


@dataclass(frozen=True, slots=True)
class RunMeans:
    """The mean of its run at each entry: a symmetric matrix, so it is its own adjoint."""

    same: Any

    def forward(self, x: Array) -> Array:
        averages: Array = means_of_numpys(x, self.same) if native(x) else means(x, self.same)
        return averages

    def backward(self, propagated: Array, shape: Shape) -> Array:
        averages: Array = run_means(propagated, self.same)
        return averages


def run_means(x: Any, same: Any) -> Any:
    """The mean of its run at each entry."""
    if isinstance(x, Tensor):
        return mean_of_run(x, same)
    return RunMeans(same).forward(x)


def starts_of(same: Array) -> Array:
    """Where runs begin, in the flattened array."""
    return np.flatnonzero(np.concatenate([np.ones((*same.shape[:-1], 1), bool), ~same], axis=-1))


def means_of_numpys(x: Array, same: Array) -> Array:
    starts = starts_of(same)
    lengths = np.diff(starts, append=x.size)
    averages = np.add.reduceat(x.reshape(-1), starts) / lengths
    return np.repeat(averages.astype(x.dtype), lengths).reshape(x.shape)


def means(x: Any, same: Any) -> Any:
    """The same of an array that is not NumPy's: the sums from both sides, over the number of entries."""
    number = ones(x.shape, x.real.dtype, x)
    return both_sides(x, same) / both_sides(number, same)


def both_sides(x: Any, same: Any) -> Any:
    """The sum of its run at each entry."""
    before = until_end(x[..., ::-1], same[..., ::-1])[..., ::-1]
    zero = np.zeros((), dtype=x.dtype, like=like(x))
    earlier = np.where(same, before[..., :-1], zero)
    first = full((*x.shape[:-1], 1), 0, x.dtype, x)
    return until_end(x, same) + np.concatenate([first, earlier], axis=-1)


@dataclass(frozen=True, slots=True)
class RunTotals:
    """The sum of each run at its first entry, and 0 at the others; with ``back`` its adjoint: the first, everywhere."""

    same: Array
    back: bool = False

    def forward(self, x: Array) -> Array:
        starts, row = starts_of(self.same), x.reshape(-1)
        if self.back:
            return np.repeat(row[starts], np.diff(starts, append=x.size)).reshape(x.shape)
        totals = np.zeros(x.size, x.dtype)
        totals[starts] = np.add.reduceat(row, starts)
        return totals.reshape(x.shape)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        entries: Array = run_totals(propagated, self.same, not self.back)
        return entries


def run_totals(x: Any, same: Any, back: bool = False) -> Any:
    """The sum of each run of an array of NumPy's at its first entry, or the adjoint of that."""
    return total_of_run(x, same, back) if isinstance(x, Tensor) else RunTotals(same, back).forward(x)


mean_of_run: Final = linear(RunMeans)
total_of_run: Final = linear(RunTotals)
