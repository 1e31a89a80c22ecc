"""No alarm on honest ops of scipy.special: all of them in ``python -m benchmarks.conformance_scipy``."""

import pytest

pytest.importorskip("scipy.special")
pytest.importorskip("mpmath")

from benchmarks.conformance_scipy import examined, misfit
from benchmarks.scipy_special import TABLE

QUICK = ("expit", "erfcx", "log_ndtr", "psi", "gammainc", "j1", "k0", "xlogy", "ellipk")


@pytest.mark.parametrize("name", QUICK)
def test_a_function_of_scipy_raises_no_alarm(name: str) -> None:
    report = examined([name], "quick")
    assert report.green, str(report)


@pytest.mark.parametrize("name", [name for name in TABLE if name in QUICK or name.startswith("e")])
def test_the_slopes_of_the_table_are_those_of_mpmath(name: str) -> None:
    assert misfit(name) < 1e-10
