"""A check of an op, and a case of it: on one sample with one seed."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final, TypeAlias

from corelib.conformance.cases.case import Case, Outcome, repro_line
from corelib.conformance.isolation.limits import exceeded, limited
from corelib.conformance.isolation.trace import traced
from corelib.conformance.profile import PROFILES
from corelib.conformance.sample import Sample
from corelib.conformance.subject import LOCAL, Subject
from corelib.conformance.tally import Tally

Select: TypeAlias = Callable[[Subject, int], Sequence[Sample]]
Run: TypeAlias = Callable[[Subject, Sample, Tally], None]

WHOLE: Final = Sample("op", (), (), {}, frozenset())
"""In the place of a sample, for a check of the op as a whole."""


@dataclass(frozen=True, slots=True)
class Check:
    """``select`` returns the samples of the check, or raises Skip or Undeclared; ``run`` raises Failure.

    ``seeded`` checks run once for each seed of the profile, others for the first seed only. ``limited`` ones are held
    to the seconds and the memory of a case. ``gradients`` marks those that do not apply to an op without gradients.
    """

    id: str
    select: Select
    run: Run
    seeded: bool = False
    profiles: tuple[str, ...] = tuple(PROFILES)
    limited: bool = True
    gradients: bool = False


@dataclass(frozen=True, slots=True)
class OpCase(Case):
    """One check of one op on one sample. ``known`` is its outcome where the plan knows it: it is not run then."""

    subject: Subject
    check: Check
    sample: Sample
    seed: int
    known: Outcome | None = None

    @property
    def sample_id(self) -> str:
        return self.sample.id

    def outcome(self, tally: Tally) -> Outcome:
        return self.known or Case.outcome(self, tally)  # no super(): slots make the class twice

    def examine(self, tally: Tally) -> None:
        spec = self.subject.spec
        with limited(spec.seconds, spec.megabytes) if self.check.limited else nullcontext():
            self.check.run(self.subject, self.sample, tally)

    def raised(self, error: BaseException) -> str:
        return raised(error, self.subject, self.sample)

    def reproduce(self) -> str:
        if self.subject.distribution == LOCAL:
            return "reproduce:  corelib.conformance.check(op, ...) with the same spec and seed"
        return repro_line(self.id)


def raised(error: BaseException, subject: Subject, sample: Sample) -> str:
    """The text for an exception: the limit that was exceeded, the traceback down to the author's line, the sample."""
    limit = exceeded(error, subject.spec.seconds, subject.spec.megabytes)
    return "\n".join([*([limit] if limit else []), f"raised {traced(error)}", f"sample: {sample}"])
