"""The classic mutations of a syntax tree, one at a time."""

import ast
import copy
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from corelib_selftest.functions import Tree

OPERATORS: Final[dict[type[ast.operator], tuple[type[ast.operator], ...]]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
COMPARISONS: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
NAMES: Final = {
    "sum": "mean", "mean": "sum", "maximum": "minimum", "minimum": "maximum", "max": "min", "min": "max",
    "sin": "cos", "cos": "sin", "sinh": "cosh", "cosh": "sinh", "zeros": "ones", "ones": "zeros",
    "zeros_like": "ones_like", "ones_like": "zeros_like", "exp": "exp2", "log": "log1p", "any": "all", "all": "any",
    "add": "subtract", "subtract": "add", "multiply": "divide", "divide": "multiply", "prod": "sum",
    "argmax": "argmin", "cumsum": "cumprod", "sqrt": "square", "square": "sqrt", "real": "imag",
}  # fmt: skip
"""A function, and what it is taken for."""
COMMUTATIVE: Final = (
    "add", "multiply", "maximum", "minimum", "hypot", "logical_or", "logical_and", "logical_xor", "fmax", "fmin",
    "logaddexp", "logaddexp2", "zip",
)  # fmt: skip


class Rewritten(NamedTuple):
    """A mutated tree and what was changed in it."""

    change: str
    tree: Tree


def rewritings(tree: Tree) -> Iterator[Rewritten]:
    """All mutants of a function's body. The keys of two that read alike are told apart by a number."""
    seen: dict[str, int] = {}
    for number, node in enumerate(_body(tree)):
        for other in _others(node, _parameters(tree)):
            twin = copy.deepcopy(tree)
            target = _body(twin)[number]
            change = f"{_text(node)} -> {_text(other)}"
            _replace(twin, target, other)
            seen[change] = seen.get(change, 0) + 1
            label = change if seen[change] == 1 else f"{change} #{seen[change]}"
            yield Rewritten(label, ast.fix_missing_locations(twin))


def _body(tree: Tree) -> list[ast.AST]:
    """The nodes that can be mutated, in an order that a copy of the tree has too."""
    roots = tree.body if isinstance(tree, ast.FunctionDef) else [tree.body]
    return [node for root in roots for node in _inside(root)]


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, (ast.Raise, ast.Assert)) or _is_docstring(node):
        return  # what an error says is no gradient
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _inside(child)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _parameters(tree: Tree) -> list[str]:
    given = tree.args
    return [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs) if a.arg not in ("self", "wanted")]


def _others(node: ast.AST, parameters: Sequence[str]) -> Iterator[ast.AST]:
    """What a node may be mistaken for."""
    if isinstance(node, ast.BinOp):
        yield from _binary(node)
    elif isinstance(node, ast.Compare):
        yield from _comparison(node)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        yield from node.values
    elif isinstance(node, ast.Constant):
        yield from _constant(node)
    elif isinstance(node, ast.Call):
        yield from _call(node)
    elif isinstance(node, ast.Name):
        yield from _name(node, parameters)
    else:
        yield from _structure(node)


def _binary(node: ast.BinOp) -> Iterator[ast.AST]:
    for other in OPERATORS.get(type(node.op), ()):
        yield ast.BinOp(node.left, other(), node.right)
    yield node.left
    yield node.right
    if isinstance(node.op, (ast.Sub, ast.Div, ast.Pow, ast.MatMult)):
        yield ast.BinOp(node.right, node.op, node.left)


def _comparison(node: ast.Compare) -> Iterator[ast.AST]:
    for other in COMPARISONS.get(type(node.ops[0]), ()):
        yield ast.Compare(node.left, [other(), *node.ops[1:]], node.comparators)


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, (int, float)):
        yield ast.Constant(value + 1)
        yield ast.Constant(value - 1)


def _call(node: ast.Call) -> Iterator[ast.AST]:
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    no_star = not any(isinstance(a, ast.Starred) for a in node.args[:3])
    if name in NAMES:
        yield ast.Call(_renamed(function, NAMES[name]), node.args, node.keywords)
    if len(node.args) >= 2 and no_star and name not in COMMUTATIVE:
        at = 1 if name == "where" and len(node.args) == 3 else 0
        yield ast.Call(function, _swapped(node.args, at), node.keywords)
    if node.args and no_star:
        yield node.args[0]
    for number, keyword in enumerate(node.keywords):
        if keyword.arg is not None:
            yield ast.Call(function, node.args, node.keywords[:number] + node.keywords[number + 1 :])


def _renamed(function: ast.expr, name: str) -> ast.expr:
    if isinstance(function, ast.Attribute):
        return ast.Attribute(function.value, name, ast.Load())
    return ast.Name(name, ast.Load())


def _swapped(parts: Sequence[ast.expr], at: int = 0) -> list[ast.expr]:
    return [*parts[:at], parts[at + 1], parts[at], *parts[at + 2 :]]


def _name(node: ast.Name, parameters: Sequence[str]) -> Iterator[ast.AST]:
    """Another parameter in the place of one."""
    if isinstance(node.ctx, ast.Load) and node.id in parameters and len(parameters) > 1:
        yield ast.Name(parameters[(parameters.index(node.id) + 1) % len(parameters)], ast.Load())


def _structure(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
        yield node.body
        yield node.orelse
    elif isinstance(node, ast.If):
        yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    elif isinstance(node, ast.AugAssign):
        for other in OPERATORS.get(type(node.op), ()):
            yield ast.AugAssign(node.target, other(), node.value)
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and _can_swap(node.elts):
        yield ast.Tuple(_swapped(node.elts), node.ctx)


def _can_swap(parts: Sequence[ast.expr]) -> bool:
    return len(parts) >= 2 and not any(isinstance(part, ast.Starred) for part in parts[:2])


def _replace(tree: Tree, target: ast.AST, other: ast.AST) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, name, other)
                return
            if isinstance(value, list) and any(child is target for child in value):
                value[[child is target for child in value].index(True)] = other
                return


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.If):
        return f"if {ast.unparse(node.test)}"
    return " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split())
