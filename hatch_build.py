"""Compiles the core with mypyc when a wheel is built; where there is no C compiler the wheel is pure Python.

An editable install stays interpreted unless CORELIB_COMPILE=1, and CORELIB_COMPILE=0 keeps a wheel pure. Whoever asks
for it by CORELIB_COMPILE=1 gets a compiled core or an error.
"""

import ast
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# What every call of an op goes through. The rest is not on that path, or uses what mypyc does not know.
COMPILED = ("graph", "tensor", "slope", "call", "elementwise_op", "class_op", "backward")
SETTER = r"___(?P<owner>\w+)_set_(?P<name>\w+)\(\w+ \*self, PyObject \*value, void \*closure\)\s*\{\s*char retval = 2;"


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
        except (
            Exception,
            SystemExit,
        ) as error:  # no compiler, no headers, or mypy finds fault
            if os.environ.get("CORELIB_COMPILE") == "1":
                raise
            self.app.display_warning(f"corelib is built without its compiled core, which is slower: {error}")
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
        mend(folder / "c", files)
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


def mend(folder: Path, files: list[str]) -> None:
    """Write into the C that mypyc made of the sources what it leaves out: docstrings, and a check in setters."""
    docs = {name: literal(text) for file in files for name, text in docstrings(Path(file))}
    slots = (
        r'(?P<before>\.tp_doc = PyDoc_STR\("(?P<name>\w+)\([^"]*--\\n\\n)(?P<after>"\))',
        r'(?P<before>\(PyCFunction\)CPyPy_(?P<name>\w+),[^{}]*?PyDoc_STR\("[^"]*--\\n\\n)(?P<after>"\))',
        r"(?P<before>\(getter\)(?P<name>\w+),\s*(?:NULL|\(setter\)\w+),\s*)NULL(?P<after>, NULL\})",
        r'(?P<before>PyModuleDef_HEAD_INIT,\s*"(?P<name>[\w.]+)",\s*)NULL(?P<after>, /\* docstring)',
    )

    def filled(slot: re.Match[str]) -> str:
        text = docs.get(slot["name"])
        if text is None:
            return slot[0]
        return slot["before"] + (text if slot["after"].startswith('"') else f'PyDoc_STR("{text}")') + slot["after"]

    for file in folder.rglob("*.c"):
        code = re.sub(SETTER, guarded, file.read_text())
        for slot in slots:
            code = re.sub(slot, filled, code)
        file.write_text(code)


def guarded(setter: re.Match[str]) -> str:
    """The setter of a property, which crashes on ``del tensor.data`` as mypyc writes it."""
    message = f"property '{setter['name']}' of '{setter['owner']}' object has no deleter"
    return setter[0] + f' if (value == NULL) {{ PyErr_SetString(PyExc_AttributeError, "{message}"); return -1; }}'


def docstrings(file: Path) -> Iterator[tuple[str, str]]:
    """The docstrings of a module, each by the name that mypyc gives its owner in C."""
    module = ast.parse(file.read_text(encoding="utf-8"))
    yield f"corelib.{file.stem}", ast.get_docstring(module) or ""
    for owner in module.body:
        if not isinstance(owner, (ast.ClassDef, ast.FunctionDef)):
            continue
        text = ast.get_docstring(owner) or ""
        yield (owner.name if isinstance(owner, ast.ClassDef) else f"{file.stem}___{owner.name}"), text
        for method in owner.body:
            if isinstance(method, ast.FunctionDef) and (text := ast.get_docstring(method) or ""):
                yield f"{file.stem}___{owner.name}___{method.name}", text
                yield f"{file.stem}___{owner.name}_get_{method.name}", text


def literal(text: str) -> str:
    """What stands between the quotes of a C string."""
    plain = set(range(32, 127)) - set(b'"?\\')
    return "".join(chr(byte) if byte in plain else f"\\{byte:03o}" for byte in text.encode())
