"""How the suite is run: check() in a notebook, check_grads, the manifest, the report, `corelib check`,
pytest."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corelib import Array, conformance, elementwise
from corelib.conformance import check, check_grads, installed, parametrize_conformance, repro, run, subject_of
from corelib.conformance.reporting.html import page
from corelib.conformance.reporting.manifest import complaints, read, write
from corelib.conformance.sampling.samples import samples_of
from corelib.errors import NotDifferentiable

click_testing = pytest.importorskip("click.testing")

exp = elementwise(np.exp, lambda x, *, result: result)
wrong = elementwise(np.exp, lambda x, *, result: result * 2, name="wrong")


def invoke(*args: str) -> Any:
    from corelib.cli.main import command

    return click_testing.CliRunner().invoke(command, ["check", *args])


def test_the_package_shows_what_is_public_and_nothing_else() -> None:
    assert dir(conformance) == sorted(conformance.__all__)
    assert all(hasattr(conformance, name) for name in dir(conformance))
    assert conformance.xfail("jacobian", "not yet (#1)") == conformance.Xfail("jacobian", "not yet (#1)")


def test_check_takes_arguments_as_the_op_does() -> None:
    report = check(exp, np.linspace(-1, 1, 5))
    assert not report.failures
    assert any(r.sample == "yours" and r.check == "jacobian" for r in report.results)
    with pytest.raises(AssertionError, match=r"ratio 2\.0000"):
        check(wrong, np.linspace(-1, 1, 5))


def test_check_without_arguments_takes_all_samples() -> None:
    assert check(exp).green
    with pytest.raises(AssertionError, match="FAILED local"):
        check(wrong)


def test_check_grads_holds_for_right_functions_to_the_second_order() -> None:
    x, y = np.random.default_rng(0).normal(size=(2, 3, 2))
    check_grads(lambda x, y: np.tanh(x) * y + np.exp(-x * x), order=2)(x, y)
    check_grads(lambda p: {"out": (p["w"] @ p["x"], p["x"].sum())})({"w": x, "x": y.T})
    check_grads(lambda z: np.exp(z) * z)(x + 1j * y)
    check_grads(lambda x: np.sum(np.sin(x)) * x)(np.linspace(-1, 1, 400))


@pytest.mark.parametrize("size", [3, 400])
def test_check_grads_finds_a_wrong_gradient(size: int) -> None:
    with pytest.raises(AssertionError, match="order 1"):
        check_grads(wrong)(np.linspace(-1, 1, size))


def test_check_grads_finds_a_wrong_second_derivative_alone() -> None:
    def slope(x: Any) -> Any:
        return np.exp(x.data) if hasattr(x, "creator") else np.exp(x)

    once = elementwise(np.exp, slope)
    check_grads(once)(np.array([0.3, -1.0]))
    with pytest.raises(AssertionError, match="order 2"):
        check_grads(once, order=2)(np.array([0.3, -1.0]))


def test_check_grads_refuses_integers() -> None:
    with pytest.raises(NotDifferentiable, match="int64"):
        check_grads(exp)(np.arange(3))


def test_a_manifest_tells_when_a_suite_empties(tmp_path: Path) -> None:
    report = run([subject_of(exp)], "quick")
    file = tmp_path / "manifest.json"
    write(report, file)
    assert complaints(report, read(file)) == []
    fewer = run([subject_of(exp)], "quick", checks=["p*"])
    assert any("local.exp::jacobian ran 0 cases, and 3 are" in line for line in complaints(fewer, read(file)))
    assert complaints(fewer, read(file), partial=True) == []
    assert "was not checked" in complaints(run([], "quick"), read(file))[0]
    assert "profile quick" in complaints(run([], "default"), read(file))[0]


def test_a_report_is_json_a_badge_and_a_page(tmp_path: Path) -> None:
    report = run([subject_of(exp), subject_of(wrong)], "quick")
    report.write_json(tmp_path / "report.json")
    report.write_badge(tmp_path / "badge.json")
    content = json.loads((tmp_path / "report.json").read_text())
    badge = json.loads((tmp_path / "badge.json").read_text())
    assert content["green"] is False
    assert {cell["status"] for cell in content["cells"] if cell["op"] == "local.exp"} == {"pass", "skip"}
    assert badge["schemaVersion"] == 1
    assert badge["color"] == "red"
    assert badge["message"].startswith("1/2 ops")
    html = page(report)
    assert "local.wrong" in html
    assert "FAILED local.wrong::jacobian" in html


def test_repro_runs_one_case_of_an_installed_op() -> None:
    one = installed("corelib-elementwise.exp")[0]
    result = repro(f"{one.name}::jacobian::3x4::seed0")
    assert result.status == "pass"
    with pytest.raises(LookupError, match="no case"):
        repro(f"{one.name}::jacobian::nothing::seed0")


def test_what_is_not_there_is_a_lookup_error() -> None:
    with pytest.raises(LookupError, match="no profile 'swift'; profiles are quick, default, deep"):
        run([subject_of(exp)], "swift")
    with pytest.raises(LookupError, match="no profile 'swift'"):
        parametrize_conformance("corelib-broadcast", "swift")
    with pytest.raises(LookupError, match="no installed op"):
        repro("exp")
    with pytest.raises(LookupError, match="no case"):
        repro("corelib-elementwise.exp")


def test_repro_runs_one_case_of_an_installed_optimizer() -> None:
    pytest.importorskip("corelib_optimizers")
    assert repro("corelib-optimizers.sgd::validation::defaults::seed0").status == "pass"


def test_corelib_check_prints_a_table_and_a_verdict(tmp_path: Path) -> None:
    files = [f"--{kind}={tmp_path / kind}" for kind in ("json", "badge", "html")]
    done = invoke("corelib-elementwise", "--op", "exp", "--profile", "quick", *files)
    assert done.exit_code == 0, done.output
    assert "jacobian" in done.output
    assert "green: 1/1 ops" in done.output
    assert all((tmp_path / kind).stat().st_size > 50 for kind in ("json", "badge", "html"))


def test_corelib_check_exits_with_2_for_what_is_not_there() -> None:
    done = invoke("corelib-nothing")
    assert done.exit_code == 2
    assert "no installed op" in done.output
    assert invoke("--update-manifest").exit_code == 2


def test_corelib_check_exits_with_1_where_the_manifest_differs(tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    options = ("corelib-elementwise.exp", "--profile", "quick", "--manifest", str(file))
    assert invoke(*options, "--update-manifest").exit_code == 0
    assert invoke(*options).exit_code == 0
    file.write_text(file.read_text().replace('"jacobian": 3', '"jacobian": 9'))
    done = invoke(*options)
    assert done.exit_code == 1
    assert "ran 3 cases, and 9 are in the manifest" in done.output


def pytest_run(tmp_path: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """pytest in a process of its own, with the plugin loaded once, whether it is installed or not."""
    plugins = ("-p", "corelib.conformance.pytest_plugin", "-p", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", *plugins, *options]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment)


def test_pytest_has_one_item_for_each_check(tmp_path: Path) -> None:
    done = pytest_run(
        tmp_path, "--conformance", "corelib-elementwise.exp", "--conformance-profile", "quick", "-v",
        "--conformance-json", "out.json",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "corelib-elementwise.exp::jacobian::3x4::seed0 PASSED" in done.stdout
    assert "1/1 ops" in done.stdout
    assert json.loads((tmp_path / "out.json").read_text())["green"] is True


def test_pytest_refuses_a_distribution_that_is_not_there(tmp_path: Path) -> None:
    done = pytest_run(tmp_path, "--conformance", "corelib-nothing")
    assert done.returncode == 4
    assert "no installed op" in done.stderr


def test_the_pytest_plugin_is_inert_unless_asked(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(
        "import sys\ndef test_it():\n    assert 'corelib.conformance.cases.case' not in sys.modules\n"
    )
    done = pytest_run(tmp_path, "-q")
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


@parametrize_conformance("corelib-broadcast", "quick", op="broadcast_to")
def test_an_author_can_parametrize_a_test_of_his_own(conformance_case: Any) -> None:
    conformance_case()


def test_the_samples_are_inside_the_domain_that_was_found() -> None:
    def domain(function: Any) -> list[tuple[float, float]]:
        return [(r.low, r.high) for r in subject_of(elementwise(function, lambda x: x)).ranges[0]]

    inf = np.inf
    assert domain(np.log) == [(0, inf)]
    assert domain(np.arcsin) == [(-1, 1)]
    assert domain(np.reciprocal) == [(-inf, 0), (0, inf)]
    assert domain(np.arccosh) == [(1, inf)]
    assert domain(np.exp) == [(-inf, inf)]


def test_ids_name_the_shapes() -> None:
    multiply = elementwise(np.multiply, lambda x, y: y, lambda x, y: x)
    names = {sample.id for sample in samples_of(subject_of(multiply))}
    assert {"3x4", "bcast-3x1_1x4", "bcast-0d_3", "same", "large", "bcast-0x3_1x3"} <= names


def test_an_array_given_twice_is_one_variable() -> None:
    x: Array = np.array([0.5, 2.0])
    multiply = elementwise(np.multiply, lambda x, y: y, lambda x, y: x)
    assert not check(multiply, x, x).failures
