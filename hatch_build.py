"""Compiles the core with mypyc when a wheel is built; where there is no C compiler the wheel is pure Python.

An editable install stays interpreted unless CORELIB_COMPILE=1, and CORELIB_COMPILE=0 keeps a wheel pure. Whoever asks
for it by CORELIB_COMPILE=1 gets a compiled core or an error. An editable install that is not compiled takes away what
an earlier one left in the tree, which Python would go on running whatever becomes of the sources.
"""

import ast
import os
import re
import shlex
import shutil
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SETTER = r"___(?P<owner>\w+)_set_(?P<name>\w+)\(\w+ \*self, PyObject \*value, void \*closure\)\s*\{\s*char retval = 2;"
# Python's garbage collector looks through all that is alive again and again, which would triple the cost of a call in
# a graph of 1,000,000. Nodes are in no cycle, since a leaf does not know its Tensor: they go out of its sight, with
# their tuples. (Not by mypyc's acyclic=True: without the collector's header a long chain is freed by recursion.)
MADE = (
    r"_mypyc__(?:Node|Leaf|Picked)_setup\(PyObject \*cpy_r_type\)\s*\{[^}]*?if \(self == NULL\)\s*return NULL;\n",
    r"CPyDef_(?:graph___Node|graph___Picked)\(PyObject \*cpy_r_op, PyObject \*cpy_r_args[^)]*\)\s*\{\n",
)
UNSEEN = (
    "PyObject_GC_UnTrack(self);\n",
    "if (PyTuple_CheckExact(cpy_r_args))\n    PyObject_GC_UnTrack(cpy_r_args);\n"
    "if (PyTuple_CheckExact(cpy_r_parents))\n    PyObject_GC_UnTrack(cpy_r_parents);\n",
)
FILLER = r"CPyStatics\[\d+\](?=; /\* 'mypyc filler docstring' \*/.*?\bCPyType_\w+?___(?P<name>\w+) = \(PyTypeObject)"
BOOL = r"(char tmp;\s*)(if \(unlikely\(!PyBool_Check\(value\)\)\) \{\s*CPy_TypeError\(\"bool\", value\); return -1;)"
TRUTH = r"\1int truth = PyObject_IsTrue(value); if (truth < 0) return -1; value = truth ? Py_True : Py_False; \2"
# A method that mypyc makes for itself, and that a program could call: with a wrong argument it crashes. The table of
# methods, where mypyc looks for it, keeps it; the dictionary of the class, where a program looks, does not.
OWN = r"(CPyType_\w+) = \(PyTypeObject \*\)(?:cpy_r_r\d+|CPyType_FromTemplate\([^;]*\));"
UNNAMED = (
    r'\g<0> if (\1 && PyDict_DelItemString(\1->tp_dict, "__internal_mypyc_setup") < 0) PyErr_Clear();'
    r" if (\1) PyType_Modified(\1);"
)
KEYWORDS = (
    r"(?P<before>CPyPy_(?P<name>\w+)\([^)]*\)\s*\{\s*PyObject \*obj_self = self;\s*"
    r"static const char \* const kwlist\[\] = \{)"
    r"(?P<names>[^}]*)(?=0\};)"
)

Mend = Callable[["re.Match[str]"], str]


class CompileCore(BuildHookInterface[Any]):
    """hatchling asks for ``dependencies`` to set up a build, and calls ``initialize`` before it."""

    def dependencies(self) -> list[str]:
        return ["mypy>=2.1", "setuptools>=75"] if wish("1") == "1" and not no_compiler() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        root, editable = Path(self.root), version == "editable"
        if editable:
            for library in in_place(root):
                library.unlink()
        if wish("0" if editable else "1") == "0":
            return
        self.folder = tempfile.mkdtemp()
        libraries = self.libraries(root, Path(self.folder))
        if editable:
            for library in libraries:
                shutil.copy(library, root / library.relative_to(self.folder))
        elif libraries:
            build_data["pure_python"] = False
            build_data["infer_tag"] = True
            build_data["force_include"] |= {str(p): str(p.relative_to(self.folder)) for p in libraries}

    def libraries(self, root: Path, folder: Path) -> list[Path]:
        """What was compiled: nothing where that cannot be, unless it was asked for."""
        asked_for, trouble = wish() == "1", no_compiler()
        if trouble and asked_for:
            self.app.abort(f"CORELIB_COMPILE=1, but {trouble}")
        if not trouble:
            try:
                return compiled(root, folder)
            except (Exception, SystemExit) as error:  # no headers, or mypy finds fault, which it has said above
                if asked_for:
                    raise
                trouble = str(error)
        self.app.display_warning(f"corelib is built without its compiled core, which is slower: {trouble}")
        return []

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        shutil.rmtree(getattr(self, "folder", ""), ignore_errors=True)


def wish(default: str = "") -> str:
    """CORELIB_COMPILE, or what holds where nothing was said."""
    said = os.environ.get("CORELIB_COMPILE") or default
    if said not in {"", "0", "1"}:
        raise SystemExit(f"CORELIB_COMPILE is {said!r}: it may be 0 or 1")
    return said


