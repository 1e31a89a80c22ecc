"""What an assignment to entries would make, in a new array: index_set, index_add, put_along_axis."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from corelib.errors import InvalidOperandType, UnsupportedArgument
from corelib.extend import Array, Shape, Tensor, Wanted, composed, like, linear, native, ones
from corelib_shape.broadcasting import fitted, summed
from corelib_shape.indexing import may_repeat, placed, taken
from corelib_shape.taking import tensor


def shape_at(index: Any, shape: Shape) -> Shape:
    """The shape of ``x[index]`` for an x of ``shape``."""
    if isinstance(index, np.ndarray) and index.dtype != bool:
        return (*index.shape, *shape[1:])
    entries: Array = np.broadcast_to(False, shape)[index]
    return entries.shape


def survivors(index: Any, shape: Shape) -> Any:
    """Which of the values assigned to ``x[index]`` are still there at the end; None for all of them.

    Of several that are assigned to one entry, the last one is.
    """
    if not may_repeat(index):
        return None
    if not all([native(part) for part in (index if type(index) is tuple else (index,)) if hasattr(part, "dtype")]):
        raise UnsupportedArgument("index_set takes positions in NumPy's arrays: positions elsewhere may repeat unseen")
    order = np.arange(int(np.prod(shape_at(index, shape)))).reshape(shape_at(index, shape))
    marks = np.empty(shape, np.intp)
    marks[index] = order
    survive = marks[index] == order
    return None if np.all(survive) else survive


def surviving(entries: Any, survive: Any) -> Any:
    """``entries``, and 0 in the place of those that do not survive."""
    if survive is None:
        return entries
    return np.where(survive if native(entries) else np.asarray(survive, like=like(entries)), entries, 0)


def of_kind(values: Any, x: Any) -> Any:
    """``values`` of the kind of ``x``, if they are a number: other arrays of NumPy's are refused beside others."""
    return np.asarray(values, like=like(x)) if native(values) and not np.ndim(values) else values


def assigned(x: Any, index: Any, values: Any) -> Any:
    """A copy of ``x`` after ``x[index] = values``, in the dtype that is common to both."""
    if isinstance(x, Tensor):
        return index_set(x, index, values)
    if not (native(x) and native(values)):
        return _assigned_elsewhere(x, index, values)
    new = np.array(x, np.result_type(x, values), order="C")
    if np.ndim(values) and may_repeat(index):  # in the order of survivors(), whatever the strides of the values
        values = np.ascontiguousarray(fitted(np.asarray(values), shape_at(index, x.shape)))
    new[index] = values
    return new


def _assigned_elsewhere(x: Any, index: Any, values: Any) -> Any:
    """The same of arrays that are not NumPy's, some of which cannot be assigned to."""
    shape = np.shape(taken(x, index))
    changed = placed(ones(shape, x.dtype, x), index, x.shape) != 0
    if type(values) is int:
        return np.where(changed, values, x)
    entries = surviving(fitted(of_kind(values, x), shape), survivors(index, x.shape))
    return np.where(changed, placed(entries, index, x.shape), x)


@dataclass(frozen=True, slots=True)
class IndexSet:
    """``x`` with ``values`` in the place of ``x[index]``. The gradient of each entry goes to where it came from."""

    index: Any

    def forward(self, x: Array, values: Array) -> Array:
        new: Array = assigned(x, self.index, values)
        return new

    def backward(
        self, propagated: Array, shape: Shape, values: Shape, *, wanted: Wanted
    ) -> tuple[Array | None, Array | None]:
        by_x = assigned(propagated, self.index, 0) if wanted[0] else None
        if not wanted[1]:
            return by_x, None
        entries = surviving(taken(propagated, self.index), survivors(self.index, shape))
        return by_x, summed(entries, values)


@dataclass(frozen=True, slots=True)
class IndexAdd:
    """``x`` with ``values`` added to ``x[index]``, several times to an entry that the index has several times."""

    index: Any

    def forward(self, x: Array, values: Array) -> Array:
        if not (native(x) and native(values)):
            entries = fitted(of_kind(values, x), np.shape(taken(x, self.index)))
            added: Array = x + placed(entries, self.index, x.shape)
            return added
        new = np.array(x, np.result_type(x, values), order="C")
        if may_repeat(self.index):
            np.add.at(new, self.index, fitted(values, shape_at(self.index, x.shape)))
        else:
            entries = new[self.index]
            new[self.index] = entries + fitted(values, np.shape(entries))
        return new

    def backward(
        self, propagated: Array, shape: Shape, values: Shape, *, wanted: Wanted
    ) -> tuple[Array | None, Array | None]:
        by_values = summed(taken(propagated, self.index), values) if wanted[1] else None
        return propagated if wanted[0] else None, by_values


set_at: Final = linear(IndexSet, name="index_set")
add_at: Final = linear(IndexAdd, name="index_add")


def without_tensors(index: Any) -> Any:
    """An index in which arrays stand for Tensors: of integers or booleans, which have no gradient."""
    if type(index) is tuple:
        return tuple([part.data if isinstance(part, Tensor) else part for part in index])
    return index.data if isinstance(index, Tensor) else index


def _index_set(x: Any, index: Any, values: Any) -> Tensor:
    """A copy of ``x`` after ``x[index] = values``, for any index that NumPy takes, in the dtype common to both.

    Of several values for one entry the last one stays, as in NumPy, and it alone has a gradient.
    """
    return set_at(x, values, index=without_tensors(index))


def _index_add(x: Any, index: Any, values: Any) -> Tensor:
    """A copy of ``x`` after ``x[index] += values``, for any index that NumPy takes, in the dtype common to both.

    Of several values for one entry all are added, as by ``numpy.add.at``.
    """
    return add_at(x, values, index=without_tensors(index))


def put_in(dtype: Any, values: Any) -> Any:
    """``values`` as an array of ``dtype`` takes them. Raises InvalidOperandType for complex ones in a real array."""
    v = tensor(values)
    if v.dtype.kind == "c" and np.dtype(dtype).kind != "c":
        raise InvalidOperandType(f"complex values would lose their imaginary part in {dtype}; convert the array first")
    return v if v.dtype == dtype else v.astype(dtype)


def _put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None = -1) -> Tensor:
    """A copy of ``arr`` after ``numpy.put_along_axis(arr, indices, values, axis)``, which writes into its array.

    y[i, indices[i, j]] = values[i, j] for the last axis, and likewise for any other; flattened without one.
    """
    if axis is None:
        flat = _put_along_axis(np.ravel(arr), np.ravel(without_tensors(indices)), values, 0)
        return flat.reshape(np.shape(arr))
    ndim, shape = np.ndim(arr), np.shape(arr)
    if np.ndim(indices) != ndim:
        raise ValueError(f"indices have as many axes as the array, {ndim}, not {np.ndim(indices)}")
    grid: list[Any] = [np.arange(n).reshape([-1 if i == j else 1 for j in range(ndim)]) for i, n in enumerate(shape)]
    grid[axis] = without_tensors(indices)
    return _index_set(arr, tuple(grid), values)


index_set: Final = composed(_index_set, name="index_set")
index_add: Final = composed(_index_add, name="index_add")
put_along_axis: Final = composed(_put_along_axis, name="put_along_axis")
