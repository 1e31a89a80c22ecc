"""The error function and its kin, and the normal distribution."""

from math import pi, sqrt
from typing import Any, Final

import numpy as np
import scipy.special

from corelib.extend import elementwise
from corelib_scipy.recordable import Recordable, patched, recordable

special: Final[Any] = scipy.special
ROOT_2: Final = sqrt(2)
ROOT_PI: Final = sqrt(pi)
ERF: Final = 2 / ROOT_PI
NORMAL: Final = 1 / sqrt(2 * pi)
FAR: Final = 10.0  # from here on 15 terms of an asymptotic series have all the digits
TERMS: Final = 15

__all__ = [
    "dawsn", "erf", "erfc", "erfcinv", "erfcx", "erfi", "erfinv", "log_ndtr", "ndtr", "ndtri", "ndtri_exp", "owens_t"
]  # fmt: skip


def _gauss(x: Any) -> Any:
    return np.exp(-np.square(x))


gauss: Final[Recordable] = recordable(_gauss, lambda x, *, result: -2 * x * result)


def _asymptotic(x: Any, weights: Any, sign: int) -> Any:
    """The sum of w(k) (2k - 1)!! (sign / 2 x**2)**k."""
    u = sign / x / x / 2
    term = np.ones_like(u)
    total = weights(0) * term
    for k in range(1, TERMS):
        term = term * u * (2 * k - 1)
        total = total + weights(k) * term
    return total


def _is_far(x: Any) -> Any:
    """Where x is large, and the asymptotic series of erfcx holds."""
    return (np.abs(x) > FAR) & (np.real(x) > 0)


# E(n) = exp(x**2) i^n erfc(x), of the repeated integrals of erfc: E(n)' = -2 (n + 1) E(n + 1), and
# 2 n E(n) = E(n - 2) - 2 x E(n - 1), which loses its digits where x is large.
def _first_integral(x: Any) -> Any:
    """E(1)."""
    x = np.asarray(x)
    near: Any = 1 / ROOT_PI - x * special.erfcx(x)
    return patched(near, _is_far(x), lambda x: _asymptotic(x, lambda k: 2 * k + 1, -1) / (2 * ROOT_PI) / x / x, x)


def _second_integral(x: Any) -> Any:
    """E(2)."""
    x = np.asarray(x)
    near = (special.erfcx(x) - 2 * x * _first_integral(x)) / 4
    far = lambda x: _asymptotic(x, lambda k: (2 * k + 1) * (k + 1), -1) / (4 * ROOT_PI) / x / x / x  # noqa: E731
    return patched(near, _is_far(x), far, x)


second_integral: Final[Recordable] = recordable(
    _second_integral, lambda x: 2 * x * second_integral(x) - first_integral(x)
)  # fmt: skip
first_integral: Final[Recordable] = recordable(_first_integral, lambda x: -4 * second_integral(x))


def _dawsn_slope(x: Any) -> Any:
    """1 - 2 x F, of Dawson's integral F."""
    x = np.asarray(x)
    near = 1 - 2 * x * special.dawsn(x)
    far = lambda x: -_asymptotic(x, lambda k: 2 * k + 1, 1) / 2 / x / x + _wave(x, -x)  # noqa: E731
    return patched(near, np.abs(x) > FAR, far, x)


def _dawsn_curvature(x: Any) -> Any:
    """-2 F - 2 x F'."""
    x = np.asarray(x)
    near = -2 * special.dawsn(x) - 2 * x * _dawsn_slope(x)
    far = lambda x: (  # noqa: E731
        _asymptotic(x, lambda k: (2 * k + 1) * (k + 1), 1) / x / x / x + _wave(x, 2 * x * x - 1)
    )
    return patched(near, np.abs(x) > FAR, far, x)


def _wave(x: Any, factor: Any) -> Any:
    """Away from the real line F has a term i sqrt(pi) exp(-x**2) / 2, of the sign of the imaginary part."""
    if x.dtype.kind != "c":
        return 0
    return np.sign(np.imag(x)) * 1j * ROOT_PI * factor * np.exp(-x * x)


dawsn_curvature: Final[Recordable] = recordable(
    _dawsn_curvature, lambda x: -4 * dawsn_slope(x) - 2 * x * dawsn_curvature(x)
)  # fmt: skip
dawsn_slope: Final[Recordable] = recordable(_dawsn_slope, dawsn_curvature)


def _hazard(x: Any) -> Any:
    """The density of the normal distribution over the distribution function."""
    return 2 * NORMAL / special.erfcx(-x / ROOT_2)


def _excess(x: Any) -> Any:
    """x + hazard(x), which is about -1 / x far to the left."""
    x = np.asarray(x)
    return patched(x + _hazard(x), np.real(x) < 0, lambda x: _left(-x / ROOT_2), x)


def _left(y: Any) -> Any:
    return ROOT_2 * _first_integral(y) / special.erfcx(y)


excess: Final[Recordable] = recordable(_excess, lambda x, *, result: 1 - result * hazard(x))
hazard: Final[Recordable] = recordable(_hazard, lambda x, *, result: -result * excess(x))


def _half_square(x: Any) -> Any:
    """exp(-(1 + a**2) h**2 / 2)"""
    return np.exp(-np.square(x) / 2)


half_gauss: Final[Recordable] = recordable(_half_square, lambda x, *, result: -x * result)

erf: Final = elementwise(special.erf, lambda x: ERF * gauss(x), singular=True)
erfc: Final = elementwise(special.erfc, lambda x: -ERF * gauss(x), singular=True)
erfcx: Final = elementwise(special.erfcx, lambda x: -2 * first_integral(x), singular=True)
erfi: Final = elementwise(special.erfi, lambda x: ERF * np.exp(np.square(x)), singular=True)
dawsn: Final = elementwise(special.dawsn, dawsn_slope)
erfinv: Final = elementwise(special.erfinv, lambda x, *, result: np.exp(np.square(result)) / ERF, singular=True)
erfcinv: Final = elementwise(special.erfcinv, lambda x, *, result: -np.exp(np.square(result)) / ERF, singular=True)

ndtr: Final = elementwise(special.ndtr, lambda x: NORMAL * half_gauss(x), singular=True)
log_ndtr: Final = elementwise(special.log_ndtr, hazard, singular=True)
ndtri: Final = elementwise(special.ndtri, lambda x, *, result: np.exp(np.square(result) / 2) / NORMAL, singular=True)
ndtri_exp: Final = elementwise(
    special.ndtri_exp, lambda x, *, result: special.erfcx(-result / ROOT_2) / (2 * NORMAL), singular=True
)  # fmt: skip
owens_t: Final = elementwise(
    special.owens_t,
    lambda h, a: -NORMAL / 2 * half_gauss(h) * special.erf(a * h / ROOT_2),
    lambda h, a: half_gauss(h * np.hypot(1, a)) / (2 * pi) * np.square(1 / np.hypot(1, a)),
    singular=True,
)