def no_compiler() -> str:
    """Why nothing can be compiled, where that is plain before mypyc has worked for ten seconds; else nothing."""
    command = os.environ.get("CC") or sysconfig.get_config_var("CC")  # on Windows nothing: setuptools finds it there
    name = shlex.split(command)[0] if command else ""
    return f"there is no C compiler: {name} is not found" if name and not shutil.which(name) else ""


def in_place(root: Path) -> list[Path]:
    """What an editable install has compiled in the tree, for the Python that runs."""
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    return [*root.glob(f"corelib/**/*{suffix}"), *root.glob(f"corelib__mypyc{suffix}")]


def core(root: Path) -> list[str]:
    """The files that are compiled, relative to ``root``: ``COMPILED`` in corelib/core/compiling.py, read unimported."""
    module = ast.parse((root / "corelib/core/compiling.py").read_text(encoding="utf-8"))
    names = next(n.value for n in module.body if isinstance(n, ast.AnnAssign) and ast.unparse(n.target) == "COMPILED")
    return [f"corelib/{name.replace('.', '/')}.py" for name in ast.literal_eval(ast.unparse(names or module))]


def compiled(root: Path, folder: Path) -> list[Path]:
    """The extension modules of the core, built into ``folder`` under the paths they have in a wheel."""
    from mypyc.build import mypycify
    from setuptools import Distribution
    from setuptools.command.build_ext import build_ext

    here = Path.cwd()
    os.chdir(root)
    try:
        flags = ["--config-file=", f"--cache-dir={folder / 'c'}", "--ignore-missing-imports", "--follow-imports=silent"]
        files = core(root)
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
    """Write into the C that mypyc made of the sources what it leaves out.

    Docstrings; that a setter is asked to delete; that it takes for a bool whatever is true or false, as Python does;
    that an argument goes by position only; that nodes need no garbage collector; that a program may not call what is
    mypyc's own. Raises RuntimeError where another version of mypyc writes what is not known here.
    """
    docs = {name: literal(text) for file in files for name, text in docstrings(Path(file))}
    unnamed = {name: count for file in files for name, count in positional(Path(file))}
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

    def told(owner: re.Match[str]) -> str:
        return f'PyUnicode_FromString("{docs[owner["name"]]}")'

    def nameless(method: re.Match[str]) -> str:
        names, count = method["names"].split(", "), unnamed.get(method["name"], 0)
        return method["before"] + ", ".join(['""'] * count + names[count:])

    mends: list[tuple[str, str | Mend]] = [(SETTER, guarded), (BOOL, TRUTH), (KEYWORDS, nameless)]
    mends += [(FILLER, told), (OWN, UNNAMED)]
    mends += [(made, lambda found, unseen=unseen: found[0] + unseen) for made, unseen in zip(MADE, UNSEEN, strict=True)]
    mends += [(slot, filled) for slot in slots]
    sources = {file: file.read_text() for file in folder.rglob("*.c")}
    for pattern, mended in mends:
        found = {file: re.subn(pattern, mended, code, flags=re.DOTALL) for file, code in sources.items()}
        if not any(count for _, count in found.values()):
            raise RuntimeError(f"this mypyc writes C that is not known here: nothing in it looks like {pattern}")
        sources = {file: code for file, (code, _) in found.items()}
    for file, code in sources.items():
        file.write_text(code)


def guarded(setter: re.Match[str]) -> str:
    """The setter of a property, which crashes on ``del tensor.data`` as mypyc writes it."""
    message = f"property '{setter['name']}' of '{setter['owner']}' object has no deleter"
    return setter[0] + f' if (value == NULL) {{ PyErr_SetString(PyExc_AttributeError, "{message}"); return -1; }}'


def docstrings(file: Path) -> Iterator[tuple[str, str]]:
    """The docstrings of a module, each by the name that mypyc gives its owner in C."""
    module = ast.parse(file.read_text(encoding="utf-8"))
    yield ".".join(file.with_suffix("").parts), ast.get_docstring(module) or ""
    for owner in module.body:
        if not isinstance(owner, (ast.ClassDef, ast.FunctionDef)):
            continue
        text = ast.get_docstring(owner) or ""
        yield (owner.name if isinstance(owner, ast.ClassDef) else f"{file.stem}___{owner.name}"), text
        for method in owner.body:
            if isinstance(method, ast.FunctionDef) and (text := ast.get_docstring(method) or ""):
                yield f"{file.stem}___{owner.name}___{method.name}", text
                yield f"{file.stem}___{owner.name}_get_{method.name}", text


def positional(file: Path) -> Iterator[tuple[str, int]]:
    """How many arguments of a method, beside ``self``, go by position only, by the name that it has in C."""
    for owner in ast.parse(file.read_text(encoding="utf-8")).body:
        for method in owner.body if isinstance(owner, ast.ClassDef) else ():
            if isinstance(method, ast.FunctionDef) and method.args.posonlyargs:
                yield f"{file.stem}___{owner.name}___{method.name}", len(method.args.posonlyargs) - 1


def literal(text: str) -> str:
    """What stands between the quotes of a C string."""
    plain = set(range(32, 127)) - set(b'"?\\')
    return "".join(chr(byte) if byte in plain else f"\\{byte:03o}" for byte in text.encode())
