"""From subjects to cases: every check, on every sample it selects, with every seed of the profile."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import partial

from corelib.conformance.cases.case import Outcome
from corelib.conformance.cases.expected import unknown_checks, unknown_samples
from corelib.conformance.cases.op_case import WHOLE, Check, OpCase, raised
from corelib.conformance.checks import CHECK_IDS, CHECKS
from corelib.conformance.failure import Skip, Undeclared
from corelib.conformance.isolation.ambient import changed, unusual
from corelib.conformance.isolation.limits import OutOfTime, limited
from corelib.conformance.isolation.trace import origin
from corelib.conformance.profile import Profile
from corelib.conformance.sample import Sample
from corelib.conformance.subject import Subject


def cases(subject: Subject, profile: Profile, only: Sequence[str] = ()) -> list[OpCase]:
    """All cases of one op, those that are skipped too; ``only`` are patterns of checks."""
    chosen = [c for c in CHECKS if not only or any(fnmatchcase(c.id, pattern) for pattern in only)]
    with unusual() as before:
        found = [case for check in chosen for case in _of_check(subject, check, profile)]
        subject.disturbed += changed(before)
    return found


def _of_check(subject: Subject, check: Check, profile: Profile) -> Iterator[OpCase]:
    known = _known(subject, check, profile)
    if known is not None:
        yield OpCase(subject, check, WHOLE, 0, known)
        return
    for seed in range(profile.seeds if check.seeded else 1):
        try:
            samples = _selected(subject, check, seed)
        except Skip as skip:
            yield OpCase(subject, check, WHOLE, seed, Outcome("skip", str(skip)))
            return
        except Undeclared as missing:
            yield OpCase(subject, check, WHOLE, seed, Outcome("undeclared", str(missing)))
            return
        except (Exception, OutOfTime) as error:  # the author's samples, or the op on the way to derive some
            yield OpCase(subject, check, WHOLE, seed, Outcome("fail", raised(error, subject, WHOLE), origin(error)))
            return
        if not samples:
            yield OpCase(subject, check, WHOLE, seed, Outcome("undeclared", "no sample fits this check"))
            return
        kept = samples if len(samples) <= profile.samples else _spread(samples, profile.samples)
        for sample in kept:
            yield OpCase(subject, check, sample, seed)


def _known(subject: Subject, check: Check, profile: Profile) -> Outcome | None:
    """The outcome of a check that need not run."""
    if check.id == "declared":
        unknown = unknown_checks(subject.spec, CHECK_IDS) or unknown_samples(subject.spec, partial(_names, subject))
        if unknown:
            return Outcome("fail", unknown, "unknown expected failures")
    if profile.name not in check.profiles:
        return Outcome("skip", f"not in the {profile.name} profile")
    if check.gradients and subject.is_constant:
        return Outcome("skip", "no argument has a gradient")
    return None


def _names(subject: Subject, check_id: str) -> list[str]:
    """The names of the samples of a check; none where a user gave the only sample, or the check has none."""
    if subject.only is not None:
        return []
    try:
        return [sample.id for sample in _selected(subject, CHECKS[CHECK_IDS.index(check_id)], 0)]
    except (Exception, OutOfTime):  # the check itself reports it
        return []


def _selected(subject: Subject, check: Check, seed: int) -> Sequence[Sample]:
    with limited(subject.spec.seconds, subject.spec.megabytes):
        return check.select(subject, seed)


def _spread(samples: Sequence, count: int) -> list:  # type: ignore[type-arg]  # of whatever is in it
    """``count`` of the samples, the first and the last among them, evenly."""
    return [samples[round(i * (len(samples) - 1) / (count - 1))] for i in range(count)]
