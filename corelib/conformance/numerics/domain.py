"""The domain of an entry-by-entry op, where it is real and finite: as declared, or found by probing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np

from corelib.conformance.spec import Interval
from corelib.core.tensor import Array

GRID: Final = np.arange(-256, 257) / 64.0
OTHERS: Final = (1.5, -0.75)
SHORTEST: Final = 16  # points of the grid: a run of fewer is no domain
BISECTIONS: Final = 40
MARGIN: Final = 0.05
WIDTH: Final = 3.0
QUANTUM: Final = 2.0**-20  # samples are multiples of it, so that x + h and x - h are exact


@dataclass(frozen=True, slots=True)
class Range:
    """An interval in which an argument may lie; ``closed`` says of each end whether it belongs to it."""

    low: float
    high: float
    closed: tuple[bool, bool]

    @property
    def window(self) -> tuple[float, float]:
        """The part from which samples are drawn, a little away from the ends."""
        low, high = self.low, self.high
        if np.isinf(low) and np.isinf(high):
            return -WIDTH, WIDTH
        low, high = (high - WIDTH if np.isinf(low) else low), (low + WIDTH if np.isinf(high) else high)
        margin = min(MARGIN, (high - low) / 20)
        return low + margin, high - margin

    def contains(self, x: Array) -> Array:
        above = x >= self.low if self.closed[0] else x > self.low
        below = x <= self.high if self.closed[1] else x < self.high
        return np.asarray(above & below)


EVERYWHERE: Final = Range(-np.inf, np.inf, (False, False))


def declared(domains: Sequence[Sequence[Interval]], closed: bool) -> list[list[Range]]:
    """The domain of each argument, as its author gave it; integer bounds become floats."""
    return [[_range(low, high, closed) for low, high in intervals] for intervals in domains]


def _range(low: float | None, high: float | None, closed: bool) -> Range:
    return Range(-np.inf if low is None else float(low), np.inf if high is None else float(high), (closed, closed))


def probed(function: Callable[..., Any], arguments: int) -> list[list[Range]]:
    """The domain of each argument, found by calling the op on a grid and halving towards its ends."""
    return [_runs(_finite(function, arguments, i)) or [EVERYWHERE] for i in range(arguments)]


def _finite(function: Callable[..., Any], arguments: int, i: int) -> Callable[[Array], Array]:
    """Whether the op is finite at values of argument ``i``, whatever the others are."""

    def finite(x: Array) -> Array:
        good = np.ones(x.shape, bool)
        for others in product(OTHERS, repeat=arguments - 1):
            args = [np.full(x.shape, value) for value in others]
            args.insert(i, x)
            with np.errstate(all="ignore"):
                good &= np.isfinite(np.asarray(function(*args)))
        return good

    return finite


def _runs(finite: Callable[[Array], Array]) -> list[Range]:
    good = finite(GRID)
    changes = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]]).astype(np.int8)))
    runs = zip(changes[::2].tolist(), (changes[1::2] - 1).tolist(), strict=True)
    found = []
    for first, last in runs:
        if last - first >= SHORTEST:
            low, low_closed = _end(finite, first, -1)
            high, high_closed = _end(finite, last, 1)
            found.append(Range(low, high, (low_closed, high_closed)))
    return found


def _end(finite: Callable[[Array], Array], index: int, side: int) -> tuple[float, bool]:
    """The end of a run of grid points, by bisection, and whether it belongs to the domain."""
    if not 0 <= index + side < len(GRID):
        return side * np.inf, False
    good, bad = float(GRID[index]), float(GRID[index + side])
    for _ in range(BISECTIONS):
        middle = (good + bad) / 2
        good, bad = (middle, bad) if finite(np.array([middle]))[0] else (good, middle)
    near = float(np.round(good * 64) / 64)  # most domains end at a round number, and then exactly there
    end = near if abs(near - good) < 1e-9 else good
    return end, bool(finite(np.array([end]))[0])


def draw(
    rng: np.random.Generator,
    ranges: Sequence[Range],
    shape: tuple[int, ...],
    avoid: Iterable[float] = (),
    quantum: float = QUANTUM,
) -> Array:
    """Numbers inside the domain, away from its ends and from the points to avoid; multiples of ``quantum``.

    With a quantum of 0 they have full precision: of thousands on one grid, some would lie on a kink, or be equal.
    """
    windows = np.array([r.window for r in ranges])
    which = rng.integers(len(windows), size=shape)
    x = rng.uniform(windows[which, 0], windows[which, 1])
    for point in avoid:
        x = np.where(np.abs(x - point) < MARGIN, x + np.copysign(2 * MARGIN, x - point), x)
    return np.asarray(np.round(x / quantum) * quantum if quantum else x)


def room(x: Array, ranges: Sequence[Range], avoid: Iterable[float] = ()) -> Array:
    """The distance of each number to the nearest end of the domain or point to avoid."""
    ends = [end for r in ranges for end in (r.low, r.high) if np.isfinite(end)]
    distance = np.full(np.shape(x), np.inf)
    for point in (*ends, *avoid):
        away = np.abs(x - point)
        distance = np.where(away > 0, np.minimum(distance, away), distance)
    return distance


def signed(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Numbers of both signs, none of them near 0."""
    return np.asarray(rng.uniform(0.25, 2.5, shape) * rng.choice([-1.0, 1.0], shape))
