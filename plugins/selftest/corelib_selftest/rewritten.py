"""Syntax mutants of an op: of each slope, of each backward, and of the functions that these call."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from types import CodeType, FunctionType
from typing import Any, NamedTuple

import numpy as np

from corelib.conformance.subject import Subject
from corelib.primitives.class_op import ClassOp
from corelib.primitives.elementwise_op import Elementwise
from corelib.primitives.slope import Argument, Constant, Function, Result, Singular, Slope, slope_of
from corelib_selftest.functions import LAMBDA, alike, code_of, helpers, names_in, place, transplanted, tree_of
from corelib_selftest.mutant import Host, Mutant
from corelib_selftest.syntax import rewritings
from corelib_selftest.targets import Target, targets


class Change(NamedTuple):
    """One change, named by ``key``: in the source of the function ``part``, where that is given."""

    key: str
    make: Callable[[], Any]
    part: Any = None
    text: str = ""


def syntax_mutants(subjects: Iterable[Subject]) -> list[Mutant]:
    """All of them. A function that several ops call is mutated once, for all of them."""
    found: dict[tuple[str, CodeType | None], Change] = {}
    hosts: dict[tuple[str, CodeType | None], list[Host]] = {}
    for subject in subjects:
        for target in targets(subject):
            changes = _of_slopes(subject, target) if isinstance(target.op, Elementwise) else _of_backward(target)
            for change in changes:
                where = change.key, change.part and change.part.__code__
                found.setdefault(where, change)
                hosts.setdefault(where, []).append(Host(subject, change.make))
    return [Mutant("syntax", one.key, tuple(hosts[where]), one.part, one.text) for where, one in found.items()]


def _of_slopes(subject: Subject, target: Target) -> Iterator[Change]:
    op = target.op
    for i, slope in enumerate(op.slopes):
        whose = " ".join(word for word in (subject.name, target.label, f"slope {i}") if word)
        for text, other in _other_slopes(slope, op.arity):
            make = _with_slope(target, i, other, isinstance(slope, Singular))
            part: Any = other.part if isinstance(other, Later) else None
            yield Change(f"{whose if _is_nameless(part) else place(part)}: {text}", make, part, text)


def _is_nameless(part: Any) -> bool:
    """Whether a slope is no function, or a lambda: several of a module would have the same name."""
    return part is None or part.__name__ == LAMBDA


def _with_slope(target: Target, i: int, other: Any, singular: bool) -> Callable[[], Any]:
    def make() -> Any:
        op = target.op
        slopes = list(op.slopes)
        slope = other.made() if isinstance(other, Later) else other
        slopes[i] = slope_of(slope, op.arity, singular)
        return target.put(type(op)(op.forward, tuple(slopes), op.name, op.doc, op.functions))

    return make


def _other_slopes(slope: Slope, arity: int) -> Iterator[tuple[str, Any]]:
    """What a slope may be mistaken for, with a name for each."""
    if isinstance(slope, Function):
        if isinstance(slope.function, FunctionType):
            yield from _rewritten(slope.function)
        elif isinstance(slope.function, np.ufunc):
            yield from _of_ufunc(slope.function)
    elif isinstance(slope, Constant):
        for value in {-slope.value, slope.value + 1, slope.value - 1} - {slope.value}:
            yield f"{slope.value} -> {value}", value
    elif isinstance(slope, Argument):
        yield from _of_argument(slope.index, arity)
    elif isinstance(slope, Result):
        yield "result -> x", lambda *args: args[0] * 1
        yield "result -> -result", lambda *args, result: -result
        yield "result -> 1", 1
    else:
        yield "1 -> -1", -1
        yield "1 -> 0", 0
        yield "1 -> 2", 2


def _of_ufunc(function: Any) -> Iterator[tuple[str, Any]]:
    name = function.__name__
    yield f"{name} -> -{name}", lambda *args: -function(*args)
    yield f"{name} -> {name} + 1", lambda *args: function(*args) + 1
    yield f"{name} -> 1", 1
    yield f"{name} -> x", lambda *args: args[0] * 1
    if function.nin > 1:
        yield f"{name}(x, y) -> {name}(y, x)", lambda x, y: function(y, x)


def _of_argument(index: int, arity: int) -> Iterator[tuple[str, Any]]:
    letter = "xyz"[index]
    yield f"{letter} -> -{letter}", lambda *args: -args[index]
    yield f"{letter} -> 1", 1
    if arity > 1:
        other = (index + 1) % arity
        yield f"{letter} -> {'xyz'[other]}", lambda *args: args[other] * 1


class Later(NamedTuple):
    """A function in which ``part`` is to have another body."""

    function: Any
    part: Any
    code: CodeType

    def made(self) -> FunctionType:
        return transplanted(self.function, {self.part: self.code})


def _rewritten(function: FunctionType) -> Iterator[tuple[str, Later]]:
    """A function with each mutation of it, and of each function that it calls."""
    for part in (function, *helpers(function)):
        for text, code in codes(part):
            yield text, Later(function, part, code)


@cache
def codes(function: FunctionType) -> list[tuple[str, CodeType]]:
    """The mutated bodies of one function, without those that compile to the same."""
    tree = tree_of(function)
    if tree is None:
        return []
    original, found = code_of(tree), []
    for rewritten in rewritings(tree):
        try:
            with warnings.catch_warnings(action="ignore", category=SyntaxWarning):
                code = code_of(rewritten.tree)
        except (SyntaxError, ValueError):
            continue
        if not alike(code, original):
            found.append((rewritten.change, code))
    return found


def _of_backward(target: Target) -> Iterator[Change]:
    op = target.op
    for name in methods_of(op.cls):
        method = getattr(op.cls, name)
        for part in (method, *helpers(method)):
            for text, code in codes(part):
                yield Change(f"{place(part)}: {text}", _with_method(target, name, method, part, code), part, text)


def methods_of(cls: Any) -> list[str]:
    """Backward, and the methods that it calls and forward does not."""
    found = ["backward"]
    of_forward = names_in(cls.forward.__code__)
    for name in found:
        for mentioned in sorted(names_in(getattr(cls, name).__code__)):
            method = getattr(cls, mentioned, None)
            if isinstance(method, FunctionType) and mentioned not in (*found, *of_forward, "forward"):
                found.append(mentioned)
    return found


def _with_method(target: Target, name: str, method: FunctionType, part: FunctionType, code: Any) -> Callable[[], Any]:
    def make() -> Any:
        op: ClassOp = target.op
        mutated = transplanted(method, {part: code})
        cls = type(op.cls)(op.cls.__name__, (op.cls,), {name: mutated, "__module__": op.cls.__module__})
        return target.put(ClassOp(cls, op.name, op.functions, linear=op.linear, broadcasts=op.broadcasts))

    return make
