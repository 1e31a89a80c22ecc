"""Eigenvalues and eigenvectors of any square matrix."""

from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeVar

import numpy as np

from corelib.extend import Array, Tensor, TensorLike, composed, may, op
from corelib_linalg.matrices import adjoint, column, entries, eps, identity, places, real
from corelib_linalg.phases import turning
from corelib_linalg.spectra import close, diagonal, equal, largest, mean

T = TypeVar("T")


class EigResult(NamedTuple, Generic[T]):
    eigenvalues: T
    eigenvectors: T


@dataclass(frozen=True, slots=True)
class Eig:
    """The eigenvalues w and eigenvectors V, of length 1, of A V = V diag(w).

    The gradient is V^-H K V*, where K has the cotangents of w on its diagonal. NaN where eigenvalues are equal and the
    function is not one of the eigenvalues, each treated alike.
    """

    def forward(self, a: Array) -> EigResult[Array]:
        return EigResult(*np.linalg.eig(a))

    def backward(self, propagated: EigResult[Array], a: Array, *, result: EigResult[Array]) -> Array:
        w, v = result
        g, gv = propagated
        if v.dtype.kind == "c":
            gv = of_real_entries(gv, v)
        m = adjoint(v) @ gv
        m = m - (adjoint(v) @ v) * real(diagonal(m))[..., None, :]
        gradient = np.linalg.solve(adjoint(v), divided(g, m, w) @ adjoint(v))
        return real(gradient) if a.dtype.kind != "c" else gradient


def of_real_entries(g: Any, v: Any) -> Any:
    """The cotangents of vectors of any phase: LAPACK makes the largest entry of each real."""
    size = np.abs(entries(v))
    place = np.argmax(size, axis=-2)[..., None, :]
    row = np.take_along_axis(np.real(v), place, axis=-2)[..., 0, :]
    there = places(v.shape[-2], v) == place
    return np.where(there, g - 1j * turning(adjoint(v) @ g, row)[..., None, :], g)


def divided(g: Any, m: Any, w: Any) -> Any:
    """``m`` over the conjugate differences of eigenvalues, and g on the diagonal."""
    one = identity(w.shape[-1], w)
    gap = np.conjugate(w[..., None, :] - w[..., :, None])
    near = close(w)
    if not may(np.sum(near, axis=-1) > 1):
        return np.where(one != 0, g[..., None, :], m / (gap + one))
    known = np.abs(entries(m)) <= np.sqrt(eps(m)) * column(largest(largest(m)))
    known = known & equal(g, mean(g, near), near)[..., None, :]
    inside = np.where(entries(one) != 0, g[..., None, :], np.where(known, 0, np.nan))
    return np.where(near, inside, m / np.where(near, 1, gap))


def _eigvals(a: TensorLike) -> Tensor:
    """The eigenvalues of square matrices, complex where one of them is."""
    return eig(a).eigenvalues


eig: Final = op(Eig, numpy=np.linalg.eig, results=EigResult)
eigvals: Final = composed(_eigvals, numpy=np.linalg.eigvals, name="eigvals")
