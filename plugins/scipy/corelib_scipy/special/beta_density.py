"""The densities of the beta distribution and of Student's, with their digits where the parameters are large."""

from math import pi
from typing import Any, Final

import numpy as np

from corelib_scipy.recordable import Recordable, floats, recordable
from corelib_scipy.special.polygamma_differences import polygamma_difference
from corelib_scipy.special.stirling import LEAST, gamma_star, log1p_less


def _exponent(a: Any, d: Any, share: Any) -> Any:
    """a (log(1 + d / a) - d / a), where 1 + d / a is ``share``."""
    ratio = d / a
    near = np.abs(ratio) <= 0.5
    return a * np.where(near, log1p_less(np.where(near, ratio, 0)), np.log(share) - ratio)


def beta_front(a: Any, b: Any, x: Any, c: Any, shift: Any = 0.0) -> Any:
    """x**a c**b exp(shift) / beta(a, b), where x + c is 1: with the shift, what is divided by x next may underflow."""
    a, b = np.maximum(a, LEAST), np.maximum(b, LEAST)
    whole, d = a + b, x * b - c * a
    exponent = _exponent(a, d, x * (whole / a)) + _exponent(b, -d, c * (whole / b))
    scale = np.sqrt(a / whole * b / (2 * pi)) * (gamma_star(whole) / gamma_star(a) / gamma_star(b))
    return scale * np.exp(exponent + shift)


def _beta_density(a: Any, b: Any, x: Any) -> Any:
    """x**(a - 1) (1 - x)**(b - 1) / beta(a, b)."""
    a, b, x = floats(a, b, x)
    inside = (x > 0) & (x < 1)
    y = np.where(inside, x, 0.5).astype(np.float64)
    density = beta_front(a.astype(np.float64), b.astype(np.float64), y, 1 - y, -np.log(y) - np.log1p(-y))
    ends = np.where(x == 0, _at_end(a, b), np.where(x == 1, _at_end(b, a), np.nan))
    return np.where(inside, density, ends).astype(a.dtype)


def _at_end(a: Any, b: Any) -> Any:
    """The density at 0."""
    return np.where(a > 1, 0, np.where(a < 1, np.inf, b))


def _inverse_density(a: Any, b: Any, x: Any) -> Any:
    return 1 / _beta_density(a, b, x)


def excess(a: Any, b: Any, log_x: Any) -> Any:
    """log(x) - psi(a) + psi(a + b)."""
    return log_x + polygamma_difference(0, a, b)


beta_density: Final[Recordable] = recordable(
    _beta_density,
    lambda a, b, x, *, result: result * excess(a, b, np.log(x)),
    lambda a, b, x, *, result: result * excess(b, a, np.log1p(-x)),
    lambda a, b, x, *, result: result * ((a - 1) / x - (b - 1) / (1 - x)),
)
inverse_beta_density: Final[Recordable] = recordable(
    _inverse_density,
    lambda a, b, x, *, result: -result * excess(a, b, np.log(x)),
    lambda a, b, x, *, result: -result * excess(b, a, np.log1p(-x)),
    lambda a, b, x, *, result: result * ((b - 1) / (1 - x) - (a - 1) / x),
)


def _fisher(n: Any, d: Any, x: Any) -> Any:
    """y**(n / 2) (1 - y)**(d / 2) / beta(n / 2, d / 2) / x, with y = n x / (n x + d)."""
    n, d, x = floats(n, d, x)
    dtype = n.dtype
    n, d, x = n.astype(np.float64), d.astype(np.float64), x.astype(np.float64)
    odds = n / d * x
    return (beta_front(n / 2, d / 2, odds / (1 + odds), 1 / (1 + odds), -np.log(x))).astype(dtype)


fisher: Final[Recordable] = recordable(
    _fisher,
    None,
    None,
    lambda n, d, x, *, result: result * (((n / 2 - 1) * d - n * x * (1 + d / 2)) / (x * (n * x + d))),
)


def _student(v: Any, t: Any) -> Any:
    """(1 + t**2 / v)**(-(v + 1) / 2) / (sqrt(v) beta(v / 2, 1 / 2))."""
    v, t = floats(v, t)
    wide, u = v.astype(np.float64) / 2, np.abs(t.astype(np.float64)) / np.sqrt(v.astype(np.float64))
    far = u > 1e100
    logarithm = np.where(far, 2 * np.log(np.where(far, u, 1)), np.log1p(np.square(np.where(far, 0, u))))
    scale = np.exp(wide * log1p_less(0.5 / wide)) * gamma_star(wide + 0.5) / gamma_star(wide) / np.sqrt(2 * pi)
    return (scale * np.exp(-(wide + 0.5) * logarithm)).astype(v.dtype)


student: Final[Recordable] = recordable(
    _student, None, lambda v, t, *, result: -result * ((v + 1) / (v / t + t))
)  # fmt: skip
