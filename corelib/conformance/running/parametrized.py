"""The suite in an author's own test file."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from corelib.conformance.case import Examined, Result, Runnable

F = TypeVar("F", bound=Callable[..., Any])


def parametrize_conformance(
    distribution: str, profile: str = "default", *, op: str | None = None, seed: int = 0
) -> Callable[[F], F]:
    """Parametrize a test with all cases of a distribution's ops and optimizers::

        @parametrize_conformance("my-plugin")
        def test_conformance(conformance_case):
            conformance_case()

    The case raises AssertionError where it fails, and skips (or marks as an expected failure) by itself. Where
    failures are expected, one more case fails if they do not happen. Raises LookupError where no such
    distribution is installed.
    """
    import pytest

    from corelib.conformance.running.whole import cases_of

    found = [pair for group in cases_of(distribution, profile, seed, op) for pair in _of_one(group)]
    cases = [pytest.param(run, id=name) for name, run in found]
    return pytest.mark.parametrize("conformance_case", cases)


def _of_one(group: "Sequence[Runnable]") -> Iterator[tuple[str, Callable[[], None]]]:
    """The cases of one op or optimizer, by their ids; the last says whether what was expected to fail did."""
    results: list[Result] = []
    for case in group:
        yield case.id, partial(assert_case, case, results)
    if group and group[0].subject.spec.xfails:
        yield f"{group[0].name}::expected-failures", partial(assert_strict, group[0].subject, results)


def assert_strict(of: "Examined", results: "Sequence[Result]") -> None:
    """Raise AssertionError where a case that was expected to fail has run, and passed."""
    from corelib.conformance.expected import unexpected_passes

    late = unexpected_passes(of, results)
    if late:
        raise AssertionError("\n".join(result.detail for result in late))


def assert_case(case: "Runnable", results: "list[Result]") -> None:
    """Run a case, tell pytest what became of it, and keep it in ``results``."""
    import pytest

    result = case.run()
    results.append(result)
    if result.status == "fail":
        raise AssertionError(result.detail)
    if result.status == "undeclared":
        raise AssertionError(f"undeclared {result.id}: {result.detail}")
    if result.status == "skip":
        pytest.skip(result.detail)
    if result.status == "xfail":
        pytest.xfail(result.detail)
