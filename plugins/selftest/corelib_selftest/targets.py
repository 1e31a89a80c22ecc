"""What there is to mutate in an op: itself, and the ops inside of it that are nobody else's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from corelib.conformance.subject import Subject
from corelib.primitives.class_op import ClassOp
from corelib.primitives.composed import Composed
from corelib.primitives.elementwise_op import Elementwise
from corelib_selftest.functions import helpers, names_in, transplanted


@dataclass(frozen=True)
class Target:
    """An op to mutate. ``put`` returns the whole op, with the mutated one in this one's place."""

    label: str
    op: Any
    put: Callable[[Any], Any]


def targets(subject: Subject) -> Iterator[Target]:
    """The op of a subject, if it has a rule of its own, and the ops inside."""
    op = subject.op
    if isinstance(op, (Elementwise, ClassOp)):
        yield Target("", op, lambda mutated: mutated)
    elif isinstance(op, Composed):
        yield from _called(op)
    else:
        yield from _attributes(op)


def _called(op: Composed) -> Iterator[Target]:
    """Ops of its own module that a composed op calls by name, and that no plugin provides."""
    function: Any = op.function
    if not isinstance(function, FunctionType):
        return
    for part in (function, *helpers(function)):
        for name in sorted(names_in(part.__code__)):
            inner = part.__globals__.get(name)
            if isinstance(inner, (Elementwise, ClassOp)) and not _is_provided(inner):
                yield Target(name, inner, _substitute(op, function, inner))


def _substitute(op: Composed, function: FunctionType, inner: Any) -> Callable[[Any], Any]:
    def put(mutated: Any) -> Any:
        return Composed(transplanted(function, {}, {id(inner): mutated}), op.name, op.functions)

    return put


def _attributes(op: Any) -> Iterator[Target]:
    """Ops that an op of another kind holds as attributes."""
    for name, inner in sorted(getattr(op, "__dict__", {}).items()):
        if isinstance(inner, (Elementwise, ClassOp)):
            yield Target(name, inner, _with_attribute(op, name))


def _with_attribute(op: Any, name: str) -> Callable[[Any], Any]:
    def put(mutated: Any) -> Any:
        twin = object.__new__(type(op))  # copy.copy of an op is the op
        vars(twin).update(vars(op))
        setattr(twin, name, mutated)
        return twin

    return put


def _is_provided(op: Any) -> bool:
    from corelib.plugins.registry import registry

    return any(provided.get() is op for plugin in registry.plugins for provided in plugin.ops.values())
