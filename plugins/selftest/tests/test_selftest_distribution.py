"""The self-test as a distribution: what it requires, and its option of pytest."""

import os
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import corelib

HERE = Path(__file__).parents[1]


def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
    return found


def pytest_says(tmp_path: Path, *args: str, status: int) -> str:
    """What pytest prints with the plugin loaded, whether the distribution is installed or only on the path."""
    command = [sys.executable, "-m", "pytest", "-p", "corelib_selftest.pytest_plugin", "-p", "no:cacheprovider", *args]
    path = os.pathsep.join(entry for entry in sys.path if entry)
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_it_is_pinned_to_the_version_of_corelib_that_it_mutates() -> None:
    assert project()["version"] == corelib.__version__
    assert any(d.endswith(f"=={corelib.__version__}") for d in project()["dependencies"] if d.startswith("corelib["))


def test_corelib_does_without_it() -> None:
    assert find_spec("corelib.conformance.selftest") is None
    named = [file for file in Path(corelib.__file__).parent.rglob("*.py") if "corelib_selftest" in file.read_text()]
    assert named == []


def test_pytest_mutates_the_ops_of_a_distribution_and_runs_no_case(tmp_path: Path) -> None:
    said = pytest_says(tmp_path, "--conformance", "corelib-broadcast.sum_to", "--mutate", status=0)
    assert "behaviour: " in said
    assert "(100.0%)" in said
    assert "::jacobian::" not in said
    assert "GREEN" not in said  # the verdict of the suite, which did not run


def test_pytest_is_told_what_to_mutate(tmp_path: Path) -> None:
    said = pytest_says(tmp_path, "--mutate", status=4)
    assert "--mutate needs --conformance, or --conformance DIST" in said
