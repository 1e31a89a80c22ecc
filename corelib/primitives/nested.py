"""Arrays of nested lists that hold Tensors, which ``numpy.array`` would take out of the graph."""

from typing import Any

import numpy as np
import numpy.typing as npt

from corelib.core.tensor import DEEPEST, Tensor, apply
from corelib.errors import InvalidOperand, InvalidOperandType
from corelib.primitives.portable import like, native


def array(data: Any, dtype: npt.DTypeLike | None = None, *, copy: bool | None = True, ndmin: int = 0) -> Tensor:
    """A Tensor of what ``numpy.array`` takes, and of nested lists that hold Tensors.

    Each Tensor in a list gets the gradient of its own entries. The dtype is the one that ``numpy.array`` finds, or
    ``dtype``; the result has at least ``ndmin`` axes. With ``copy=None`` an array that fits is not copied; with
    ``copy=False`` one that would have to be is refused. Raises InvalidOperand for that, and for entries of different
    shapes; InvalidOperandType for what is no number.

    >>> import corelib
    >>> def determinant(a):
    ...     m = corelib.array([[a, 2.0], [1.0, a]])
    ...     return m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0]
    >>> corelib.grad(determinant)(3.0)
    array(6.)
    """
    joined = _joined(data, 0)
    made = joined if isinstance(joined, Tensor) else Tensor(joined)
    if dtype is not None and made.dtype != np.dtype(dtype):
        made = made.astype(dtype)
    if copy and (made is data or made.data is data):
        made = apply(np.copy, made)
    elif copy is False and made is not data and made.data is not data:
        raise InvalidOperand("array: copy=False, and these entries are not of such an array; write copy=None")
    return made if made.ndim >= ndmin else made.reshape((1,) * (ndmin - made.ndim) + made.shape)


def asarray(data: Any, dtype: npt.DTypeLike | None = None, *, copy: bool | None = None) -> Tensor:
    """As ``array``, but a Tensor or an array that has the ``dtype`` already is not copied.

    >>> import corelib
    >>> x = corelib.Tensor([1.0, 2.0])
    >>> corelib.asarray(x) is x
    True
    """
    return array(data, dtype, copy=copy)


def _joined(data: Any, depth: int) -> Any:
    """The Tensor of a list that holds Tensors, at any depth; other data as it is."""
    if isinstance(data, Tensor):
        return data
    if not isinstance(data, (list, tuple)):
        return Tensor(data) if hasattr(data, "__array_function__") and not native(data) else data
    if depth == DEEPEST:
        raise InvalidOperandType(f"array: a list is nested deeper than {DEEPEST} axes, or contains itself")
    entries = [_joined(entry, depth + 1) for entry in data]
    model = next((entry for entry in entries if isinstance(entry, Tensor)), None)
    if model is None:
        return data
    parts = [e if isinstance(e, Tensor) else Tensor(np.asarray(e, like=like(model))) for e in entries]
    odd = next((part for part in parts if part.shape != model.shape), None)
    if odd is not None:
        raise InvalidOperand(f"array: a list has entries of the shapes {model.shape} and {odd.shape}")
    return apply(np.stack, parts)
