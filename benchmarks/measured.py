"""All that is measured of one workload: agreement first, then time, then memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from benchmarks.agreement import check
from benchmarks.contender import Contender, arrays_of
from benchmarks.memory import Memory
from benchmarks.memory import measure as peak
from benchmarks.timing import Clock, Times, in_turns
from benchmarks.workload import Step, Workload


@dataclass
class Measured:
    """All that was measured of one workload, by contender; ``failed`` says why one has no numbers."""

    workload: Workload
    small: bool = False
    times: dict[str, Times] = field(default_factory=dict)
    memory: dict[str, Memory] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def ratio(self, contender: str, beside: str = "numpy") -> float | None:
        if contender not in self.times or beside not in self.times:
            return None
        return self.times[contender].ratio(self.times[beside])

    def per_call(self, contender: str) -> float | None:
        """Microseconds a call, forward and backward, where the workload counts its calls."""
        calls = self.workload.count(self.small)
        if calls is None or contender not in self.times:
            return None
        return self.times[contender].typical / calls * 1e6

    def reached(self) -> bool | None:
        """Whether corelib reached its target; None where that was not measured."""
        target = self.workload.target
        if target is None:
            return None
        value = self.per_call("corelib") if target.per_call else self.ratio("corelib", target.beside)
        return None if value is None else value <= target.limit

    def as_json(self) -> dict[str, Any]:
        names = list(self.times)
        return {
            "workload": self.workload.name,
            "sizes": dict(self.workload.sizes(self.small)),
            "target": str(self.workload.target),
            "reached": self.reached(),
            "seconds": {name: list(self.times[name].seconds) for name in names},
            "ratio to numpy": {name: self.ratio(name) for name in names},
            "microseconds a call": {name: self.per_call(name) for name in names},
            "peak bytes": {n: {"resident": m.resident, "traced": m.traced} for n, m in self.memory.items()},
            "failed": self.failed,
        }


def measure(
    workload: Workload,
    contenders: Sequence[Contender],
    rounds: int,
    *,
    small: bool = False,
    memory: bool = True,
    clock: Clock = perf_counter,
) -> Measured:
    """Time and peak memory of those contenders that run this workload and agree. Raises Disagreement."""
    found = Measured(workload, small)
    steps = agreeing(found, contenders)
    found.times = in_turns(steps, rounds, clock=clock)
    if memory:
        found.memory = {c.name: peak(workload, c, small=small) for c in contenders if c.name in steps}
    return found


def agreeing(found: Measured, contenders: Sequence[Contender]) -> dict[str, Step]:
    """The steps of the contenders, each checked against the first; a peer that raises is left out and
    noted."""
    workload = found.workload
    inputs = workload.make(**workload.sizes(found.small))
    expected = None
    steps = {}
    for contender in contenders:
        if not (contender.takes_part(workload) and contender.installed()):
            continue
        try:
            step = contender.prepare(workload, inputs)
            gradients = arrays_of(step())
        except Exception as error:
            if contender.name in ("numpy", "corelib"):
                raise
            found.failed[contender.name] = f"{type(error).__name__}: {error}"
            continue
        expected = gradients if expected is None else expected
        check(workload.name, contender.name, gradients, expected)
        steps[contender.name] = step
    return steps
