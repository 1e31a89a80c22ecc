"""Cases as items of pytest, for ``parametrize_conformance`` and for ``pytest --conformance``."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeAlias

import pytest

from corelib.conformance.cases.case import Case
from corelib.conformance.cases.expected import unexpected_passes
from corelib.conformance.cases.result import Result

Report: TypeAlias = Callable[[Result], str]
"""Takes note of a result, and returns the text with which it fails where it is a failure."""


class CaseFailed(AssertionError):
    """A case failed. The text is the whole message."""


def items(cases: Sequence[Case], report: Report) -> Iterator[tuple[str, Callable[[], None]]]:
    """A name and a function for each case of one op or optimizer.

    The function raises CaseFailed, skips, or marks an expected failure, as a test does. Where failures are expected,
    one more item fails for those that did not happen.
    """
    results: dict[str, Result] = {}
    for case in cases:
        yield case.id, partial(_run, case, results, report)
    if cases and cases[0].subject.spec.xfails:
        yield f"{cases[0].name}::expected-failures", partial(_settle, cases, results, report)


def _run(case: Case, results: dict[str, Result], report: Report) -> None:
    result = results[case.id] = case.run()
    text = report(result)
    if result.status in ("fail", "undeclared"):
        raise CaseFailed(text)
    if result.status == "skip":
        pytest.skip(result.detail)
    if result.status == "xfail":
        pytest.xfail(result.detail)


def _settle(cases: Sequence[Case], results: dict[str, Result], report: Report) -> None:
    """Fail for expected failures that pass. Those that no item has run, in this order or process, run now."""
    subject = cases[0].subject
    for case in cases:
        expected = any(x.covers(case.check_id, case.sample_id) for x in subject.spec.xfails)
        if expected and case.id not in results:
            results[case.id] = case.run()
    late = [report(result) for result in unexpected_passes(subject, list(results.values()))]
    if late:
        raise CaseFailed("\n".join(late))
