"""Triangular factors of matrices: cholesky, qr."""

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from corelib.errors import InvalidMatrix, UnsupportedArgument
from corelib.extend import Array, TensorLike, composed, native, op
from corelib_linalg.matrices import adjoint, entries, eps, identity, real, tensor
from corelib_linalg.signatures import QRFn, QRResult
from corelib_linalg.singular import completed
from corelib_linalg.spectra import diagonal, largest
from corelib_linalg.triangles import of_triangle


@dataclass(frozen=True, slots=True)
class Cholesky:
    """The triangular L, with real positive numbers on its diagonal, of A = L L*; or with ``upper`` L* of A = L L*.

    A Hermitian matrix A is read from one triangle, that of the result. With P, the lower triangle of L* g with half
    its diagonal, the gradient is the Hermitian part of L^-H P L^-1. Raises InvalidMatrix for a matrix that is not
    positive definite.
    """

    upper: bool = False

    def forward(self, a: Array) -> Array:
        if not self.upper:
            return np.linalg.cholesky(a)
        return np.linalg.cholesky(a, upper=True) if native(a) else adjoint(np.linalg.cholesky(adjoint(a)))

    def backward(self, propagated: Array, a: Array, *, result: Array) -> Array:
        factor, g = (adjoint(result), adjoint(propagated)) if self.upper else (result, propagated)
        upper = adjoint(factor)
        half = np.linalg.solve(upper, halved(upper @ g))
        return of_triangle(adjoint(np.linalg.solve(upper, adjoint(half))), a, not self.upper)


def halved(x: Any) -> Any:
    """The lower triangles, with half their diagonals."""
    return np.tril(x) - x * (identity(x.shape[-1], x) / 2)


@dataclass(frozen=True, slots=True)
class ReducedQR:
    """Q with orthonormal columns and R upper triangular, of A = Q R; as many columns as A has, or rows where fewer.

    A gradient exists where the square on the left of R is regular. Raises InvalidMatrix where it is not.
    """

    def forward(self, a: Array) -> QRResult[Array]:
        return QRResult(*np.linalg.qr(a))

    def backward(self, propagated: QRResult[Array], a: Array, *, result: QRResult[Array]) -> Array:
        return qr_gradient(propagated.Q, propagated.R, a, result.Q, result.R)


def qr_gradient(gq: Any, gr: Any, a: Any, q: Any, r: Any) -> Array:
    """(gq + Q S) R^-H, with S Hermitian and the upper triangle of gr R* - Q* gq, imaginary numbers left out.

    In a wide matrix the columns on the right are Q times those of R.
    """
    m, n = a.shape[-2:]
    if m >= n:
        return by_square(gq, gr, q, r)
    left = by_square(gq + a[..., m:] @ adjoint(gr[..., m:]), gr[..., :m], q, r[..., :m])
    gradient: Array = np.concatenate([left, q @ gr[..., m:]], axis=-1)
    return gradient


def by_square(gq: Any, gr: Any, q: Any, r: Any) -> Array:
    upper = np.triu(gr @ adjoint(r) - adjoint(q) @ gq)
    both = (upper + adjoint(upper)) * (1 - identity(r.shape[-1], real(r)) / 2)
    if native(r) and np.any(dependent(entries(r))):
        raise InvalidMatrix("qr has no gradient where columns depend on those before them: R is singular")
    gradient: Array = adjoint(np.linalg.solve(r, adjoint(gq + q @ both)))
    return gradient


def dependent(r: Any) -> Any:
    """Which columns are made of those before them, but for rounding."""
    return np.abs(diagonal(r)) <= eps(r) * largest(np.swapaxes(r, -1, -2))


@dataclass(frozen=True, slots=True)
class CompleteQR:
    """The same with a square Q: columns beyond those of A span the rest of the space, as LAPACK's reflections do.

    With W = [1, 0] - Q1 for the columns Q1 of A, they are [0, 1] - W W1^-H W2*.
    """

    def forward(self, a: Array) -> QRResult[Array]:
        return QRResult(*np.linalg.qr(a, "complete"))

    def backward(self, propagated: QRResult[Array], a: Array, *, result: QRResult[Array]) -> Array:
        n = a.shape[-1]
        q = result.Q[..., :n]
        try:
            g = propagated.Q[..., :n] + through_reflections(propagated.Q[..., n:], q)
        except np.linalg.LinAlgError:  # a reflection that was not needed: the columns beyond may turn at will
            g = completed(propagated.Q, result.Q, n)
        return qr_gradient(g, propagated.R[..., :n, :], a, q, result.R[..., :n, :])


def through_reflections(g: Any, q: Any) -> Any:
    """The cotangent of the first columns ``q`` from that of the columns that LAPACK completes them with."""
    n = q.shape[-1]
    first, second = identity(n, q) - q[..., :n, :], -q[..., n:, :]
    w = np.concatenate([first, second], axis=-2)
    x = np.linalg.solve(adjoint(first), adjoint(second))
    y = np.linalg.solve(first, -(adjoint(w) @ g))
    return g @ adjoint(x) + np.concatenate([x @ adjoint(y), -adjoint(y)], axis=-2)


def _qr(a: TensorLike, mode: Literal["reduced", "complete", "r"] = "reduced") -> Any:
    """The factors of A = Q R: Q with orthonormal columns, R upper triangular. With mode "r", R alone.

    mode: "reduced", with as many columns of Q as A has rows or columns at most, or "complete", with as many as A has
    rows. Raises UnsupportedArgument for "raw", which has no gradient, and InvalidMatrix in a backward where R is
    singular.
    """
    if mode not in ("reduced", "complete", "r"):
        raise UnsupportedArgument(f"qr of a Tensor has the modes 'reduced', 'complete' and 'r', and not {mode!r}")
    shape = tensor(a).shape
    if mode == "complete" and shape[-2] > shape[-1]:
        return complete_qr(a)
    return reduced_qr(a).R if mode == "r" else reduced_qr(a)


cholesky: Final = op(Cholesky, numpy=np.linalg.cholesky)
reduced_qr: Final = op(ReducedQR, results=QRResult)
complete_qr: Final = op(CompleteQR, results=QRResult)
qr: Final[QRFn] = composed(_qr, numpy=np.linalg.qr, name="qr")
