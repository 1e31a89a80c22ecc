"""Time, in turns: round by round, each contender runs for a moment, and ratios are taken within a round.

The garbage collector stays on, as it is for users: what a contender leaves to it is part of its price. What
the imports left is frozen out of its sight, so that nobody pays for the modules of another.
"""

import ctypes
import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter
from typing import Final, TypeAlias

from benchmarks.workload import Step

TURN: Final = 0.02  # seconds: long against the clock and the switch of contender, short against the drift of a machine
FEWEST: Final = 3
MANY: Final = 50  # turns: what takes a second takes more than one turn when it is warm
M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4  # from malloc.h


Clock: TypeAlias = Callable[[], float]


@dataclass(frozen=True)
class Times:
    """Seconds of one run, in each round."""

    seconds: Sequence[float]

    @property
    def typical(self) -> float:
        return median(self.seconds)

    def ratios(self, other: "Times") -> list[float]:
        """This contender's time over the other's, in each round that both took part in."""
        return [a / b for a, b in zip(self.seconds, other.seconds, strict=False)]

    def ratio(self, other: "Times") -> float:
        return median(self.ratios(other))

    def spread(self, other: "Times") -> tuple[float, float]:
        """The first and third quartiles of the ratios."""
        ratios = self.ratios(other)
        if len(ratios) < 2:
            return ratios[0], ratios[0]
        first, _, third = quantiles(ratios, n=4, method="inclusive")
        return first, third


def settle() -> None:
    """Let the C library keep the memory that is freed, as far as it can be told to.

    glibc gives large arrays, and free memory at the end of its heap, back to the system, and pays for
    each page again when it needs it: where that sets in depends on all that the process did before, on
    torch having been imported for one, and it can cost more than the arithmetic. After this nobody pays
    it; ``--system-memory`` leaves things as users have them.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # of the GNU C library
    if mallopt is not None:
        mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
        mallopt(M_MMAP_MAX, 0)


def run(step: Step, repeats: int, clock: Clock = perf_counter) -> float:
    """Seconds of one run, out of so many in a row."""
    start = clock()
    for _ in range(repeats):
        step()
    return (clock() - start) / repeats


def repeats_for(step: Step, turn: float = TURN) -> int:
    """How many runs fill a turn. The first run, which finds everything cold, counts only where it fills many turns."""
    if run(step, 1) > MANY * turn:
        return 1
    return max(1, round(turn / max(run(step, 1), 1e-7)))


def in_turns(
    steps: Mapping[str, Step], rounds: int, budget: float = 10.0, clock: Clock = perf_counter
) -> dict[str, Times]:
    """The times of each step. One that has taken ``budget`` seconds sits the later rounds out."""
    repeats = {name: repeats_for(step) for name, step in steps.items()}
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    spent = dict.fromkeys(steps, 0.0)
    gc.collect()
    gc.freeze()
    for i in range(rounds):
        for name in rotated(list(steps), i):
            if i < FEWEST or spent[name] < budget:
                seconds[name].append(run(steps[name], repeats[name], clock))
                spent[name] += seconds[name][-1] * repeats[name]
    gc.unfreeze()
    return {name: Times(found) for name, found in seconds.items()}


def rotated(names: list[str], by: int) -> list[str]:
    """The names in turn, another one first each time: nobody always runs after the same neighbour."""
    by %= len(names)
    return names[by:] + names[:by]
