"""Determinants, and their logarithms."""

from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeVar

import numpy as np

from corelib.extend import Array, Tensor, like, may, native, op
from corelib_linalg.matrices import adjoint, biggest, column, conj, entries, identity

T = TypeVar("T")
CONDITION: Final = 2.0**16  # beyond it det(A) A^-1 loses the digits of its derivative


class SlogdetResult(NamedTuple, Generic[T]):
    sign: T
    logabsdet: T


@dataclass(frozen=True, slots=True)
class Det:
    """The determinants of the matrices in the last two axes.

    The gradient is the conjugate matrix of cofactors, det(A)* A^-H. Of a matrix that is singular, or almost, it is
    computed without that inverse, to any order. Raises InvalidMatrix for matrices that are not square.
    """

    def forward(self, a: Array) -> Array:
        determinant: Array = np.linalg.det(a)
        return determinant

    def backward(self, propagated: Array, a: Array, *, result: Array) -> Array:
        gradient: Array = adjoint(adjugate(a, result, conj(propagated)))
        return gradient


def adjugate(a: Any, determinant: Any, times: Any) -> Any:
    """The adjugate matrices det(A) A^-1, of singular matrices too, times a number each.

    To compute them, the inverse does for matrices that are almost singular; to differentiate them it does not.
    """
    if np.any(entries(determinant) == 0):  # a look: a singular matrix has no inverse
        return column(times) * bordered_adjugate(a)
    inverse = np.linalg.inv(a)
    if isinstance(a, Tensor) and np.any(biggest(a) * biggest(inverse) > CONDITION):
        return column(times) * bordered_adjugate(a)
    return column(times * determinant) * inverse


def bordered_adjugate(a: Any) -> Any:
    """The adjugate of A from B = [[A, U], [V*, 0]], which is regular: U and V span the null spaces, or almost.

    With B^-1 = [[E, F], [G, D]], det A = det B det D and A^-1 = E - F D^-1 G, so that adj A is
    det B (det D E - F adj(D) G), and D is as small as the null spaces are. The numbers of U and V are constants. A is
    divided by its size before.
    """
    n = a.shape[-1]
    u, s, vh = np.linalg.svd(entries(a))
    size = np.exp2(np.round(np.log2(np.where(s[..., 0] > 0, s[..., 0], 1))))
    k = max(1, int(np.max(np.sum(s * CONDITION <= size[..., None], axis=-1))))
    upper = np.concatenate([a / column(size), u[..., n - k :]], axis=-1)
    corner = np.zeros((*a.shape[:-2], k, k), dtype=a.dtype, like=like(a))
    border = np.concatenate([upper, np.concatenate([vh[..., n - k :, :], corner], axis=-1)], axis=-2)
    inverse = np.linalg.inv(border)
    e, f, g, d = inverse[..., :n, :n], inverse[..., :n, n:], inverse[..., n:, :n], inverse[..., n:, n:]
    determinant, adjoined = faddeev(d)
    adjugates = column(np.linalg.det(border)) * (column(determinant) * e - f @ adjoined @ g)
    return adjugates * column(size ** (n - 1))


def faddeev(d: Any) -> tuple[Any, Any]:
    """The determinant and the adjugate of small matrices as polynomials (Faddeev and LeVerrier)."""
    k = d.shape[-1]
    one = identity(k, d)
    power = np.broadcast_to(one, d.shape)
    for i in range(1, k + 1):
        product = d @ power
        coefficient = -np.trace(product, axis1=-2, axis2=-1) / i
        if i < k:
            power = product + column(coefficient) * one
    sign = -1 if k % 2 else 1
    return sign * coefficient, -sign * power


@dataclass(frozen=True, slots=True)
class Slogdet:
    """The sign of the determinant, a number of size 1 or 0, and the logarithm of its size.

    The gradient of the logarithm is A^-H; it is infinite where A is singular. Raises InvalidMatrix for matrices that
    are not square.
    """

    def forward(self, a: Array) -> SlogdetResult[Array]:
        return SlogdetResult(*np.linalg.slogdet(a))

    def backward(self, propagated: SlogdetResult[Array], a: Array, *, result: SlogdetResult[Array]) -> Array:
        slope: Any = propagated.logabsdet
        if a.dtype.kind == "c":
            slope = slope - 1j * np.imag(np.conjugate(propagated.sign) * result.sign)
        singular = column(entries(result.sign) == 0)
        if not may(singular):
            gradient: Array = column(slope) * adjoint(np.linalg.inv(a))
        else:
            regular = np.where(singular, identity(a.shape[-1], a), a)
            gradient = np.where(singular, steep(a, column(slope)), column(slope) * adjoint(np.linalg.inv(regular)))
        return gradient


def steep(a: Any, slope: Any) -> Any:
    """The infinite gradient of log |det A| where that is 0: in the direction of the cofactors."""
    if not native(a):
        return np.where(slope == 0, slope, np.nan)
    direction = entries(slope) * np.conjugate(np.swapaxes(bordered_adjugate(entries(a)), -1, -2))
    with np.errstate(invalid="ignore"):  # 0 times infinity
        return np.where(direction == 0, direction, direction * np.inf)


det: Final = op(Det, numpy=np.linalg.det)
slogdet: Final = op(Slogdet, numpy=np.linalg.slogdet, results=SlogdetResult)
