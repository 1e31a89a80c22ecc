"""The adjoint of indexing on chunks: nothing is computed, and an axis is placed at a time where the index allows it.

Integers, slices and None keep the chunks. A mask or an array of integers takes the whole of its axis into one chunk; a
mask of several axes, and what dask itself does not take as an index, the whole array.
"""

import operator
from typing import Any, Final, TypeAlias

import dask.array as da
import numpy as np

from corelib.errors import InvalidOperand, UnsupportedArgument

Shape: TypeAlias = tuple[int, ...]
INTEGER: Final = (int, np.integer)
ALL: Final = slice(None)


def placed(values: Any, index: Any, shape: Shape) -> Any:
    """Zeros of ``shape`` to which ``values`` are added at ``index``."""
    parts = parsed(index, len(shape))
    arrays = [part for part in parts if is_array(part)]
    if len(parts) == 1 and arrays and arrays[0].dtype == bool and arrays[0].shape == shape:
        flat = added(values, 0, arrays[0].ravel(), int(np.prod(shape)))
        return flat.reshape(shape)
    if len(arrays) > 1 or any(part.ndim != 1 for part in arrays):
        return at_once(values, tuple(parts), shape)
    if arrays and is_moved(index):
        at = next(i for i, part in enumerate(parts) if is_array(part))
        values = da.moveaxis(values, 0, sum(not is_integer(part) for part in parts[:at]))
    return axis_by_axis(values, parts, shape)


def parsed(index: Any, ndim: int) -> list[Any]:
    """The parts of an index: a slice, integer or array for each axis, and None. Lists become arrays."""
    given = index if type(index) is tuple else (index,)
    parts = [part if is_basic(part) or isinstance(part, da.Array) else np.asarray(part) for part in given]
    rest = [ALL] * (ndim - sum(map(axes_of, parts)))
    ellipses = [i for i, part in enumerate(parts) if part is Ellipsis]
    at = ellipses[0] if ellipses else len(parts)
    return [*parts[:at], *rest, *parts[at + 1 :]]


def is_basic(part: Any) -> bool:
    """Whether NumPy returns a view for this part of an index."""
    return part is None or part is Ellipsis or isinstance(part, slice) or is_integer(part)


def is_integer(part: Any) -> bool:
    return isinstance(part, INTEGER) and not isinstance(part, bool)


def is_array(part: Any) -> bool:
    return isinstance(part, (np.ndarray, da.Array))


def axes_of(part: Any) -> int:
    """How many axes of the indexed array a part of an index stands for."""
    if part is None or part is Ellipsis:
        return 0
    return int(part.ndim) if is_array(part) and part.dtype == bool else 1


def is_moved(index: Any) -> bool:
    """Whether NumPy would move the axis of the array: an integer is in the index, and something is between them.

    An Ellipsis counts, though it may stand for no axis.
    """
    parts = index if type(index) is tuple else (index,)
    advanced = [i for i, part in enumerate(parts) if is_integer(part) or not is_basic(part)]
    return len(advanced) > 1 and advanced[-1] - advanced[0] >= len(advanced)


def axis_by_axis(values: Any, parts: list[Any], shape: Shape) -> Any:
    """An index of which each part is of one axis: first what gives ``values`` the axes of the result, then each."""
    axes = [part for part in parts if part is not None]
    axis = 0
    for part in parts:
        if part is None:
            values = values[(*[ALL] * axis, 0)]
        elif is_integer(part):
            values = values[(*[ALL] * axis, None)]
        axis += part is not None
    if values.ndim != len(shape):
        raise InvalidOperand(f"place: values of {values.ndim} axes do not fit {shape} at this index")
    for i, part in enumerate(axes):  # first, as they make an unknown size known
        if is_array(part):
            values = added(values, i, part, shape[i])
    for i, part in enumerate(axes):
        if not is_array(part):
            values = along_slice(values, i, as_slice(part, shape[i]), shape[i])
    return values


def as_slice(part: Any, size: int) -> slice:
    if isinstance(part, slice):
        return part
    start = operator.index(part) % size
    return slice(start, start + 1)


