"""Running cases, and what became of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from corelib.conformance.cases.case import Case
from corelib.conformance.cases.expected import unexpected_passes
from corelib.conformance.cases.result import Result
from corelib.conformance.optimizers.installed_rules import installed_rules
from corelib.conformance.optimizers.plan import rule_cases
from corelib.conformance.profile import PROFILES, Profile
from corelib.conformance.reporting.report import Report
from corelib.conformance.running.plan import cases
from corelib.conformance.running.whole import ops_of
from corelib.conformance.sample import Tag
from corelib.conformance.spec import OpSample, OpSpec
from corelib.conformance.subject import Subject, subject_of


def run(
    subjects: Iterable[Subject],
    profile: str | Profile = "default",
    *,
    checks: Sequence[str] = (),
    stop_at_first: bool = False,
    progress: Callable[[Result], None] | None = None,
) -> Report:
    """Run the suite over ``subjects`` (``subject_of(op, spec)``, or ``installed()``), and report.

    ``checks`` are patterns of the checks to run, all of them without. ``stop_at_first`` ends the examination of an
    op at its first failure, which is all that a mutation engine wants to know.
    """
    chosen = PROFILES[profile] if isinstance(profile, str) else profile
    results: list[Result] = []
    for one in subjects:
        results += run_cases(cases(one, chosen, checks), stop_at_first=stop_at_first, progress=progress)
    return Report(results, chosen.name)


def run_cases(
    todo: Sequence[Case], *, stop_at_first: bool = False, progress: Callable[[Result], None] | None = None
) -> list[Result]:
    """Run the cases of one op (or optimizer), and settle its expected failures."""
    results = []
    for case in todo:
        result = case.run()
        results.append(result)
        if progress is not None:
            progress(result)
        if stop_at_first and result.status == "fail":
            return results
    late = [settled for case in todo[:1] for settled in unexpected_passes(case.subject, results)]
    for result in late:
        if progress is not None:
            progress(result)
    return results + late


def check(
    op: Callable[..., Any],
    *args: Any,
    spec: OpSpec | None = None,
    profile: str = "quick",
    id: str = "yours",
    **fields: Any,
) -> Report:
    """Check an op on the arguments given, as one would in a notebook: ``check(softclip, x, low=1.0)``.

    Without arguments the op is checked on all its samples, derived or declared in ``spec``. Returns the
    report where everything passes; raises AssertionError, with all that failed, otherwise.
    """
    one = subject_of(op, spec)
    if args:
        one.only = (one.prepared(OpSample(*args, id=id, **fields), id, (Tag.INTERIOR,)),)
        one.spec = one.spec if spec is not None else OpSpec(one.spec.name, kind="custom")
    report = run([one], profile)
    if report.failures:
        raise AssertionError(str(report))
    return report


def repro(id: str, *, seed: int = 0) -> Result:
    """Run one case again by its id, as a failure message gives it. Raises AssertionError where it fails.

    Raises LookupError for an id that names no case of an installed op or optimizer.
    """
    name, check_id, *_ = id.split("::")
    for case in _cases_named(name, check_id, seed):
        if case.id == id:
            result = case.run()
            if result.status == "fail":
                raise AssertionError(result.detail)
            return result
    raise LookupError(f"no case {id}: is the plugin installed, and does the op still have the sample?")


def _cases_named(name: str, check_id: str, seed: int) -> Iterator[Case]:
    for one in ops_of(name, seed=seed):
        for profile in PROFILES.values():
            yield from cases(one, profile, [check_id])
    for rule in installed_rules(name, seed=seed):
        yield from rule_cases(rule)
