"""A function's syntax tree, and the function made again from another tree, in a world of its own."""

import ast
import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import CellType, CodeType, FunctionType, MappingProxyType
from typing import Any, Final, TypeAlias

Tree: TypeAlias = ast.FunctionDef | ast.Lambda
LAMBDA: Final = "<lambda>"


@cache
def trees(file: str) -> list[Tree]:
    """All functions and lambdas of a file, those that stand inside of others after these."""
    module = ast.parse(Path(file).read_text(encoding="utf-8"))
    return [node for node in ast.walk(module) if isinstance(node, (ast.FunctionDef, ast.Lambda))]


def tree_of(function: FunctionType) -> Tree | None:
    """The syntax tree of a function or lambda; None where its source is not to be found."""
    file = inspect.getsourcefile(function)
    if file is None or not Path(file).is_file():
        return None
    code = function.__code__
    for node in reversed(trees(file)):
        if isinstance(node, ast.FunctionDef) and node.name == code.co_name:
            if _first_line(node) == code.co_firstlineno:
                return node
        elif isinstance(node, ast.Lambda) and code.co_name == LAMBDA and _holds(node.body, code):
            return node
    return None


def _first_line(node: ast.FunctionDef) -> int:
    return min([node.lineno, *[d.lineno for d in node.decorator_list]])


def _holds(body: ast.expr, code: CodeType) -> bool:
    """Whether all instructions of the code come from this expression."""
    first, last = (body.lineno, body.col_offset), (body.end_lineno, body.end_col_offset)
    found = [p for p in code.co_positions() if None not in p and p[3]]
    return bool(found) and all(first <= (p[0], p[2]) and (p[1], p[3]) <= last for p in found)


def code_of(tree: Tree) -> CodeType:
    """The compiled body. Free variables of a closure become globals."""
    if isinstance(tree, ast.Lambda):
        outer = compile(ast.fix_missing_locations(ast.Expression(tree)), "<mutant>", "eval")
    else:
        bare = ast.FunctionDef(tree.name, tree.args, tree.body, [], None)
        bare.args = _without_annotations(tree.args)
        ast.copy_location(bare, tree)
        outer = compile(ast.fix_missing_locations(ast.Module([bare], [])), "<mutant>", "exec")
    return next(c for c in outer.co_consts if isinstance(c, CodeType))


def _without_annotations(given: ast.arguments) -> ast.arguments:
    def untyped(arg: ast.arg | None) -> Any:
        return None if arg is None else ast.arg(arg.arg)

    return ast.arguments(
        posonlyargs=[untyped(a) for a in given.posonlyargs],
        args=[untyped(a) for a in given.args],
        vararg=untyped(given.vararg),
        kwonlyargs=[untyped(a) for a in given.kwonlyargs],
        kw_defaults=[None if d is None else ast.Constant(None) for d in given.kw_defaults],
        kwarg=untyped(given.kwarg),
        defaults=[ast.Constant(None) for _ in given.defaults],
    )


def alike(one: CodeType, other: CodeType) -> bool:
    """Whether two codes do the same: instructions, names and constants."""
    if (one.co_code, one.co_names, one.co_varnames) != (other.co_code, other.co_names, other.co_varnames):
        return False
    if len(one.co_consts) != len(other.co_consts):
        return False
    pairs = zip(one.co_consts, other.co_consts, strict=True)
    return all(alike(a, b) if isinstance(a, CodeType) and isinstance(b, CodeType) else _same(a, b) for a, b in pairs)


def _same(a: Any, b: Any) -> bool:
    return type(a) is type(b) and repr(a) == repr(b)  # repr tells 0.0 from -0.0


def transplanted(
    function: FunctionType, codes: Mapping[FunctionType, CodeType], objects: Mapping[int, Any] = MappingProxyType({})
) -> FunctionType:
    """The function in a copy of its world, in which ``codes`` are the bodies of some functions that it calls.

    ``objects`` are what else is another there, by the id of what it replaces. The original sees nothing of it.
    """
    family = [function, *helpers(function)]
    worlds = {id(f.__globals__): dict(f.__globals__) for f in family}
    twins = {id(f): _twin(f, codes.get(f), worlds[id(f.__globals__)]) for f in family}
    replaced = {**objects, **twins}
    for world in worlds.values():
        world.update({name: replaced[id(value)] for name, value in world.items() if id(value) in replaced})
        decorated = {name: value for name, value in world.items() if id(undecorated(value)) in twins}
        world.update({name: _decorated(value, twins[id(undecorated(value))]) for name, value in decorated.items()})
    return twins[id(function)]


def undecorated(value: Any) -> Any:
    """The function inside of a decorated one, as functools.cache and np.errstate leave it; others as they are."""
    rebuildable = isinstance(value, FunctionType) or hasattr(value, "cache_info")
    return getattr(value, "__wrapped__", value) if rebuildable else value


def _decorated(value: Any, twin: FunctionType) -> Any:
    """The twin of a function, decorated as that was."""
    if not isinstance(value, FunctionType):
        return cache(twin)
    contents = [cell.cell_contents for cell in value.__closure__ or ()]
    cells = tuple(CellType(twin if entry is undecorated(value) else entry) for entry in contents)
    made = FunctionType(value.__code__, value.__globals__, value.__name__, value.__defaults__, cells)
    made.__kwdefaults__ = value.__kwdefaults__
    return made


def _twin(function: FunctionType, code: CodeType | None, world: dict[str, Any]) -> FunctionType:
    """The function with other globals and, if it is given one, another body."""
    if code is None:
        code, closure = function.__code__, function.__closure__
    else:
        world.update(_closure(function))
        closure = None
    made = FunctionType(code, world, function.__name__, function.__defaults__, closure)
    made.__kwdefaults__ = function.__kwdefaults__
    made.__doc__, made.__qualname__, made.__module__ = function.__doc__, function.__qualname__, function.__module__
    return made


def _closure(function: FunctionType) -> dict[str, Any]:
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {name: cell.cell_contents for name, cell in cells}


def helpers(function: FunctionType, seen: "set[FunctionType] | None" = None) -> Iterator[FunctionType]:
    """The plain functions of its own distribution that a function calls, and those that they call."""
    seen = {function} if seen is None else seen
    package = function.__module__.partition(".")[0]
    for name in sorted(names_in(function.__code__)):
        found = undecorated(function.__globals__.get(name))
        if not isinstance(found, FunctionType) or found in seen:
            continue
        if found.__module__.partition(".")[0] == package:
            seen.add(found)
            yield found
            yield from helpers(found, seen)


def names_in(code: CodeType) -> set[str]:
    """The names that a code mentions, with those of the functions inside of it."""
    names = set(code.co_names)
    for const in code.co_consts:
        if isinstance(const, CodeType):
            names |= names_in(const)
    return names


def place(function: FunctionType) -> str:
    """What a function is called in the key of a mutant: module:qualified name."""
    return f"{function.__module__}:{function.__qualname__}"
