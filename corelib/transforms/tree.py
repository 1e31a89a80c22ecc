"""Nested arguments: dicts, lists, tuples, named tuples and dataclasses, taken apart into arrays and put together."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, Final

from corelib.errors import InvalidOperand

Rebuild = Callable[[list[Any]], Any]
DEEPEST: Final = 200  # far below Python's limit of recursion, which counts two calls for each


def children(tree: Any) -> tuple[list[Any], Rebuild] | None:
    """The parts of a container and how to put such parts together again; None for what is no container."""
    if isinstance(tree, dict):
        return list(tree.values()), lambda parts: type(tree)(zip(tree, parts, strict=True))
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return list(tree), lambda parts: type(tree)(*parts)
    if isinstance(tree, (list, tuple)):
        return list(tree), type(tree)
    if is_dataclass(tree) and not isinstance(tree, type):
        names = [field.name for field in fields(tree)]
        return [getattr(tree, name) for name in names], lambda parts: _dataclass(tree, names, parts)
    return None


def _dataclass(tree: Any, names: list[str], parts: list[Any]) -> Any:
    """A twin of ``tree`` with other fields, not made by its ``__init__``, which may refuse Tensors."""
    twin = object.__new__(type(tree))
    for name, part in zip(names, parts, strict=True):
        object.__setattr__(twin, name, part)
    return twin


def leaves(tree: Any, depth: int = 0) -> list[Any]:
    """What is no container, from left to right. None stands for nothing. Raises InvalidOperand where it has no end."""
    if tree is None:
        return []
    inside = children(tree)
    if inside is None:
        return [tree]
    if depth == DEEPEST:
        raise InvalidOperand(f"a {type(tree).__name__} is nested more than {DEEPEST} deep, or contains itself")
    return [leaf for part in inside[0] for leaf in leaves(part, depth + 1)]


def rebuilt(tree: Any, replacements: list[Any]) -> Any:
    """``tree`` with its leaves replaced, from left to right."""
    return _built(tree, iter(replacements))


def _built(tree: Any, remaining: Iterator[Any]) -> Any:
    if tree is None:
        return None
    inside = children(tree)
    return next(remaining) if inside is None else inside[1]([_built(part, remaining) for part in inside[0]])


def mapped(function: Callable[[Any], Any], tree: Any) -> Any:
    """``tree`` with ``function`` applied to each leaf."""
    return rebuilt(tree, [function(leaf) for leaf in leaves(tree)])
