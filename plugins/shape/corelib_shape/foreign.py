"""Indexing of arrays that are not NumPy's, and its adjoint: what NumPy takes as an index, put as others take it."""

from math import isnan
from typing import Any

import numpy as np

from corelib.errors import UnsupportedArgument
from corelib.extend import Shape, kind_of_array, native


def as_index(positions: Any) -> Any:
    """Positions in an array: of NumPy's, or of the kind of array that they are in already."""
    return positions if hasattr(positions, "__array_function__") and not native(positions) else np.asarray(positions)


def taken(x: Any, index: Any) -> Any:
    """``x[index]``. Raises UnsupportedArgument where that is not what NumPy's arrays return."""
    mask = index[0] if type(index) is tuple and len(index) == 1 else index
    if isinstance(mask, np.ndarray) and mask.dtype == bool and mask.ndim > 0 and mask.shape == x.shape[: mask.ndim]:
        # How many entries a mask of NumPy's takes is known here. Other arrays would wait, or not know their length.
        return x.reshape(mask.size, *x.shape[mask.ndim :])[np.flatnonzero(mask)]
    parts = parts_of(index)
    at = moved(parts)
    if at is not None:  # NumPy moves the axis of the array to the front there, and dask leaves it where it is
        rest = x[(*parts[:at], slice(None), *parts[at + 1 :])]
        axis = sum(not isinstance(part, (int, np.integer)) for part in parts[:at])
        return np.moveaxis(rest[(*[slice(None)] * axis, parts[at])], axis, 0)
    try:
        entries = x[parts]
    except NotImplementedError as error:  # dask takes an array of positions along one axis alone
        positions = in_a_row(parts, x.shape)
        if positions is None:
            raise UnsupportedArgument(f"{type(x).__module__} does not take the index {index!r}: {error}") from error
        return x.reshape(-1)[positions.reshape(-1)].reshape(positions.shape)
    if any([isnan(n) for n in entries.shape]):
        raise UnsupportedArgument(
            "the length of the result depends on a mask that is not computed; index with a mask of NumPy's, or choose "
            "among the entries with np.where"
        )
    if any([isinstance(part, bool) for part in parts]):  # dask takes True for 1
        expected = np.broadcast_to(False, x.shape)[index].shape
        if entries.shape != expected:
            raise UnsupportedArgument(f"{type(x).__module__} does not take True or False as NumPy does; write None")
    return entries


def parts_of(index: Any) -> tuple[Any, ...]:
    """The parts of an index, numbers in the place of arrays of one: not all kinds of array take those."""
    parts = index if type(index) is tuple else (index,)
    found = [p.item() if isinstance(p, (np.ndarray, np.generic)) and p.ndim == 0 else p for p in parts]
    return (None,) if len(found) == 1 and found[0] is True else tuple(found)


def moved(parts: tuple[Any, ...]) -> int | None:
    """Where an array of one axis is, if it is the only one and something is between it and an integer; None else."""
    advanced = [i for i, part in enumerate(parts) if not isinstance(part, (slice, type(None), type(Ellipsis)))]
    arrays = [i for i in advanced if not isinstance(parts[i], (int, np.integer))]
    if len(arrays) != 1 or np.ndim(parts[arrays[0]]) != 1 or advanced[-1] - advanced[0] < len(advanced):
        return None
    return arrays[0] if Ellipsis not in parts[: arrays[0]] else None


def in_a_row(parts: tuple[Any, ...], shape: Shape) -> Any:
    """The positions of an index in the flattened array, if it is of integers for each axis; None else."""
    if len(parts) != len(shape) or not all([isinstance(part, (int, list, np.ndarray)) for part in parts]):
        return None
    arrays = np.broadcast_arrays(*parts)
    if not all([array.dtype.kind in "iu" for array in arrays]):
        return None
    for array, length in zip(arrays, shape, strict=True):
        if np.any((array < -length) | (array >= length)):
            raise IndexError(f"an index is out of bounds for an axis of {length} entries")
    return np.ravel_multi_index([a + n * (a < 0) for a, n in zip(arrays, shape, strict=True)], shape)


def placed(values: Any, index: Any, shape: Shape, *, repeats: bool) -> Any:
    """Zeros of ``shape`` to which ``values`` are added at ``index``, by their kind.

    Where nobody describes that, as far as NumPy's protocols go. Raises UnsupportedArgument where the array refuses.
    """
    kind = kind_of_array(values)
    if kind is not None:
        return kind.place(values, index if isinstance(index, (list, np.ndarray)) else parts_of(index), shape)
    zeros = np.zeros(shape, dtype=values.dtype, like=values)
    try:
        if repeats:
            np.add.at(zeros, index, values)
        else:
            zeros[index] = values
    except (TypeError, ValueError, IndexError, NotImplementedError) as error:
        raise UnsupportedArgument(
            f"the gradient of [{index!r}] cannot be put into an array of {type(values).__module__}: {error}; a plugin "
            "can describe how, by the hook corelib_array_kinds"
        ) from error
    return zeros
