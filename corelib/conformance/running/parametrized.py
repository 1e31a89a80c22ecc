"""The suite in an author's own test file."""

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def parametrize_conformance(
    distribution: str, profile: str = "default", *, op: str | None = None, seed: int = 0
) -> Callable[[F], F]:
    """Parametrize a pytest test with all cases of the ops and optimizers of a distribution.

    distribution: the name of an installed distribution, such as "corelib-elementwise".
    profile: how thorough: "quick", "default" or "deep".
    op: only the op or the optimizer of this name.
    seed: vary all random numbers.

    The test gets the argument ``conformance_case``, a function without arguments, and calls it: it raises
    AssertionError where the case fails, skips, or marks an expected failure. Where failures are expected, one more case
    fails if they do not happen. Raises LookupError where no such distribution is installed.

    >>> @parametrize_conformance("corelib-broadcast", "quick")
    ... def test_conformance(conformance_case):
    ...     conformance_case()
    """
    import pytest

    from corelib.conformance.running.items import items
    from corelib.conformance.running.whole import cases_of

    groups = cases_of(distribution, profile, seed, op)
    found = [item for group in groups for item in items(group, lambda result: result.message)]
    return pytest.mark.parametrize("conformance_case", [pytest.param(run, id=name) for name, run in found])
