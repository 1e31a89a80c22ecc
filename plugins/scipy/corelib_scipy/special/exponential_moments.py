"""The integrals of t**n exp(x t) over t from 0 to 1, which are the derivatives of (exp(x) - 1) / x."""

from typing import Any, Final

import numpy as np
import scipy.special

from corelib.extend import Tensor, elementwise
from corelib_scipy.recordable import floats, patched

special: Final[Any] = scipy.special
TERMS: Final = 40


def _series(n: int, x: Any) -> Any:
    """The sum of x**k / (k! (n + k + 1)), for |x| up to n + 2, where it has all its terms positive, or few negative."""
    term = np.ones_like(x)
    total = term / (n + 1)
    for k in range(1, TERMS + 4 * n):
        term = term * x / k
        total = total + term / (n + k + 1)
    return total


def _upward(n: int, x: Any) -> Any:
    """By parts, from n = 0 on: x I(n) = exp(x) - n I(n - 1). No digits are lost where x > n."""
    value = np.expm1(x) / x
    for k in range(1, n + 1):
        value = (np.exp(x) - k * value) / x
    return value


def _downward(n: int, x: Any) -> Any:
    """n! P(n + 1, -x) / (-x)**(n + 1), with the incomplete gamma function P."""
    value: Any = special.gammainc(n + 1.0, -x)
    for k in range(n + 1):
        value = value / -x * max(k, 1)
    return value.astype(x.dtype)


def _moment(n: int, x: Any) -> Any:
    (x,) = floats(x)
    with np.errstate(all="ignore"):
        values = np.where(np.isnan(x), x, np.zeros_like(x))
        values = patched(values, (x >= -1) & (x <= n + 2), lambda x: _series(n, x), x)
        values = patched(values, x > n + 2, lambda x: _upward(n, x), x)
        return patched(values, x < -1, lambda x: _downward(n, x), x)


_OPS: dict[int, Any] = {}


def exponential_moment(n: int, x: Any) -> Any:
    """The n-th derivative of (exp(x) - 1) / x: recorded, where x is a Tensor."""
    if not isinstance(x, Tensor):
        return _moment(n, x)
    if n not in _OPS:
        _OPS[n] = elementwise(
            lambda x: _moment(n, x), lambda x: exponential_moment(n + 1, x), numpy=(),
            name=f"exponential_moment_{n}", singular=True,
        )  # fmt: skip
    return _OPS[n](x)
