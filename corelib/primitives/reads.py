"""What a backward reads, found out once per op, so that a node keeps nothing else alive."""

import dis
from collections.abc import Callable, Collection
from inspect import Parameter, signature
from types import FunctionType, ModuleType
from typing import Any, Final, TypeGuard

import numpy as np

VARIADIC: Final = 0x04 | 0x08  # the flags of a code object that takes *args or **keywords
SEES_ALL: Final = frozenset({"locals", "vars", "dir", "eval", "exec", "_getframe", "currentframe", "evaluate"})


def parameters(function: Callable[..., Any]) -> list[Parameter]:
    """The parameters of ``function``; none where it cannot be looked into (a ufunc, a compiled function)."""
    if not isinstance(function, FunctionType):
        return []
    return list(signature(function).parameters.values())


def is_plain_function(function: Callable[..., Any]) -> TypeGuard[FunctionType]:
    """Whether the parameters of ``function`` can be read from its code, a hundred times faster than its signature.

    python -m timeit -s "import inspect; f = lambda x: x" "inspect.signature(f)", and "f.__code__.co_varnames".
    """
    return isinstance(function, FunctionType) and not hasattr(function, "__wrapped__")


def takes(function: Callable[..., Any], name: str) -> bool:
    """Whether ``function`` names a keyword-only parameter ``name``."""
    if is_plain_function(function):
        code = function.__code__
        return name in code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    return any(p.name == name and p.kind is Parameter.KEYWORD_ONLY for p in parameters(function))


def unknown_keywords(function: Callable[..., Any], known: Collection[str]) -> list[str]:
    """The keyword-only parameters of ``function`` that are never passed."""
    return [
        p.name
        for p in parameters(function)
        if p.kind is p.KEYWORD_ONLY and p.default is p.empty and p.name not in known
    ]


def takes_arrays(function: Callable[..., Any], count: int) -> bool:
    """Whether ``function`` can be called with ``count`` arrays, as far as it can be known without calling it."""
    if isinstance(function, np.ufunc):
        return bool(function.nin == count)
    taken = [p for p in parameters(function) if p.kind is not p.KEYWORD_ONLY and p.kind is not p.VAR_KEYWORD]
    if not taken or any(p.kind is p.VAR_POSITIONAL for p in taken):
        return True
    return sum(p.default is p.empty for p in taken) <= count <= len(taken)


def private_ufuncs(function: Callable[..., Any], count: int) -> tuple[np.ufunc, ...]:
    """The ufuncs of ``count`` arrays that a Python function of a library hands its arguments to, if they have no public
    name but its own: scipy.special.zeta(x, q) returns what a ufunc ``_zeta`` does.
    """
    if not isinstance(function, FunctionType):
        return ()
    names = function.__code__.co_names
    values = [function.__globals__.get(name) for name in names]
    values += [getattr(module, name, None) for module in values if isinstance(module, ModuleType) for name in names]
    found = [v for v in values if isinstance(v, np.ufunc) and v.nin == count and v.__name__.startswith("_")]
    return tuple(dict.fromkeys(ufunc for ufunc in found if ufunc.__name__.endswith(function.__name__)))


def reads(function: Callable[..., Any], arity: int, skip: int = 0) -> tuple[bool, ...]:
    """Which of the ``arity`` positional parameters after the first ``skip`` the code of ``function`` mentions.

    All of them where its code does not show it: a ufunc, a wrapper, ``*args``, a call that sees all local names.
    """
    everything = (True,) * arity
    if not is_plain_function(function) or function.__code__.co_flags & VARIADIC:
        return everything
    code = function.__code__
    names = code.co_varnames[skip : code.co_argcount]
    if len(names) != arity or not SEES_ALL.isdisjoint(code.co_names):  # numexpr.evaluate looks into its caller
        return everything
    mentioned = mentions(function)
    return tuple(name in mentioned for name in names)


def mentions(function: Callable[..., Any]) -> set[str]:
    """The local names that the code of ``function`` loads, those that inner functions see included.

    Python 3.13 loads two names in one instruction, 3.14 has instructions of its own for a name on loan: all begin
    alike. A name too many costs memory; one too few would hand a backward None.
    """
    names: set[str] = set()
    for instruction in dis.get_instructions(function):
        if instruction.opname.startswith(("LOAD_FAST", "LOAD_CLOSURE", "LOAD_DEREF", "MAKE_CELL", "STORE_FAST_LOAD")):
            value = instruction.argval
            names.update(value if isinstance(value, tuple) else (value,))
    return names


def only_returns(function: Callable[..., Any]) -> int | None:
    """Which of its parameters a function returns, if it does nothing else."""
    if not is_plain_function(function) or function.__closure__ or function.__defaults__:
        return None
    code = function.__code__
    instructions = [i for i in dis.get_instructions(function) if i.opname != "RESUME"]
    kinds = [i.opname for i in instructions]
    if len(kinds) != 2 or not kinds[0].startswith("LOAD_FAST") or kinds[1] != "RETURN_VALUE":
        return None
    name = instructions[0].argval
    if code.co_flags & VARIADIC or code.co_kwonlyargcount > 1 or (takes(function, name) and name != "result"):
        return None
    return code.co_varnames.index(name)
