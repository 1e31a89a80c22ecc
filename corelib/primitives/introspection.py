"""What ``help``, ``inspect`` and an interactive shell see of an op: its own text and its own arguments.

A compiled class has no attributes of an instance but those it declares, and no ``__doc__`` among them; so the classes
of ops are given descriptors, which return the text of the op on an op, and that of the class on a class.
"""

from inspect import Parameter, Signature
from typing import Any

from corelib.primitives.class_op import ClassOp
from corelib.primitives.composed import Composed
from corelib.primitives.elementwise_op import Elementwise
from corelib.primitives.op import Op
from corelib.primitives.reads import parameters


class Doc:
    """The text of an op, or of its class."""

    def __init__(self, of_class: str | None) -> None:
        self.of_class = of_class

    def __get__(self, op: Op | None, kind: type) -> str | None:
        return self.of_class if op is None else op.doc


class Arguments:
    """The signature of an op; of its class, none but the one that Python finds itself."""

    def __get__(self, op: Op | None, kind: type) -> Signature | None:
        return None if op is None else signature_of(op)


def signature_of(op: Op) -> Signature | None:
    """What ``op`` takes, without its types: arrays by position, then fields. None where Python finds it itself."""
    found = _parameters(op)
    return None if found is None else Signature([one.replace(annotation=Parameter.empty) for one in found])


def _parameters(op: Op) -> list[Parameter] | None:
    if isinstance(op, Composed):
        return parameters(op.function)
    if isinstance(op, ClassOp):
        return [*_by_position(_arrays(op)), *parameters(op.cls.__init__)[1:]]
    if isinstance(op, Elementwise):
        return _by_position(["x", "y", "z"] if op.arity <= 3 else [f"x{i}" for i in range(op.arity)])[: op.arity]
    return None


def _arrays(op: ClassOp) -> list[str]:
    return ["arrays"] if op.arity is None else [one.name for one in parameters(op.cls.forward)[1 : op.arity + 1]]


def _by_position(names: list[str]) -> list[Parameter]:
    return [Parameter(name, Parameter.POSITIONAL_ONLY) for name in names]


def describe(*kinds: Any) -> None:
    """Let the ops of these classes speak for themselves."""
    for kind in kinds:
        kind.__doc__ = Doc(kind.__doc__)
        kind.__signature__ = Arguments()