def along_slice(values: Any, axis: int, part: slice, size: int) -> Any:
    """Zeros of ``size`` along ``axis`` with ``values`` at a slice. The chunks stay, and zeros come beside them."""
    taken = range(*part.indices(size))
    if values.shape[axis] != len(taken):
        raise InvalidOperand(f"place: {values.shape[axis]} values along axis {axis} do not fit {part} of {size}")
    if not taken:
        return gap(values, axis, size)
    if taken.step < 0:
        values, taken = da.flip(values, axis), taken[::-1]
    if taken.step > 1:
        values = spread(values, axis, taken.step)[(*[ALL] * axis, slice(taken[-1] - taken.start + 1))]
    before, after = taken.start, size - taken[-1] - 1
    beside = [gap(values, axis, before)] * (before > 0), [gap(values, axis, after)] * (after > 0)
    return da.concatenate([*beside[0], values, *beside[1]], axis)


def gap(values: Any, axis: int, size: int) -> Any:
    """Zeros of ``size`` along ``axis``, in the chunks of ``values`` along the other axes."""
    chunks = (*values.chunks[:axis], max(size, 1), *values.chunks[axis + 1 :])
    return da.zeros((*values.shape[:axis], size, *values.shape[axis + 1 :]), chunks=chunks, dtype=values.dtype)


def spread(values: Any, axis: int, step: int) -> Any:
    """Each entry along ``axis`` with ``step - 1`` zeros after it."""
    sizes = tuple([step * size for size in values.chunks[axis]])
    chunks = (*values.chunks[:axis], sizes, *values.chunks[axis + 1 :])
    return values.map_blocks(_spread, axis=axis, step=step, chunks=chunks, dtype=values.dtype)


def _spread(chunk: Any, axis: int, step: int) -> Any:
    shape = (*chunk.shape[:axis], step * chunk.shape[axis], *chunk.shape[axis + 1 :])
    zeros = np.zeros_like(chunk, shape=shape)
    zeros[(*[ALL] * axis, slice(None, None, step))] = chunk
    return zeros


def added(values: Any, axis: int, part: Any, size: int) -> Any:
    """Zeros of ``size`` along ``axis`` to which ``values`` are added at a mask, or at an array of integers."""
    labels = list(range(values.ndim))
    whole, entries = values.ndim, values.ndim + 1  # the labels of the axis of the result, and of the index
    return da.blockwise(
        _added, [whole if label == axis else label for label in labels], values, labels,
        da.from_array(part, name=False) if isinstance(part, np.ndarray) else part, [entries],
        new_axes={whole: size}, axis=axis, size=size, **_gathered(values.ndim, values.dtype),
    )  # fmt: skip


def _added(chunk: Any, part: Any, axis: int, size: int) -> Any:
    shape = (*chunk.shape[:axis], size, *chunk.shape[axis + 1 :])
    return _put(chunk, (*[ALL] * axis, part), shape)


def at_once(values: Any, index: tuple[Any, ...], shape: Shape) -> Any:
    """Any index of NumPy's: the whole is one chunk."""
    if any(isinstance(part, da.Array) for part in index):
        raise UnsupportedArgument(
            "place: dask takes one array of its own in an index, of one axis or a mask of all axes"
        )
    labels = list(range(values.ndim))
    out = [values.ndim + i for i in range(len(shape))]
    return da.blockwise(
        _put, out, values, labels, index=index, shape=shape,
        new_axes=dict(zip(out, shape, strict=True)), **_gathered(len(shape), values.dtype),
    )  # fmt: skip


def _put(chunk: Any, index: Any, shape: Shape) -> Any:
    zeros = np.zeros_like(chunk, shape=shape)
    np.add.at(zeros, index, chunk)
    return zeros


def _gathered(ndim: int, dtype: Any) -> dict[str, Any]:
    """What blockwise is given so that a function gets all chunks along an axis at once, and is not called to try it."""
    return {"concatenate": True, "align_arrays": False, "dtype": dtype, "meta": np.empty((0,) * ndim, dtype)}
