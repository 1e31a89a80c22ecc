"""Plugins as wheels: built, installed into a fresh environment, used, and uninstalled."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from corelib.cli.template import write
from corelib.plugins import first_party

ROOT = Path(__file__).parent.parent
PLUGINS = sorted({**first_party.OPS, **first_party.OPTIMIZERS})
LARGE = {"corelib-nn", "corelib-scipy"}  # bring SciPy, so they have extras of their own
KINDS = {"corelib-cupy": "cupy.ndarray", "corelib-dask": "dask.array.core.Array",
         "corelib-sparse": "sparse.numba_backend._sparse_array.SparseArray"}  # fmt: skip
EXAMPLES = sorted((ROOT / "examples" / "plugins").glob("*/pyproject.toml"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("hatchling") is None, reason="hatchling is not installed"),
]


def run(*command: str | Path, cwd: Path, status: int = 0) -> str:
    """What a command prints on both outputs."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CORELIB"))}
    environment["CORELIB_COMPILE"] = "0"  # a wheel of corelib is built in seconds
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def wheel(project: Path, folder: Path) -> Path:
    """The wheel of a distribution, built without a look at any index."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
    run(*pip, "--no-build-isolation", "--no-deps", "--no-index", "--wheel-dir", folder, project, cwd=folder)
    (built,) = folder.glob(f"{distribution(project).replace('-', '_')}-*.whl")
    return built


def distribution(project: Path) -> str:
    with (project / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["name"])


class Environment:
    """A fresh virtual environment, which sees what this one has installed, or what is in the folder ``sees``."""

    def __init__(self, folder: Path, sees: str = sysconfig.get_path("purelib")) -> None:
        self.folder = folder
        run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
        self.python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
        (site,) = json.loads(
            run(self.python, "-c", "import json, site; print(json.dumps(site.getsitepackages()[:1]))", cwd=folder)
        )
        Path(site, "ours.pth").write_text(f"import site; site.addsitedir({sees!r})\n")

    def pip(self, *args: str | Path) -> None:
        pip: Sequence[str | Path] = (
            sys.executable,
            "-m",
            "pip",
            "--python",
            self.python,
            "--disable-pip-version-check",
        )
        run(*pip, *args, cwd=self.folder)

    def says(self, code: str, status: int = 0) -> str:
        return run(self.python, "-c", code, cwd=self.folder, status=status)

    def corelib(self, *args: str, status: int = 0) -> str:
        return self.says(f"import sys; sys.argv = {['corelib', *args]!r}; from corelib.cli import main; main()", status)


@pytest.mark.parametrize("project", [file.parent for file in EXAMPLES], ids=lambda folder: folder.name)
def test_an_example_is_built_installed_used_and_uninstalled(project: Path, tmp_path: Path) -> None:
    fresh = Environment(tmp_path)
    name = f"corelib-{project.name}"
    kind = "optimizers" if project.name == "lion" else "ops"
    assert name not in fresh.corelib(kind)
    fresh.pip("install", "--quiet", "--no-index", "--no-deps", wheel(project, tmp_path))
    assert name in fresh.corelib(kind)
    assert "provided by" in fresh.corelib(kind, project.name)
    assert " passed" in run(
        fresh.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", project / "tests", cwd=tmp_path
    )
    assert "wrote" in fresh.corelib("typings")
    assert f"as _{project.name}" in written(tmp_path, kind) or f"as {project.name}" in written(tmp_path, kind)
    fresh.corelib("typings", "--check")
    fresh.pip("uninstall", "--quiet", "--yes", name)
    assert f"no installed plugin provides {kind[:-1]} '{project.name}'" in fresh.corelib(kind, project.name, status=2)
    assert f"stale: -{project.name}" in fresh.corelib("typings", "--check", status=1)


def written(folder: Path, kind: str) -> str:
    return (folder / "typings" / f"_corelib_{kind}.pyi").read_text()


def test_an_installed_op_works_on_numpy_code(tmp_path: Path) -> None:
    fresh = Environment(tmp_path)
    fresh.pip(
        "install", "--quiet", "--no-index", "--no-deps", wheel(ROOT / "examples" / "plugins" / "lambertw", tmp_path)
    )
    code = """
