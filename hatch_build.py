"""Compiles the core with mypyc when a wheel is built; without a C compiler the wheel is pure Python.

CORELIB_COMPILE=1 requires a compiled core: the build fails without one. CORELIB_COMPILE=0 keeps a wheel pure. An
editable install stays interpreted unless CORELIB_COMPILE=1; it deletes the extension modules of an earlier one, which
Python would import in place of the sources.
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

# The patches: what is changed in the C that mypyc writes. Each has a test in tests/test_compiled.py.

# Nodes and their tuples are not tracked by the garbage collector, which traverses tracked objects again and again: that
# would more than double the cost of a call in a graph of 1,000,000 (benchmarks, million). They are in no cycle
# (docs/decisions/0005). acyclic=True of mypyc_attr (https://github.com/python/mypy/pull/20795) leaves out the header of
# the collector too; then freeing a long chain recurses until the stack overflows.
NODE = r"\bchar CPyDef_graph___Node_____init__\([^)]*\) \{\n"
UNTRACKED = r"""\g<0>    PyObject_GC_UnTrack(cpy_r_self);
    if (PyTuple_CheckExact(cpy_r_args)) PyObject_GC_UnTrack(cpy_r_args);
    if (PyTuple_CheckExact(cpy_r_parents)) PyObject_GC_UnTrack(cpy_r_parents);
"""
# `del tensor.data` crashes: mypyc has no deleters (https://github.com/python/mypy/issues/13231), and its setters do
# not expect the NULL by which Python deletes.
SETTER = r"___(?P<owner>\w+)_set_(?P<name>\w+)\(\w+ \*self, PyObject \*value, void \*closure\)\s*\{\s*char retval = 2;"
UNDELETABLE = r"""\g<0>
    if (value == NULL) {
        PyErr_SetString(PyExc_AttributeError, "property '\g<name>' of '\g<owner>' object has no deleter");
        return -1;
    }
"""
# `tensor.trainable = np.True_` is a TypeError: mypyc converts nothing to a bool. A setter that takes another type than
# its getter returns makes compiled assignments crash.
BOOL_SETTER = SETTER + r"(?=\s*char tmp;\s*if \(unlikely\(!PyBool_Check\(value\)\)\))"
TRUTH = r"""\g<0>
    int truth = PyObject_IsTrue(value);
    if (truth < 0) return -1;
    value = truth ? Py_True : Py_False;
"""
# `tensor.__internal_mypyc_setup(0)`, a method for mypyc's own use, crashes. mypyc finds it in the type's table of
# methods, so it can go from the type's dictionary.
TYPE = r"(CPyType_\w+) = \(PyTypeObject \*\)(?:cpy_r_r\d+|CPyType_FromTemplate\([^;]*\));"
HIDDEN_SETUP = r"""\g<0>
    if (\1 && PyDict_DelItemString(\1->tp_dict, "__internal_mypyc_setup") < 0) PyErr_Clear();
    if (\1) PyType_Modified(\1);
"""
# Positional-only arguments are accepted by keyword. Python's parser of arguments takes no keyword for an empty name.
KEYWORDS = (
    r"(?P<before>CPyPy_(?P<name>\w+)\([^)]*\)\s*\{\s*PyObject \*obj_self = self;\s*"
    r"static const char \* const kwlist\[\] = \{)"
    r"(?P<names>[^}]*)(?=0\};)"
)
# help(Tensor) is empty (https://github.com/mypyc/mypyc/issues/437), and Python lets nobody assign the __doc__ of
# methods and properties that are written in C.
SIGNATURE = r'(?:\.tp_doc = PyDoc_STR\("|\(PyCFunction\)CPyPy_)(?P<name>\w+)[^{}]*?--\\n\\n"'
GETTER = r"(?P<before>\(getter\)(?P<name>\w+),\s*(?:NULL|\(setter\)\w+),\s*)NULL(?=, NULL\})"

Replacement = str | Callable[["re.Match[str]"], str]


class CompileCore(BuildHookInterface[Any]):
    """hatchling calls ``dependencies`` to set up a build, and ``initialize`` before it."""

    def dependencies(self) -> list[str]:
        return ["mypy>=2.4", "setuptools>=75"] if setting("1") == "1" and not missing_compiler() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        root, editable = Path(self.root), version == "editable"
        if editable:
            for library in in_place(root):
                library.unlink()
        if setting("0" if editable else "1") == "0":
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
        """The compiled modules; none where compiling is impossible, unless CORELIB_COMPILE=1 requires it."""
        required, reason = setting() == "1", missing_compiler()
        if reason and required:
            self.app.abort(f"CORELIB_COMPILE=1, but {reason}")
        if not reason:
            try:
                return compiled(root, folder)
            except (Exception, SystemExit) as error:  # no headers, or an error that mypy has printed
                if required:
                    raise
                reason = str(error)
        self.app.display_warning(f"corelib is built without its compiled core, which is slower: {reason}")
        return []

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        shutil.rmtree(getattr(self, "folder", ""), ignore_errors=True)


def setting(default: str = "") -> str:
    """CORELIB_COMPILE, or ``default`` where it is not set."""
    value = os.environ.get("CORELIB_COMPILE") or default
    if value not in {"", "0", "1"}:
        raise SystemExit(f"CORELIB_COMPILE is {value!r}: it may be 0 or 1")
    return value


def missing_compiler() -> str:
    """The reason why nothing can be compiled, where it shows before mypyc has worked for ten seconds; else ""."""
    command = os.environ.get("CC") or sysconfig.get_config_var("CC")  # on Windows nothing: setuptools finds it there
    name = shlex.split(command)[0] if command else ""
    return f"there is no C compiler: {name} is not found" if name and not shutil.which(name) else ""


def in_place(root: Path) -> list[Path]:
    """The extension modules that an editable install has left in the tree, for the running Python."""
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    return [*root.glob(f"corelib/**/*{suffix}"), *root.glob(f"corelib__mypyc{suffix}")]


def core(root: Path) -> list[str]:
    """The files to compile, relative to ``root``: ``COMPILED`` in corelib/core/compiling.py, read unimported."""
    module = ast.parse((root / "corelib/core/compiling.py").read_text(encoding="utf-8"))
    names = next(n.value for n in module.body if isinstance(n, ast.AnnAssign) and ast.unparse(n.target) == "COMPILED")
    return [f"corelib/{name.replace('.', '/')}.py" for name in ast.literal_eval(ast.unparse(names or module))]


def compiled(root: Path, folder: Path) -> list[Path]:
    """The extension modules of the core, built into ``folder`` under the paths they have in a wheel."""
    here = Path.cwd()
    os.chdir(root)
    try:
        extensions = translated(folder / "c", core(root))
        built(extensions, folder)
    finally:
        os.chdir(here)
    libraries = [*folder.rglob("*.so"), *folder.rglob("*.pyd")]
    return [path for path in libraries if "c" not in path.relative_to(folder).parts[:-1]]


def translated(folder: Path, files: list[str]) -> Any:
    """setuptools' extensions of these files, whose patched C is written into ``folder``."""
    from mypyc.build import mypycify

    flags = ["--config-file=", f"--cache-dir={folder}", "--ignore-missing-imports", "--follow-imports=silent"]
    options: dict[str, Any] = {"opt_level": "3", "debug_level": "0", "group_name": "corelib"}
    extensions = mypycify([*flags, *files], target_dir=str(folder), **options)
    patch(folder, files)
    return extensions


