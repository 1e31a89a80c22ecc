"""Singular values and vectors."""

from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeVar

import numpy as np

from corelib.extend import Array, Tensor, TensorLike, composed, may, native, op
from corelib_linalg.eigen import eigh, eigvalsh
from corelib_linalg.matrices import (
    adjoint,
    biggest,
    column,
    entries,
    eps,
    hermitian,
    identity,
    nothing,
    places,
    real,
    tensor,
)
from corelib_linalg.phases import turning
from corelib_linalg.signatures import SVDFn, SVDResult
from corelib_linalg.spectra import (
    apart,
    block_sum,
    close,
    diagonal,
    largest,
    mixing,
    multiple,
    of_values,
    only_once,
    rotated,
    tied,
)

T = TypeVar("T")


PHASE: Final = 0.6 + 0.8j  # any, but that it is not real


class Spectrum(NamedTuple, Generic[T]):
    U: T
    S: T
    Vh: T
    zero: T


class Turns(NamedTuple):
    """How the cotangents of U and V turn the singular vectors: alike, apart, and out of the space of all of them."""

    alike: Any
    apart: Any
    left: Any
    right: Any


@dataclass(frozen=True, slots=True)
class ReducedSVD:
    """Matrices as U diag(S) Vh, with as many singular values S, descending, as they have rows or columns at most.

    With P = U* dA V, the Hermitian part of P moves U and V alike, as it moves the eigenvectors of a matrix with the
    eigenvalues S, and the rest turns them apart. The gradient is NaN where it does not exist or cannot be told.
    """

    def forward(self, a: Array) -> SVDResult[Array]:
        return SVDResult(*np.linalg.svd(a, full_matrices=False))

    def backward(self, propagated: SVDResult[Array], a: Array, *, result: SVDResult[Array]) -> Array:
        u, s, vh = result
        gu, g, gv = propagated.U, propagated.S, adjoint(propagated.Vh)
        if u.dtype.kind == "c":
            gu, gv = of_any_phase(gu, gv, u, vh)
        turns = turned(gu, gv, u, vh)
        zero = vanishing(s)
        at_zero = unknown(turns, g) if may(zero) else None
        return gradient(rotated(g, turns.alike, s), turns, at_zero, result, zero)


def turned(gu: Any, gv: Any, u: Any, vh: Any) -> Turns:
    mu, mv = adjoint(u) @ gu, vh @ gv
    apart = mu - mv
    return Turns(mu + mv, (apart - adjoint(apart)) / 2, gu - u @ mu, gv - adjoint(vh) @ mv)


def vanishing(s: Any) -> Any:
    """Which singular values are 0 but for rounding."""
    s = entries(s)
    return s <= eps(s) * s[..., :1]


def unknown(turns: Turns, g: Any) -> Turns:
    """What stands where singular values are 0: 0 where nothing turns, else NaN.

    What turns out of the space cannot be told where a singular value that is 0 has a cotangent g.
    """
    size = np.sqrt(eps(g)) * column(largest(largest(turns.alike)) + largest(g))
    lost = (entries(g) != 0)[..., None, :]
    twist, left, right = [np.abs(entries(x)) > size for x in turns[1:]]
    nan = [np.where(mask, np.nan, 0.0).astype(g.dtype) for mask in (twist, left | lost, right | lost)]
    return Turns(None, *nan)


def gradient(middle: Any, turns: Turns, at_zero: Turns | None, result: Any, zero: Any) -> Array:
    """The gradient U (middle + twist) Vh, and what turns out of the space of the singular vectors.

    at_zero: what stands in the place of quotients whose divisors, sums of singular values, are 0.
    """
    gradient: Array
    u, s, vh = result[:3]
    both = zero[..., None, :] & zero[..., :, None]
    sums = s[..., None, :] + s[..., :, None]
    left = u @ (middle + over(turns.apart, sums, both, at_zero and at_zero.apart))
    if u.shape[-2] > s.shape[-1]:
        left = left + over(turns.left, s[..., None, :], zero[..., None, :], at_zero and at_zero.left)
    if vh.shape[-1] == s.shape[-1]:
        gradient = left @ vh
        return gradient
    right = over(turns.right, s[..., None, :], zero[..., None, :], at_zero and at_zero.right)
    gradient = left @ vh + u @ adjoint(right)
    return gradient


