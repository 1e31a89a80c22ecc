"""The same entries several times: tile, repeat, resize, meshgrid."""

import operator
from collections.abc import Sequence
from math import prod
from typing import Any, Final, Literal

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from corelib.extend import Tensor, composed, like
from corelib_shape.reshaping import copy as copied
from corelib_shape.taking import along, on_host, tensor


def _tile(A: Any, reps: int | Sequence[int]) -> Tensor:
    """``A`` put ``reps`` times along each axis, the last one last. The gradient sums over the copies."""
    times = tuple([int(n) for n in np.atleast_1d(on_host(reps)).tolist()])
    shape = np.shape(A)
    ndim = max(len(shape), len(times))
    times, shape = (1,) * (ndim - len(times)) + times, (1,) * (ndim - len(shape)) + shape
    apart = np.reshape(A, [m for n in shape for m in (1, n)])
    copies = np.broadcast_to(apart, [m for pair in zip(times, shape, strict=True) for m in pair])
    return np.reshape(copies, [t * n for t, n in zip(times, shape, strict=True)])  # type: ignore[return-value]  # of a Tensor


def _repeat(a: Any, repeats: int | Sequence[int], axis: int | None = None) -> Tensor:
    """Each entry along ``axis`` ``repeats`` times on end; of the flattened array where that is None.

    ``repeats`` is one number for all, or one for each. The gradient sums over the copies.
    """
    if axis is None:
        return _repeat(np.ravel(a), repeats, 0)
    shape = list(np.shape(a))
    if np.ndim(repeats):
        return tensor(a)[along(axis, len(shape), np.repeat(np.arange(shape[axis]), on_host(repeats)))]
    repeats, axis = operator.index(repeats), normalize_axis_index(axis, len(shape))  # type: ignore[arg-type]  # one
    copies = np.broadcast_to(np.expand_dims(a, axis + 1), [*shape[: axis + 1], repeats, *shape[axis + 1 :]])
    shape[axis] *= repeats
    return np.reshape(copies, shape)  # type: ignore[return-value]  # of a Tensor


def _meshgrid(
    *xi: Any, copy: bool = True, sparse: bool = False, indexing: Literal["xy", "ij"] = "xy"
) -> tuple[Tensor, ...]:
    """For rows of numbers x, y, ... the grid of all their combinations: one array of each one's values.

    With ``indexing`` "xy" the second comes first among the axes. ``sparse`` leaves the grid's other axes at
    length 1; without ``copy`` they are views of their rows. The gradient sums over the copies.
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"indexing is 'xy' or 'ij', not {indexing!r}")
    order = list(range(len(xi)))
    if indexing == "xy" and len(xi) > 1:
        order[:2] = [1, 0]
    shape = [prod(np.shape(xi[i])) for i in order]
    rows = [np.reshape(x, [-1 if i == j else 1 for j in order]) for i, x in enumerate(xi)]
    grid: list[Any] = rows if sparse else [np.broadcast_to(row, shape) for row in rows]
    return tuple([copied(values) if copy else values for values in grid])


def _resize(a: Any, new_shape: int | Sequence[int]) -> Tensor:
    """The entries of ``a`` in ``new_shape``, from the first one on again after the last one; 0 where there are none.

    The gradient of an entry is the sum over its copies.
    """
    row = tensor(np.ravel(a))
    shape = (new_shape,) if isinstance(new_shape, (int, np.integer)) else tuple(new_shape)
    if any([n < 0 for n in shape]):
        raise ValueError(f"an array has no shape {shape}")
    size = prod(shape)
    if not row.size:
        return tensor(np.zeros(shape, dtype=row.dtype, like=like(row)))
    if size <= row.size:
        return copied(row[:size].reshape(shape))
    return _tile(row, -(-size // row.size))[:size].reshape(shape)


tile: Final = composed(_tile, numpy=np.tile, name="tile")
repeat: Final = composed(_repeat, numpy=np.repeat, name="repeat")
resize: Final = composed(_resize, numpy=np.resize, name="resize")
meshgrid: Final = composed(_meshgrid, numpy=np.meshgrid, name="meshgrid")
