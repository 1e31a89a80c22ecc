"""Arrays put together: concatenate, stack and their kin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from corelib.extend import Array, Shape, Tensor, Wanted, composed, linear, native
from corelib_shape.taking import tensor


def converted(arrays: Sequence[Any], dtype: npt.DTypeLike | None, casting: Any) -> list[Any]:
    """The arrays in ``dtype``, or in the one that is common to all: for kinds whose functions take no such keyword."""
    common = np.result_type(*[x.dtype for x in arrays]) if dtype is None else np.dtype(dtype)
    for x in arrays:
        if not np.can_cast(x.dtype, common, casting):
            raise TypeError(f"{x.dtype} is not converted to {common} with casting={casting!r}")
    return [x if x.dtype == common else x.astype(common) for x in arrays]


@dataclass(frozen=True, slots=True)
class Concatenate:
    """The arrays one after the other along ``axis``; flattened first where ``axis`` is None.

    Each array gets its own part of the gradient. Raises ValueError where the other lengths differ.
    """

    axis: int | None = 0
    dtype: npt.DTypeLike | None = None
    casting: Any = "same_kind"

    def forward(self, *arrays: Array) -> Array:
        is_default = self.dtype is None and self.casting == "same_kind"
        if is_default and self.axis is not None:
            return np.concatenate(arrays, self.axis)
        if all([native(x) for x in arrays]):
            return np.concatenate(arrays, self.axis, dtype=self.dtype, casting=self.casting)
        parts = arrays if is_default else converted(arrays, self.dtype, self.casting)
        return np.concatenate([x.reshape(-1) for x in parts] if self.axis is None else parts, self.axis or 0)

    def backward(self, propagated: Array, *shapes: Shape, wanted: Wanted) -> tuple[Array | None, ...]:
        axis = self.axis
        before: tuple[Any, ...] = (slice(None),) * (0 if axis is None else axis % len(shapes[0]))
        parts: list[Array | None] = []
        start = 0
        for shape, asked in zip(shapes, wanted, strict=True):
            stop = start + (np.prod(shape, dtype=int) if axis is None else shape[axis])
            part = propagated[(*before, slice(start, stop))] if asked else None
            parts.append(part.reshape(shape) if axis is None and part is not None else part)
            start = stop
        return tuple(parts)


@dataclass(frozen=True, slots=True)
class Stack:
    """The arrays side by side along a new axis of the result, ``axis``. Raises ValueError for unequal shapes."""

    axis: int = 0
    dtype: npt.DTypeLike | None = None
    casting: Any = "same_kind"

    def forward(self, *arrays: Array) -> Array:
        if self.dtype is None and self.casting == "same_kind":
            return np.stack(arrays, self.axis)
        if all([native(x) for x in arrays]):
            return np.stack(arrays, self.axis, dtype=self.dtype, casting=self.casting)
        return np.stack(converted(arrays, self.dtype, self.casting), self.axis)

    def backward(self, propagated: Array, *shapes: Shape, wanted: Wanted) -> tuple[Array | None, ...]:
        before: tuple[Any, ...] = (slice(None),) * (self.axis % (len(shapes[0]) + 1))
        return tuple([propagated[(*before, i, ...)] if asked else None for i, asked in enumerate(wanted)])


concatenate: Final = linear(Concatenate, numpy=np.concatenate)
stack: Final = linear(Stack, numpy=np.stack)


def _atleast(x: Any, ndim: int) -> Any:
    """``x`` with axes of length 1 where NumPy's atleast_1d, atleast_2d and atleast_3d put them."""
    if np.ndim(x) >= ndim:
        return tensor(x)
    widen = {1: np.atleast_1d, 2: np.atleast_2d, 3: np.atleast_3d}[ndim]
    return np.reshape(x, widen(np.empty(np.shape(x), bool)).shape)


def _each(arys: tuple[Any, ...], ndim: int) -> Any:
    widened = tuple(_atleast(x, ndim) for x in arys)
    return widened[0] if len(widened) == 1 else widened


