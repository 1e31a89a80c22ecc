"""The difference of polygamma functions at x + d and at x, with its digits also where d is small beside x.

Source: NIST Digital Library of Mathematical Functions, 5.5.2, 5.11.2 and 5.15.8.
"""

from math import factorial
from typing import Any, Final

import numpy as np
import scipy.special

from corelib.extend import Tensor, elementwise
from corelib_scipy.recordable import floats, patched
from corelib_scipy.special.polygammas import BERNOULLI, SHIFT, polygamma_of

special: Final[Any] = scipy.special


def _power_change(x: Any, d: Any, n: int) -> Any:
    """(x + d)**-n - x**-n."""
    return np.expm1(-n * np.log1p(d / x)) * x**-n


def _by_terms(n: int, x: Any, d: Any) -> Any:
    """The first terms of the series one by one, and the others from their asymptotic series, where x + k > 12 + n."""
    total = np.zeros_like(x)
    for k in range(SHIFT + n):
        total = total + _power_change(x + k, d, n + 1)
    x = x + SHIFT + n
    total = -factorial(n) * total if n % 2 == 0 else factorial(n) * total
    sign = -1 if n % 2 == 0 else 1
    tail = -np.log1p(d / x) if n == 0 else factorial(n - 1) * _power_change(x, d, n)
    tail = tail + factorial(n) / 2 * _power_change(x, d, n + 1)
    for k, number in enumerate(BERNOULLI, 1):
        tail = tail + number * (factorial(2 * k + n - 1) / factorial(2 * k)) * _power_change(x, d, 2 * k + n)
    return total + sign * tail


def _difference(n: int, x: Any, d: Any) -> Any:
    x, d = floats(x, d)
    with np.errstate(all="ignore"):
        direct = polygamma_of(n, x + d) - polygamma_of(n, x)
        return patched(direct, (x > 0) & (np.abs(d) < x / 2), lambda x, d: _by_terms(n, x, d), x, d)


_OPS: dict[int, Any] = {}


def polygamma_difference(n: int, x: Any, d: Any) -> Any:
    """psi(n, x + d) - psi(n, x): recorded, where one of them is a Tensor."""
    if not isinstance(x, Tensor) and not isinstance(d, Tensor):
        return _difference(n, x, d)
    if n not in _OPS:
        _OPS[n] = elementwise(
            lambda x, d: _difference(n, x, d),
            lambda x, d: polygamma_difference(n + 1, x, d), lambda x, d: polygamma_of(n + 1, x + d),
            numpy=(), name=f"polygamma_difference_{n}", singular=True,
        )  # fmt: skip
    return _OPS[n](x, d)
