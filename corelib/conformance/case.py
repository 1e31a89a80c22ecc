"""A check, and a case: one check of one op on one sample with one seed."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final, Literal, Protocol, TypeAlias

import numpy as np

from corelib.conformance.failure import Failure, Skip, Undeclared
from corelib.conformance.sample import Sample
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally

Status: TypeAlias = Literal["pass", "fail", "xfail", "skip", "undeclared"]
Select: TypeAlias = Callable[[Subject, int], Sequence[Sample]]
Run: TypeAlias = Callable[[Subject, Sample, Tally], None]

WHOLE: Final = Sample("op", (), (), {}, frozenset())
"""In the place of a sample, for a check of the op as a whole."""


@dataclass(frozen=True, slots=True)
class Check:
    """``select`` answers the samples it wants, or raises Skip or Undeclared; ``run`` raises Failure.

    ``seeded`` checks run once for each seed of the profile, others with the first alone.
    """

    id: str
    select: Select
    run: Run
    seeded: bool = False
    profiles: tuple[str, ...] = ("quick", "default", "deep")


class Runnable(Protocol):
    """What the runner, the reports and pytest know of a case, be it of an op or of an optimizer."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def check_id(self) -> str: ...

    @property
    def sample_id(self) -> str: ...

    def run(self) -> "Result": ...


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case. ``margin`` is the largest error over its tolerance: above 1 it fails.

    ``detail`` says why it failed or was skipped; of one that passed, what it measured, and ``warns`` marks it.
    """

    op: str
    check: str
    sample: str
    seed: int
    status: Status
    assertions: int = 0
    margin: float = 0.0
    detail: str = ""
    seconds: float = field(default=0.0, compare=False)
    warns: bool = False

    @property
    def id(self) -> str:
        return f"{self.op}::{self.check}::{self.sample}::seed{self.seed}"


@dataclass(frozen=True, slots=True)
class Case:
    """One check of one op on one sample. ``reason`` says why it is not run, where it is not."""

    subject: Subject
    check: Check
    sample: Sample
    seed: int
    status: Status = "pass"
    reason: str = ""

    @property
    def name(self) -> str:
        return self.subject.name

    @property
    def check_id(self) -> str:
        return self.check.id

    @property
    def sample_id(self) -> str:
        return self.sample.id

    @property
    def id(self) -> str:
        return f"{self.name}::{self.check.id}::{self.sample.id}::seed{self.seed}"

    def run(self) -> Result:
        """Run it. Whatever the op raises is a failure of the op."""
        if self.status != "pass":
            return self._result(self.status, Tally(), self.reason, 0.0)
        tally, began = Tally(), perf_counter()
        status: Status = "pass"
        detail = ""
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("error")
                self.check.run(self.subject, self.sample, tally)
            if tally.assertions == 0:
                status, detail = "fail", "the check asserted nothing"
        except Skip as skip:
            status, detail = "skip", str(skip)
        except Undeclared as missing:
            status, detail = "undeclared", str(missing)
        except Failure as failure:
            status, detail = "fail", str(failure)
        except Exception as error:  # an op that raises has failed, whatever it raises
            status, detail = "fail", f"raised {type(error).__name__}: {error}\nsample: {self.sample}"
        return self._settled(status, tally, detail or tally.note, perf_counter() - began)

    def _settled(self, status: Status, tally: Tally, detail: str, seconds: float) -> Result:
        """The result, in the light of the failures that were expected."""
        if status == "fail":
            for expected in self.subject.spec.xfails:
                if expected.covers(self.check.id, self.sample.id):
                    return self._result("xfail", tally, expected.reason, seconds)
            detail = f"FAILED {self.id}\n{indented(detail)}\n{indented(self.reproduce())}"
        return self._result(status, tally, detail, seconds)

    def _result(self, status: Status, tally: Tally, detail: str, seconds: float) -> Result:
        return Result(
            self.name, self.check.id, self.sample.id, self.seed, status, tally.assertions, tally.margin, detail,
            seconds, tally.warns,
        )  # fmt: skip

    def reproduce(self) -> str:
        """One line that runs this case again."""
        if self.subject.distribution == "local":
            return "reproduce:  corelib.conformance.check(op, ...) with the same spec and seed"
        return f"reproduce:  python -c \"from corelib.conformance import repro; repro('{self.id}')\""


def indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
