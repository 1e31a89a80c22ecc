"""Ops written in other ops: differentiable because their parts are."""

from collections.abc import Callable, Sequence
from inspect import Parameter, signature
from typing import Any

from corelib.core.arrays import has_mask
from corelib.core.compiling import caused
from corelib.core.graph import like
from corelib.core.tensor import Tensor, as_array, make
from corelib.errors import InvalidOp
from corelib.primitives.op import Op, refuse


class Composed(Op):
    """A function on Tensors, in the place of the NumPy function that it stands for."""

    def __init__(self, function: Callable[..., Any], name: str, functions: tuple[Callable[..., Any], ...]) -> None:
        super().__init__(name, function.__doc__, functions)
        self.function = function
        taken = _parameters(function, name)
        self.fields: tuple[str, ...] = tuple(p.name for p in taken if p.kind is not Parameter.VAR_POSITIONAL)

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        for value in (*args, *keywords.values()):
            if has_mask(value):
                raise self.masked(value)
        try:
            return wrapped(self.function(*args, **keywords))
        except Exception as error:
            refuse(error, self, args)

    def from_numpy(self, function: Callable[..., Any], args: Sequence[Any], keywords: dict[str, Any]) -> Any:
        arguments = self.arguments_of(function, 0, self.fields)
        known = {k: v for k, v in keywords.items() if arguments.is_field(k, v)}
        return self(*args, **known)


def _parameters(function: Callable[..., Any], name: str) -> list[Parameter]:
    try:
        return list(signature(function).parameters.values())
    except ValueError as error:
        raise caused(InvalidOp(f"{name}: {error}; compose it of a function that calls it"), error) from error


def wrapped(result: Any) -> Any:
    """``result`` as a Tensor, or as the tuple, named tuple or list of Tensors that the function returned."""
    if isinstance(result, Tensor):
        return result
    if isinstance(result, list):
        return [wrapped(entry) for entry in result]
    if isinstance(result, tuple):
        return like(result, [wrapped(entry) for entry in result])
    return make(as_array(result), None)
