"""Eigenvalues and eigenvectors of Hermitian matrices."""

from dataclasses import dataclass
from typing import Final, Generic, Literal, NamedTuple, TypeAlias, TypeVar

import numpy as np

from corelib.extend import Array, Tensor, TensorLike, composed, may, native, op
from corelib_linalg.matrices import adjoint, nothing
from corelib_linalg.phases import with_real_row
from corelib_linalg.spectra import apart, close, mixing, of_values, rotated, tied
from corelib_linalg.triangles import of_triangle

T = TypeVar("T")
Triangle: TypeAlias = Literal["L", "U", "l", "u"]


class EighResult(NamedTuple, Generic[T]):
    eigenvalues: T
    eigenvectors: T


@dataclass(frozen=True, slots=True)
class Eigh:
    """The eigenvalues w, ascending, and eigenvectors V of the Hermitian matrices in one triangle: A V = V diag(w).

    The gradient is V R V*, with ``rotated`` R. It is finite for a function that does not depend on the choice of the
    basis where eigenvalues are equal, and NaN where it does, or where its slope cannot be told from the cotangents.
    """

    UPLO: Triangle = "L"

    def forward(self, a: Array) -> EighResult[Array]:
        return EighResult(*np.linalg.eigh(a, known(self.UPLO)))

    def backward(self, propagated: EighResult[Array], a: Array, *, result: EighResult[Array]) -> Array:
        w, v = result
        g = propagated.eigenvectors
        if nothing(g) and not may(tied(w)):
            return of_triangle((v * propagated.eigenvalues[..., None, :]) @ adjoint(v), a, self.UPLO in "lL")
        if v.dtype.kind == "c":  # LAPACK makes the entries of one row real
            g = with_real_row(g, adjoint(v) @ g, v, 0 if self.UPLO in "lL" else v.shape[-1] - 1)
        cotangent = v @ rotated(propagated.eigenvalues, adjoint(v) @ g, w) @ adjoint(v)
        return of_triangle(cotangent, a, self.UPLO in "lL")


class Spectrum(NamedTuple, Generic[T]):
    eigenvalues: T
    eigenvectors: T
    zero: T


@dataclass(frozen=True, slots=True)
class Eigenvalues:
    """The eigenvalues, with what their gradient needs: eigenvectors, and zeros that are a part of the gradient.

    The cotangent of the zeros is that of the gradient in a second derivative.
    """

    UPLO: Triangle = "L"

    def forward(self, a: Array) -> Spectrum[Array]:
        w, v = np.linalg.eigh(a, known(self.UPLO))
        if native(a) and np.any(tied(w)):
            v = v @ mixing(w)
        return Spectrum(w, v, np.zeros_like(a))

    def backward(self, propagated: Spectrum[Array], a: Array, *, result: Spectrum[Array]) -> Array:
        w, v, zero = result
        g, gv = propagated.eigenvalues, propagated.eigenvectors
        if not may(tied(w)):
            left = v * g[..., None, :] if nothing(gv) else v @ rotated(g, adjoint(v) @ gv, w)
        else:
            near, second = close(w), adjoint(v) @ propagated.zero @ v
            left = v @ np.where(near, of_values(g, second, near), apart(adjoint(v) @ gv, w, near))
        cotangent = left @ adjoint(v)
        return of_triangle(cotangent + zero if isinstance(zero, Tensor) else cotangent, a, self.UPLO in "lL")


def known(triangle: Triangle) -> Triangle:
    """The name of a triangle. Raises ValueError for another."""
    if triangle not in ("L", "U", "l", "u"):
        raise ValueError(f"UPLO is 'L' or 'U', not {triangle!r}")
    return triangle


def _eigvalsh(a: TensorLike, UPLO: Triangle = "L") -> Tensor:
    """The eigenvalues, ascending, of the Hermitian matrices in one triangle. Their slopes are v v*.

    Equal eigenvalues share the gradient equally.
    """
    return eigenvalues(a, UPLO).eigenvalues


eigh: Final = op(Eigh, numpy=np.linalg.eigh, results=EighResult)
eigenvalues: Final = op(Eigenvalues, results=Spectrum)
eigvalsh: Final = composed(_eigvalsh, numpy=np.linalg.eigvalsh, name="eigvalsh")
