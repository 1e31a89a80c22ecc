"""NumPy functions with the type that their results have, for those whose types say Any.

In a forward or backward ``return np.sum(x, axis=0)`` is refused by mypy --strict ([no-any-return]): NumPy's types
leave open whether it is an array or a number. These are the same functions, and say Array. Like NumPy's own they
take Tensors too, and so a backward that uses them can be differentiated again.
"""

from typing import Any

import numpy as np

from corelib.core.tensor import Array, Axis

__all__ = ["dot", "einsum", "matmul", "max", "mean", "min", "prod", "sum", "take"]


def sum(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """``np.sum(x, axis=axis, keepdims=keepdims)``."""
    result: Array = np.sum(x, axis=axis, keepdims=keepdims)
    return result


def prod(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """``np.prod(x, axis=axis, keepdims=keepdims)``."""
    result: Array = np.prod(x, axis=axis, keepdims=keepdims)
    return result


def mean(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """``np.mean(x, axis=axis, keepdims=keepdims)``."""
    result: Array = np.mean(x, axis=axis, keepdims=keepdims)
    return result


def max(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """``np.max(x, axis=axis, keepdims=keepdims)``."""
    result: Array = np.max(x, axis=axis, keepdims=keepdims)
    return result


def min(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """``np.min(x, axis=axis, keepdims=keepdims)``."""
    result: Array = np.min(x, axis=axis, keepdims=keepdims)
    return result


def matmul(x: Array, y: Array) -> Array:
    """``np.matmul(x, y)``."""
    result: Array = np.matmul(x, y)
    return result


def dot(x: Array, y: Array) -> Array:
    """``np.dot(x, y)``."""
    result: Array = np.dot(x, y)
    return result


def einsum(subscripts: str, *operands: Array) -> Array:
    """``np.einsum(subscripts, *operands)``."""
    result: Array = np.einsum(subscripts, *operands)
    return result


def take(x: Array, indices: Any, axis: int | None = None) -> Array:
    """``np.take(x, indices, axis)``."""
    result: Array = np.take(x, indices, axis)
    return result
