"""The derivatives of the incomplete gamma function in its parameter, as sums and integrals of terms of one sign.

With q(a, x) the upper function and f = x**a exp(-x) / gamma(a + 1), dq/da is a f times

    the sum over n of x**n / (a)_{n+1} (psi(a + 1) - log(x) + 1 / (a + 1) + ... + 1 / (a + n)),
    the integral of exp(-a s + x (1 - exp(-s))) (psi(a) - log(x) + s) over s > 0, and
    the integral of exp(a u - x (exp(u) - 1)) (log(x) - psi(a) + u) over u > 0.

The first two are used where log(x) < psi(a + 1), and the third where it is larger: nothing cancels. The integrals are
Gauss and Legendre's up to where the integrand is exp(-42).
"""

from typing import Any, Final

import numpy as np
import scipy.special

from corelib_scipy.special.stirling import LEAST, log_excess

special: Final[Any] = scipy.special
NODES, WEIGHTS = ((1 + np.polynomial.legendre.leggauss(48)[0]) / 2, np.polynomial.legendre.leggauss(48)[1] / 2)
DEPTH: Final = 42.0
LARGE: Final = 12.0  # of a: from here on the integral takes fewer terms than the sum
COUNTS: Final = np.arange(1.0, 49)  # so many terms for a up to 12 and x up to 12.6
PART: Final = 256
SMALL: Final = 0.1


def _curve(u: Any) -> Any:
    """exp(u) - 1 - u."""
    if not u.size or np.max(np.abs(u)) > SMALL:
        near = np.abs(u) <= SMALL
        return np.where(near, _curve(np.where(near, u, 0)), np.expm1(u) - u) if np.any(near) else np.expm1(u) - u
    total = np.full_like(u, 1 / 39916800)
    for factor in (3628800, 362880, 40320, 5040, 720, 120, 24, 6, 2):
        total = total * u + 1 / factor
    return total * u * u


def _moments(slope: Any, x: Any, side: int, end: Any) -> list[Any]:
    """The integrals of u**k exp(-slope u - x curve(side u)) over 0 < u < end, k = 0, 1, 2."""
    u = end[:, None] * NODES
    terms = WEIGHTS * np.exp(-slope[:, None] * u - x[:, None] * _curve(side * u))
    return [end * np.sum(terms * powers, axis=1) for powers in (1, u, u * u)]


def _end(slope: Any, x: Any, side: int) -> Any:
    """Where slope u + x curve(side u) is 42, by Newton's method; convex, so that no step but the first falls short."""
    u = 2 * DEPTH / (slope + np.hypot(slope, np.sqrt(2 * DEPTH) * np.sqrt(x)))
    if side > 0:
        for _ in range(2):
            u = np.minimum(u, np.log1p((DEPTH + np.maximum(x - slope, 0) * u) / x))
    for _ in range(5):
        u = u - (slope * u + x * _curve(side * u) - DEPTH) / (slope + side * x * np.expm1(side * u))
    return u


def _curvature(a: Any, x: Any) -> Any:
    """(log(x) - psi(a))**2 - psi'(a), without the terms 1 / a**2 of both."""
    excess = np.log(x) - special.digamma(a + 1)
    small = excess * excess + 2 * excess / a - special.zeta(2.0, a + 1)
    return np.where(a < 1, small, np.square(log_excess(a, x)) - special.zeta(2.0, a))


def _above(a: Any, x: Any) -> tuple[Any, Any]:
    excess, curvature = log_excess(a, x), _curvature(a, x)
    zeroth, first, second = _moments(x - a, x, 1, _end(x - a, x, 1))
    return zeroth * excess + first, zeroth * curvature + 2 * excess * first + second


def _below(a: Any, x: Any) -> tuple[Any, Any]:
    excess, curvature = log_excess(a, x), _curvature(a, x)
    zeroth, first, second = _moments(a - x, x, -1, _end(a - x, x, -1))
    return first - zeroth * excess, 2 * excess * first - zeroth * curvature - second


def _summed(a: Any, x: Any) -> tuple[Any, Any]:
    below = 1 / (a[:, None] + COUNTS)
    terms = np.cumprod(x[:, None] * below, axis=1)
    harmonic, squares = np.cumsum(below, axis=1), np.cumsum(below * below, axis=1)
    total, first = 1 + np.sum(terms, axis=1), np.sum(terms * harmonic, axis=1)
    second = np.sum(terms * (harmonic * harmonic + squares), axis=1)
    excess = np.log(x) - special.digamma(a + 1)
    curvature = excess * excess - special.zeta(2.0, a + 1)
    return first - total * excess, 2 * excess * first - total * curvature - second


def _times(a: Any, ratios: tuple[Any, Any]) -> tuple[Any, Any]:
    return a * ratios[0], a * ratios[1]


def parameter_ratios(a: Any, x: Any) -> tuple[Any, Any]:
    """dq/da and d2q/da2, both over f. Where a is 0, their limits."""
    first, second = np.full_like(x, np.nan), np.full_like(x, np.nan)
    good = (a >= 0) & (x > 0) & np.isfinite(a) & np.isfinite(x)
    a = np.maximum(a, LEAST)
    above = good & (np.log(x) > special.digamma(a + 1))
    for where, way in (
        (above, lambda a, x: _times(a, _above(a, x))),
        (good & ~above & (a > LARGE), lambda a, x: _times(a, _below(a, x))),
        (good & ~above & (a <= LARGE), _summed),
    ):
        if np.any(where):
            first[where], second[where] = _in_parts(way, a[where], x[where])
    return first, second


def _in_parts(way: Any, a: Any, x: Any) -> Any:
    """So many at a time, that the terms of all fit into a cache."""
    parts = [way(a[i : i + PART], x[i : i + PART]) for i in range(0, a.size, PART)]
    return np.concatenate(parts, axis=1)
