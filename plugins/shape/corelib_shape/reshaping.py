"""Other shapes for the same entries in the same order: reshape, ravel, squeeze, expand_dims, astype, copy."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from corelib.extend import Array, Axis, Shape, Tensor, like, linear, native

ORDERS: Final = ("C", "F")


def check_order(order: str) -> None:
    """Refuse an order that depends on how the entries lie in memory: the gradient's may lie otherwise."""
    if order not in ORDERS:
        raise ValueError(f"order={order!r} depends on the layout in memory; pass 'C' or 'F'")


def reshaped(x: Array, shape: int | Shape, order: Literal["C", "F"]) -> Array:
    """``x`` in another shape; of other kinds of array than NumPy's the order "F" is "C" of the reversed axes."""
    if type(x) is np.ndarray or isinstance(x, Tensor) or native(x):
        return x.reshape(shape) if order == "C" else np.reshape(x, shape, order=order)
    if order == "F":
        backwards = (shape,) if isinstance(shape, int) else tuple(shape)[::-1]
        return np.transpose(reshaped(np.transpose(x), backwards, "C"))
    if x.size == 0:  # dask asks for chunks that fit, and these have no length
        return np.zeros(np.empty(x.shape, bool).reshape(shape).shape, dtype=x.dtype, like=like(x))
    try:
        return x.reshape(shape)
    except NotImplementedError:  # chunks that do not fit: dask takes any shape from a row
        return x.reshape(-1).reshape(shape)


@dataclass(frozen=True, slots=True)
class Reshape:
    """The entries of ``a`` in the order "C" (last index fastest) or "F" (first index fastest), in ``shape``.

    One length may be -1: what remains. Raises ValueError where the number of entries differs.
    """

    shape: int | Shape
    order: Literal["C", "F"] = "C"
    copy: bool | None = None

    def forward(self, a: Array) -> Array:
        if type(a) is np.ndarray and self.order == "C" and self.copy is None:
            return a.reshape(self.shape)
        check_order(self.order)
        if self.copy is not False and not native(a):
            result = reshaped(a, self.shape, self.order)
            return result.copy() if self.copy else result
        return np.reshape(a, self.shape, order=self.order, copy=self.copy)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return reshaped(propagated, shape, self.order)


@dataclass(frozen=True, slots=True)
class Ravel:
    """The entries of ``a`` in a row, in the order "C" (last index fastest) or "F" (first index fastest)."""

    order: Literal["C", "F"] = "C"

    def forward(self, a: Array) -> Array:
        check_order(self.order)
        return np.ravel(a, self.order) if native(a) else reshaped(a, -1, self.order)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return reshaped(propagated, shape, self.order)


@dataclass(frozen=True, slots=True)
class Squeeze:
    """``a`` without its axes of length 1, or without those in ``axis``. Raises ValueError for a longer one."""

    axis: Axis = None

    def forward(self, a: Array) -> Array:
        return np.squeeze(a, self.axis)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return propagated.reshape(shape)


@dataclass(frozen=True, slots=True)
class ExpandDims:
    """``a`` with new axes of length 1 at the positions ``axis`` of the result."""

    axis: int | tuple[int, ...]

    def forward(self, a: Array) -> Array:
        return np.expand_dims(a, self.axis)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return propagated.reshape(shape)


@dataclass(frozen=True, slots=True)
class AsType:
    """The entries of ``x`` as numbers of another ``dtype``, rounded where it is shorter.

    The gradient is that of the identity, in the dtype of ``x``. Integers have none: a conversion to them
    leaves the graph. ``device`` is taken for NumPy's sake.
    """

    dtype: npt.DTypeLike
    copy: bool = True
    device: Literal["cpu"] | None = None

    def forward(self, x: Array) -> Array:
        return np.astype(x, self.dtype, copy=self.copy) if native(x) else x.astype(self.dtype, copy=self.copy)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return propagated


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of ``a``, laid out in memory as ``order`` says, if it is NumPy's; ``subok`` is taken for NumPy's sake."""

    order: Literal["K", "A", "C", "F"] = "K"
    subok: bool = False

    def forward(self, a: Array) -> Array:
        if not native(a):
            return a.copy()
        copied: Array = np.array(a, order=self.order, copy=True, subok=self.subok)  # what np.copy does
        return copied

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return propagated


reshape: Final = linear(Reshape, numpy=np.reshape)
ravel: Final = linear(Ravel, numpy=np.ravel)
squeeze: Final = linear(Squeeze, numpy=np.squeeze)
expand_dims: Final = linear(ExpandDims, numpy=np.expand_dims)
astype: Final = linear(AsType, numpy=np.astype)
copy: Final = linear(Copy, numpy=np.copy)
