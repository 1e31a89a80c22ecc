"""What ``copy``, ``deepcopy`` and ``pickle`` make of a Tensor."""

from types import MemberDescriptorType
from typing import Any

import numpy as np

from corelib.core.tensor import Array, Tensor, make
from corelib.errors import InvalidOperandType


def copied(tensor: Tensor) -> Tensor:
    """``copy.copy``: of a result, another Tensor of the same call; else one of its own.

    As everywhere, a trainable Tensor owns its array and its gradient, and another one shares its array.
    """
    if _is_result(tensor):
        twin = make(tensor._entries, tensor._node)
    else:
        grad = None if tensor.grad is None else tensor.grad.copy()
        data = tensor._entries.copy() if tensor.trainable else tensor._entries
        twin = restored(type(tensor), data, tensor.trainable, tensor.name, grad)
    twin.__setstate__(_attributes(tensor))
    return twin


def reduced(tensor: Tensor) -> tuple[Any, ...]:
    """What ``deepcopy`` and ``pickle`` rebuild a Tensor from.

    Raises InvalidOperandType for a trainable result: its calls belong to the graph that it was made in.
    """
    if _is_result(tensor):
        raise InvalidOperandType(
            f"{tensor!r} is the result of a recorded call, which is not copied or pickled with it; "
            "use .detach() for its value, or the Tensors that it was computed from"
        )
    parts = (type(tensor), tensor._entries, tensor.trainable, tensor.name, tensor.grad)
    return restored, parts, _attributes(tensor)


def restored(kind: type[Tensor], data: Array, trainable: bool, name: str | None, grad: Array | None) -> Tensor:
    """The inverse of ``reduced``: the Tensor takes the arrays as they are."""
    tensor = kind.__new__(kind)
    Tensor.__init__(tensor, np.asarray(data) if isinstance(data, np.generic) else data, name=name)
    if trainable:
        tensor._node = tensor._own_leaf()
    if grad is not None:
        tensor.grad = grad
    return tensor


def _is_result(tensor: Tensor) -> bool:
    """Whether it stands in a graph by something else than a leaf of its own."""
    return tensor._node is not None and tensor._node is not tensor._leaf


def _attributes(tensor: Tensor) -> dict[str, Any]:
    """What a subclass added: what is in its ``__dict__`` and in its slots."""
    found = dict(getattr(tensor, "__dict__", {}))
    for kind in type(tensor).__mro__:
        members = [name for name, value in vars(kind).items() if isinstance(value, MemberDescriptorType)]
        if kind is not Tensor:
            found |= {name: getattr(tensor, name) for name in members if hasattr(tensor, name)}
    return found
