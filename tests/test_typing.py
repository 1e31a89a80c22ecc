"""mypy and pyright accept what is right and refuse what is wrong, and see the installed plugins.

tests/typing holds programs that are checked, and never run.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

import corelib
from corelib.stubs import files as stubs

HERE = Path(__file__).parent
ROOT = HERE.parent
PYRIGHT = shutil.which("pyright", path=str(Path(sys.executable).parent)) or shutil.which("pyright")
CONFIG = "[mypy]\nstrict = True\nmypy_path = $MYPY_CONFIG_FILE_DIR/typings\n"

Errors: TypeAlias = dict[int, list[str]]
Checker: TypeAlias = Callable[[Path, Path], Errors]

needs_mypy = pytest.mark.skipif(
    not shutil.which("mypy", path=str(Path(sys.executable).parent)), reason="mypy is not installed"
)
needs_pyright = pytest.mark.skipif(PYRIGHT is None, reason="pyright is not installed")


@pytest.fixture(scope="session")
def typings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with typings for what is installed, written as `corelib typings` does."""
    project = tmp_path_factory.mktemp("project")
    (project / "typings").mkdir()
    for stub in stubs.stubs():
        (project / "typings" / stub.file).write_text(stub.text)
    (project / "mypy.ini").write_text(CONFIG)
    (project / "pyrightconfig.json").write_text("{}")
    return project


def mypy(project: Path, program: Path) -> Errors:
    """The errors that mypy --strict finds in ``program``, by line."""
    cache = project.parent / "mypy-cache"
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "--cache-dir", str(cache), str(program)]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    errors: Errors = defaultdict(list)
    for file, line, message in re.findall(r"^(.+?):(\d+): error: (.+)$", done.stdout, re.MULTILINE):
        errors[int(line) if file.endswith(program.name) else 0].append(message)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return errors


def pyright(project: Path, program: Path) -> Errors:
    """The errors that pyright finds in ``program``, by line."""
    copy = project / program.name  # pyright takes typings/ beside the program
    copy.write_text(program.read_text())
    command = [str(PYRIGHT), "--pythonpath", sys.executable, "--outputjson", copy.name]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    errors: Errors = defaultdict(list)
    for one in json.loads(done.stdout)["generalDiagnostics"]:
        if one["severity"] == "error":
            errors[one["range"]["start"]["line"] + 1].append(one["message"])
    return errors


CHECKERS = [pytest.param(mypy, marks=needs_mypy), pytest.param(pyright, marks=needs_pyright)]


def expected(program: Path, checker: str) -> Iterator[tuple[int, str]]:
    """The lines that must be refused, with words of the message: in a comment there, or in one or two above."""
    lines = program.read_text().splitlines()
    for number, line in enumerate(lines, 1):
        for said in re.findall(rf"# (?:.*\| |by )?{checker}: (.*?)(?: \| pyright:|$)", line):
            yield next(n for n in range(number, number + 3) if not lines[n - 1].startswith("#")), said


@pytest.mark.parametrize("checker", CHECKERS)
def test_right_programs_are_accepted(typings: Path, checker: Checker) -> None:
    errors = checker(typings, HERE / "typing" / "checked.py")
    assert not errors, errors


@pytest.mark.parametrize("checker", CHECKERS)
def test_wrong_programs_are_refused_line_by_line(typings: Path, checker: Checker) -> None:
    program = HERE / "typing" / "refused.py"
    errors = checker(typings, program)
    wanted = dict(expected(program, checker.__name__))
    assert len(wanted) > 20
    for line, words in wanted.items():
        assert any(words in message for message in errors.get(line, ())), (
            f"line {line}: {words!r} is not in {errors.get(line)}"
        )
    assert set(errors) <= set(wanted), {line: errors[line] for line in set(errors) - set(wanted)}


@pytest.mark.parametrize("checker", CHECKERS)
def test_without_typings_an_op_is_refused(tmp_path: Path, checker: Checker) -> None:
    (tmp_path / "mypy.ini").write_text(CONFIG)
    (tmp_path / "pyrightconfig.json").write_text("{}")
    program = tmp_path / "app.py"
    program.write_text("from corelib.ops import exp\n")
    (messages,) = checker(tmp_path, program).values()
    assert re.search('has no attribute "exp"|"exp" is unknown import symbol', messages[0])


@needs_mypy
def test_an_uninstalled_plugin_is_refused_in_the_typings(tmp_path: Path) -> None:
    (tmp_path / "mypy.ini").write_text(CONFIG)
    (tmp_path / "typings").mkdir()
    (tmp_path / "typings" / "_corelib_ops.pyi").write_text("from corelib_gone import erf as erf  # corelib-gone\n")
    (tmp_path / "app.py").write_text("from corelib.ops import erf\n")
    said = [message for messages in mypy(tmp_path, tmp_path / "app.py").values() for message in messages]
    assert any('Cannot find implementation or library stub for module named "corelib_gone"' in line for line in said)


@needs_pyright
@pytest.mark.parametrize("package", ["corelib", *sorted(p.name for p in ROOT.glob("plugins/*/corelib_*"))])
def test_every_public_type_is_known(package: str, typings: Path) -> None:
    """100 % by pyright --verifytypes."""
    command = [str(PYRIGHT), "--verifytypes", package, "--ignoreexternal", "--outputjson"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])  # whose python it asks
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(command, cwd=typings, capture_output=True, text=True, check=False, env=environment)
    report = json.loads(done.stdout)["typeCompleteness"]
    unknown = [one["name"] for one in report["symbols"] if one["isExported"] and not one["isTypeKnown"]]
    assert report["completenessScore"] == 1, unknown


def test_the_typings_of_this_repository_are_fresh() -> None:
    assert list(stubs.stale(ROOT / "typings")) == [], (
        f"run corelib typings in {ROOT.name} (corelib {corelib.__version__})"
    )
