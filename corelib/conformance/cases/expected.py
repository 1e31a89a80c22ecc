"""Expected failures: those that name no check, and those that pass."""

from collections.abc import Callable, Collection, Sequence

from corelib.conformance.cases.case import Declaration, Examined
from corelib.conformance.cases.result import Result


def unknown_checks(spec: Declaration, known: Collection[str]) -> str:
    """A message where ``expected_failures`` names what is no check; "" otherwise."""
    unknown = [expected.check for expected in spec.xfails if expected.check not in known]
    return f"expected_failures names {', '.join(unknown)}; checks are {', '.join(known)}" if unknown else ""


def unknown_samples(spec: Declaration, samples: Callable[[str], Collection[str]]) -> str:
    """A message where an expected failure is of samples that its check has not; "" otherwise.

    ``samples`` returns the names of the samples of a check, or none where they are not known.
    """
    for expected in spec.xfails:
        names = samples(expected.check)
        if names and not any(expected.covers(expected.check, name) for name in names):
            known = f"{expected.check} has {', '.join(names)}"
            return f"expected_failures names the sample {expected.sample!r} of {expected.check}; {known}"
    return ""


def unexpected_passes(of: Examined, results: Sequence[Result]) -> list[Result]:
    """A failure for each expected failure that did not happen although its check ran."""
    found = []
    for expected in of.spec.xfails:
        covered = [r for r in results if expected.covers(r.check, r.sample) and r.status in ("pass", "xfail")]
        if covered and not any(r.status == "xfail" for r in covered):
            fix = f"expected to fail ({expected.reason}), and passes: remove it from expected_failures"
            detail = f"FAILED {of.name}::{expected.check}: {fix}"
            found.append(Result(of.name, expected.check, f"xfail-{expected.sample}", 0, "fail", 1, 0.0, detail))
    return found
