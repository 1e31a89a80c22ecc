"""The cotangent of a Hermitian matrix from those of its eigenvalues and eigenvectors, where these may be equal."""

from dataclasses import dataclass
from typing import Any, Final, Never

import numpy as np

from corelib.errors import NotDifferentiable
from corelib.extend import Array, may, op
from corelib_linalg.matrices import adjoint, column, entries, eps, hermitian, identity, real


def rotated(g: Any, m: Any, w: Any) -> Any:
    """The cotangent of A in the basis V of its eigenvectors, from g of the eigenvalues w and m, V* times that of V.

    Its entry i, j is that of the skew part of m over w[j] - w[i]; those of the diagonal are g. Where eigenvalues are
    equal see ``within``.
    """
    if not np.any(tied(w)):  # a look: equal eigenvalues have no second gradient
        return apart(m, w) + g[..., None, :] * identity(w.shape[-1], w)
    near = close(w)
    return np.where(near, within(g, m, near), apart(m, w, near))


def close(w: Any) -> Any:
    """Which eigenvalues are equal but for rounding: each to itself at least."""
    w = entries(w)
    return np.abs(w[..., None, :] - w[..., :, None]) <= eps(w) * column(largest(w))


def tied(w: Any) -> Any:
    """Which eigenvalues, in order, are equal to the next one but for rounding."""
    w = entries(w)
    ends = np.maximum(np.abs(w[..., :1]), np.abs(w[..., -1:]))
    return np.abs(w[..., 1:] - w[..., :-1]) <= eps(w) * ends


def apart(m: Any, w: Any, near: Any = None) -> Any:
    """The skew part of m over the differences of eigenvalues, where they are not ``near``."""
    gap = w[..., None, :] - w[..., :, None]
    skew = (m - adjoint(m)) / 2
    return skew / (gap + identity(w.shape[-1], w)) if near is None else skew / np.where(near, 1, gap)


def largest(x: Any) -> Any:
    """The largest absolute value along the last axis, as a constant."""
    values = np.abs(entries(x))
    return np.max(values, axis=-1) if values.shape[-1] else np.sum(values, axis=-1)


def within(g: Any, m: Any, near: Any) -> Any:
    """The cotangent within the blocks of equal eigenvalues: NaN where it is not known.

    A function that does not depend on the choice of the basis has no skew part there. Where it is one of the
    eigenvalues alone, g is the same in a block, and the block is g times the identity. Where it is one of a
    matrix V h(w) V*, the block of m is 2 h G and its cotangent h' G: a multiple, which the diagonals tell.
    """
    one = entries(identity(near.shape[-1], g)) > 0
    tolerance, even, h = np.sqrt(eps(m)), hermitian(m), real(diagonal(m))
    ratio = multiple(g, h, near)
    size = block_largest(largest(np.where(near, entries(even), 0)), near)
    turned = block_largest(largest(np.where(near & ~one, entries(even), 0)), near) > tolerance * size
    parallel = equal(g, ratio * h, near) & (block_largest(h, near) > tolerance * size)
    beside = np.where(equal(g, mean(g, near), near) & ~turned, 0.0, np.nan).astype(m.dtype)[..., None, :]
    if may(parallel):
        again: Any = only_once(ratio[..., None, :] * even)
        beside = np.where(parallel[..., None, :], again, beside)
    based = np.abs(entries(m - adjoint(m))) > tolerance * column(largest(largest(m)))
    return np.where(one, g[..., None, :], np.where(based, np.nan, beside))


def of_values(g: Any, t: Any, near: Any) -> Any:
    """The cotangent within blocks of equal eigenvalues, of a function that is one of the eigenvalues alone.

    t is V* G V, where G is the cotangent of a second derivative, and 0 in a first one. A function that treats the
    eigenvalues alike has g the same in a block. Then g of the second derivative is that of the diagonal of t: a
    multiple, and a number more. Else it has a kink, and equal eigenvalues share the gradient equally.
    """
    middle = mean(g, near)
    kink = ~equal(g, middle, near)
    q = real(diagonal(t))
    second = largest(largest(t))[..., None] > 0
    # Not the mean itself: it has other second derivatives than what it is the mean of but for rounding.
    on = g + np.where(kink & ~second, entries(middle - g), 0)
    one = entries(identity(near.shape[-1], g))
    result = on[..., None, :] * one
    if not np.any(second):
        return result
    ratio = multiple(g - middle, q - mean(q, near), near)
    known = equal(g - middle, ratio * (q - mean(q, near)), near)
    even = hermitian(t)
    none = np.abs(entries(even)) <= eps(t) * column(largest(largest(t)))
    beside: Any = only_once(np.where(none, 0, np.where(known, ratio, np.nan)[..., None, :] * even))
    return np.where((one == 0) & second[..., None], beside, result)


def equal(x: Any, y: Any, near: Any) -> Any:
    """Whether x and y are the same in each block, as far as the rounding of the largest x allows."""
    return block_largest(x - y, near) <= np.sqrt(eps(x)) * largest(x)[..., None]


def diagonal(x: Any) -> Any:
    return np.diagonal(x, axis1=-2, axis2=-1)


def block_sum(x: Any, near: Any) -> Any:
    """The sums of ``x`` over the entries whose eigenvalues are equal to that of each."""
    return np.sum(np.where(near, x[..., None, :], 0), axis=-1)


def block_largest(x: Any, near: Any) -> Any:
    return largest(np.where(near, entries(x)[..., None, :], 0))


def multiple(g: Any, h: Any, near: Any) -> Any:
    """The number r in each block for which r h is nearest to g; 0 where h is."""
    square = block_sum(h * h, near)
    return block_sum(g * h, near) / np.where(square == 0, 1, square)


def mean(g: Any, near: Any) -> Any:
    return block_sum(g, near) / np.sum(near, axis=-1).astype(g.dtype)


def mixing(w: Any) -> Any:
    """A rotation among equal eigenvalues w, to a basis in which no cotangent has a diagonal of zeros by accident.

    It is (1 - S)^-1 (1 + S), with a skew S.
    """
    n = w.shape[-1]
    place = np.arange(n)
    skew = np.where(close(w), np.sin(place[:, None] - place) * np.cos(place[:, None] + place), 0)
    return np.linalg.solve(np.eye(n) - skew, np.eye(n) + skew).astype(w.dtype)


@dataclass(frozen=True, slots=True)
class OnlyOnce:
    """What is not differentiated again: it is found from the numbers of others, and its slopes are not known."""

    def forward(self, x: Array) -> Array:
        return x + 0

    def backward(self, propagated: Array, x: Array) -> Never:
        raise NotDifferentiable(
            "a function of eigenvectors or singular vectors has no second gradient where eigenvalues or singular "
            "values are equal; it depends on more than they tell"
        )


only_once: Final = op(OnlyOnce)
