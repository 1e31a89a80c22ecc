"""From subjects to cases: every check, on every sample it wants, with every seed of the profile."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from corelib.conformance.case import WHOLE, Case, Check, raised
from corelib.conformance.checks import CHECK_IDS, CHECKS
from corelib.conformance.expected import unknown_checks
from corelib.conformance.failure import Skip, Undeclared
from corelib.conformance.isolation.ambient import changed, unusual
from corelib.conformance.isolation.limits import OutOfTime, limited
from corelib.conformance.isolation.trace import origin
from corelib.conformance.profile import Profile
from corelib.conformance.sampling.sample import Sample
from corelib.conformance.subject import Subject


def cases(subject: Subject, profile: Profile, only: Sequence[str] = ()) -> list[Case]:
    """All cases of one op, those that are skipped too; ``only`` are patterns of checks."""
    chosen = [c for c in CHECKS if not only or any(fnmatchcase(c.id, pattern) for pattern in only)]
    with unusual() as before:
        found = [case for check in chosen for case in _of_check(subject, check, profile)]
        subject.disturbed += changed(before)
    return found


def _of_check(subject: Subject, check: Check, profile: Profile) -> Iterator[Case]:
    if check.id == "declared" and (unknown := unknown_checks(subject.spec, CHECK_IDS)):
        yield Case(subject, check, WHOLE, 0, "fail", unknown, "unknown checks")
        return
    if profile.name not in check.profiles:
        yield Case(subject, check, WHOLE, 0, "skip", f"not in the {profile.name} profile")
        return
    if check.gradients and subject.is_constant:
        yield Case(subject, check, WHOLE, 0, "skip", "no argument has a gradient")
        return
    for seed in range(profile.seeds if check.seeded else 1):
        try:
            samples = _selected(subject, check, seed)
        except Skip as skip:
            yield Case(subject, check, WHOLE, seed, "skip", str(skip))
            return
        except Undeclared as missing:
            yield Case(subject, check, WHOLE, seed, "undeclared", str(missing))
            return
        except (Exception, OutOfTime) as error:  # the author's samples, or the op on the way to derive some
            yield Case(subject, check, WHOLE, seed, "fail", raised(error, subject, WHOLE), origin(error))
            return
        if not samples:
            yield Case(subject, check, WHOLE, seed, "undeclared", "no sample fits this check")
            return
        kept = samples if len(samples) <= profile.samples else _spread(samples, profile.samples)
        for sample in kept:
            yield Case(subject, check, sample, seed)


def _selected(subject: Subject, check: Check, seed: int) -> Sequence[Sample]:
    with limited(subject.spec.seconds, subject.spec.megabytes):
        return check.select(subject, seed)


def _spread(samples: Sequence, count: int) -> list:  # type: ignore[type-arg]  # of whatever is in it
    """``count`` of the samples, the first and the last among them, evenly."""
    return [samples[round(i * (len(samples) - 1) / (count - 1))] for i in range(count)]
