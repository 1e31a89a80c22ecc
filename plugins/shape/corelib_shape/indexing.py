"""Indexing, and its adjoint: the gradients put back where the entries came from."""

import operator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from corelib.extend import Array, Shape, Tensor, linear, native
from corelib_shape import foreign

BASIC: Final = (int, np.integer, slice, type(None), type(Ellipsis))


def placed(values: Array, index: Any, shape: Shape) -> Any:
    """Zeros of ``shape`` to which ``values`` are added at ``index``."""
    if isinstance(values, Tensor):
        return place(values, index, shape)
    if type(values) is not np.ndarray:
        if hasattr(values, "__array_function__"):
            return foreign.placed(values, index, shape, repeats=may_repeat(index))
        values = np.asarray(values)  # a single number
    zeros = np.zeros(shape, values.dtype)
    if may_repeat(index):
        np.add.at(zeros, index, values)
    else:
        zeros[index] = values
    return zeros


def may_repeat(index: Any) -> bool:
    """Whether an entry can be taken several times: only arrays of integers do that."""
    for part in index if type(index) is tuple else (index,):
        if not isinstance(part, BASIC):
            dtype = part.dtype if hasattr(part, "dtype") else np.asarray(part).dtype
            if dtype.kind != "b":
                return True
    return False


def taken(x: Any, index: Any) -> Any:
    """``x[index]``."""
    return x[index] if isinstance(x, Tensor) or native(x) else foreign.taken(x, index)


@dataclass(frozen=True, slots=True)
class GetItem:
    """``x[index]`` for any index that NumPy takes.

    An entry that is taken several times gets the sum of its copies' gradients, one that is not taken 0.
    Raises IndexError where x has no such entry. A basic index (integers, slices, None, ...) returns a view.
    """

    index: Any

    def forward(self, x: Array) -> Array:
        entries: Array = x[self.index] if type(x) is np.ndarray else taken(x, self.index)
        return entries

    def backward(self, propagated: Array, shape: Shape) -> Array:
        entries: Array = placed(propagated, self.index, shape)
        return entries


@dataclass(frozen=True, slots=True)
class Place:
    """Zeros of ``shape`` to which ``values`` are added at ``index``: the adjoint of indexing, and linear too."""

    index: Any
    shape: Shape

    def forward(self, values: Array) -> Array:
        entries: Array = placed(values, self.index, self.shape)
        return entries

    def backward(self, propagated: Array, shape: Shape) -> Array:
        entries: Array = taken(propagated, self.index)
        return entries


getitem: Final = linear(GetItem, numpy=operator.getitem)
place: Final = linear(Place)
