"""Slopes of entry-by-entry functions at numbers of any magnitude, by differences with relative steps.

A slope counts as known where two tables, of steps that are 64 times apart, agree on it, or where the function is
flat to rounding. Elsewhere nothing is claimed: a sine seen with steps of many periods has no slope.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from corelib.conformance.numerics.differences import EPS, ROUNDING, Table
from corelib.core.tensor import Array

Function: TypeAlias = Callable[[Array, Array], Array]
"""f(x, lines): the values at ``x`` of the entries ``lines``."""

STEP: Final = 0.0583  # of the number; not a power of two, whose multiples are often periods
LEVELS: Final = 6
NARROWER: Final = 64.0
LOOKS: Final = 7
DENORMAL: Final = 2e-323  # what forward may be off by where it underflows
FLUSHED: Final = 1e-240  # what a 0 may stand for: some functions underflow early
KNOWN: Final = 1e-3  # relative bound above which a slope is not known
STEADY: Final = 0.5
APART: Final = 0.01
SMALLEST: Final = 1e-300  # below, the quotient underflows
BOUNDS: Final = 8.0


@dataclass(frozen=True, slots=True)
class Slopes:
    """The slope of each entry, a bound of its error (infinite where it is not known), and the last step."""

    value: Array
    bound: Array
    step: Array


@dataclass(frozen=True, slots=True)
class Look:
    """The result of one table. ``flat`` is a bound of the slope where the values differ only by rounding, else inf.

    ``steady`` is whether every quotient is near the value: over many periods they are of any size and sign.
    """

    value: Array
    bound: Array
    flat: Array
    steady: Array


def slopes(f: Function, x: Array, room: Array) -> Slopes:
    """The slopes at ``x``, from steps of a seventeenth of it or of its ``room``, which shrink until tables agree."""
    step = STEP * np.minimum(np.abs(x), 4 * room)
    value, bound = np.full(x.shape, np.nan), np.full(x.shape, np.inf)
    lines = np.arange(len(x))
    wide = _look(f, x, step, lines)
    for _ in range(LOOKS):
        narrow = _look(f, x[lines], step[lines] / NARROWER, lines)
        found, error = _settled(wide, narrow)
        value[lines], bound[lines] = found, error
        unknown = ~np.isfinite(error)
        if not np.any(unknown):
            break
        wide = Look(narrow.value[unknown], narrow.bound[unknown], narrow.flat[unknown], narrow.steady[unknown])
        lines = lines[unknown]
        step[lines] /= NARROWER
    return Slopes(value, bound, step)


def confirmed(f: Function, x: Array, known: Slopes, found: Array, tolerance: float) -> Array:
    """Which of the entries smaller steps confirm: there the known slope was a mean over many steps or periods."""
    good = np.zeros(x.shape, bool)
    for k in range(1, LOOKS):
        lines = np.flatnonzero(~good)
        near = _look(f, x[lines], known.step[lines] * NARROWER**-k, lines)
        apart = np.abs(found[lines] - known.value[lines])  # a bound as large as their difference confirms none
        agrees = np.abs(near.value - found[lines]) <= tolerance * np.abs(near.value) + BOUNDS * near.bound
        good[lines] = agrees & (near.bound <= APART * apart)
        if np.all(good):
            break
    return good


def _settled(wide: Look, narrow: Look) -> tuple[Array, Array]:
    """The value on which both tables agree, with the smaller bound; 0 where the function is flat."""
    first = wide.bound <= narrow.bound
    value = np.where(first, wide.value, narrow.value)
    bound, other = np.minimum(wide.bound, narrow.bound), np.maximum(wide.bound, narrow.bound)
    size = np.abs(value)
    alike = np.abs(wide.value - narrow.value) <= KNOWN * size + BOUNDS * bound
    known = narrow.steady & alike & (bound <= KNOWN * size) & (other <= 10 * KNOWN * size) & (size > SMALLEST)
    bound = np.where(known, bound, wide.flat)
    return np.where(known, value, 0.0), bound


def _look(f: Function, x: Array, step: Array, lines: Array) -> Look:
    """Richardson's table of central differences at step, step/2, step/4, ..."""
    table, h = Table(4), step
    flat = np.zeros(x.shape)
    quotients = []
    for level in range(LEVELS):
        above, below = x + h, x - h
        up, down = f(above, lines), f(below, lines)
        quotient = (up - down) / (above - below)
        rounding = ROUNDING * np.maximum(np.abs(up), np.abs(down)) + np.where(
            (up == 0) | (down == 0), FLUSHED, DENORMAL
        )
        if level == 0:
            flat = 4 * rounding / h
        flat = np.where(np.abs(up - down) <= 4 * rounding, flat, np.inf)
        quotients.append(quotient)
        table.add(quotient, rounding / h + 2 * EPS * np.abs(quotient * x) / h)
        h = h / 2
    bound = np.where(np.isnan(table.bound), np.inf, table.bound)
    steady = np.all([np.abs(q - table.value) <= STEADY * np.abs(table.value) for q in quotients], axis=0)
    return Look(table.value, bound, np.where(np.isnan(flat), np.inf, flat), steady)
