"""Running cases, and what became of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from corelib.conformance.cases.case import Case
from corelib.conformance.cases.expected import unexpected_passes
from corelib.conformance.cases.result import Result
from corelib.conformance.optimizers.installed_rules import installed_rules
from corelib.conformance.optimizers.plan import rule_cases
from corelib.conformance.profile import PROFILES, Profile, profile_of
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
    """Run the checks of the suite on ops, and return a Report. Failures are in the report; none is raised.

    subjects: from ``subject_of(op, spec)``, or ``installed()``.
    profile: how thorough: "quick", "default" or "deep". Raises LookupError for another name.
    checks: patterns of the ids of the checks to run; by default all.
    stop_at_first: end the examination of an op at its first failure.
    progress: called with the Result of each case.

    >>> from corelib.extend import elementwise
    >>> import numpy as np
    >>> exp = elementwise(np.exp, lambda x, *, result: result)
    >>> run([subject_of(exp)], "quick", checks=["jacobian"]).green
    True
    """
    chosen = profile_of(profile) if isinstance(profile, str) else profile
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
    """Test an op: its values, Jacobian, dtypes, shapes, second derivatives, and more, as docs/conformance.md lists.

    op: any op, installed or not.
    args, fields: one call on which it is tested. Without any, it is tested on all samples, derived or declared.
    spec: what the suite cannot derive; see OpSpec.
    profile: how thorough: "quick", "default" or "deep".
    id: the name of the call in the report.

    Returns the Report where no check fails (some may be "undeclared": see ``Report.green``). Raises AssertionError,
    with the text of all failures, otherwise.

    >>> from corelib.extend import elementwise
    >>> import numpy as np
    >>> cube = elementwise(lambda x: x**3, lambda x: 3 * x**2, name="cube")
    >>> check(cube, np.linspace(-1, 1, 5)).green
    True
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
    """Run one case of an installed op or optimizer again.

    id: the name of the case, as a failure message gives it: "corelib-elementwise.exp::jacobian::3x4::seed0".
    seed: the seed that the run was given, if any.

    Returns its Result. Raises AssertionError where it fails, LookupError where no such case is installed.

    >>> repro("corelib-elementwise.exp::jacobian::3x4::seed0").status
    'pass'
    """
    name, check_id = (*id.split("::"), "")[:2]
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