def over(above: Any, below: Any, none: Any, at_zero: Any) -> Any:
    return above / below if at_zero is None else np.where(none, at_zero, above / np.where(none, 1, below))


def of_any_phase(gu: Any, gv: Any, u: Any, vh: Any) -> tuple[Any, Any]:
    """The cotangents of U and V of any phase: LAPACK makes the first row of U real in wide matrices, else of V."""
    m = adjoint(u) @ gu + vh @ gv
    wide = u.shape[-2] < vh.shape[-1]
    turn = 1j * turning(m, np.real(u[..., 0, :] if wide else vh[..., :, 0]))[..., None, :]
    first = places(u.shape[-2] if wide else vh.shape[-1], u) == 0
    if wide:
        return np.where(first, gu - turn, gu), gv
    return gu, np.where(first, gv - turn, gv)


@dataclass(frozen=True, slots=True)
class FullSVD:
    """The same with square U and Vh. What the vectors beyond are, nobody says: a gradient that depends on it is NaN."""

    def forward(self, a: Array) -> SVDResult[Array]:
        return SVDResult(*np.linalg.svd(a))

    def backward(self, propagated: SVDResult[Array], a: Array, *, result: SVDResult[Array]) -> Array:
        k = result.S.shape[-1]
        u, v = result.U, adjoint(result.Vh)
        gu, gv = completed(propagated.U, u, k), completed(adjoint(propagated.Vh), v, k)
        reduced = SVDResult(u[..., :k], result.S, result.Vh[..., :k, :])
        return ReducedSVD().backward(SVDResult(gu, propagated.S, adjoint(gv)), a, result=reduced)


def completed(g: Any, u: Any, k: int) -> Any:
    """The cotangent of the first k columns of u, with that of the others, which are orthogonal to these."""
    if u.shape[-1] == k:
        return g
    beyond, other = u[..., k:], g[..., k:]
    m = adjoint(beyond) @ other
    chosen = biggest(m - adjoint(m)) > np.sqrt(eps(m)) * biggest(other)
    first = g[..., :k] - beyond @ (adjoint(other) @ u[..., :k])
    return np.where(chosen, np.nan, first) if may(chosen) else first


@dataclass(frozen=True, slots=True)
class Values:
    """The singular values, with what their gradient needs: vectors, and zeros that are a part of the gradient.

    The cotangent of the zeros is that of the gradient, in a second derivative.
    """

    def forward(self, a: Array) -> Spectrum[Array]:
        u, s, vh = np.linalg.svd(a, full_matrices=False)
        if native(a) and (np.any(vanishing(s)) or np.any(tied(s))):
            u, vh = mixed(a, s)
        return Spectrum(u, s, vh, np.zeros_like(a))

    def backward(self, propagated: Spectrum[Array], a: Array, *, result: Spectrum[Array]) -> Array:
        u, s, vh, zeros = result
        zero, g = vanishing(s), propagated.S
        regular = not (may(zero) or may(tied(s)))
        if regular and nothing(propagated.U) and nothing(propagated.Vh):
            return with_zeros((u * g[..., None, :]) @ vh, zeros)
        turns = turned(propagated.U, adjoint(propagated.Vh), u, vh)
        if regular:
            middle = apart(turns.alike, s) + g[..., None, :] * identity(s.shape[-1], s)
            return with_zeros(gradient(middle, turns, None, result, zero), zeros)
        near, second = close(s), propagated.zero
        t = adjoint(u) @ second @ adjoint(vh)
        unused = largest(largest(second))[..., None] == 0
        g = g - np.where(zero & unused, entries(g), 0)  # 0 at a kink, as that of abs
        at_zero = even(g, t, second, near, result)
        middle = np.where(near, of_values(g, t, near), apart(turns.alike, s, near))
        return with_zeros(gradient(middle, turns, at_zero, result, zero), zeros)


