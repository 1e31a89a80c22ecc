"""The operands of a call: what forward is given. An op of any number of arrays takes them in one list."""

from collections.abc import Iterable, Sequence
from typing import Any


def operands(args: Sequence[Any], in_list: bool) -> tuple[Any, ...]:
    """The operands among the arguments of a call; without a list, the fields that follow them too."""
    if not in_list:
        return tuple(args)
    return tuple(args[0]) if args and isinstance(args[0], (list, tuple)) else ()


def with_operands(args: Sequence[Any], others: Iterable[Any], in_list: bool) -> tuple[Any, ...]:
    """The arguments of the same call on other operands."""
    if not in_list:
        return tuple(others)
    return (type(args[0])(others), *args[1:]) if args and isinstance(args[0], (list, tuple)) else tuple(args)
