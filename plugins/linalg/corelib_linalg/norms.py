"""Norms of vectors and of matrices, and condition numbers."""

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from corelib.extend import Array, Axis, Tensor, TensorLike, composed, may, native, op, with_reduced_axes
from corelib_linalg.matrices import entries, identity, tensor
from corelib_linalg.singular import svdvals
from corelib_linalg.solving import inv

Order: TypeAlias = float | Literal["fro", "nuc"] | None
ALONG: Final[dict[float, tuple[int, int]]] = {
    1: (-2, -1),
    np.inf: (-1, -2),
}  # of a sum of absolute values, then of the largest


@dataclass(frozen=True, slots=True)
class VectorNorm:
    """(sum of |x|^p)^(1/p) along ``axis``, with p = ``ord``: the largest |x| for inf, the least for -inf.

    The gradient is x/|x| (|x|/norm)^(p-1), and 0 where the norm or x is 0. Entries that tie for the largest or the
    least share it equally. That of ord=0, which counts, is 0.
    """

    axis: Axis = None
    keepdims: bool = False
    ord: float | None = 2

    @property
    def order(self) -> float:
        return 2 if self.ord is None else self.ord

    def forward(self, x: Array) -> Array:
        if self.order == 2 and self.axis is None and not self.keepdims and x.dtype.kind in "fc":
            length: Any = np.linalg.norm(x)
        elif native(x):
            axis: Any = self.axis
            length = np.linalg.vector_norm(x, axis=axis, keepdims=self.keepdims, ord=self.order)
        else:
            length = self._foreign(np.abs(x))
        result: Array = length
        return result

    def _foreign(self, size: Any) -> Any:
        """The norm of the absolute values, in functions that other kinds of array have."""
        if np.isinf(self.order):
            pick = np.max if self.order > 0 else np.min
            return pick(size, axis=self.axis, keepdims=self.keepdims)
        if self.order == 0:
            return np.sum((size != 0).astype(size.dtype), axis=self.axis, keepdims=self.keepdims)
        return np.sum(size**self.order, axis=self.axis, keepdims=self.keepdims) ** (1 / self.order)

    def backward(self, propagated: Array, x: Array, *, result: Array) -> Array:
        if self.order == 2 and self.axis is None and type(result) is np.ndarray:  # as most norms are
            return x * (propagated / result if result else propagated)
        g = with_reduced_axes(propagated, x.shape, self.axis, self.keepdims)
        norm = with_reduced_axes(result, x.shape, self.axis, self.keepdims)
        if self.order == 2:
            slope: Array = x * (g / np.where(norm == 0, 1, norm) if may(norm == 0) else g / norm)
        else:
            slope = sign(x) * (g * self._share(np.abs(x), norm))
        return slope

    def _share(self, size: Any, norm: Any) -> Any:
        """The slope of the norm in each absolute value."""
        if self.order == 0:
            return np.zeros_like(size)
        if self.order == 1:
            return np.ones_like(size)
        if np.isinf(self.order):
            reached = (size == norm) | np.isnan(size)  # where the norm is NaN, what makes it so
            return reached / np.sum(reached, axis=self.axis, keepdims=True)
        none = (size == 0) | (norm == 0)
        ratio = np.where(none, 1, size / np.where(norm == 0, 1, norm)) if may(none) else size / norm
        return np.where(none, 0, ratio ** (self.order - 1)) if may(none) else ratio ** (self.order - 1)


def sign(x: Any) -> Any:
    """x/|x|, and 0 where x is 0."""
    if x.dtype.kind != "c":
        return np.sign(x)
    size = np.abs(x)
    return x / np.where(size == 0, 1, size)


