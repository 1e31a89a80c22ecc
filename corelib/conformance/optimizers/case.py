"""A check of a rule with one choice of its hyperparameters."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeAlias

import numpy as np

from corelib.conformance.case import Result, Status, indented
from corelib.conformance.failure import Failure, Skip, Undeclared
from corelib.conformance.isolation.trace import normal, origin, traced
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.tally import Tally

Run: TypeAlias = Callable[[RuleSubject, Mapping[str, Any], Tally], None]


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """``run`` raises Failure, Skip or Undeclared. ``each`` checks run for each variant, others for the defaults."""

    id: str
    run: Run
    each: bool = False


@dataclass(frozen=True, slots=True)
class RuleCase:
    """One check of one rule with one choice of hyperparameters."""

    subject: RuleSubject
    check: RuleCheck
    variant: str
    hyperparameters: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.subject.name

    @property
    def check_id(self) -> str:
        return self.check.id

    @property
    def sample_id(self) -> str:
        return self.variant

    @property
    def id(self) -> str:
        return f"{self.name}::{self.check.id}::{self.variant}::seed0"

    def run(self) -> Result:
        """Run it. Whatever the rule raises is a failure of the rule."""
        tally, began = Tally(), perf_counter()
        status, detail, cause = self._outcome(tally)
        if status == "fail":
            for expected in self.subject.spec.xfails:
                if expected.covers(self.check.id, self.variant):
                    status, detail = "xfail", expected.reason
        if status == "fail":
            detail = f"FAILED {self.id}\n{indented(detail)}"
        seconds = perf_counter() - began
        return Result(
            self.name, self.check.id, self.variant, 0, status, tally.assertions, tally.margin, detail, seconds,
            tally.warns, cause if status == "fail" else "",
        )  # fmt: skip

    def _outcome(self, tally: Tally) -> tuple[Status, str, str]:
        """What became of it, what there is to say, and the cause of a failure."""
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("error")
                self.check.run(self.subject, self.hyperparameters, tally)
        except Skip as skip:
            return "skip", str(skip), ""
        except Undeclared as missing:
            return "undeclared", str(missing), ""
        except Failure as failure:
            text = str(failure)
            if failure.__cause__ is not None:
                text += f"\n{traced(failure.__cause__)}"
            return "fail", text, f"{self.check.id}: {normal(text)}"
        except Exception as error:  # a rule that raises has failed, whatever it raises
            return "fail", f"raised {traced(error)}\nwith {dict(self.hyperparameters)}", origin(error)
        return ("pass", tally.note, "") if tally.assertions else ("fail", "the check asserted nothing", "no assertion")
