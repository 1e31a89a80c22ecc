"""`corelib mutate`: a plugin that was begun with `corelib new`, the examples, a plugin with survivors, and refusals."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import pytest

from corelib.conformance import OpSpec, subject_of
from corelib.extend import elementwise
from corelib_selftest.mutant import Host, Mutant, Verdict
from corelib_selftest.survivor import lines_of

pytest.importorskip("click")
from corelib.cli.template import write

ROOT: Final = Path(__file__).parents[3]
Mutate: TypeAlias = Callable[..., str]

WEAK: Final = """
import numpy as np
from corelib.conformance import OpSpec
from corelib.extend import elementwise, hookimpl

def slope(x):
    return 2 * x + 0

twice = elementwise(np.square, slope, name="twice", numpy=())

@hookimpl
def corelib_ops():
    return {{"twice": twice}}

@hookimpl
def corelib_conformance():
    return [OpSpec("twice", reference=np.square, equivalent={equivalent!r})]
"""


@pytest.fixture
def mutate(tmp_path: Path) -> Mutate:
    """Run `corelib mutate` where these distributions are installed: folders with a pyproject.toml."""

    def run(*args: str, of: Path | None = None, status: int = 0) -> str:
        folders = [ROOT / "plugins" / "selftest", *([of] if of else [])]
        for folder in folders:
            install(folder, tmp_path)
        path = [str(tmp_path), *map(str, folders), *[entry for entry in sys.path if entry]]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
        code = "import sys; sys.argv[0] = 'corelib'; from corelib.cli import main; main()"
        command = [sys.executable, "-c", code, "mutate", *args]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def install(folder: Path, site: Path) -> None:
    """Write the metadata of a distribution, as pip would."""
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    info = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    entries = project["entry-points"]["corelib.v1"].items()
    (info / "entry_points.txt").write_text(
        "\n".join(["[corelib.v1]", *[f"{name} = {value}" for name, value in entries]])
    )


def plugin(folder: Path, name: str, code: str) -> Path:
    """A distribution of one module."""
    folder.mkdir()
    text = f'[project]\nname = "corelib-{name}"\nversion = "1.0"\n'
    (folder / "pyproject.toml").write_text(f'{text}[project.entry-points."corelib.v1"]\n{name} = "my_{name}"\n')
    (folder / f"my_{name}.py").write_text(code)
    return folder


@pytest.mark.parametrize("kind", ["op", "optimizer"])
def test_all_faults_are_found_in_a_plugin_that_was_just_begun(kind: str, tmp_path: Path, mutate: Mutate) -> None:
    write(kind, "soft_step", tmp_path / "corelib-soft-step")
    said = mutate("corelib-soft-step", of=tmp_path / "corelib-soft-step").splitlines()
    counts = [line.split() for line in said if line.startswith(("behaviour", "syntax", "situation"))]
    assert [row[0] for row in counts] == ["behaviour", "syntax"] + ["situation"] * (kind == "op")
    assert all(int(row[1]) == int(row[2]) >= 10 for row in counts)
    total = sum(int(row[1]) for row in counts)
    assert said[-1] == f"corelib-soft-step: {total} of {total} faults found"


@pytest.mark.parametrize("name", ["lambertw", "lion"])
def test_a_sample_of_faults_is_found_in_the_example(name: str, mutate: Mutate) -> None:
    if name == "lambertw" and find_spec("scipy") is None:
        pytest.skip("lambertw is over SciPy")
    said = mutate(f"corelib-{name}", "--sample", "25", of=ROOT / "examples" / "plugins" / name)
    assert said.endswith(f"corelib-{name}: 25 of 25 faults found\n")


def test_a_survivor_is_told_with_its_change_and_what_to_declare(tmp_path: Path, mutate: Mutate) -> None:
    folder = plugin(tmp_path / "weak", "weak", WEAK.format(equivalent={}))
    said = mutate("corelib-weak", "--family", "syntax", of=folder, status=1)
    told = [
        "survives: corelib-weak.twice (syntax)",
        "  my_weak:slope: 2 * x + 0 -> 2 * x - 0",
        f"  {folder / 'my_weak.py'}:6",
        "  -     return 2 * x + 0",
        "  +     return 2 * x - 0",
        "  no call was found for which its gradients differ from those of the op",
        "  hint: if both compute the same, declare "
        """OpSpec("twice", equivalent={'my_weak:slope: 2 * x + 0 -> 2 * x - 0': "why"})""",
    ]
    assert "\n".join(told) in said
    assert said.count("survives: ") == 2
    assert "corelib-weak: 9 of 11 faults found" in said


def test_a_survivor_with_a_declared_reason_is_no_survivor(tmp_path: Path, mutate: Mutate) -> None:
    reasons = {"my_weak:slope: 2 * x + 0 -> *": "adds 0", "my_weak:slop: *": "misspelt"}
    folder = plugin(tmp_path / "weak", "weak", WEAK.format(equivalent=reasons))
    said = mutate("corelib-weak", of=folder)
    assert "no fault is called 'my_weak:slop: *', which a spec declares to be equivalent: remove it\n" in said
    assert "'my_weak:slope: 2 * x + 0 -> *'" not in said
    (row,) = [line.split() for line in said.splitlines() if line.startswith("syntax")]
    assert row == ["syntax", "9", "9", "100.0%", "2"]


def test_a_call_for_which_a_survivor_differs_is_told() -> None:
    subject = subject_of(elementwise(np.square, 2, name="cube", numpy=()), OpSpec("cube"))
    lines = lines_of(Verdict(Mutant("behaviour", "doubled", (Host(subject, object),)), "", witness="3x4 (x=...)"))
    assert lines[:2] == ["survives: local.cube (behaviour)", "  doubled"]
    assert lines[2] == "  its gradients differ for 3x4 (x=...)"
    assert lines[3] == '  hint: give the suite such a call, by samples=... or promises=... of OpSpec("cube")'


def test_what_is_not_tried_in_time_is_told(tmp_path: Path, mutate: Mutate) -> None:
    folder = plugin(tmp_path / "weak", "weak", WEAK.format(equivalent={"my_weak:slope: 2 * x + 0 -> *": "adds 0"}))
    said = mutate("corelib-weak", "--family", "syntax", "--seconds", "1e-9", of=folder)
    assert said.endswith("corelib-weak: 1 of 1 faults found; 10 were not tried, since the time is up\n")


WRONG: Final = WEAK.format(equivalent={}).replace("2 * x + 0", "3 * x")


@pytest.mark.parametrize(
    ("code", "args", "message"),
    [
        ("raise OSError('no such library')", ["corelib-weak"], "failed to load: OSError: no such library"),
        (WRONG, ["corelib-weak"], "corelib-weak.twice is red without any mutation, in the check"),
        (WEAK.format(equivalent={}), ["corelib-weak", "--op", "thrice"], "no op or optimizer 'thrice'; it has twice"),
        ("", ["corelib-nowhere"], "no plugin corelib-nowhere is installed; `corelib plugins` lists those that are"),
        ("", ["corelib-selftest"], "corelib-selftest provides no op and no optimizer: there is nothing to mutate"),
    ],
    ids=["broken", "wrong", "no such op", "not installed", "without ops"],
)
def test_what_cannot_be_mutated_is_refused_in_one_line(
    code: str, args: list[str], message: str, tmp_path: Path, mutate: Mutate
) -> None:
    said = mutate(*args, of=plugin(tmp_path / "weak", "weak", code), status=2)
    assert said.startswith("Error: ")
    assert message in said
    assert said.count("\n") == 1