def _atleast_1d(*arys: Any) -> Tensor:
    """The array with at least one axis: a number becomes an array of one. Of several arrays, a tuple."""
    return _each(arys, 1)  # type: ignore[no-any-return]  # a Tensor of one array


def _atleast_2d(*arys: Any) -> Tensor:
    """The array with at least two axes, new ones in front. Of several arrays, a tuple."""
    return _each(arys, 2)  # type: ignore[no-any-return]  # a Tensor of one array


def _atleast_3d(*arys: Any) -> Tensor:
    """The array with at least three axes, a new last one for two. Of several arrays, a tuple."""
    return _each(arys, 3)  # type: ignore[no-any-return]  # a Tensor of one array


def _vstack(tup: Sequence[Any], *, dtype: npt.DTypeLike | None = None, casting: Any = "same_kind") -> Tensor:
    """The arrays below each other: along the first axis, rows of numbers being matrices of one row."""
    return concatenate([_atleast(x, 2) for x in tup], 0, dtype, casting)


def _hstack(tup: Sequence[Any], *, dtype: npt.DTypeLike | None = None, casting: Any = "same_kind") -> Tensor:
    """The arrays beside each other: along the second axis, or the first where the first array has only one."""
    arrays = [_atleast(x, 1) for x in tup]
    return concatenate(arrays, 0 if arrays and np.ndim(arrays[0]) == 1 else 1, dtype, casting)


def _dstack(tup: Sequence[Any]) -> Tensor:
    """The arrays behind each other: along the third axis."""
    return concatenate([_atleast(x, 3) for x in tup], 2)


def _column_stack(tup: Sequence[Any]) -> Tensor:
    """The arrays beside each other, rows of numbers as columns."""
    return concatenate([x if np.ndim(x) > 1 else np.reshape(x, (-1, 1)) for x in tup], 1)


MOST: Final = 64  # axes of an array


def _block(arrays: Any) -> Tensor:
    """A matrix of blocks: nested lists of arrays, the innermost along the last axis, and so outwards."""
    depth = _depth(arrays)
    ndim = max([depth, *[np.ndim(x) for x in _flat(arrays)]])
    return _joined(arrays, depth, ndim)  # type: ignore[no-any-return]  # a Tensor, as one of the blocks is


def _depth(arrays: Any, above: int = 0) -> int:
    if above > MOST:
        raise ValueError(f"a list is nested deeper than {MOST} axes, or contains itself")
    return 1 + max([_depth(x, above + 1) for x in arrays], default=0) if isinstance(arrays, list) else 0


def _flat(arrays: Any) -> list[Any]:
    return [leaf for x in arrays for leaf in _flat(x)] if isinstance(arrays, list) else [arrays]


def _joined(arrays: Any, depth: int, ndim: int) -> Any:
    if isinstance(arrays, list):
        if not arrays or len({_depth(x) for x in arrays}) > 1:
            raise ValueError("block takes lists that are nested equally deep, and none that is empty")
        return concatenate([_joined(x, depth - 1, ndim) for x in arrays], -depth)
    return np.reshape(arrays, (1,) * (ndim - np.ndim(arrays)) + np.shape(arrays))


atleast_1d: Final = composed(_atleast_1d, numpy=np.atleast_1d, name="atleast_1d")
atleast_2d: Final = composed(_atleast_2d, numpy=np.atleast_2d, name="atleast_2d")
atleast_3d: Final = composed(_atleast_3d, numpy=np.atleast_3d, name="atleast_3d")
vstack: Final = composed(_vstack, numpy=np.vstack, name="vstack")
hstack: Final = composed(_hstack, numpy=np.hstack, name="hstack")
dstack: Final = composed(_dstack, numpy=np.dstack, name="dstack")
column_stack: Final = composed(_column_stack, numpy=np.column_stack, name="column_stack")
block: Final = composed(_block, numpy=np.block, name="block")
