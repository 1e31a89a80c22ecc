"""Sums of products over chosen axes: dot, vdot, inner, tensordot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeAlias

import numpy as np

from corelib.extend import Array, Wanted, native, op
from corelib_matmul.products import Gradients, check_lengths, check_product, conj, matmul_gradients

Axes: TypeAlias = int | tuple[int | Sequence[int], int | Sequence[int]]


def contracted_gradients(
    propagated: Array, x: Array, y: Array, axes: tuple[list[int], list[int]], wanted: Wanted
) -> Gradients:
    """The gradients of the sum of products over pairs of ``axes`` of x and y, none of them negative.

    The result has the free axes of x before those of y, so each gradient sums over the free axes of the other.
    """
    free_x = [i for i in range(np.ndim(x)) if i not in axes[0]]
    free_y = [i for i in range(np.ndim(y)) if i not in axes[1]]
    cut = len(free_x)
    first = second = None
    if wanted[0]:
        first = np.tensordot(propagated, conj(y), ([*range(cut, propagated.ndim)], free_y))
        first = _in_order(first, [*free_x, *_partners(axes[1], axes[0])])
    if wanted[1]:
        second = np.tensordot(conj(x), propagated, (free_x, [*range(cut)]))
        second = _in_order(second, [*_partners(axes[0], axes[1]), *free_y])
    return first, second


def _in_order(x: Array, axes: list[int]) -> Array:
    """``x``, whose axes are called ``axes``, with them in ascending order."""
    return np.transpose(x, sorted(range(len(axes)), key=axes.__getitem__))


def _partners(axes: list[int], others: list[int]) -> list[int]:
    """The axes that meet ``axes``, in the order of the latter."""
    return [other for _, other in sorted(zip(axes, others, strict=True))]


def scaled_gradients(propagated: Array, x: Any, y: Any, wanted: Wanted) -> Gradients:
    """The gradients of x y, where x, y or the result is a single number."""
    first = propagated * conj(y) if wanted[0] else None
    second = propagated * conj(x) if wanted[1] else None
    return (
        np.sum(first) if first is not None and np.ndim(x) == 0 else first,
        np.sum(second) if second is not None and np.ndim(y) == 0 else second,
    )


@dataclass(frozen=True, slots=True)
class Dot:
    """z[i..., j..., l] = sum over k of x[i..., k] y[j..., k, l], or of x[i..., k] y[k] for a 1-d y.

    The product, where one of the two is a single number. Raises InvalidOperand for shapes that do not fit.
    """

    takes_constants: ClassVar[bool] = True  # sparse ones

    def forward(self, x: Array, y: Array) -> Array:
        if not native(x):
            if x.ndim == 0 or y.ndim == 0:
                return x * y
            check_product(x, y)
        z: Array = np.dot(x, y)
        return z

    def backward(self, propagated: Array, x: Array, y: Array, *, wanted: Wanted) -> Gradients:
        if propagated.ndim == 0 or np.ndim(x) == 0 or np.ndim(y) == 0:
            return scaled_gradients(propagated, x, y, wanted)
        if x.ndim <= 2 and y.ndim <= 2:
            return matmul_gradients(propagated, x, y, wanted)
        return contracted_gradients(propagated, x, y, ([x.ndim - 1], [max(y.ndim - 2, 0)]), wanted)


@dataclass(frozen=True, slots=True)
class Inner:
    """z[i..., j...] = sum over k of x[i..., k] y[j..., k]: the last axis of x with the last of y.

    The product, where one of the two is a single number. Raises InvalidOperand for shapes that do not fit.
    """

    def forward(self, x: Array, y: Array) -> Array:
        if native(x):
            z: Array = np.inner(x, y)
            return z
        if x.ndim == 0 or y.ndim == 0:
            return x * y
        check_lengths(x.shape[-1], y.shape[-1])
        return np.tensordot(x, y, ([x.ndim - 1], [y.ndim - 1]))

    def backward(self, propagated: Array, x: Array, y: Array, *, wanted: Wanted) -> Gradients:
        if propagated.ndim == 0 or np.ndim(x) == 0 or np.ndim(y) == 0:
            return scaled_gradients(propagated, x, y, wanted)
        return contracted_gradients(propagated, x, y, ([x.ndim - 1], [y.ndim - 1]), wanted)


@dataclass(frozen=True, slots=True)
class Vdot:
    """z = sum over i of conj(x[i]) y[i], of the entries of x and y in one row.

    Raises InvalidOperand for sizes that differ.
    """

    def forward(self, x: Array, y: Array) -> Array:
        if native(x):
            return np.asarray(np.vdot(x, y))
        if x.size != y.size:
            raise ValueError(f"arrays of {x.size} and {y.size} entries have no product")
        z: Array = np.sum(conj(x.reshape(-1)) * y.reshape(-1))
        return z

    def backward(self, propagated: Array, x: Array, y: Array, *, wanted: Wanted) -> Gradients:
        first = np.reshape(_row(conj(propagated) * y), np.shape(x)) if wanted[0] else None
        return first, np.reshape(_row(propagated * x), np.shape(y)) if wanted[1] else None


def _row(x: Any) -> Any:
    """The entries of ``x`` in a row: from there dask takes any shape; NumPy's array itself."""
    return x if type(x) is np.ndarray else np.reshape(x, (-1,))


@dataclass(frozen=True, slots=True)
class Tensordot:
    """The sum of the products of x and y over ``axes``: pairs of axes, or how many of the last of x and first of y.

    The result has the other axes of x, then the other axes of y. Raises InvalidOperand for shapes that do not fit.
    """

    takes_constants: ClassVar[bool] = True  # sparse ones

    axes: Axes = 2

    def forward(self, x: Array, y: Array) -> Array:
        if not native(x):
            for i, j in zip(*_pairs(self.axes, x.ndim, y.ndim), strict=False):
                check_lengths(x.shape[i], y.shape[j])
        return np.tensordot(x, y, self.axes)

    def backward(self, propagated: Array, x: Array, y: Array, *, wanted: Wanted) -> Gradients:
        return contracted_gradients(propagated, x, y, _pairs(self.axes, np.ndim(x), np.ndim(y)), wanted)


def _pairs(axes: Any, ndim_x: int, ndim_y: int) -> tuple[list[int], list[int]]:
    """The axes of x and of y that are summed over together, none of them negative."""
    if np.ndim(axes) == 0 and not isinstance(axes, (tuple, list)):
        return [*range(ndim_x - axes, ndim_x)], [*range(axes)]
    of_x, of_y = (list(np.atleast_1d(entry)) for entry in axes)
    return [int(i) % ndim_x for i in of_x], [int(i) % ndim_y for i in of_y]


dot: Final = op(Dot, numpy=np.dot)
inner: Final = op(Inner, numpy=np.inner)
vdot: Final = op(Vdot, numpy=np.vdot)
tensordot: Final = op(Tensordot, numpy=(np.tensordot, np.linalg.tensordot))
