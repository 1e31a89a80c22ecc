"""broadcast_to, its adjoint sum_to, and broadcast_arrays."""

from dataclasses import dataclass
from functools import cache, lru_cache
from math import prod
from typing import Any, ClassVar, Final, NamedTuple

import numpy as np

from corelib.extend import Array, Shape, Tensor, TensorLike, composed, linear

CACHE_LIMIT: Final = 10_000  # numbers that may be kept in memory for good


class Fold(NamedTuple):
    """How a sum over axes is a product of a matrix with ones, which BLAS does in a seventh to four fifths of the time.

    python -m timeit -s "import numpy as np; x = np.ones((32, 10)); ones = np.ones(32)" "x.sum(0)", and "ones.dot(x)".
    """

    matrix: Shape
    leading: bool  # whether the ones stand in front
    ones: Array | None  # None where they are too many to be kept


def summed(x: Array, shape: Shape) -> Array:
    """The sum of ``x`` over the axes along which ``shape`` was broadcast to its shape."""
    if x.shape == shape:
        return x
    fold = folded(x.shape, shape, x.dtype) if type(x) is np.ndarray and x.flags.c_contiguous else None
    if fold is None:
        total: Array = x.sum(broadcast_axes(x.ndim, shape))
    else:
        folds = x if x.ndim == 2 else x.reshape(fold.matrix)
        ones = np.ones(len(folds), x.dtype) if fold.ones is None else fold.ones
        total = ones.dot(folds) if fold.leading else folds.dot(ones)
    return total if total.shape == shape else np.reshape(total, shape)


@cache
def broadcast_axes(ndim: int, shape: Shape) -> tuple[int, ...]:
    """The axes of an array of ``ndim`` axes along which ``shape`` was, or could be, broadcast."""
    added = ndim - len(shape)
    return (*range(added), *(added + i for i, n in enumerate(shape) if n == 1))


@lru_cache(maxsize=256)
def folded(full: Shape, shape: Shape, dtype: np.dtype[Any]) -> Fold | None:
    """How an array of shape ``full`` is summed to ``shape``; None where no matrix has that sum, or NumPy is as fast."""
    axes, ndim = broadcast_axes(len(full), shape), len(full)
    leading, trailing = tuple(range(len(axes))), tuple(range(ndim - len(axes), ndim))
    if dtype.char not in "df" or len(axes) == ndim or axes not in (leading, trailing):
        return None
    cut = len(axes) if axes == leading else ndim - len(axes)
    rows, columns = prod(full[:cut]), prod(full[cut:])
    if axes == leading:
        return Fold((rows, columns), True, few_ones(rows, dtype)) if rows <= CACHE_LIMIT or columns > 1 else None
    return Fold((rows, columns), False, few_ones(columns, dtype)) if columns <= CACHE_LIMIT else None


@lru_cache(maxsize=64)
def few_ones(number: int, dtype: np.dtype[Any]) -> Array | None:
    return np.ones(number, dtype) if number <= CACHE_LIMIT else None


@dataclass(frozen=True, slots=True)
class BroadcastTo:
    """``array`` broadcast to ``shape`` by NumPy's rules, without a copy.

    y[i, j] = x[j] has the slope 1 for every i, so the gradient of x[j] is the sum of its copies' gradients.
    ``subok`` is taken for NumPy's sake: a Tensor is a Tensor. Raises InvalidOperand where the shapes do not fit.
    """

    fresh: ClassVar[bool] = True
    shape: int | Shape
    subok: bool = False

    def forward(self, array: Array) -> Array:
        return np.broadcast_to(array, self.shape)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return summed(propagated, shape)


@dataclass(frozen=True, slots=True)
class SumTo:
    """The sum of ``x`` over the axes along which ``shape`` would be broadcast to the shape of ``x``.

    The adjoint of ``broadcast_to``. Raises InvalidOperand where ``shape`` does not broadcast to the shape of ``x``.
    """

    shape: int | Shape

    def forward(self, x: Array) -> Array:
        shape = (self.shape,) if isinstance(self.shape, int) else tuple(self.shape)
        full = np.shape(x)
        if len(shape) > len(full) or any(n not in (1, m) for n, m in zip(shape[::-1], full[::-1], strict=False)):
            raise ValueError(f"shape {shape} does not broadcast to {full}")
        return x if shape == full else summed(x, shape)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return np.broadcast_to(propagated, shape)


broadcast_to: Final = linear(BroadcastTo, numpy=np.broadcast_to)
sum_to: Final = linear(SumTo)


MOST: Final = 32  # axes, of which np.broadcast_shapes takes no more


def _broadcast_arrays(*args: TensorLike, subok: bool = False) -> tuple[Tensor, ...]:
    """The arrays, each broadcast to the shape that they have together, without a copy.

    ``subok`` is taken for NumPy's sake. Raises InvalidOperand where the shapes do not fit.
    """
    arrays: tuple[Any, ...] = args  # the types of NumPy know no Tensor
    shapes = list(map(np.shape, arrays))
    if any(len(shape) > MOST for shape in shapes):
        raise ValueError(f"NumPy broadcasts arrays of up to {MOST} axes together")
    shape = np.broadcast_shapes(*shapes)
    return tuple(broadcast_to(x, shape) for x in arrays)


broadcast_arrays: Final = composed(_broadcast_arrays, numpy=np.broadcast_arrays, name="broadcast_arrays")
