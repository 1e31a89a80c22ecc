"""What a backward reads, found out once per op, so that a node keeps nothing else alive."""

import dis
from collections.abc import Callable
from inspect import Parameter, signature
from types import FunctionType
from typing import Any, Final, TypeGuard

VARIADIC: Final = 0x04 | 0x08  # the flags of a code object that takes *args or **keywords


def parameters(function: Callable[..., Any]) -> list[Parameter]:
    """The parameters of ``function``; none where it cannot be looked into (a ufunc, a compiled function)."""
    if not isinstance(function, FunctionType):
        return []
    return list(signature(function).parameters.values())


def is_plain_function(function: Callable[..., Any]) -> TypeGuard[FunctionType]:
    """Whether the code of ``function`` tells its parameters, a hundred times faster than its signature does."""
    return isinstance(function, FunctionType) and not hasattr(function, "__wrapped__")


def takes(function: Callable[..., Any], name: str) -> bool:
    """Whether ``function`` names a keyword-only parameter ``name``."""
    if is_plain_function(function):
        code = function.__code__
        return name in code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    return any(p.name == name and p.kind is Parameter.KEYWORD_ONLY for p in parameters(function))


def reads(function: Callable[..., Any], arity: int, skip: int = 0) -> tuple[bool, ...]:
    """Which of the ``arity`` positional parameters after the first ``skip`` the code of ``function`` mentions."""
    if is_plain_function(function) and not function.__code__.co_flags & VARIADIC:
        names = function.__code__.co_varnames[skip : function.__code__.co_argcount]
        mentioned = mentions(function)
        return tuple(name in mentioned for name in names) if len(names) == arity else (True,) * arity
    positional = [p for p in parameters(function) if p.kind is not Parameter.KEYWORD_ONLY][skip:]
    if len(positional) != arity or any(p.kind is Parameter.VAR_POSITIONAL for p in positional):
        return (True,) * arity
    mentioned = mentions(function)
    return tuple(p.name in mentioned for p in positional)


def mentions(function: Callable[..., Any]) -> set[str]:
    """The local names that the code of ``function`` loads, those that inner functions see included."""
    names: set[str] = set()
    for instruction in dis.get_instructions(function):
        if instruction.opname.startswith(("LOAD_FAST", "LOAD_CLOSURE", "LOAD_DEREF", "MAKE_CELL", "STORE_FAST_LOAD")):
            value = instruction.argval
            names.update(value if isinstance(value, tuple) else (value,))
    return names


def only_returns(function: Callable[..., Any]) -> int | None:
    """Which of its parameters a function returns, if it does nothing else."""
    if not isinstance(function, FunctionType) or function.__closure__ or function.__defaults__:
        return None
    instructions = [i for i in dis.get_instructions(function) if i.opname != "RESUME"]
    code = function.__code__
    if len(instructions) != 2 or not instructions[0].opname.startswith("LOAD_FAST") or code.co_flags & VARIADIC:
        return None
    return code.co_varnames.index(instructions[0].argval)