def with_zeros(x: Array, zeros: Any) -> Array:
    """``x``, and the zeros whose cotangent is that of x, where it will be differentiated again."""
    return x + zeros if isinstance(zeros, Tensor) else x


def mixed(a: Array, s: Array) -> tuple[Array, Array]:
    """The singular vectors of ``a`` in a basis among equal singular values in which nothing is 0 by accident."""
    u, _, vh = np.linalg.svd(a)
    k, batch = s.shape[-1], s.shape[:-1]
    left, right = (mixing(np.concatenate([s, np.zeros((*batch, n - k), s.dtype)], axis=-1)) for n in a.shape[-2:])
    u, vh = (u @ left)[..., :k], (adjoint(right) @ vh)[..., :k, :]
    return np.where(vanishing(s)[..., None, :], u * PHASE, u) if u.dtype.kind == "c" else u, vh


def even(g: Any, t: Any, second: Any, near: Any, result: Any) -> Turns:
    """What stands where singular values are 0, of a function of the singular values.

    It is even there, and so its second derivatives are those of a multiple of the sum of squares: t, U* G V, times
    what the diagonal of t tells.
    """
    u, _, vh, _ = result
    q = real(diagonal(t))
    ratio = np.where(block_sum(entries(q * q), near) > 0, multiple(g, q, near), np.nan)[..., None, :]
    v = adjoint(vh)
    parts = (t - hermitian(t), second @ v - u @ t, adjoint(second) @ u - v @ adjoint(t))
    if not np.any(entries(second)):
        return Turns(None, *parts)
    return Turns(None, *[only_once(np.where(entries(x) == 0, 0, ratio * x)) for x in parts])


def _svdvals(x: TensorLike, /) -> Tensor:
    """The singular values of matrices, descending. Their slopes are u v*.

    Equal ones share the gradient equally, and that of one which is 0 is 0.
    """
    return values(x).S


def _svd(a: TensorLike, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """The factors of A = U diag(S) Vh: orthonormal columns of U and rows of Vh, and S descending, at least 0.

    full_matrices: whether U and Vh are square. compute_uv: whether S alone is returned. hermitian: whether A is
    Hermitian, read from its lower triangle. The gradient is NaN where it does not exist or cannot be told.
    """
    x: Any = tensor(a)
    if hermitian:
        return of_hermitian(x, compute_uv)
    if not compute_uv:
        return svdvals(x)
    return full_svd(x) if full_matrices and x.shape[-1] != x.shape[-2] else reduced_svd(x)


def of_hermitian(x: Any, compute_uv: bool) -> Any:
    """The singular values of Hermitian matrices, and their eigenvectors with a sign in Vh."""
    w: Any
    v: Any
    w, v = eigh(x) if compute_uv else (eigvalsh(x), None)
    order = np.argsort(np.abs(entries(w)), axis=-1)[..., ::-1]
    s: Any = np.take_along_axis(w, order, axis=-1)
    if v is None:
        return np.abs(s)
    u: Any = np.take_along_axis(v, order[..., None, :], axis=-1)
    return SVDResult(u, np.abs(s), adjoint(u * np.sign(entries(s))[..., None, :].astype(s.dtype)))


reduced_svd: Final = op(ReducedSVD, results=SVDResult)
values: Final = op(Values, results=Spectrum)
full_svd: Final = op(FullSVD, results=SVDResult)
svd: Final[SVDFn] = composed(_svd, numpy=np.linalg.svd, name="svd")
svdvals: Final = composed(_svdvals, numpy=np.linalg.svdvals, name="svdvals")
