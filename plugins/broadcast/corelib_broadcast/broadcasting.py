"""broadcast_to, its adjoint sum_to, and broadcast_arrays."""

from dataclasses import dataclass
from functools import cache, lru_cache
from math import prod
from typing import Any, Final

import numpy as np

from corelib import Array, Shape, Tensor, TensorLike, composed, linear

FEW: Final = 10_000  # numbers that may be kept in memory for good


def summed(x: Array, shape: Shape) -> Array:
    """The sum of ``x`` over the axes along which ``shape`` was stretched to its shape."""
    if x.shape == shape:
        return x
    rows, columns, leading = folded(x.shape, shape)
    if rows and type(x) is np.ndarray and x.dtype.char in "df" and x.flags.c_contiguous:
        matrix = x if x.ndim == 2 else x.reshape(rows, columns)
        weights = ones(rows if leading else columns, x.dtype)
        total: Array = weights.dot(matrix) if leading else matrix.dot(weights)
    else:
        total = x.sum(stretched(x.ndim, shape))
    return total if total.shape == shape else np.reshape(total, shape)


@cache
def stretched(ndim: int, shape: Shape) -> tuple[int, ...]:
    """The axes of an array of ``ndim`` axes along which ``shape`` was, or could be, stretched."""
    added = ndim - len(shape)
    return (*range(added), *(added + i for i, n in enumerate(shape) if n == 1))


@lru_cache(maxsize=1024)
def folded(full: Shape, shape: Shape) -> tuple[int, int, bool]:
    """The rows and columns that make ``full`` a matrix, and whether a sum to ``shape`` is over its rows.

    If it is not, it is over its columns. A product of a matrix with ones, which BLAS does, takes a half to a
    twentieth of the time of ``np.sum`` along an axis. Zeros where no matrix has that sum, or NumPy is as fast.
    """
    axes = stretched(len(full), shape)
    n, last = len(axes), len(full)
    if axes == (*range(n),):
        rows, columns = prod(full[:n]), prod(full[n:])
        return (rows, columns, True) if n < last and (rows <= FEW or columns > 1) else (0, 0, True)
    rows, columns = prod(full[: last - n]), prod(full[last - n :])
    return (rows, columns, False) if axes == (*range(last - n, last),) and columns <= FEW else (0, 0, False)


def ones(number: int, dtype: Any) -> Array:
    """As many ones; where they are few, the same array again and again."""
    return few_ones(number, dtype) if number <= FEW else np.ones(number, dtype)


@lru_cache(maxsize=64)
def few_ones(number: int, dtype: Any) -> Array:
    return np.ones(number, dtype)


@dataclass(frozen=True, slots=True)
class BroadcastTo:
    """``x`` stretched to ``shape`` by NumPy's rules, without a copy.

    y[i, j] = x[j] has the slope 1 for every i, so the gradient of x[j] is the sum of its copies' gradients.
    ``subok`` is taken for NumPy's sake: a Tensor is a Tensor. Raises InvalidOperand where the shapes do not fit.
    """

    shape: int | Shape
    subok: bool = False

    def forward(self, x: Array) -> Array:
        return np.broadcast_to(x, self.shape)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return summed(propagated, shape)


@dataclass(frozen=True, slots=True)
class SumTo:
    """The sum of ``x`` over the axes along which ``shape`` would be stretched to the shape of ``x``.

    The adjoint of ``broadcast_to``. Raises InvalidOperand where ``shape`` does not stretch to the shape of ``x``.
    """

    shape: int | Shape

    def forward(self, x: Array) -> Array:
        shape = (self.shape,) if isinstance(self.shape, int) else tuple(self.shape)
        full = np.shape(x)
        if len(shape) > len(full) or any(n not in (1, m) for n, m in zip(shape[::-1], full[::-1], strict=False)):
            raise ValueError(f"shape {shape} does not stretch to {full}")
        return x if shape == full else summed(x, shape)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return np.broadcast_to(propagated, shape)


broadcast_to: Final = linear(BroadcastTo, numpy=np.broadcast_to)
sum_to: Final = linear(SumTo)


def _broadcast_arrays(*args: TensorLike, subok: bool = False) -> tuple[Tensor, ...]:
    """The arrays, each stretched to the shape that they have together, without a copy.

    ``subok`` is taken for NumPy's sake. Raises InvalidOperand where the shapes do not fit.
    """
    shape = np.broadcast_shapes(*map(np.shape, args))
    return tuple(broadcast_to(x, shape) for x in args)


broadcast_arrays: Final = composed(_broadcast_arrays, numpy=np.broadcast_arrays, name="broadcast_arrays")
