"""Trying a mutant: the suite runs over it until it finds it, or its time is up."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter, process_time
from typing import Final

from corelib.conformance.cases.result import Result
from corelib.conformance.checks import CHECK_IDS
from corelib.conformance.isolation.limits import OutOfTime, time_limit
from corelib.conformance.optimizers.plan import rule_cases
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.profile import Profile
from corelib.conformance.running.runner import run, run_cases
from corelib.conformance.sample import Sample
from corelib.conformance.subject import Subject
from corelib.errors import CorelibError
from corelib_selftest.mutant import Host, Mutant, Verdict
from corelib_selftest.restored import restored

LIMIT: Final = 10.0
PATIENCE: Final = 120.0
FINDING: Final = tuple(check for check in CHECK_IDS if check not in ("typed", "perf", "declared", "samples", "domain"))
"""The checks that look at what an op computes, and not at its source."""
FOUND: Final = ("fail", "undeclared")
PROFILE: Final = "default"


def tried(mutant: Mutant, profile: str | Profile = PROFILE, limit: float = LIMIT) -> Verdict:
    """What the suite says of the first host in which it finds the fault, or that it finds it in none."""
    began = perf_counter()
    for host in mutant.hosts:
        with restored():
            killer, detail = _examined(host, profile, limit)
        if killer:
            return Verdict(mutant, killer, detail, seconds=perf_counter() - began)
    return Verdict(mutant, "", seconds=perf_counter() - began)


def _examined(host: Host, profile: str | Profile, limit: float) -> tuple[str, str]:
    """The check that fails, and what it says. What cannot be made, or takes too long, is found by that."""
    if isinstance(host.subject, RuleSubject):
        require_green(host.subject)
    else:
        prepared(host.subject, profile)
    began = process_time()
    try:
        with time_limit(limit):
            results = _results(host, profile)
    except OutOfTime as error:
        if limit < PATIENCE and process_time() - began < limit / 10:  # others had the processor: that finds nothing
            return _examined(host, profile, 3 * limit)
        return type(error).__name__, str(error)
    except Exception as error:  # a mutant that breaks the suite itself is found too
        return type(error).__name__, str(error)
    found = [r for r in results if r.status in FOUND]
    return (found[0].check, found[0].detail) if found else ("", "")


def _results(host: Host, profile: str | Profile) -> Sequence[Result]:
    """What the suite says of the host, as far as its first failure."""
    if isinstance(host.subject, RuleSubject):
        examined: RuleSubject = host.make()
        return run_cases(list(rule_cases(examined)), stop_at_first=True)
    with unharmed(host.subject, profile):
        return run([host.subject.with_op(host.make())], profile, checks=FINDING, stop_at_first=True).results


@contextmanager
def unharmed(subject: Subject, profile: str | Profile) -> Iterator[None]:
    """Samples are shared by all mutants of an op: what one of them writes to, or leaves behind, is put right."""
    samples = prepared(subject, profile)
    before = [([a.copy() for a in s.arrays], dict(s.memo)) for s in samples]
    try:
        yield
    finally:
        for sample, (arrays, memo) in zip(samples, before, strict=True):
            for array, copy in zip(sample.arrays, arrays, strict=True):
                if array.tobytes() != copy.tobytes():
                    array[...] = copy
            sample.memo.clear()
            sample.memo.update(memo)


def prepared(subject: Subject, profile: str | Profile = PROFILE) -> list[Sample]:
    """All samples of an op. The first time the suite runs over the op as it is, and remembers its derivatives.

    Raises NotGreen where the suite finds something wrong with it, or not declared.
    """
    if "prepared" not in subject.__dict__:
        _require_green(subject, run([subject], profile, checks=FINDING).results)
        subject.__dict__["prepared"] = [s for made in subject.samples_by_seed.values() for s in made]
    found: list[Sample] = subject.__dict__["prepared"]
    return found


def require_green(subject: RuleSubject) -> None:
    """Raise NotGreen where the suite finds something wrong with an optimizer as it is; the first time it runs."""
    if "is_green" not in subject.__dict__:
        _require_green(subject, run_cases(list(rule_cases(subject))))
        subject.__dict__["is_green"] = True


class NotGreen(CorelibError):
    """The suite rejects the op or the optimizer as it is, and would reject each mutant for the same reason."""


def _require_green(subject: Subject | RuleSubject, results: Sequence[Result]) -> None:
    wrong = [r for r in results if r.status in FOUND]
    if wrong:
        what = "undeclared" if wrong[0].status == "undeclared" else "red"
        hint = f"`corelib check {subject.distribution}` says why; make it green first"
        raise NotGreen(f"{subject.name} is {what} without any mutation, in the check {wrong[0].check}: {hint}")
