"""Compiles the core with mypyc when a wheel is built; where there is no C compiler the wheel is pure Python.

An editable install stays interpreted unless CORELIB_COMPILE=1, and CORELIB_COMPILE=0 keeps a wheel pure.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# What every call of an op goes through. The rest is not on that path, or uses what mypyc does not know.
COMPILED = ("graph", "tensor", "slope", "call", "elementwise_op", "class_op", "backward")


class CompileCore(BuildHookInterface[Any]):
    """hatchling asks for ``dependencies`` to set up a build, and calls ``initialize`` before it."""

    def dependencies(self) -> list[str]:
        return [] if os.environ.get("CORELIB_COMPILE") == "0" else ["mypy>=2.1", "setuptools>=75"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        default = "0" if version == "editable" else "1"
        if self.target_name != "wheel" or os.environ.get("CORELIB_COMPILE", default) != "1":
            return
        root = Path(self.root)
        self.folder = tempfile.mkdtemp()
        try:
            libraries = compiled(root, Path(self.folder))
        except Exception as error:  # no compiler, no headers: the same files run interpreted
            self.app.display_warning(f"corelib is built without its compiled core: {error}")
            return
        if version == "editable":
            for library in libraries:
                shutil.copy(library, root / library.relative_to(self.folder))
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["force_include"] |= {str(p): str(p.relative_to(self.folder)) for p in libraries}

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        shutil.rmtree(getattr(self, "folder", ""), ignore_errors=True)


def compiled(root: Path, folder: Path) -> list[Path]:
    """The extension modules of the core, built into ``folder`` under the paths they have in a wheel."""
    from mypyc.build import mypycify
    from setuptools import Distribution
    from setuptools.command.build_ext import build_ext

    here = Path.cwd()
    os.chdir(root)
    try:
        flags = ["--config-file=", "--ignore-missing-imports", "--follow-imports=silent"]
        files = [f"corelib/{name}.py" for name in COMPILED]
        extensions = mypycify(
            [*flags, *files], opt_level="3", debug_level="0", group_name="corelib", target_dir=str(folder / "c")
        )
        command = build_ext(Distribution({"name": "corelib", "ext_modules": extensions}))
        command.build_lib, command.build_temp = str(folder), str(folder / "c")
        command.ensure_finalized()
        command.run()
    finally:
        os.chdir(here)
    return [
        path
        for kind in ("*.so", "*.pyd")
        for path in folder.rglob(kind)
        if "c" not in path.relative_to(folder).parts[:-1]
    ]