import corelib
from scipy import special
print(round(float(corelib.grad(lambda x: special.voigt_profile(x, 1.0, 0.5))(0.3)), 6))
from corelib.ops import lambertw
print(round(float(corelib.grad(lambertw)(1.0)), 6))
"""
    assert fresh.says(code).split() == ["-0.05493", "0.361896"]


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheels of corelib and of each of our plugins."""
    folder = tmp_path_factory.mktemp("wheels")
    names = [*PLUGINS, *first_party.COMMANDS, *KINDS]
    for project in (ROOT, *(ROOT / "plugins" / name.removeprefix("corelib-") for name in names)):
        wheel(project, folder)
    return folder


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with all that is installed here, but for corelib and its plugins: NumPy, click, pytest."""
    folder = tmp_path_factory.mktemp("others")
    for file in Path(sysconfig.get_path("purelib")).iterdir():
        if file.suffix != ".pth" and not file.name.startswith("corelib"):
            (folder / file.name).symlink_to(file)
    return str(folder)


def installed(tmp_path: Path, wheels: Path, others: str, requirement: str) -> tuple[Environment, list[str]]:
    """An environment in which pip installed nothing of corelib but ``requirement``; and what that brought."""
    fresh = Environment(tmp_path, others)
    fresh.pip("install", "--quiet", "--no-index", "--find-links", wheels, requirement)
    names = "print(*sorted(d.name for d in metadata.distributions() if d.name.startswith('corelib')))"
    return fresh, fresh.says(f"from importlib import metadata; {names}").split()


@pytest.mark.parametrize("name", PLUGINS)
def test_a_plugin_installed_alone_passes_its_suite_to_second_order(
    name: str, wheels: Path, others: str, tmp_path: Path
) -> None:
    fresh, _ = installed(tmp_path, wheels, others, name)
    assert "green: " in fresh.corelib("check", name, "--profile", "quick")


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_of_array_installed_alone_is_found(name: str, wheels: Path, others: str, tmp_path: Path) -> None:
    library = name.removeprefix("corelib-")
    if library != "cupy":  # it needs a GPU, so that corelib-cupy installs without it
        pytest.importorskip(library)
    fresh, names = installed(tmp_path, wheels, others, name)
    assert names == ["corelib", name]
    assert KINDS[name] in fresh.corelib("plugins", "--json")
    found = fresh.says("from corelib.plugins.registry import array_kinds; print(*array_kinds())").split()
    assert found == [library] if importlib.util.find_spec(library) else found == []


def test_elementwise_alone_broadcasts_transposes_and_differentiates_twice(
    wheels: Path, others: str, tmp_path: Path
) -> None:
    fresh, _ = installed(tmp_path, wheels, others, "corelib-elementwise")
    code = """
import corelib, numpy as np
x, b = np.arange(6.0).reshape(2, 3), corelib.Tensor([1.0, 2.0, 3.0], trainable=True)
print((x * b).T.shape)
print(corelib.hessian(lambda b: np.exp(x * b)[1, 2])(np.zeros(3))[2, 2])
"""
    assert fresh.says(code).splitlines() == ["(3, 2)", "25.0"]


def test_the_extra_numpy_brings_all_plugins_with_ops_or_optimizers(wheels: Path, others: str, tmp_path: Path) -> None:
    _, names = installed(tmp_path, wheels, others, "corelib[numpy]")
    assert names == ["corelib", *(name for name in PLUGINS if name not in LARGE)]


@pytest.mark.parametrize("kind", ["op", "optimizer"])
def test_a_new_distribution_installed_alone_passes_its_suite(
    kind: str, wheels: Path, others: str, tmp_path: Path
) -> None:
    project = tmp_path / "corelib-fresh"
    write(kind, "fresh", project)
    fresh, _ = installed(tmp_path, wheels, others, str(wheel(project, tmp_path)))
    assert "green: " in fresh.corelib("check", "corelib-fresh", "--profile", "quick")


def test_optimizers_need_no_ops(wheels: Path, others: str, tmp_path: Path) -> None:
    _, names = installed(tmp_path, wheels, others, "corelib-optimizers")
    assert names == ["corelib", "corelib-optimizers"]


def test_fit_installed_alone_fits_and_corelib_alone_says_what_to_install(
    wheels: Path, others: str, tmp_path: Path
) -> None:
    alone, _ = installed(tmp_path, wheels, others, "corelib")
    assert "no installed plugin provides command 'fit'; pip install corelib-fit" in alone.corelib("fit", status=2)
    alone.pip("install", "--quiet", "--no-index", "--find-links", wheels, "corelib-fit")
    for activation in ("sigmoid", "tanh", "relu", "leaky_relu"):
        assert "steps/s (20 steps in" in alone.corelib("fit", "--epochs", "2", "--activation", activation)
    assert (tmp_path / "fit" / "model.npz").is_file()


def test_the_self_test_mutates_a_plugin_where_both_are_wheels(wheels: Path, others: str, tmp_path: Path) -> None:
    wheel(ROOT / "plugins" / "selftest", wheels)
    fresh, names = installed(tmp_path, wheels, others, "corelib-selftest")
    assert names == ["corelib", "corelib-selftest"]
    fresh.pip("install", "--quiet", "--no-index", "--find-links", wheels, "corelib-maximum")
    said = fresh.corelib("mutate", "corelib-maximum", "--op", "relu", "--sample", "20")
    assert re.search(r"corelib-maximum\.relu: (\d+) of \1 faults found\n$", said)
