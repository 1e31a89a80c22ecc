"""The derivatives of digamma, also left of 0, where scipy.special.polygamma adds up as many terms as x is large.

Source: NIST Digital Library of Mathematical Functions, 5.11.2, 5.15.5, 5.15.6 and 5.15.8.
"""

from math import factorial
from typing import Any, Final

import numpy as np
import scipy.special
from numpy.polynomial import Polynomial

from corelib.extend import Tensor, elementwise
from corelib_scipy.recordable import floats, patched

special: Final[Any] = scipy.special
SHIFT: Final = 12
LARGEST: Final = 170
BERNOULLI: Final = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798)


def _cotangents(n: int) -> Polynomial:
    """The n-th derivative of cot(x), as a polynomial of cot(x): d/dx P(c) = -(1 + c**2) P'(c)."""
    made = Polynomial([0.0, 1.0])
    for _ in range(n):
        made = -Polynomial([1.0, 0.0, 1.0]) * made.deriv()
    return made


def _reflected(n: int, x: Any) -> Any:
    """psi(n, x) = (-1)**n psi(n, 1 - x) - pi d^n/dx^n cot(pi x), for x < 0."""
    turned = x - np.round(np.real(x))
    cotangent = 1 / np.tan(np.pi * turned)
    return (-1) ** n * _right(n, 1 - x) - np.pi ** (n + 1) * _cotangents(n)(cotangent)


def _right(n: int, x: Any) -> Any:
    if x.dtype.kind == "c":
        return _by_terms(n, x)
    values = (-1) ** (n + 1) * float(factorial(n)) * special.zeta(n + 1.0, x)
    return values.astype(x.dtype)


def _by_terms(n: int, z: Any) -> Any:
    """The first terms of the series one by one, and the others from their asymptotic series."""
    total = np.zeros_like(z)
    for k in range(SHIFT + n):
        total = total + (z + k) ** -(n + 1.0)
    z = z + SHIFT + n
    total = factorial(n) * (total + z ** -(n + 1.0) / 2) + factorial(n - 1) * z ** -float(n)
    for k, number in enumerate(BERNOULLI, 1):
        total = total + number * (factorial(2 * k + n - 1) / factorial(2 * k)) * z ** -float(2 * k + n)
    return (-1) ** (n + 1) * total


def _polygamma(n: int, x: Any) -> Any:
    (x,) = floats(x)
    if n == 0:
        return special.digamma(x)
    with np.errstate(all="ignore"):
        values = np.where(x == 0, np.inf * (-1) ** (n + 1), np.full_like(x, np.nan))
        values = patched(values, np.real(x) > 0, lambda x: _right(n, x), x)
        return patched(values, np.real(x) < 0, lambda x: _reflected(n, x), x)


_OPS: dict[int, Any] = {}


def polygamma_of(n: int, x: Any) -> Any:
    """The n-th derivative of digamma: recorded, where x is a Tensor. Raises ValueError for an n above 170."""
    if n > LARGEST:
        raise ValueError(f"polygamma takes an n of at most {LARGEST}, not {n}: the factorial of more is infinite")
    if not isinstance(x, Tensor):
        return _polygamma(n, x)
    if n not in _OPS:
        _OPS[n] = elementwise(
            lambda x: _polygamma(n, x), lambda x: polygamma_of(n + 1, x), numpy=(), name=f"polygamma_{n}", singular=True
        )
    return _OPS[n](x)
