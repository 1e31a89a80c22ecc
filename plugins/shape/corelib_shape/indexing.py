"""Indexing, and its adjoint: the gradients put back where the entries came from."""

import operator
from dataclasses import dataclass
from math import isnan
from typing import Any, Final

import numpy as np

from corelib.errors import UnsupportedArgument
from corelib.extend import Array, Shape, Tensor, kind_of_array, linear, native

BASIC: Final = (int, np.integer, slice, type(None), type(Ellipsis))


def placed(values: Array, index: Any, shape: Shape) -> Any:
    """Zeros of ``shape`` to which ``values`` are added at ``index``."""
    if isinstance(values, Tensor):
        return place(values, index, shape)
    if type(values) is not np.ndarray:
        if hasattr(values, "__array_function__"):
            return placed_abroad(values, index, shape)
        values = np.asarray(values)  # a single number
    zeros = np.zeros(shape, values.dtype)
    if may_repeat(index):
        np.add.at(zeros, index, values)
    else:
        zeros[index] = values
    return zeros


def placed_abroad(values: Any, index: Any, shape: Shape) -> Any:
    """The same for an array that may not be NumPy's, by its kind; without one, as far as NumPy's protocols go.

    Raises UnsupportedArgument where the array refuses the index.
    """
    kind = kind_of_array(values)
    if kind is not None:
        return kind.place(values, index, shape)
    zeros = np.zeros(shape, dtype=values.dtype, like=values)
    try:
        if may_repeat(index):
            np.add.at(zeros, index, values)
        else:
            zeros[index] = values
    except (TypeError, ValueError, IndexError, NotImplementedError) as error:
        raise UnsupportedArgument(
            f"the gradient of [{index!r}] cannot be put into an array of {type(values).__module__}: {error}; a plugin "
            "can describe how, by the hook corelib_array_kinds"
        ) from error
    return zeros


def may_repeat(index: Any) -> bool:
    """Whether an entry can be taken several times: only arrays of integers do that."""
    for part in index if type(index) is tuple else (index,):
        if not isinstance(part, BASIC) and as_index(part).dtype != bool:
            return True
    return False


def as_index(positions: Any) -> Any:
    """Positions in an array: of NumPy's, or of the kind of array that they are in already."""
    return positions if hasattr(positions, "__array_function__") and not native(positions) else np.asarray(positions)


def taken(x: Any, index: Any) -> Any:
    """``x[index]`` of an array that may not be NumPy's. Raises UnsupportedArgument where the result is another."""
    if native(x):
        return x[index]
    parts = [simple(part) for part in index] if type(index) is tuple else [simple(index)]
    entries = x[tuple(parts)]
    if any([isnan(n) for n in entries.shape]):
        raise UnsupportedArgument(
            "the length of the result depends on a mask that is not computed; index with the positions (np.nonzero "
            "of a mask of NumPy's), or choose among the entries with np.where"
        )
    if any([isinstance(part, bool) for part in parts]):
        expected = np.broadcast_to(False, x.shape)[index].shape
        if entries.shape != expected:
            raise UnsupportedArgument(f"{type(x).__module__} does not take True or False as NumPy does; write None")
    return entries


def simple(part: Any) -> Any:
    """A part of an index, as a Python number where it is an array of one: not all kinds of array take those."""
    return part.item() if isinstance(part, (np.ndarray, np.generic)) and part.ndim == 0 else part


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
        entries: Array = propagated[self.index]
        return entries


getitem: Final = linear(GetItem, numpy=operator.getitem)
place: Final = linear(Place)
