"""A check of a rule, and a case of it: with one choice of its hyperparameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from corelib.conformance.cases.case import Case, repro_line
from corelib.conformance.isolation.trace import traced
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.subject import LOCAL
from corelib.conformance.tally import Tally

Run: TypeAlias = Callable[[RuleSubject, Mapping[str, Any], Tally], None]


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """``run`` raises Failure, Skip or Undeclared. ``each`` checks run for each variant, others for the defaults."""

    id: str
    run: Run
    each: bool = False


@dataclass(frozen=True, slots=True)
class RuleCase(Case):
    """One check of one rule with one choice of hyperparameters."""

    subject: RuleSubject
    check: RuleCheck
    variant: str
    hyperparameters: Mapping[str, Any]
    seed: int = 0

    @property
    def sample_id(self) -> str:
        return self.variant

    def examine(self, tally: Tally) -> None:
        self.check.run(self.subject, self.hyperparameters, tally)

    def raised(self, error: BaseException) -> str:
        return f"raised {traced(error)}\nwith {dict(self.hyperparameters)}"

    def reproduce(self) -> str:
        return "" if self.subject.distribution == LOCAL else repro_line(self.id)
