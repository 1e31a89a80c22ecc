"""What the tests of the registry share: distributions that exist only as long as a test."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest

from corelib.distribution import discover
from corelib.registry import registry

Install: TypeAlias = Callable[..., Path]

HEAD = """\
import numpy as np
from corelib import elementwise, hookimpl
def make(name, numpy=()):
    return elementwise(lambda x: 2 * x, 2, name=name, numpy=numpy)
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """``install("corelib-x", "1.0", "def corelib_ops(): ...")`` writes a distribution; it answers its metadata.

    While a test uses it nothing else counts as installed. The hook implementations in the code need no marker.
    """
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.setattr("corelib.finding.discover", partial(discover, [str(site)]))
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
