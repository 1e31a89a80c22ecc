"""Entries put between those of an array: insert."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from corelib.extend import Array, Shape, Tensor, Wanted, composed, linear, native
from corelib_shape.broadcasting import fitted, summed
from corelib_shape.indexing import taken
from corelib_shape.taking import along, on_host, tensor
from corelib_shape.updating import put_in, without_tensors


@dataclass(frozen=True, slots=True)
class Insert:
    """``x`` and ``values`` along ``axis``, the latter at ``places`` of the result. Each gets its own gradients."""

    places: Any
    axis: int

    def rest(self, length: int) -> Array:
        """Which of ``length`` entries of the result are those of x."""
        old = np.ones(length, bool)
        old[self.places] = False
        return old

    def forward(self, x: Array, values: Array) -> Array:
        new = len(np.arange(self.places.stop)[self.places]) if isinstance(self.places, slice) else len(self.places)
        length = x.shape[self.axis] + new
        old, before, after = self.rest(length), x.shape[: self.axis], x.shape[self.axis + 1 :]
        if not (native(x) and native(values)):
            order = np.empty(length, np.intp)
            order[old], order[self.places] = np.arange(length - new), np.arange(length - new, length)
            joined = np.concatenate([x, fitted(values, (*before, new, *after))], self.axis)
            whole: Array = joined[along(self.axis, x.ndim, order)]
            return whole
        whole = np.empty((*before, length, *after), x.dtype)
        whole[along(self.axis, x.ndim, self.places)] = values
        whole[along(self.axis, x.ndim, old)] = x
        return whole

    def backward(
        self, propagated: Array, shape: Shape, values: Shape, *, wanted: Wanted
    ) -> tuple[Array | None, Array | None]:
        by_x = by_values = None
        if wanted[0]:
            old = self.rest(propagated.shape[self.axis])
            by_x = taken(propagated, along(self.axis, len(shape), old if native(propagated) else np.flatnonzero(old)))
        if wanted[1]:
            by_values = summed(taken(propagated, along(self.axis, len(shape), self.places)), values)
        return by_x, by_values


insert_at: Final = linear(Insert, name="insert")


def _positions(obj: Any, length: int) -> Array:
    """The positions that ``obj`` (an integer, a slice, integers, a mask) stands for along an axis of ``length``."""
    if isinstance(obj, slice):
        return np.arange(*obj.indices(length))
    indices = np.array(obj)
    if indices.ndim > 1 or (indices.dtype == bool and indices.ndim == 0):
        raise ValueError("insert takes a position, or a row of positions, or a mask along the axis")
    if indices.dtype == bool:
        return np.flatnonzero(indices)
    if indices.size and indices.dtype.kind not in "iu":
        raise TypeError(f"positions are integers, not {indices.dtype}")
    return indices if indices.size or isinstance(obj, np.ndarray) else indices.astype(np.intp)


def _places(indices: Array, length: int, new: int) -> Any:
    """Where the ``new`` values are in the result."""
    if indices.size == 1:
        index = int(indices.item())
        if not -length <= index <= length:
            raise IndexError(f"position {index} is out of bounds for an axis of {length} entries")
        index += length if index < 0 else 0
        return slice(index, index + new)
    places = np.where(indices < 0, indices + length, indices)
    places[places.argsort(kind="stable")] += np.arange(new)
    return places


def _insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Tensor:
    """``arr`` with ``values`` before its entries ``obj`` along ``axis``; the flattened array where that is None.

    The values are broadcast, and converted to the dtype of ``arr``. Complex values in a real array are refused.
    """
    if axis is None:
        arr, axis = np.ravel(arr), 0
    axis = normalize_axis_index(axis, np.ndim(arr))
    x = tensor(arr)
    v = put_in(x.dtype, values)
    length = x.shape[axis]
    indices = _positions(on_host(without_tensors(obj)), length)
    if indices.size != 1:
        return insert_at(x, v, places=_places(indices, length, indices.size), axis=axis)
    v = v if v.ndim >= x.ndim else v.reshape((1,) * (x.ndim - v.ndim) + v.shape)
    if indices.ndim == 0:  # a[:, 0, :] = values broadcasts in another way than a[:, [0], :] = values
        v = np.moveaxis(v, 0, axis)
    return insert_at(x, v, places=_places(indices, length, v.shape[axis]), axis=axis)


insert: Final = composed(_insert, numpy=np.insert, name="insert")
