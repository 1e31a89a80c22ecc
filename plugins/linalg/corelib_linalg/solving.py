"""Inverses and systems of linear equations."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Final

import numpy as np

from corelib.extend import Array, Tensor, TensorLike, Wanted, composed, op
from corelib_linalg.matrices import adjoint, summed, tensor


@dataclass(frozen=True, slots=True)
class Inv:
    """The inverses of the matrices in the last two axes. With g on the result the gradient is -A^-H g A^-H.

    Raises InvalidMatrix for a matrix that is singular or not square.
    """

    def forward(self, a: Array) -> Array:
        return np.linalg.inv(a)

    def backward(self, propagated: Array, a: Array, *, result: Array) -> Array:
        transposed: Array = adjoint(result)
        return -(transposed @ propagated @ transposed)


@dataclass(frozen=True, slots=True)
class Solve:
    """The solutions of A x = b: one vector where b has one axis, else matrices of columns. Stacks broadcast.

    The gradient in b is z = A^-H g, and in A it is -z x*. Raises InvalidMatrix for a matrix that is singular or
    not square.
    """

    def forward(self, a: Array, b: Array) -> Array:
        return np.linalg.solve(a, b)

    def backward(
        self, propagated: Array, a: Array, b: Array, *, result: Array, wanted: Wanted
    ) -> tuple[Array | None, Array | None]:
        vector = len(b.shape) == 1
        g = propagated[..., None] if vector else propagated
        x = result[..., None] if vector else result
        z = np.linalg.solve(adjoint(a), g)
        first = summed((-z) @ adjoint(x), a.shape) if wanted[0] else None
        second = z[..., 0] if vector else z
        return first, summed(second, b.shape) if wanted[1] else None


def _tensorsolve(a: TensorLike, b: TensorLike, axes: Sequence[int] | None = None) -> Tensor:
    """The solution x of tensordot(a, x, x.ndim) = b, by which the axes ``axes`` of a are moved to the end before.

    Raises InvalidOperand for shapes that do not fit.
    """
    matrix: Any
    right: Any
    matrix, right = tensor(a), tensor(b)
    ndim = matrix.ndim
    if axes is not None:
        matrix = np.transpose(matrix, [*[i for i in range(ndim) if i not in axes], *axes])
    shape = matrix.shape[right.ndim - ndim :]
    n = prod(shape)
    if matrix.size != n * n:
        raise ValueError("the axes of a beyond those of b must have as many entries as those of b")
    return solve(np.reshape(matrix, (n, n)), np.ravel(right)).reshape(shape)


def _tensorinv(a: TensorLike, ind: int = 2) -> Tensor:
    """The inverse of a as a map of its last axes to the first ``ind`` of them.

    Raises InvalidOperand for an ``ind`` that is not positive, and InvalidMatrix for a map that is not square.
    """
    if ind <= 0:
        raise ValueError("ind is the number of axes that are summed over, 1 or more")
    x: Any = tensor(a)
    shape = x.shape
    matrix: Any = np.reshape(x, (prod(shape[:ind]), prod(shape[ind:])))
    return inv(matrix).reshape(shape[ind:] + shape[:ind])


inv: Final = op(Inv, numpy=np.linalg.inv)
solve: Final = op(Solve, numpy=np.linalg.solve)
tensorsolve: Final = composed(_tensorsolve, numpy=np.linalg.tensorsolve, name="tensorsolve")
tensorinv: Final = composed(_tensorinv, numpy=np.linalg.tensorinv, name="tensorinv")
