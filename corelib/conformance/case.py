"""A check, and a case: one check of one op on one sample with one seed."""

import warnings
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final, Literal, Protocol, TypeAlias

import numpy as np

from corelib.conformance.failure import Failure, Skip, Undeclared
from corelib.conformance.isolation.limits import OutOfTime, exceeded, limited
from corelib.conformance.isolation.trace import normal, origin, traced
from corelib.conformance.sampling.sample import Sample
from corelib.conformance.spec import Xfail
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

    ``seeded`` checks run once for each seed of the profile, others with the first alone. ``limited`` ones are held
    to the seconds and the memory of a case. ``gradients`` marks those with nothing to ask of an op that has none.
    """

    id: str
    select: Select
    run: Run
    seeded: bool = False
    profiles: tuple[str, ...] = ("quick", "default", "deep")
    limited: bool = True
    gradients: bool = False


class Declaration(Protocol):
    """What the runner knows of an OpSpec or a RuleSpec."""

    @property
    def xfails(self) -> tuple[Xfail, ...]: ...


class Examined(Protocol):
    """What the runner knows of what is examined, be it an op or an optimizer."""

    @property
    def name(self) -> str: ...

    @property
    def spec(self) -> Declaration: ...


class Runnable(Protocol):
    """What the runner, the reports and pytest know of a case, be it of an op or of an optimizer."""

    @property
    def subject(self) -> Examined: ...

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
    ``cause`` is the same for all cases of an op that fail for one reason.
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
    cause: str = ""

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
    cause: str = ""

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
            return self._settled(self.status, Tally(), self.reason, 0.0, self.cause)
        tally, began = Tally(), perf_counter()
        status, detail, cause = self._outcome(tally)
        return self._settled(status, tally, detail or tally.note, perf_counter() - began, cause)

    def _outcome(self, tally: Tally) -> tuple[Status, str, str]:
        """What became of it, what there is to say, and the cause of a failure."""
        try:
            self._examine(tally)
        except Skip as skip:
            return "skip", str(skip), ""
        except Undeclared as missing:
            return "undeclared", str(missing), ""
        except Failure as failure:
            text = str(failure)
            if failure.__cause__ is not None:
                text += f"\n{traced(failure.__cause__)}"
            return "fail", text, f"{self.check.id}: {normal(text)}"
        except (Exception, OutOfTime) as error:  # an op that raises has failed, whatever it raises
            return "fail", raised(error, self.subject, self.sample), origin(error)
        return ("pass", "", "") if tally.assertions else ("fail", "the check asserted nothing", "nothing asserted")

    def _examine(self, tally: Tally) -> None:
        spec = self.subject.spec
        limits = limited(spec.seconds, spec.megabytes) if self.check.limited else nullcontext()
        with limits, np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("error")
            self.check.run(self.subject, self.sample, tally)

    def _settled(self, status: Status, tally: Tally, detail: str, seconds: float, cause: str) -> Result:
        """The result, in the light of the failures that were expected."""
        if status == "fail":
            for expected in self.subject.spec.xfails:
                if expected.covers(self.check.id, self.sample.id):
                    return self._result("xfail", tally, expected.reason, seconds)
            detail = f"FAILED {self.id}\n{indented(detail)}\n{indented(self.reproduce())}"
        return self._result(status, tally, detail, seconds, cause)

    def _result(self, status: Status, tally: Tally, detail: str, seconds: float, cause: str = "") -> Result:
        return Result(
            self.name, self.check.id, self.sample.id, self.seed, status, tally.assertions, tally.margin, detail,
            seconds, tally.warns, cause,
        )  # fmt: skip

    def reproduce(self) -> str:
        """One line that runs this case again."""
        if self.subject.distribution == "local":
            return "reproduce:  corelib.conformance.check(op, ...) with the same spec and seed"
        return f"reproduce:  python -c \"from corelib.conformance import repro; repro('{self.id}')\""


def raised(error: BaseException, subject: Subject, sample: Sample) -> str:
    """What to say of an exception: the limit that was met, the traceback down to the author's line, the sample."""
    limit = exceeded(error, subject.spec.seconds, subject.spec.megabytes)
    return "\n".join([*([limit] if limit else []), f"raised {traced(error)}", f"sample: {sample}"])


def indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
