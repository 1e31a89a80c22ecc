"""`corelib new` makes distributions that are green from the start, and that fail usefully."""

import os
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("click")
from click.testing import CliRunner, Result

from corelib.cli.main import command


def new(*args: str) -> Result:
    return CliRunner().invoke(command, ["new", *args])


def installed(folder: Path) -> dict[str, str]:
    """The environment in which the distribution in ``folder`` counts as installed."""
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    (entry_points,) = project["entry-points"].items()
    metadata = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.3\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    lines = [f"[{entry_points[0]}]", *(f"{name} = {value}" for name, value in entry_points[1].items())]
    (metadata / "entry_points.txt").write_text("\n".join(lines))
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def run(folder: Path, environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    python = [sys.executable, "-m", *command]
    return subprocess.run(python, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def command_line(folder: Path, environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", "import sys; from corelib.cli import main; sys.exit(main())", *words]
    return subprocess.run(program, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind", ["op", "optimizer"])
def test_a_new_distribution_is_green(tmp_path: Path, kind: str) -> None:
    assert new(kind, "fresh_one", "--dir", str(tmp_path)).exit_code == 0
    folder = tmp_path / "corelib-fresh-one"
    environment = installed(folder)
    tests = run(folder, environment, "pytest", "-q", "-p", "no:cacheprovider")
    assert tests.returncode == 0, tests.stdout + tests.stderr
    types = run(folder, environment, "mypy", "--strict", "--cache-dir", str(tmp_path.parent / "mypy"))
    assert types.returncode == 0, types.stdout
    suite = command_line(folder, environment, "check", "corelib-fresh-one")
    assert suite.returncode == 0, suite.stdout + suite.stderr
    assert "undeclared" not in suite.stdout
    style = run(folder, environment, "ruff", "check", "--isolated", "--no-cache", ".")
    assert style.returncode == 0, style.stdout


@pytest.mark.skipif(find_spec("pyright") is None, reason="pyright is not installed")
@pytest.mark.parametrize("kind", ["op", "optimizer"])
def test_a_new_distribution_is_strictly_typed_for_pyright_too(tmp_path: Path, kind: str) -> None:
    new(kind, "fresh_one", "--dir", str(tmp_path))
    folder = tmp_path / "corelib-fresh-one"
    types = run(folder, installed(folder), "pyright", "--pythonpath", sys.executable)
    assert types.returncode == 0, types.stdout
    assert "0 errors, 0 warnings" in types.stdout


def test_a_wrong_slope_is_found_and_described(tmp_path: Path) -> None:
    new("op", "fresh", "--dir", str(tmp_path))
    folder = tmp_path / "corelib-fresh"
    code = folder / "corelib_fresh" / "ops.py"
    assert "-2 * x * result" in code.read_text()
    code.write_text(code.read_text().replace("-2 * x * result", "2 * x * result"))
    tests = run(folder, installed(folder), "pytest", "-q", "-p", "no:cacheprovider")
    assert tests.returncode == 1
    for words in ("corelib-fresh.fresh::jacobian::", "backward", "numeric", "sign", "reproduce"):
        assert words in tests.stdout


def test_a_wrong_step_is_found(tmp_path: Path) -> None:
    new("optimizer", "fresh", "--dir", str(tmp_path))
    folder = tmp_path / "corelib-fresh"
    code = folder / "corelib_fresh" / "rule.py"
    code.write_text(code.read_text().replace("state.velocity += grad", "state.velocity -= grad"))
    tests = run(folder, installed(folder), "pytest", "-q", "-p", "no:cacheprovider")
    assert tests.returncode == 1
    assert "corelib-fresh.fresh::pure_rule::defaults" in tests.stdout
    assert "another path than the reference's" in tests.stdout


@pytest.mark.parametrize(("kind", "check"), [("op", "jacobian"), ("optimizer", "pure_rule")])
def test_an_expected_failure_that_passes_is_a_failure_however_the_suite_is_run(
    tmp_path: Path, kind: str, check: str
) -> None:
    new(kind, "fresh", "--dir", str(tmp_path))
    folder = tmp_path / "corelib-fresh"
    code, spec = folder / "corelib_fresh" / "plugin.py", "OpSpec" if kind == "op" else "RuleSpec"
    assert f'{spec}("fresh", ' in code.read_text()
    stale = f'{spec}("fresh", expected_failures={{"{check}": "was wrong once"}}, '
    code.write_text(code.read_text().replace(f'{spec}("fresh", ', stale))
    environment = installed(folder)
    pytest_plugin = ("-p", "corelib.conformance.pytest_plugin") if not pytest_finds_the_plugin() else ()
    for done in (
        run(folder, environment, "pytest", "-q", "-p", "no:cacheprovider"),
        run(folder, environment, "pytest", "-q", *pytest_plugin, "--conformance", "corelib-fresh"),
        command_line(folder, environment, "check", "corelib-fresh", "--profile", "quick"),
    ):
        assert done.returncode == 1, done.stdout + done.stderr
        assert "1 failed" in done.stdout
        assert "expected to fail (was wrong once), and passes: remove it from expected_failures" in done.stdout


def pytest_finds_the_plugin() -> bool:
    return any(e.value == "corelib.conformance.pytest_plugin" for e in entry_points(group="pytest11"))


def test_a_distribution_is_complete(tmp_path: Path) -> None:
    result = new("op", "fresh", "--dir", str(tmp_path))
    files = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    assert files == {
        "corelib-fresh/.github/workflows/ci.yml",
        "corelib-fresh/.gitignore",
        "corelib-fresh/README.md",
        "corelib-fresh/corelib_fresh/__init__.py",
        "corelib-fresh/corelib_fresh/ops.py",
        "corelib-fresh/corelib_fresh/plugin.py",
        "corelib-fresh/corelib_fresh/py.typed",
        "corelib-fresh/pyproject.toml",
        "corelib-fresh/tests/test_fresh.py",
    }
    assert "pip install -e '.[test]' && pytest && mypy" in result.output


def test_a_folder_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "corelib-fresh").mkdir()
    result = new("op", "fresh", "--dir", str(tmp_path))
    assert result.exit_code == 2
    assert "corelib-fresh exists already; give another name or another --dir" in result.output
    assert list((tmp_path / "corelib-fresh").iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = new("op", "fresh", "--dir", str(tmp_path / "file" / "below"))
    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1


@pytest.mark.parametrize("name", ["a b", "Fresh", "_fresh", "class", "2nd", "../x"])
def test_a_name_that_no_op_can_have_is_refused(tmp_path: Path, name: str) -> None:
    result = new("op", "--dir", str(tmp_path), "--", name)
    assert result.exit_code == 2
    assert "is no lower-case Python identifier, such as soft_clip" in result.output
    assert len(result.output.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
