"""What the suite costs: seconds of processor time for each op and each optimizer, beside their budgets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import process_time
from typing import Final

from corelib.conformance.cases.case import Case
from corelib.conformance.isolation.fresh import spent
from corelib.conformance.optimizers.installed_rules import installed_rules
from corelib.conformance.optimizers.plan import rule_cases
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.profile import PROFILES
from corelib.conformance.running.plan import cases
from corelib.conformance.running.runner import run_cases
from corelib.conformance.running.whole import ops_of

BUDGETS: Final = {"quick": 0.1, "default": 0.4, "optimizers": 0.5}
"""Seconds on average."""
REPEATS: Final = 3
SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Costs:
    """The seconds of each op in one profile, or of each optimizer; without those of mypy."""

    kind: str
    seconds: dict[str, float]

    @property
    def held(self) -> bool:
        """Whether they hold the budget on average."""
        return self.mean <= BUDGETS[self.kind]

    @property
    def mean(self) -> float:
        return sum(self.seconds.values()) / len(self.seconds)

    def __str__(self) -> str:
        costliest = sorted(self.seconds.items(), key=lambda item: -item[1])[:SHOWN]
        named = ", ".join(f"{name} {1e3 * cost:.0f} ms" for name, cost in costliest)
        budget = f"{1e3 * BUDGETS[self.kind]:.0f} ms"
        return f"{self.kind}: {1e3 * self.mean:.0f} ms on average, at most {budget} allowed; the costliest are {named}"


def costs(pattern: str | None = None) -> list[Costs]:
    """Those of all that is installed, or of one distribution.

    The least of a few runs counts, since what else the machine does only adds to them.
    """
    found = [Costs(kind, _least([_of(kind, pattern) for _ in range(REPEATS)])) for kind in BUDGETS]
    return [one for one in found if one.seconds]


def _of(kind: str, pattern: str | None) -> dict[str, float]:
    if kind in PROFILES:
        return {one.name: _seconds(partial(cases, one, PROFILES[kind])) for one in ops_of(pattern)}
    return {one.name: _seconds(partial(_rule_cases, one)) for one in installed_rules(pattern)}


def _rule_cases(subject: RuleSubject) -> Sequence[Case]:
    return list(rule_cases(subject))


def _seconds(made: Callable[[], Sequence[Case]]) -> float:
    """To make the samples and run the checks, here and in fresh processes."""
    began = process_time() + spent()
    run_cases(made())
    return process_time() + spent() - began


def _least(runs: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: min(run[name] for run in runs) for name in runs[0]}
