"""Derivatives from function values: Ridders' table with a bound, the complex step, one-sided slopes, kinks.

Everything here works on curves: ``curves(t, lines)`` returns, for each line j of ``lines``, the values in R^m
of the j-th curve at t[j]. A column of a Jacobian is the derivative at 0 of the curve f(x + t e_j), a directional
derivative that of f(x + t v); so one table serves all of them at once.

Source: C. J. F. Ridders, Accurate computation of F'(x) and F'(x) F''(x), Advances in Engineering Software 4 (1982);
W. Squire and G. Trapp, Using complex variables to estimate derivatives of real functions, SIAM Review 40 (1998).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np

from corelib.core.tensor import Array

Curves: TypeAlias = Callable[[Array, Array], Array]

EPS: Final = float(np.finfo(np.float64).eps)
LEVELS: Final = 7
RESTARTS: Final = 5
FIRST_STEP: Final = 2.0**-4
ROUNDING: Final = 6 * EPS  # of each value of f, relative to the largest: what forward itself may be off by
GOOD: Final = 1e-11  # relative bound at which a table is complete
ACCEPTABLE: Final = 1e-9  # relative bound above which the step is made smaller: a kink may lie inside
KINK_RATIO: Final = 0.3  # of second differences at h/32 and h: 1/32 where smooth, 1 at a kink
COMPLEX_STEP: Final = 1e-30


@dataclass(frozen=True, slots=True)
class Estimate:
    """Derivatives (lines, m), a bound of the error of each, and the step (lines,) that each line began with."""

    value: Array
    bound: Array
    step: Array


def derivative(curves: Curves, step: Array, levels: int = LEVELS) -> Estimate:
    """The derivatives at 0, from steps of at most ``step``.

    Where a table does not settle the step is made 16 times smaller, up to five times: this walks past
    kinks and edges farther than about 1e-5 away.
    """
    estimate = ridders(curves, step, np.arange(len(step)), levels)
    for _ in range(RESTARTS):
        lines = np.flatnonzero(np.any(unsettled(estimate), axis=1))
        if not len(lines):
            break
        estimate = _better(estimate, ridders(curves, estimate.step[lines] / 16, lines, levels), lines)
    return estimate


def unsettled(estimate: Estimate) -> Array:
    """Which derivatives have a bound too large to be of use."""
    floor = ACCEPTABLE * np.maximum(np.abs(estimate.value), 1e-2)
    return ~(estimate.bound <= floor)


def closer(curves: Curves, estimate: Estimate, found: Array, tolerance: float = 1e-7) -> Estimate:
    """``estimate``, with the result of smaller steps where it differs from ``found``.

    With large steps a saw-tooth looks like a straight line, and the table settles on a slope that it has nowhere.
    Smaller steps decide where their own bound is small and they confirm ``found``.
    """
    value, bound = estimate.value.copy(), estimate.bound.copy()
    for shrink in (2.0**-6, 2.0**-10, 2.0**-14):
        lines = np.flatnonzero(
            np.any(~(np.abs(found - value) <= tolerance * np.abs(value) + 8 * bound + 1e-13), axis=1)
        )
        if not len(lines):
            break
        near = ridders(curves, estimate.step[lines] * shrink, lines)
        size = np.maximum(np.abs(near.value), 1)
        agrees = (near.bound <= 1e-4 * size) & (np.abs(near.value - found[lines]) <= tolerance * size + 8 * near.bound)
        value[lines] = np.where(agrees, near.value, value[lines])
        bound[lines] = np.where(agrees, near.bound, bound[lines])
    return Estimate(value, bound, estimate.step)


def _better(old: Estimate, new: Estimate, lines: Array) -> Estimate:
    """``old``, with the entries of ``lines`` for which ``new`` has a smaller bound."""
    value, bound, step = old.value.copy(), old.bound.copy(), old.step.copy()
    surer = ~(bound[lines] <= new.bound)
    value[lines] = np.where(surer, new.value, value[lines])
    bound[lines] = np.where(surer, new.bound, bound[lines])
    step[lines] = new.step
    return Estimate(value, bound, step)


def ridders(curves: Curves, step: Array, lines: Array, levels: int = LEVELS) -> Estimate:
    """Central differences at step, step/2, step/4, ..., extrapolated to 0 by Richardson's table.

    The result is the entry of the table with the smallest sum of its distance to its two neighbours (the
    error of truncation) and of rounding, 6 eps max|f| / h. Without the second
    term the bound holds for only one point in three where f is large beside its slope.
    """
    h = np.array(step, np.float64)
    table = Table(4)
    for _ in range(levels):
        up, down = curves(h, lines), curves(-h, lines)
        noise = ROUNDING * np.maximum(np.abs(up), np.abs(down)) / h[:, None]
        table.add((up - down) / (2 * h[:, None]), noise)
        if table.is_final(noise):
            break
        h = h / 2
    return Estimate(table.value, table.bound, np.array(step, np.float64))


class Table:
    """Richardson's table over steps that are halved: each column removes one more power of the step.

    ``ratio`` is that by which the first power that is removed shrinks: 4 for central differences, 2 for
    one-sided ones. ``value`` is the entry known best, ``bound`` what is known of its error.
    """

    def __init__(self, ratio: int) -> None:
        self.ratio = ratio
        self.row: list[Array] = []
        self.moves: list[Array] = []
        self.value: Array = np.empty(0)
        self.bound: Array = np.empty(0)

    def add(self, quotient: Array, noise: Array) -> None:
        """One more row, from the difference quotient of a step half as large."""
        if not self.row:
            self.row, self.value, self.bound = [quotient], quotient, np.full_like(quotient, np.inf)
            return
        above, row = self.row, [quotient]
        for k, entry in enumerate(above, start=1):
            row.append(row[-1] + (row[-1] - entry) / (self.ratio**k - 1))
        moves = [np.abs(entry - old) for entry, old in zip(row, above, strict=False)]
        for k in range(1, len(row)):
            self._consider(row[k], np.maximum(moves[k - 1], self._foreseen(moves, k)) + noise)
        self.row, self.moves = row, moves

    def is_final(self, noise: Array) -> bool:
        """Whether every value is good, or the next row has a rounding error above the bound: twice that of this row."""
        return bool(np.all(self.bound <= np.maximum(GOOD * np.maximum(np.abs(self.value), 1e-3), 2 * noise)))

    def _foreseen(self, moves: list[Array], k: int) -> Array | float:
        """How far column k - 1 should have moved: where it moved less, two errors cancelled by accident."""
        if k - 1 < len(self.moves):
            return self.moves[k - 1] / float(self.ratio**k)
        return moves[k - 2] / float(self.ratio**3) if k > 1 else np.inf

    def _consider(self, entry: Array, error: Array) -> None:
        surer = error < self.bound
        self.value = np.where(surer, entry, self.value)
        self.bound = np.where(surer, error, self.bound)


def one_sided(curves: Curves, step: Array, side: int, lines: Array | None = None, levels: int = 9) -> Estimate:
    """The slopes from one side, ``side`` = 1 or -1: lim (f(side h) - f(0)) / (side h), by the same table.

    An infinite slope shows as a bound that is no smaller than the value.
    """
    h = np.array(step, np.float64)
    lines = np.arange(len(h)) if lines is None else lines
    middle = curves(np.zeros_like(h), lines)
    table = Table(2)
    for _ in range(levels):
        ahead = curves(side * h, lines)
        noise = ROUNDING * np.maximum(np.abs(ahead), np.abs(middle)) / h[:, None]
        table.add(side * (ahead - middle) / h[:, None], noise)
        if table.is_final(noise):
            break
        h = h / 2
    return Estimate(table.value, table.bound, np.array(step, np.float64))


def kinked(curves: Curves, step: Array, lines: Array | None = None) -> Array:
    """Which values have a kink within ``step``: there |f(h) - 2 f(0) + f(-h)| / h does not shrink with h.

    Central differences do not show it: at a symmetric kink they agree with each other to the last bit,
    on the mean of both slopes.
    """
    lines = np.arange(len(step)) if lines is None else lines
    wide, _ = _second_difference(curves, step, lines)
    narrow, noise = _second_difference(curves, step / 32, lines)
    return np.asarray((narrow > KINK_RATIO * wide) & (narrow > 16 * noise))


def _second_difference(curves: Curves, h: Array, lines: Array) -> tuple[Array, Array]:
    middle, up, down = curves(np.zeros_like(h), lines), curves(h, lines), curves(-h, lines)
    largest = np.maximum(np.abs(middle), np.maximum(np.abs(up), np.abs(down)))
    return np.abs((up - middle) - (middle - down)) / h[:, None], ROUNDING * largest / h[:, None]


def complex_step(function: Callable[[Array], Any], x: Array) -> Array:
    """The slope of an analytic function that acts entry by entry: Im f(x + ih) / h with h = 1e-30 |x|.

    Nothing is subtracted, so it is right to rounding also where the slope is 1e-17 of the value.
    """
    step = COMPLEX_STEP * np.where(x == 0, 1.0, np.abs(x))
    with np.errstate(all="ignore"):
        return np.asarray(np.imag(function(x + 1j * step)) / step)


def first_step(x: Array, room: Array | float = np.inf) -> Array:
    """The step to begin with at the entries of ``x``: 2^-4 of their size, and 0.45 of the room they have."""
    step = FIRST_STEP * np.maximum(1.0, np.abs(x))
    return np.asarray(np.exp2(np.floor(np.log2(np.minimum(step, 0.45 * np.asarray(room))))))
