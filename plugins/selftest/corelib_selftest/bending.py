"""Putting a fault into the backward of an op, whatever kind of op it is."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from corelib.core.tensor import Tensor
from corelib.primitives.class_op import ClassOp
from corelib.primitives.composed import Composed
from corelib.primitives.elementwise_op import Elementwise
from corelib.primitives.slope import Slope

Backward: TypeAlias = Callable[[Any, Sequence[Any], Any], list[Any]]


@dataclass
class BackwardCall:
    """One call of a backward, as a fault sees it.

    ``args`` are shapes where the op is linear. ``entries`` tells whether the gradients have the shape of what
    arrives (the core adds them up afterwards); ``memory`` lasts as long as the mutant.
    """

    propagated: Any
    args: Sequence[Any]
    result: Any
    original: Backward
    forward: Callable[..., Any]
    memory: dict[Any, Any]
    wanted: Sequence[bool] = (True,)
    index: int | None = None

    def true(self, propagated: Any = None, args: Sequence[Any] | None = None) -> list[Any]:
        """The right gradients, or those for another gradient that arrives, or of other arguments."""
        arrived = self.propagated if propagated is None else propagated
        if args is None:
            return self.original(arrived, self.args, self.result)
        return self.original(arrived, args, self.forward(*args))

    @property
    def recording(self) -> bool:
        """Whether backward is itself being differentiated."""
        return any(isinstance(p, Tensor) for p in each(self.propagated)) or any(
            isinstance(a, Tensor) for a in self.args
        )

    def arrays(self) -> list[Any]:
        """All arrays in sight."""
        return [a for a in (*each(self.propagated), *self.args) if isinstance(a, (np.ndarray, np.generic))]


Fault: TypeAlias = Callable[[BackwardCall], Sequence[Any]]


@dataclass(frozen=True)
class Behaviour:
    """A fault with a name. ``on_forward`` is called with memory and arguments whenever forward is.

    ``recorded`` faults also act while backward is being differentiated; others are right then.
    """

    name: str
    fault: Fault
    recorded: bool = False
    on_forward: Callable[[dict[Any, Any], Sequence[Any]], None] | None = None
    memory: dict[Any, Any] = field(default_factory=dict)


def each(propagated: Any) -> list[Any]:
    """What arrives, as a list: an op with several results gets several."""
    return list(propagated) if isinstance(propagated, tuple) else [propagated]


def mapped(function: Callable[[Any], Any], propagated: Any) -> Any:
    """``function`` of all that arrives."""
    if not isinstance(propagated, tuple):
        return function(propagated)
    parts = [function(p) for p in propagated]
    return tuple(parts) if type(propagated) is tuple else type(propagated)(*parts)


def bent(op: Any, behaviour: Behaviour, index: int = 0) -> Any:
    """``op`` with the fault; ``index`` says in which slope, where the op has slopes."""
    if isinstance(op, Elementwise):
        return _bent_elementwise(op, behaviour, index)
    if isinstance(op, ClassOp):
        return _bent_class(op, behaviour)
    raise TypeError(f"{op!r} has no backward of its own")


class BentSlope(Slope):
    """A slope with a fault in its product."""

    def __init__(self, slope: Slope, op: Elementwise, index: int, behaviour: Behaviour, memory: dict[Any, Any]) -> None:
        super().__init__(op.arity)
        self.reads: tuple[bool, ...] = (True,) * op.arity
        self.reads_result = True
        self.exact = False
        self.slope = slope
        self.op = op
        self.index = index
        self.behaviour = behaviour
        self.memory = memory

    def times(self, propagated: Any, args: tuple[Any, ...], result: Any) -> Any:
        def original(arrived: Any, given: Sequence[Any], saved: Any) -> list[Any]:
            return [self.slope.times(arrived, tuple(given), saved)]

        call = BackwardCall(propagated, args, result, original, self.op.forward, self.memory, index=self.index)
        return _faulty(self.behaviour, call)[0]


def _faulty(behaviour: Behaviour, call: BackwardCall) -> Sequence[Any]:
    if call.recording and not behaviour.recorded:
        return call.true()
    return behaviour.fault(call)


def _bent_elementwise(op: Elementwise, behaviour: Behaviour, index: int) -> Elementwise:
    memory: dict[Any, Any] = dict(behaviour.memory)
    slopes = list(op.slopes)
    slopes[index] = BentSlope(slopes[index], op, index, behaviour, memory)
    forward = op.forward
    if behaviour.on_forward is not None:
        forward = _watched(forward, behaviour.on_forward, memory)
    return type(op)(forward, tuple(slopes), op.name, op.doc, op.functions)


def _watched(forward: Callable[..., Any], seen: Callable[..., None], memory: dict[Any, Any]) -> Callable[..., Any]:
    def watched(*args: Any) -> Any:
        seen(memory, args)
        return forward(*args)

    return watched


def _bent_class(op: ClassOp, behaviour: Behaviour) -> ClassOp:
    memory: dict[Any, Any] = dict(behaviour.memory)
    right = op.cls.backward

    def backward(self: Any, propagated: Any, *args: Any, result: Any, wanted: Any) -> Any:
        def original(arrived: Any, given: Sequence[Any], saved: Any) -> list[Any]:
            extra = {"result": saved} if op.takes_result else {}
            if op.takes_wanted:
                extra["wanted"] = wanted
            entries = right(self, arrived, *given, **extra)
            return [entries] if op.arity == 1 else list(entries)

        memory["rule"] = self
        entries = _faulty(behaviour, BackwardCall(propagated, args, result, original, self.forward, memory, wanted))
        return entries[0] if op.arity == 1 and len(entries) == 1 else tuple(entries)

    changed: dict[str, Any] = {"backward": backward, "__module__": op.cls.__module__}
    if behaviour.on_forward is not None:
        changed["forward"] = _watched_method(op.cls.forward, behaviour.on_forward, memory)
    cls = type(op.cls)(op.cls.__name__, (op.cls,), changed)
    return ClassOp(cls, op.name, op.functions, linear=op.linear, broadcasts=op.broadcasts)


def _watched_method(
    forward: Callable[..., Any], seen: Callable[..., None], memory: dict[Any, Any]
) -> Callable[..., Any]:
    @functools.wraps(forward)
    def watched(self: Any, *args: Any) -> Any:
        seen(memory, args)
        return forward(self, *args)

    return watched


def with_bent_result(op: Composed, change: Callable[..., Any]) -> Composed:
    """A composed op with a fault in its result: ``change(result, args)``."""
    right = op.function

    @functools.wraps(right)
    def function(*args: Any, **keywords: Any) -> Any:
        return change(right(*args, **keywords), args)

    return Composed(function, op.name, op.functions)
