"""The overloads of `corelib.optimizers.named` for type checkers, one for each installed rule."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from types import EllipsisType, NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from corelib.core.tensor import Tensor
from corelib.optimizing.options import OPTIONS, Options

IMPORTS: Final = """\
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypedDict, Unpack, overload
from corelib import Tensor
from corelib.optimizing.optimizer import Optimizer
from corelib.optimizing.parameter import Tensors
"""
PLAIN: Final = (bool, int, float, complex, str, bytes, Tensor)
CALL: Final = "def named(params: Tensors, name: {0}, {1}**options: Unpack[_Options]) -> Optimizer: ...{2}\n"
ANY: Final = CALL.format("str", "hyperparameters: Mapping[str, Any], /, ", "")
"""Of a name that is not known before the program runs: with a mapping, or a misspelt name would pass for one."""


def named(rules: Sequence[tuple[str, Any, str]]) -> str:
    """The lines of a stub for rules, each with its name and its owner."""
    calls = [_call(*rule) for rule in rules]
    return IMPORTS + _options() + "".join(f"@overload\n{call}" if calls else call for call in [*calls, ANY])


def _options() -> str:
    """The options of every Optimizer, as keywords."""
    hints = get_type_hints(Options)
    lines = [f"    {name}: {written(hints[name])}\n" for name in OPTIONS]
    return f"class _Options(TypedDict, total=False):\n{''.join(lines)}"


def _call(name: str, rule: Any, owner: str) -> str:
    taken = [f"{field}, " for field in _hyperparameters(rule)]
    keywords = f"/, *, {''.join(taken)}" if taken else "/, "
    return CALL.format(f"Literal[{name!r}]", keywords, f"  # {owner}")


def _hyperparameters(rule: Any) -> Iterator[str]:
    """The parameters of the rule: those of its fields that no option of the Optimizer hides."""
    if not is_dataclass(rule):
        return
    types = _types(rule)
    for field in fields(rule):
        if field.init and field.name not in OPTIONS:
            default = "" if _is_required(field) else " = ..."
            yield f"{field.name}: {written(types.get(field.name, Any))}{default}"


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _types(rule: Any) -> dict[str, Any]:
    try:
        return get_type_hints(rule)
    except Exception:  # a name that only type checkers import
        return {}


def written(hint: Any) -> str:
    """A type as a stub has it: of numbers, texts, Tensors, and unions, choices, tuples and functions of these.

    Another is Any, since its name may be nowhere.
    """
    arguments = get_args(hint)
    if hint in PLAIN:
        return str(hint.__name__)
    if hint is None or hint is NoneType:
        return "None"
    if isinstance(hint, EllipsisType):
        return "..."
    if get_origin(hint) in (Union, UnionType):
        return " | ".join(written(each) for each in arguments)
    if get_origin(hint) is tuple and arguments:
        return f"tuple[{', '.join(written(each) for each in arguments)}]"
    if get_origin(hint) is Callable and isinstance(arguments[0], list):
        return f"Callable[[{', '.join(map(written, arguments[0]))}], {written(arguments[1])}]"
    if get_origin(hint) is Literal and all(type(each) in (*PLAIN, NoneType) for each in arguments):
        return f"Literal[{', '.join(map(repr, arguments))}]"
    return "Any"
