"""Parts of densities whose exponents are large numbers that nearly cancel: log(1 + x) - x, and Stirling's series.

Source: NIST Digital Library of Mathematical Functions, 5.11.1 and 5.11.2.
"""

from math import pi
from typing import Any, Final

import numpy as np
import scipy.special

from corelib_scipy.recordable import Recordable, floats, patched, recordable
from corelib_scipy.special.polygammas import BERNOULLI, polygamma_of

special: Final[Any] = scipy.special
TERMS: Final = 17
LARGE: Final = 10.0
SMALLEST: Final = 5e-324
LEAST: Final = 1e-290  # smaller parameters have infinite gamma functions, and the same limits


def log1p_less(x: Any) -> Any:
    """log(1 + x) - x, with its digits where x is small."""
    near = np.abs(x) <= 0.5
    z = np.where(near, x, 0)
    r = z / (2 + z)
    square = r * r
    total = np.full_like(r, 1 / (2 * TERMS + 3))
    for k in range(TERMS - 1, -1, -1):
        total = total * square + 1 / (2 * k + 3)
    return np.where(near, r * (2 * square * total - z), np.log1p(np.where(near, 0, x)) - x)


def exponent_of(a: Any, x: Any) -> Any:
    """a (log(x / a) - x / a + 1), which is 0 at x = a and negative elsewhere."""
    ratio = (x - a) / a
    near = np.abs(ratio) <= 0.5
    far = np.log(x) - np.log(a) - ratio
    return a * np.where(near, log1p_less(np.where(near, ratio, 0)), far)


def gamma_star(a: Any) -> Any:
    """gamma(a) / (sqrt(2 pi / a) (a / e)**a), which is 1 for large a."""
    large = np.where(a > LARGE, a, LARGE)
    total = np.zeros_like(large)
    for k, number in reversed(list(enumerate(BERNOULLI, 1))):
        total = total / large / large + number / (2 * k * (2 * k - 1))
    small = np.where(a > LARGE, 1, a)
    direct = special.gamma(small) * np.sqrt(small / (2 * pi)) * np.exp(small - small * np.log(small))
    return np.where(a > LARGE, np.exp(total / large), direct)


def log_less_digamma(a: Any) -> Any:
    """log(a) - psi(a), with its digits where a is large."""

    def series(a: Any) -> Any:
        total = np.zeros_like(a)
        for k, number in reversed(list(enumerate(BERNOULLI, 1))):
            total = (total + number / (2 * k)) / a / a
        return total + 0.5 / a

    return patched(np.log(a) - special.digamma(a), a > LARGE, series, a)


def _log_excess(a: Any, x: Any) -> Any:
    """log(x) - psi(a), with its digits where a and x are large and close."""
    a, x = floats(a, x)
    ratio = (x - a) / a
    near = np.abs(ratio) <= 0.5
    logarithm = np.where(near, np.log1p(np.where(near, ratio, 0)), np.log(x) - np.log(a))
    return (logarithm + log_less_digamma(a)).astype(a.dtype)


log_excess: Final[Recordable] = recordable(_log_excess, lambda a, x: -polygamma_of(1, a), lambda a, x: 1 / x)


def gamma_front(a: Any, x: Any, shift: Any = 0.0) -> Any:
    """x**a exp(-x + shift) / gamma(a + 1): with the shift, what is divided by x next may underflow."""
    a = np.maximum(a, LEAST)
    return np.exp(exponent_of(a, x) + shift) / (np.sqrt(2 * pi * a) * gamma_star(a))


def _gamma_density(a: Any, x: Any) -> Any:
    """x**(a - 1) exp(-x) / gamma(a)."""
    a, x = floats(a, x)
    wide = a.astype(np.float64)
    inside = (x > 0) & (x < np.inf)
    y = np.where(inside, x, 1).astype(np.float64)
    density = gamma_front(wide, y, np.log(np.maximum(wide, LEAST)) - np.log(y)) * np.where(
        wide < LEAST, wide / LEAST, 1
    )
    at_zero = np.where(a > 1, 0, np.where(a < 1, np.inf, 1))
    return np.where(inside | np.isnan(x), density + 0 * x, np.where(x == 0, at_zero, 0)).astype(a.dtype)


gamma_density: Final[Recordable] = recordable(
    _gamma_density,
    lambda a, x, *, result: result * log_excess(a, x),
    lambda a, x, *, result: result * ((a - 1 - x) / x),
)


def _rate_density(a: Any, b: Any, x: Any) -> Any:
    """x times the density at a x: the slope of gammainc(b, a x) in a."""
    a, b, x = floats(a, b, x)
    dtype = a.dtype
    a, b, x = a.astype(np.float64), b.astype(np.float64), x.astype(np.float64)
    y = np.where((a != 0) & (x != 0), np.maximum(a * x, SMALLEST), 0)
    inside = (y > 0) & (y < np.inf)
    weight = b * gamma_front(b, np.where(inside, y, 1), -np.log(np.where(inside, a, 1)))
    return np.where(inside, weight, x * _gamma_density(b, y)).astype(dtype)


rate_density: Final[Recordable] = recordable(
    _rate_density,
    lambda a, b, x, *, result: result * ((b - 1 - a * x) / a),
    lambda a, b, x, *, result: result * log_excess(b, a * x),
    lambda a, b, x, *, result: result * ((b - a * x) / x),
)


def _quantile_density(a: Any, x: Any) -> Any:
    """One over the density."""
    return 1 / _gamma_density(a, x)


def _quantile_by_parameter(a: Any, x: Any) -> Any:
    """-(log(x) - psi(a)) over the density."""
    a, x = floats(a, x)
    return np.where(x == 0, 0, -_quantile_density(a, x) * _log_excess(a, x)).astype(a.dtype)


def _quantile_by_quantile(a: Any, x: Any) -> Any:
    """(x + 1 - a) / x over the density."""
    a, x = floats(a, x)
    return np.where(x == 0, 0, _quantile_density(a, x) * ((1 + x - a) / x)).astype(a.dtype)


quantile_density: Final[Recordable] = recordable(
    _quantile_density,
    recordable(_quantile_by_parameter, None, None),
    recordable(_quantile_by_quantile, None, None),
)
