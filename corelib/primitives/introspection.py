"""What ``help``, ``inspect``, a shell and ``corelib ops`` see of an op: its own text and its own arguments.

A compiled class has no attributes of an instance but those it declares, and no ``__doc__`` among them; so the classes
of ops are given descriptors, which return the text of the op on an op, and that of the class on a class.
"""

from collections.abc import Collection
from inspect import Parameter, Signature, cleandoc, formatannotation, signature
from typing import Any, Final

from corelib.primitives.class_op import ClassOp
from corelib.primitives.composed import Composed
from corelib.primitives.elementwise_op import Elementwise
from corelib.primitives.op import Op
from corelib.primitives.reads import parameters

BY_POSITION: Final = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
READABLE: Final = 40  # characters


class Doc:
    """The text of an op, or of its class."""

    def __init__(self, of_class: str | None) -> None:
        self.of_class = of_class

    def __get__(self, op: Op | None, kind: type) -> str | None:
        return self.of_class if op is None else f"{op.name}{signature(op)}\n\n{own_text(op)}".rstrip()


def own_text(op: Op) -> str:
    """The docstring that an op was given, without the signatures with which that of a ufunc begins: SciPy's has two."""
    text = cleandoc(op.doc or "")
    while text.startswith(f"{op.name}("):
        text = text.partition("\n\n")[2].lstrip()
    return text


class Arguments:
    """The signature of an op; of its class, none but the one that Python finds itself."""

    def __get__(self, op: Op | None, kind: type) -> Signature | None:
        return None if op is None else signature_of(op)


def signature_of(op: Op) -> Signature | None:
    """What ``op`` takes: arrays by position, then fields. None where Python finds it itself.

    The arrays are named as NumPy names them, where the op stands for one of its functions. Types are left out of
    arrays, and wherever they are long.
    """
    found = _parameters(op)
    return None if found is None else Signature([one if is_readable(one.annotation) else bare(one) for one in found])


def is_readable(annotation: Any) -> bool:
    """Whether a type is short: an alias that is spelt out helps no reader."""
    return len(annotation if isinstance(annotation, str) else formatannotation(annotation)) <= READABLE


def bare(parameter: Parameter) -> Parameter:
    """The parameter without its type."""
    return parameter.replace(annotation=Parameter.empty)


def _parameters(op: Op) -> list[Parameter] | None:
    if isinstance(op, Composed):
        return parameters(op.function)
    if isinstance(op, ClassOp):
        fields = parameters(op.cls.__init__)[1:]
        return [*_by_position(_named(op, _arrays(op), {field.name for field in fields})), *fields]
    if isinstance(op, Elementwise):
        return _by_position(_named(op, _operands(op)))
    return None


def _arrays(op: ClassOp) -> list[str]:
    return ["arrays"] if op.arity is None else [one.name for one in parameters(op.cls.forward)[1 : op.arity + 1]]


def _operands(op: Elementwise) -> list[str]:
    """The names of the arrays in the first slope that is a function of them."""
    for slope in op.slopes:
        names = _positional(getattr(slope, "function", None))
        if len(names) == op.arity:
            return names
    return ["x", "y", "z"][: op.arity] if op.arity <= 3 else [f"x{i}" for i in range(op.arity)]


def _named(op: Op, own: list[str], taken: Collection[str] = ()) -> list[str]:
    """The names of the arrays in the NumPy function that ``op`` stands for; their own where there is none."""
    for function in op.functions:
        if (getattr(function, "__module__", None) or "").partition(".")[0] == "numpy":
            names = _positional(function)
            if len(names) >= len(own) and not set(names[: len(own)]) & set(taken):
                return names[: len(own)]
    return own


def _positional(function: Any) -> list[str]:
    """The names of what ``function`` takes by position; none where Python does not know them."""
    try:
        return [one.name for one in signature(function).parameters.values() if one.kind in BY_POSITION]
    except (TypeError, ValueError):
        return []


def _by_position(names: list[str]) -> list[Parameter]:
    return [Parameter(name, Parameter.POSITIONAL_ONLY) for name in names]


def describe(*kinds: Any) -> None:
    """Let the ops of these classes speak for themselves."""
    for kind in kinds:
        kind.__doc__ = Doc(kind.__doc__)
        kind.__signature__ = Arguments()