def _norm(x: TensorLike, ord: Order = None, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The norm of the vectors along ``axis``, or of the matrices along two axes; without an axis, of all of x.

    ord: p of a vector, 2 without it; of matrices see ``matrix_norm``, and without it "fro". Gradients are 0 where a
    norm is 0. Raises InvalidOperand for an order that there is not.
    """
    if axis is None and ord is None:
        return vector_norm(x, keepdims=keepdims) if keepdims else vector_norm(x)
    ndim = tensor(x).ndim
    axes = normalize_axis_tuple(axis if axis is not None else range(ndim), ndim)
    if len(axes) == 1:
        if isinstance(ord, str):
            raise ValueError(f"ord={ord!r} is no norm of vectors")
        return vector_norm(x, axis=axes[0], keepdims=keepdims, ord=2 if ord is None else ord)
    if len(axes) != 2:
        raise ValueError("norms are of vectors or of matrices: name one axis or two")
    return of_matrices(x, ord, axes[0], axes[1], keepdims)


def _matrix_norm(x: TensorLike, /, *, keepdims: bool = False, ord: Order = "fro") -> Tensor:
    """The norm of the matrices in the last two axes.

    ord: "fro", the root of the sum of squares; "nuc", the sum of the singular values; 2, -2: the largest, the least of
    them; 1, -1: the largest, the least sum of a column's absolute values; inf, -inf: of a row's. Raises
    InvalidOperand for another.
    """
    ndim = tensor(x).ndim
    if ndim < 2:
        raise ValueError("a matrix has two axes")
    return of_matrices(x, ord, ndim - 2, ndim - 1, keepdims)


def of_matrices(x: Any, ord: Any, row: int, column: int, keepdims: bool) -> Tensor:
    if row == column:
        raise ValueError("the two axes of a matrix are different ones")
    if ord in (None, "fro", "f"):
        return vector_norm(x, axis=(row, column), keepdims=keepdims)
    if ord in ("nuc", 2, -2):
        values: Any = svdvals(np.moveaxis(x, (row, column), (-2, -1)))
        none = ord == 2 and not values.shape[-1]  # the norm of a matrix without entries is 0
        result: Any = np.sum(values, axis=-1) if ord == "nuc" or none else values[..., 0 if ord == 2 else -1]
        result = np.expand_dims(result, sorted((row, column))) if keepdims else result
        return tensor(result)
    if ord not in (1, -1, np.inf, -np.inf):
        raise ValueError(f"ord={ord!r} is no norm of matrices")
    summed, picked = (row, column) if abs(ord) == 1 else (column, row)
    sums: Any = np.sum(np.abs(x), axis=summed, keepdims=True)
    result = (np.max if ord > 0 else np.min)(sums, axis=picked, keepdims=True)
    return tensor(result if keepdims else np.squeeze(result, axis=(row, column)))


norm: Final = composed(_norm, numpy=np.linalg.norm, name="norm")


def _cond(x: TensorLike, p: Order = None) -> Tensor:
    """The condition number of matrices in the last two axes: norm(x) norm(x^-1), infinite for singular ones.

    p: None or 2 for the largest over the least singular value, -2 for the least over the largest; else the order of
    ``matrix_norm``, of square matrices.
    """
    a: Any = tensor(x)
    if a.ndim < 2 or 0 in a.shape[-2:]:
        raise np.linalg.LinAlgError("condition numbers are of matrices that have entries")
    if p in (None, 2, -2):
        s: Any = svdvals(a)
        first, last = s[..., 0], s[..., -1]
        return tensor(last / first if p == -2 else divided(first, last))
    norms: Any = matrix_norm(a, ord=p)
    inverse, singular = inverted(a)
    product = norms * matrix_norm(inverse, ord=p)
    return tensor(product if singular is None else np.where(singular, norms * np.inf, product))


def divided(first: Any, last: Any) -> Any:
    """first / last, infinite where the second is 0, of a matrix of zeros too."""
    none = entries(first) == 0
    with np.errstate(divide="ignore"):
        return np.where(none, 1, first) / last if may(none) else first / last


def inverted(a: Any) -> tuple[Any, Any]:
    """The inverses of matrices, of the identity in the place of singular ones; and which are, or None if none is."""
    try:
        return inv(a), None
    except np.linalg.LinAlgError:
        if a.shape[-1] != a.shape[-2]:
            raise
    singular = np.isinf(np.linalg.cond(entries(a), 1))
    return inv(np.where(singular[..., None, None], identity(a.shape[-1], a), a)), singular


vector_norm: Final = op(VectorNorm, numpy=np.linalg.vector_norm)
matrix_norm: Final = composed(_matrix_norm, numpy=np.linalg.matrix_norm, name="matrix_norm")
cond: Final = composed(_cond, numpy=np.linalg.cond, name="cond")
