"""What tests share: distributions that exist only as long as a test, and a compiled core."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TypeAlias
from zipfile import ZipFile

import pytest

from corelib.plugins.distribution import discover
from corelib.plugins.registry import registry

ROOT = Path(__file__).parent.parent
Install: TypeAlias = Callable[..., Path]

HEAD = """\
import numpy as np
from corelib import elementwise, hookimpl
def make(name, numpy=()):
    return elementwise(lambda x: 2 * x, 2, name=name, numpy=numpy)
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """``install("corelib-x", "1.0", "def corelib_ops(): ...")`` writes a distribution; it returns its metadata.

    While a test uses it nothing else counts as installed. The hook implementations in the code need no marker.
    """
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.setattr("corelib.plugins.finding.discover", partial(discover, [str(site)]))
    monkeypatch.syspath_prepend(str(site))
    for name in ("CORELIB_DISABLE_PLUGINS", "CORELIB_PLUGIN_AUTOLOAD", "CORELIB_PLUGINS", "CORELIB_PREFER"):
        monkeypatch.delenv(name, raising=False)
    before = set(sys.modules)
    registry.change(forget=True)

    def install(name: str, version: str = "1.0", code: str = "", group: str = "corelib.v1", at: str = "") -> Path:
        package = name.replace("-", "_")
        code = HEAD + code.replace("def corelib_", "@hookimpl\ndef corelib_")
        (site / f"{package}.py").write_text(code)
        metadata = site / at / f"{package}-{version}.dist-info"
        metadata.mkdir(parents=True)
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.3\nName: {name}\nVersion: {version}\n\nWords.\n")
        (metadata / "entry_points.txt").write_text(f"[{group}]\n{package} = {package}\n")
        return metadata

    yield install
    for module in set(sys.modules) - before:
        if str(site) in str(getattr(sys.modules[module], "__file__", "")):
            del sys.modules[module]
    registry.preferred.clear()
    registry.change(forget=True)


@pytest.fixture(scope="session")
def hatch_build() -> ModuleType:
    """The build hook, as hatchling loads it."""
    pytest.importorskip("hatchling")
    spec = spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def compiled_wheel(hatch_build: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel whose core is compiled: the one that CORELIB_WHEEL names, else it is built here, in half a minute."""
    if given := os.environ.get("CORELIB_WHEEL"):
        return Path(given)
    if reason := hatch_build.missing_compiler():
        pytest.skip(reason)
    for name in ("mypyc", "setuptools"):
        if find_spec(name) is None:
            pytest.skip(f"{name} is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    code = f"from hatchling.build import build_wheel; build_wheel({str(folder)!r})"
    environment = {**os.environ, "CORELIB_COMPILE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def compiled_core(compiled_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a compiled core, to stand first on PYTHONPATH; entry points are those of what is installed."""
    folder = tmp_path_factory.mktemp("compiled")
    with ZipFile(compiled_wheel) as wheel:
        wheel.extractall(folder, [name for name in wheel.namelist() if ".dist-info/" not in name])
    return folder
