"""What CuPy has of NumPy, and with which parameters: ``python -m tools.cupy_functions FOLDER > TABLE``.

FOLDER holds the folder ``cupy`` of a wheel or of a source distribution; nothing of it is imported. Each line of the
table is a name, and ``ufunc`` or the parameters in order: ``sum a axis= dtype= out= keepdims=``. A parameter with a
default ends in ``=``; those after ``*`` are given by keyword. A function of a compiled module has ``*args **kwargs``.
"""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

MODULES: Final = ("", "fft", "linalg", "lib.stride_tricks")
"""Modules that NumPy and CuPy both have: ``numpy.linalg.solve`` is looked up in ``cupy.linalg``."""
COMPILED: Final = "*args **kwargs"
MADE: Final = ("ufunc", "comparison", "_core.")  # what the expression that makes a ufunc has in it


class Found(NamedTuple):
    """A name of a module: what defines it, and the module that does."""

    node: ast.AST
    module: str


def table(folder: Path) -> Iterator[str]:
    """The lines of the table, in alphabetical order in each module."""
    for module in MODULES:
        prefix = f"{module}." if module else ""
        home = ".".join(filter(None, ("cupy", module)))
        for name in sorted(names(folder, home)):
            parameters = "" if name.startswith("_") else described(folder, home, name)
            if parameters is not None and not name.startswith("_"):
                yield f"{prefix}{name} {parameters}".rstrip()


def described(folder: Path, module: str, name: str) -> str | None:
    """The parameters of a function, "ufunc", or None for what is neither."""
    found = names(folder, module).get(name)
    if found is None:
        return COMPILED if module.startswith("cupy._core") else None
    node = found.node
    if isinstance(node, ast.FunctionDef):
        return parameters_of(node.args)
    if isinstance(node, ast.ImportFrom):
        return _imported(folder, node, name)
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
        if isinstance(node.value, ast.Name):
            return described(folder, found.module, node.value.id)
        return "ufunc" if any(word in ast.unparse(node.value) for word in MADE) else None
    return None


def _imported(folder: Path, node: ast.ImportFrom, name: str) -> str | None:
    """What a name stands for in the module that it is imported from; None where that is not CuPy's."""
    source = node.module or ""
    original = next(a.name for a in node.names if name in (a.asname, a.name))
    if not source.startswith("cupy") or source_of(folder, f"{source}.{original}") is not None:
        return None
    return described(folder, source, original) if source_of(folder, source) is not None else COMPILED


@cache
def names(folder: Path, module: str) -> dict[str, Found]:
    """What the statements of a module define, the last one for each name; none of a compiled module."""
    path = source_of(folder, module)
    tree = ast.parse(path.read_text(encoding="utf-8")) if path is not None else ast.Module([], [])
    found: dict[str, Found] = {}
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found[node.name] = Found(node, module)
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: Found(node, module) for alias in node.names}
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id: Found(node, module) for target in targets if isinstance(target, ast.Name)}
    return found


def source_of(folder: Path, module: str) -> Path | None:
    """The file of a module that is written in Python."""
    base = folder.joinpath(*module.split("."))
    return next((path for path in (base / "__init__.py", base.with_name(f"{base.name}.py")) if path.exists()), None)


def parameters_of(given: ast.arguments) -> str:
    """The parameters of a function, as the table has them."""
    named = [*given.posonlyargs, *given.args]
    required = len(named) - len(given.defaults)
    words = [p.arg + "=" * (i >= required) for i, p in enumerate(named)]
    if given.vararg is not None:
        words.append(f"*{given.vararg.arg}")
    elif given.kwonlyargs:
        words.append("*")
    words += [p.arg + "=" * (d is not None) for p, d in zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    return " ".join([*words, *([f"**{given.kwarg.arg}"] if given.kwarg is not None else [])])


if __name__ == "__main__":
    print("\n".join(table(Path(sys.argv[1]))))
