"""A case: one check of one op or optimizer, which runs once and has a result."""

import warnings
from abc import ABC, abstractmethod
from time import perf_counter
from typing import NamedTuple, Protocol

import numpy as np

from corelib.conformance.cases.result import Result, Status
from corelib.conformance.failure import Failure, Skip, Undeclared
from corelib.conformance.isolation.limits import OutOfTime
from corelib.conformance.isolation.trace import normal, origin, traced
from corelib.conformance.spec import Xfail
from corelib.conformance.tally import Tally


class Declaration(Protocol):
    """What a case needs of an OpSpec or a RuleSpec."""

    @property
    def xfails(self) -> tuple[Xfail, ...]: ...


class Examined(Protocol):
    """What a case needs of what is examined, be it an op or an optimizer."""

    @property
    def name(self) -> str: ...

    @property
    def spec(self) -> Declaration: ...


class Identified(Protocol):
    """What a case needs of its check."""

    @property
    def id(self) -> str: ...


class Outcome(NamedTuple):
    """A status, why, and the cause of a failure."""

    status: Status
    detail: str = ""
    cause: str = ""


class Case(ABC):
    """One check of one op on one sample, or of one optimizer with one choice of hyperparameters."""

    __slots__ = ()
    subject: Examined
    check: Identified
    seed: int

    @property
    @abstractmethod
    def sample_id(self) -> str:
        """The name of the sample, or of the choice of hyperparameters."""

    @property
    def name(self) -> str:
        return self.subject.name

    @property
    def check_id(self) -> str:
        return self.check.id

    @property
    def id(self) -> str:
        return f"{self.name}::{self.check_id}::{self.sample_id}::seed{self.seed}"

    def run(self) -> Result:
        """Run it. Whatever the op or the rule raises is a failure; one that was expected has the status "xfail"."""
        tally, began = Tally(), perf_counter()
        status, detail, cause = self.settled(self.outcome(tally))
        return Result(
            self.name, self.check_id, self.sample_id, self.seed, status, tally.assertions, tally.margin, detail,
            perf_counter() - began, tally.warns, cause,
        )  # fmt: skip

    def outcome(self, tally: Tally) -> Outcome:
        """The outcome of the check, before it is compared with the expected failures."""
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("error")
                self.examine(tally)
        except Skip as skip:
            return Outcome("skip", str(skip))
        except Undeclared as missing:
            return Outcome("undeclared", str(missing))
        except Failure as failure:
            text = str(failure)
            if failure.__cause__ is not None:
                text += f"\n{traced(failure.__cause__)}"
            return Outcome("fail", text, f"{self.check_id}: {normal(text)}")
        except (Exception, OutOfTime) as error:  # an op or rule that raises anything has failed
            return Outcome("fail", self.raised(error), origin(error))
        if not tally.assertions:
            return Outcome("fail", "the check asserted nothing", "nothing asserted")
        return Outcome("pass", tally.note)

    @abstractmethod
    def examine(self, tally: Tally) -> None:
        """Run the check. Raises Failure, Skip, Undeclared, and whatever the op or the rule raises."""

    @abstractmethod
    def raised(self, error: BaseException) -> str:
        """The text for an exception that the op or the rule raised."""

    @abstractmethod
    def reproduce(self) -> str:
        """How to run this case again, in one line; "" where there is no way."""

    def settled(self, outcome: Outcome) -> Outcome:
        """The outcome; where a failure was expected, "xfail"."""
        if outcome.status != "fail":
            return outcome
        for expected in self.subject.spec.xfails:
            if expected.covers(self.check_id, self.sample_id):
                return Outcome("xfail", expected.reason)
        lines = [f"FAILED {self.id}", indented(outcome.detail), indented(self.reproduce())]
        return outcome._replace(detail="\n".join(line for line in lines if line))


def indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def repro_line(id: str) -> str:
    """The command that runs one case of an installed op or optimizer again."""
    return f"reproduce:  python -c \"from corelib.conformance import repro; repro('{id}')\""
