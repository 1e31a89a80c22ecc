"""The suite in an author's own test file."""

from collections.abc import Callable
from typing import Any, TypeVar

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

    from corelib.conformance.running.items import items
    from corelib.conformance.running.whole import cases_of

    groups = cases_of(distribution, profile, seed, op)
    found = [item for group in groups for item in items(group, lambda result: result.message)]
    return pytest.mark.parametrize("conformance_case", [pytest.param(run, id=name) for name, run in found])
