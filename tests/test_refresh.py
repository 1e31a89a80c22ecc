"""``python -m tools.refresh`` writes every generated list, and ``--check`` finds one that is out of date."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import corelib
from corelib.conformance import subject_of
from corelib.conformance.profile import PROFILES
from corelib.conformance.reporting.manifest import text
from corelib.conformance.running.plan import cases
from tools.refresh import __main__ as command
from tools.refresh import first_party, manifest
from tools.refresh.projects import ROOT, projects


def test_every_generated_list_is_current() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.refresh", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_list_of_names_is_that_of_the_plugins() -> None:
    assert command.NAMES.read_text(encoding="utf-8") == first_party.text(projects())


def test_what_is_out_of_date_is_named_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "ROOT", tmp_path)
    one = {"corelib-elementwise.arctan2": manifest.cases()["corelib-elementwise.arctan2"]}
    monkeypatch.setattr(manifest, "cases", lambda: one)  # the suite is run on no more
    for name, path in (
        ("NAMES", command.NAMES), ("COVERAGE", command.COVERAGE), ("TYPINGS", command.TYPINGS),
        ("MANIFEST", command.MANIFEST),
    ):  # fmt: skip
        there = tmp_path / path.relative_to(ROOT)
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(path, there) if path.is_dir() else shutil.copy(path, there)
        monkeypatch.setattr(command, name, there)
    for file in (command.NAMES, command.COVERAGE, command.TYPINGS / "_corelib_ops.pyi", command.MANIFEST):
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(line for line in lines if "arctan2" not in line))
    assert command.check(projects()) == 1
    said = capsys.readouterr().err
    assert "corelib/plugins/first_party.py is out of date" in said
    assert "docs/coverage.md is out of date" in said
    assert "typings/_corelib_ops.pyi is stale: +arctan2" in said
    assert "tests/conformance_manifest.json is out of date: +corelib-elementwise.arctan2" in said
    assert command.refresh(projects()) == 0
    assert command.check(projects()) == 0
    row = '"corelib-elementwise.arctan2"'
    assert [x for x in command.MANIFEST.read_text().splitlines() if row in x] == [
        x.rstrip(",") for x in (ROOT / "tests/conformance_manifest.json").read_text().splitlines() if row in x
    ]


def test_a_row_is_counted_again_where_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "corelib-broadcast.sum_to"
    group = manifest.cases()[name]
    monkeypatch.setattr(manifest, "cases", lambda: {name: group})
    right = manifest.counts(command.MANIFEST)[name]
    wrong = {**right, "jacobian": 0}
    path = tmp_path / "manifest.json"
    path.write_text(text("default", {name: wrong, "corelib-broadcast.gone": {}}))
    assert manifest.write(path) == []
    assert manifest.counts(path) == {name: wrong}
    assert manifest.write(path, ["corelib-broadcast"]) == []
    assert manifest.counts(path) == {name: right}


def test_an_op_that_fails_is_reported_and_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = subject_of(corelib.elementwise(np.sin, np.sin, name="wrong"), distribution="corelib-x")
    monkeypatch.setattr(manifest, "cases", lambda: {wrong.name: cases(wrong, PROFILES["quick"])})
    path = tmp_path / "manifest.json"
    assert any("jacobian" in line for line in manifest.write(path))
    assert manifest.counts(path) == {}
