"""The same entries several times: tile, repeat, meshgrid, pad."""

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Final, Literal

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from corelib.errors import UnsupportedArgument
from corelib.extend import Array, Shape, Tensor, composed, like, linear
from corelib_shape.reshaping import copy as copied
from corelib_shape.taking import along, on_host, tensor


def _tile(A: Any, reps: int | Sequence[int]) -> Tensor:
    """``A`` put ``reps`` times along each axis, the last one last. The gradient sums over the copies."""
    times = tuple(np.atleast_1d(on_host(reps)).tolist())
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
    order = list(range(len(xi)))
    if indexing == "xy" and len(xi) > 1:
        order[:2] = [1, 0]
    shape = [prod(np.shape(xi[i])) for i in order]
    rows = [np.reshape(x, [-1 if i == j else 1 for j in order]) for i, x in enumerate(xi)]
    grid: list[Any] = rows if sparse else [np.broadcast_to(row, shape) for row in rows]
    return tuple([copied(values) if copy else values for values in grid])


@dataclass(frozen=True, slots=True)
class PadConstant:
    """``x`` with ``constant_values`` around it: their number before and after each axis is ``pad_width``."""

    pad_width: Any
    constant_values: Any = 0

    def forward(self, x: Array) -> Array:
        padded: Array = np.pad(x, widths(self.pad_width, np.ndim(x)), constant_values=self.constant_values)
        return padded

    def backward(self, propagated: Array, shape: Shape) -> Array:
        inner = tuple([slice(b, b + n) for (b, _), n in zip(widths(self.pad_width, len(shape)), shape, strict=True)])
        entries: Array = propagated[inner]
        return entries


def widths(pad_width: Any, ndim: int) -> list[tuple[int, int]]:
    """How many entries go before and after each axis, from any spelling that NumPy takes."""
    if isinstance(pad_width, dict):
        unknown = [axis for axis in pad_width if axis not in range(-ndim, ndim)]
        if unknown:
            raise ValueError(f"pad_width names axes {unknown} of an array that has {ndim}")
        pairs: list[Any] = [pad_width.get(i, pad_width.get(i - ndim, 0)) for i in range(ndim)]
        return [(before, after) for before, after in [(p, p) if isinstance(p, int) else p for p in pairs]]
    return [(int(before), int(after)) for before, after in np.broadcast_to(pad_width, (ndim, 2))]


def _pad(
    array: Any,
    pad_width: Any,
    mode: str = "constant",
    *,
    constant_values: Any = 0,
    reflect_type: Literal["even", "odd"] = "even",
) -> Tensor:
    """``array`` with ``pad_width`` entries more before and after each axis.

    They are ``constant_values`` in ``mode`` "constant", and else copies of entries, whose gradients add up:
    "edge", "reflect", "symmetric" and "wrap". Raises UnsupportedArgument for the other modes.
    """
    if mode == "constant":
        return pad_constant(array, pad_width, constant_values)
    if mode not in ("edge", "reflect", "symmetric", "wrap") or reflect_type != "even":
        raise UnsupportedArgument(
            f"pad: mode={mode!r} with reflect_type={reflect_type!r} has no gradient here; "
            "modes that have one: constant, edge, reflect, symmetric, wrap"
        )
    for axis, pair in enumerate(widths(pad_width, np.ndim(array))):
        if pair != (0, 0):
            positions: Any = np.pad(np.arange(np.shape(array)[axis]), pair, mode=mode)  # type: ignore[call-overload]  # any of four
            array = tensor(array)[along(axis, np.ndim(array), positions)]
    return array  # type: ignore[no-any-return]  # a Tensor


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


pad_constant: Final = linear(PadConstant)
pad: Final = composed(_pad, numpy=np.pad, name="pad")
tile: Final = composed(_tile, numpy=np.tile, name="tile")
repeat: Final = composed(_repeat, numpy=np.repeat, name="repeat")
resize: Final = composed(_resize, numpy=np.resize, name="resize")
meshgrid: Final = composed(_meshgrid, numpy=np.meshgrid, name="meshgrid")
