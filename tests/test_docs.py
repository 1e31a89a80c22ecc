"""Every example of the README, CONTRIBUTING and docs/ runs and prints what it says; links, commands and files exist."""

import ast
import contextlib
import io
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOP = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES = [*TOP, *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^( *)```(python|text)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
PROMISE = re.compile(r"print\(.*\)  # (.*)$", re.MULTILINE)


def blocks(page: Path) -> list[tuple[str, str]]:
    """The Python and text blocks of a page, without their indentation."""
    found = BLOCK.findall(page.read_text())
    return [(kind, re.sub(f"^{indent}", "", body, flags=re.MULTILINE)) for indent, kind, body in found]


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p)], ids=lambda p: p.name)
@pytest.mark.filterwarnings("default")
def test_examples_run_and_print_what_they_say(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "example"}
    printed, absent = "", set[str]()
    for kind, body in blocks(page):
        if kind == "python" and (lacking := not_installed(body)):
            absent |= lacking
            continue
        if kind == "text":
            assert printed.strip() == body.strip()
            continue
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(body, str(page), "exec"), names)
        printed = out.getvalue()
        for line, promise in zip(printed.splitlines(), PROMISE.findall(body), strict=False):
            assert line.startswith(promise.removesuffix("..."))
    if absent:
        pytest.skip(f"{', '.join(sorted(absent))} is not installed; the examples without it ran")


def not_installed(code: str) -> set[str]:
    """Of the libraries of other kinds of array, those that the code imports and that are not here."""
    imported = {a.name.split(".")[0] for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Import) for a in n.names}
    return {name for name in imported & {"cupy", "dask", "sparse"} if find_spec(name) is None}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def commands(page: str) -> list[str]:
    """The lines of the blocks of shell commands of a page."""
    found = re.findall(r"^```sh\n(.*?)^```$", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)
    return [line for block in found for line in block.splitlines()]


def test_the_readme_names_two_commands() -> None:
    assert commands("README.md") == ["pip install -r requirements.txt && corelib fit", "pytest"]


@pytest.mark.parametrize("command", commands("CONTRIBUTING.md"))
def test_a_command_of_contributing_is_one(command: str) -> None:
    """Those of the README are run by .ci/run. Others know the options that they are given, and their files exist."""
    if command in commands("README.md"):
        return
    words = shlex.split(command)
    assert all((ROOT / word).exists() for word in words if "/" in word)
    if not (ROOT / words[0]).exists():
        program = [sys.executable, *words[1:3]] if words[0] == "python" else [sys.executable, "-m", *words[:1]]
        if words[0] == "corelib":
            program = [sys.executable, "-c", "from corelib.cli import main; main()", words[1]]
        if words[0] == "ruff":
            program = [sys.executable, "-m", *words[:2]]
        done = subprocess.run([*program, "--help"], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert all(word in done.stdout for word in words if word.startswith("-") and word not in program)


def test_contributing_names_files_that_exist() -> None:
    named = re.findall(r"`([\w./-]+(?:\.(?:py|md|json)|/\w+))`", (ROOT / "CONTRIBUTING.md").read_text())
    places = [ROOT, ROOT / "corelib/conformance", ROOT / "plugins/selftest/corelib_selftest"]
    missing = [name for name in named if "NAME" not in name and not any((place / name).exists() for place in places)]
    assert len(named) > 30
    assert missing == []


def test_contributing_names_what_is_in_those_files() -> None:
    """Lists and classes that it tells to extend."""
    for file, name in [
        ("corelib/conformance/checks/__init__.py", "CHECKS"), ("corelib/plugins/command.py", "BUILT_IN"),
        ("corelib/optimizing/options.py", "GroupOptions"), ("corelib/optimizing/options.py", "StepOptions"),
        ("tests/test_docstrings.py", "SHOWN"), ("hatch_build.py", "NODE"), ("hatch_build.py", "UNTRACKED"),
    ]:  # fmt: skip
        assert re.search(rf"^(class )?{name}\b", (ROOT / file).read_text(), re.MULTILINE), name
        assert f"`{name}`" in (ROOT / "CONTRIBUTING.md").read_text()


def test_the_changelog_says_where_modules_are() -> None:
    rows = re.findall(r"^\| (`.*) \| (`.*) \|$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert len(rows) > 10
    for before, now in rows:
        old, new = (re.findall(r"`(corelib[\w.]*)`", names) for names in (before, now))
        assert all(find_spec(name) is not None for name in new), now
        left = [name for name in old if (spec := find_spec(name)) is not None and spec.has_location]
        assert "the module" in before or not left, before  # a folder of old bytecode is no module