def built(extensions: Any, folder: Path) -> None:
    """Compile the C of these extensions into ``folder``."""
    from setuptools import Distribution
    from setuptools.command.build_ext import build_ext

    command = build_ext(Distribution({"name": "corelib", "ext_modules": extensions}))
    command.build_lib, command.build_temp = str(folder), str(folder / "c")
    command.ensure_finalized()
    command.run()


def patch(folder: Path, files: list[str]) -> None:
    """Apply the patches to the C of these files in ``folder``.

    Raises RuntimeError, and writes nothing, where a patch does not apply: another version of mypyc writes other C.
    """
    sources = {file: file.read_text() for file in folder.rglob("*.c")}
    for pattern, replacement in patches([Path(file) for file in files]):
        sources = replaced(sources, pattern, replacement)
    for file, code in sources.items():
        file.write_text(code)


def replaced(sources: dict[Path, str], pattern: str, replacement: Replacement) -> dict[Path, str]:
    """The sources with each match replaced. Raises RuntimeError where there is none."""
    found = {file: re.subn(pattern, replacement, code, flags=re.DOTALL) for file, code in sources.items()}
    if not any(count for _, count in found.values()):
        raise RuntimeError(f"this version of mypyc writes C that cannot be patched: nothing in it matches {pattern}")
    return {file: code for file, (code, _) in found.items()}


def patches(files: list[Path]) -> list[tuple[str, Replacement]]:
    """Each patch, as a pattern and its replacement, in the order in which they apply."""
    docs = {name: literal(text) for file in files for name, text in docstrings(file)}
    counts = {name: count for file in files for name, count in positional(file)}

    def nameless(wrapper: re.Match[str]) -> str:
        names, count = wrapper["names"].split(", "), counts.get(wrapper["name"], 0)
        return wrapper["before"] + ", ".join(['""'] * count + names[count:])

    def with_doc(signature: re.Match[str]) -> str:
        return f"{signature[0]} {docs.get(signature['name'], '')}"

    def getter_with_doc(getter: re.Match[str]) -> str:
        return getter["before"] + docs.get(getter["name"], "NULL")

    return [
        (NODE, UNTRACKED), (BOOL_SETTER, TRUTH), (SETTER, UNDELETABLE), (TYPE, HIDDEN_SETUP), (KEYWORDS, nameless),
        (SIGNATURE, with_doc), (GETTER, getter_with_doc),
    ]  # fmt: skip


def methods(file: Path) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The methods of a module's classes, each with the name that mypyc gives its class in C."""
    for owner in ast.parse(file.read_text(encoding="utf-8")).body:
        for method in owner.body if isinstance(owner, ast.ClassDef) else ():
            if isinstance(owner, ast.ClassDef) and isinstance(method, ast.FunctionDef):
                yield f"{file.stem}___{owner.name}", method


def positional(file: Path) -> Iterator[tuple[str, int]]:
    """The number of positional-only arguments of a method, without ``self``, by the name that it has in C."""
    for owner, method in methods(file):
        if method.args.posonlyargs:
            yield f"{owner}___{method.name}", len(method.args.posonlyargs) - 1


def docstrings(file: Path) -> Iterator[tuple[str, str]]:
    """The docstrings of classes, functions, methods and properties, by the names that they have in C."""
    for one in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(one, ast.ClassDef):
            yield one.name, ast.get_docstring(one) or ""
        elif isinstance(one, ast.FunctionDef):
            yield f"{file.stem}___{one.name}", ast.get_docstring(one) or ""
    for owner, method in methods(file):
        if text := ast.get_docstring(method):
            yield f"{owner}___{method.name}", text
            yield f"{owner}_get_{method.name}", text


def literal(text: str) -> str:
    """A C string."""
    unquoted = set(range(32, 127)) - set(b'"?\\')
    return '"' + "".join(chr(byte) if byte in unquoted else f"\\{byte:03o}" for byte in text.encode()) + '"'
