"""What pyproject.toml and requirements.txt say of the plugins in this repository."""

import tomllib
from pathlib import Path
from typing import Any

from corelib.plugins import first_party

ROOT = Path(__file__).parent.parent
FOLDERS = sorted(file.parent.relative_to(ROOT).as_posix() for file in ROOT.glob("plugins/*/pyproject.toml"))


def project(folder: str = ".") -> Any:
    return tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))


def test_mypy_looks_into_folders_that_exist_and_into_each_plugin() -> None:
    named = [path.removeprefix("$MYPY_CONFIG_FILE_DIR/") for path in project()["tool"]["mypy"]["mypy_path"]]
    assert [path for path in named if not (ROOT / path).is_dir()] == []
    assert [path for path in named if path.startswith("plugins/")] == FOLDERS


def test_requirements_install_each_plugin() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert sorted(line.removeprefix("-e ") for line in lines if line.startswith("-e plugins/")) == FOLDERS


def test_the_extras_numpy_nn_and_scipy_name_each_plugin_with_ops_or_optimizers() -> None:
    ours = {**first_party.OPS, **first_party.OPTIMIZERS}
    extras = project()["project"]["optional-dependencies"]
    assert sorted(extras["numpy"] + extras["nn"] + extras["scipy"]) == [f"{name}>=0.1,<1" for name in sorted(ours)]
    assert extras["nn"] + extras["scipy"] == ["corelib-nn>=0.1,<1", "corelib-scipy>=0.1,<1"]  # they bring SciPy


def test_no_plugin_requires_one_that_is_not_here() -> None:
    names = {project(folder)["project"]["name"] for folder in FOLDERS}
    for folder in FOLDERS:
        required = [line.split(">=")[0] for line in project(folder)["project"]["dependencies"]]
        assert {name for name in required if name.startswith("corelib-")} <= names - {
            project(folder)["project"]["name"]
        }
