"""The suite in an author's own test file."""

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def parametrize_conformance(
    distribution: str, profile: str = "default", *, op: str | None = None, seed: int = 0
) -> Callable[[F], F]:
    """Parametrize a test with all cases of a distribution's ops::

        @parametrize_conformance("my-plugin")
        def test_conformance(conformance_case):
            conformance_case()

    The case raises AssertionError where it fails, and skips (or marks as an expected failure) by itself. Raises
    LookupError where no such distribution is installed.
    """
    import pytest

    from corelib.conformance.installed_ops import installed
    from corelib.conformance.plan import PROFILES, all_cases

    found = all_cases(installed(distribution, op=op, seed=seed), PROFILES[profile])
    cases = [pytest.param(lambda case=case: assert_case(case), id=case.id) for case in found]
    return pytest.mark.parametrize("conformance_case", cases)


def assert_case(case: Any) -> None:
    """Run a case, and tell pytest what became of it."""
    import pytest

    result = case.run()
    if result.status == "fail":
        raise AssertionError(result.detail)
    if result.status == "undeclared":
        raise AssertionError(f"undeclared {result.id}: {result.detail}")
    if result.status == "skip":
        pytest.skip(result.detail)
    if result.status == "xfail":
        pytest.xfail(result.detail)
