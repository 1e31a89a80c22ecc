"""What hatch_build.py makes of a tree: a compiled core where it can, a pure one where it cannot or shall not."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any
from zipfile import ZipFile

import pytest

from corelib.core.interpreting import CORE

ROOT = Path(__file__).parent.parent
NO_COMPILER = [{"CC": "/nowhere/cc"}, {"CC": "cc -pthread", "PATH": ""}]

pytest.importorskip("hatchling")


def run(code: str, cwd: Path, environment: Mapping[str, str], status: int = 0) -> str:
    """What Python prints on both outputs, given this code and nothing of our environment that matters here."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CORELIB", "CC"))}
    command = [sys.executable, "-P", "-c", code]
    done = subprocess.run(command, cwd=cwd, env={**kept, **environment}, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def build(tree: Path, folder: Path, environment: Mapping[str, str], kind: str = "wheel", status: int = 0) -> str:
    """What hatchling says while it builds a wheel of this kind into that folder, as pip has it do."""
    code = f"from hatchling.build import build_{kind}; build_{kind}({str(folder)!r})"
    return run(code, tree, environment, status)


def core_of(folder: Path, **environment: str) -> list[str]:
    """Whether the core that this folder holds is compiled, its files, and a slope."""
    code = f"""
import sys, corelib, corelib.core.interpreting
print(corelib.core.interpreting.is_compiled())
print(corelib.grad(lambda x: x * x)(3.0))
for name in {sorted(CORE)}: print(sys.modules[name].__file__)
"""
    return run(code, folder, {"PYTHONPATH": str(folder), **environment}).splitlines()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The sources of corelib, apart from the repository."""
    made = tmp_path / "tree"
    shutil.copytree(ROOT / "corelib", made / "corelib", ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    for name in ("hatch_build.py", "pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, made)
    return made


def unpacked(wheel: Path, folder: Path) -> Path:
    with ZipFile(wheel) as archive:
        archive.extractall(folder, [name for name in archive.namelist() if ".dist-info/" not in name])
    return folder


def test_the_hook_compiles_what_may_be_run_interpreted(hatch_build: ModuleType) -> None:
    assert {file.removesuffix(".py").replace("/", ".") for file in hatch_build.core(ROOT)} == CORE


@pytest.mark.slow
def test_where_there_is_a_compiler_a_wheel_is_compiled(compiled_wheel: Path, compiled_core: Path) -> None:
    assert not compiled_wheel.name.endswith("none-any.whl")
    compiled, slope, *files = core_of(compiled_core)
    assert (compiled, slope) == ("True", "6.0")
    assert all(not file.endswith(".py") and Path(file).is_relative_to(compiled_core) for file in files)


@pytest.mark.slow
def test_a_compiled_core_runs_interpreted_where_that_is_asked_for(compiled_core: Path) -> None:
    compiled, slope, *files = core_of(compiled_core, CORELIB_INTERPRETED="1")
    assert (compiled, slope) == ("False", "6.0")
    assert all(file.endswith(".py") and Path(file).is_relative_to(compiled_core) for file in files)


@pytest.mark.slow
@pytest.mark.parametrize(("interpreted", "kind"), [("0", "compiled"), ("1", "interpreted")])
def test_the_doctor_says_which_core_it_is(interpreted: str, kind: str, compiled_core: Path, tmp_path: Path) -> None:
    code = "import sys; sys.argv = ['corelib', 'doctor']; from corelib.cli import main; main()"
    said = run(code, tmp_path, {"PYTHONPATH": str(compiled_core), "CORELIB_INTERPRETED": interpreted})
    assert f"{kind}, in {compiled_core / 'corelib'}" in said


def test_a_wheel_holds_the_templates_and_the_types_and_the_sources(tree: Path, tmp_path: Path) -> None:
    build(tree, tmp_path, {"CORELIB_COMPILE": "0"})
    (wheel,) = tmp_path.glob("*.whl")
    names = ZipFile(wheel).namelist()
    for name in ("py.typed", "cli/templates/op/package/ops.py.tmpl", "cli/templates/both/github/workflows/ci.yml.tmpl"):
        assert f"corelib/{name}" in names
    assert {f"{name.replace('.', '/')}.py" for name in CORE} <= set(names)
    assert not [name for name in names if name.startswith(("tests", "plugins", "typings", "hatch_build"))]


@pytest.mark.parametrize("without", NO_COMPILER)
def test_where_there_is_no_compiler_a_wheel_is_pure_and_works(
    without: dict[str, str], tree: Path, tmp_path: Path
) -> None:
    said = build(tree, tmp_path, without)
    assert "without its compiled core, which is slower: there is no C compiler: " in said
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    compiled, slope, *files = core_of(unpacked(wheel, tmp_path / "pure"))
    assert (compiled, slope) == ("False", "6.0")
    assert all(Path(file).is_relative_to(tmp_path / "pure") for file in files)


def test_a_wheel_is_pure_where_nothing_is_to_be_compiled(tree: Path, tmp_path: Path) -> None:
    (tree / "corelib" / "core" / f"graph{suffix()}").write_bytes(b"of an editable install")
    assert "slower" not in build(tree, tmp_path, {"CORELIB_COMPILE": "0"})
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    assert not [name for name in ZipFile(wheel).namelist() if name.endswith(suffix())]


def suffix() -> str:
    return str(sysconfig.get_config_var("EXT_SUFFIX"))


@pytest.mark.parametrize("kind", ["wheel", "editable"])
@pytest.mark.parametrize("without", NO_COMPILER)
def test_a_required_compiled_core_without_a_compiler_is_an_error_of_one_line(
    kind: str, without: dict[str, str], tree: Path, tmp_path: Path
) -> None:
    said = build(tree, tmp_path, {"CORELIB_COMPILE": "1", **without}, kind, status=1)
    name = without["CC"].split()[0]
    assert said == f"CORELIB_COMPILE=1, but there is no C compiler: {name} is not found\n"
    assert not list(tmp_path.glob("*.whl"))


def test_a_setting_other_than_0_and_1_is_refused(tree: Path, tmp_path: Path) -> None:
    said = build(tree, tmp_path, {"CORELIB_COMPILE": "yes"}, status=1)
    assert said == "CORELIB_COMPILE is 'yes': it may be 0 or 1\n"


def test_what_compiles_is_only_fetched_where_something_may_be_compiled(
    hatch_build: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = hook_of(hatch_build, ROOT)
    monkeypatch.setenv("CC", sys.executable)
    for said, wanted in {"": True, "1": True, "0": False}.items():
        monkeypatch.setenv("CORELIB_COMPILE", said)
        assert bool(hook.dependencies()) is wanted
    monkeypatch.setenv("CORELIB_COMPILE", "")
    monkeypatch.setenv("CC", "/nowhere/cc")
    assert hook.dependencies() == []


def hook_of(hatch_build: ModuleType, tree: Path) -> Any:
    from hatchling.bridge.app import Application

    return hatch_build.CompileCore(str(tree), {}, None, None, "", "wheel", Application())


@pytest.mark.parametrize("error", [RuntimeError("no Python.h"), SystemExit(1)])
def test_a_compiler_that_fails_leaves_a_pure_wheel_unless_it_was_asked_for(
    error: BaseException, hatch_build: ModuleType, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(root: Path, folder: Path) -> list[Path]:
        raise error

    monkeypatch.setattr(hatch_build, "compiled", fails)
    monkeypatch.setenv("CC", sys.executable)
    monkeypatch.setenv("CORELIB_COMPILE", "")
    built: dict[str, Any] = {"pure_python": True}
    hook = hook_of(hatch_build, ROOT)
    hook.initialize("standard", built)
    hook.finalize("standard", built, "")
    assert built == {"pure_python": True}
    assert f"slower: {error}" in "".join(capfd.readouterr())
    monkeypatch.setenv("CORELIB_COMPILE", "1")
    with pytest.raises(type(error), match=str(error)):
        hook.initialize("standard", built)


def test_an_editable_install_stays_interpreted(tree: Path, tmp_path: Path) -> None:
    assert "slower" not in build(tree, tmp_path, {}, "editable")
    assert core_of(tree)[:2] == ["False", "6.0"]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_an_editable_install_is_compiled_in_place_where_that_is_asked_for_and_only_as_long(
    hatch_build: ModuleType, tree: Path, compiled_core: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compiled(root: Path, folder: Path) -> list[Path]:  # once is enough
        shutil.copytree(compiled_core, folder, dirs_exist_ok=True)
        return [folder / file.relative_to(compiled_core) for file in hatch_build.in_place(compiled_core)]

    monkeypatch.setattr(hatch_build, "compiled", compiled)
    monkeypatch.setenv("CC", sys.executable)
    for said in ("1", "", "1", "0"):
        monkeypatch.setenv("CORELIB_COMPILE", said)
        hook = hook_of(hatch_build, tree)
        hook.initialize("editable", {})
        hook.finalize("editable", {}, "")
        assert core_of(tree)[:2] == [str(said == "1"), "6.0"]
        assert len(hatch_build.in_place(tree)) == (len(CORE) + 1 if said == "1" else 0)
        assert suffix() not in seen_by_git(tree)


def seen_by_git(tree: Path) -> str:
    """The files of a tree that git does not ignore."""
    if not (tree / ".git").exists():
        subprocess.run(["git", "init", "--quiet"], cwd=tree, check=True)
    command = ["git", "status", "--porcelain", "--untracked-files=all"]
    seen = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=True).stdout
    assert "corelib/core/graph.py" in seen
    return seen


def test_c_that_cannot_be_patched_is_not_built(hatch_build: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "graph.c").write_text("int main(void) { return 0; }\n")
    with pytest.raises(RuntimeError, match="this version of mypyc writes C that cannot be patched"):
        hatch_build.patch(tmp_path, [])
    assert (tmp_path / "graph.c").read_text() == "int main(void) { return 0; }\n"
