"""No alarm on honest ops of scipy.special: all of them in ``python -m benchmarks.conformance_scipy``."""

from dataclasses import replace

import pytest

pytest.importorskip("scipy.special")
pytest.importorskip("mpmath")

from benchmarks.conformance_scipy import examined, main, misfit
from benchmarks.scipy_table import TABLE

QUICK = (
    "expit",
    "erfcx",
    "log_ndtr",
    "psi",
    "gammainc",
    "j1",
    "k0",
    "xlogy",
    "ellipk",
    "hyp1f1",
    "airy",
    "fresnel",
    "k0e",
    "sici",
    "shichi",
    "stdtrit",
    "jv_held",
    "gammainc_held",
    "hyp2f1_held",
)


@pytest.mark.parametrize("name", QUICK)
def test_a_function_of_scipy_raises_no_alarm(name: str) -> None:
    report = examined([name], "quick")
    assert report.green, str(report)


@pytest.mark.parametrize("name", [name for name in TABLE if name in QUICK or name.startswith("e")])
def test_the_slopes_of_the_table_are_those_of_mpmath(name: str) -> None:
    assert misfit(name) < 1e-10


def test_the_script_tells_each_function_as_it_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick", "er?", "expm1"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in told[:-1]] == ["expm1", "erf"]
    assert "no alarm" in told[0]
    assert told[-1] == "2 functions, 0 alarms"


def test_a_slope_that_is_wrong_is_an_alarm(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(TABLE, "erfc", replace(TABLE["erfc"], slopes=TABLE["ndtr"].slopes))
    assert main(["--quick", "erfc"]) == 1
    assert "erfc: a slope is off by" in capsys.readouterr().out
