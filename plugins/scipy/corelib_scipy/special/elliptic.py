"""Elliptic integrals, of which the slopes are integrals of Carlson's: sums of positive terms.

Source: NIST Digital Library of Mathematical Functions, 19.18 and 19.25; 19.4.
"""

from math import pi
from typing import Any, Final

import numpy as np
import scipy.special

from corelib.extend import elementwise
from corelib_scipy.recordable import Recordable, beside, floats, patched, recordable

special: Final[Any] = scipy.special
NEAR: Final = 0.4

__all__ = ["ellipe", "ellipeinc", "ellipk", "ellipkinc", "ellipkm1"]


def _k_slope(p: Any) -> Any:
    """dK/dm as a function of p = 1 - m."""
    (p,) = floats(p)
    return special.elliprd(*beside(p, 0, 1), p) / 6


def _e_slope(p: Any) -> Any:
    """dE/dm."""
    (p,) = floats(p)
    return special.elliprd(*beside(p, 0), p, *beside(p, 1)) / -6


def _k_curvature(p: Any) -> Any:
    """d2K/dm2 = (K / 4 - (1 - 2 m) dK/dm) / (m p); near m = 0 by the hypergeometric function."""
    (p,) = floats(p)
    m = 1 - p
    near = np.abs(m) < NEAR
    safe = np.where(near, 0.5, p).astype(p.dtype)
    m = 1 - safe
    values = (special.ellipkm1(safe) / 4 - (1 - 2 * m) * _k_slope(safe)) / m / safe
    return patched(values, near, lambda p: 9 * pi / 64 * special.hyp2f1(*beside(p, 2.5, 2.5, 3), 1 - p), p)


def _e_curvature(p: Any) -> Any:
    """d2E/dm2 = -(dE/dm + dK/dm) / (2 m); near m = 0 by the hypergeometric function."""
    (p,) = floats(p)
    near = np.abs(1 - p) < NEAR
    safe = np.where(near, 0.5, p).astype(p.dtype)
    values = -(_e_slope(safe) + _k_slope(safe)) / (2 * (1 - safe))
    return patched(values, near, lambda p: -3 * pi / 64 * special.hyp2f1(*beside(p, 1.5, 2.5, 3), 1 - p), p)


def _negated(function: Any) -> Any:
    return lambda p: -function(p)


k_slope: Final[Recordable] = recordable(_k_slope, _negated(recordable(_k_curvature, None)))
e_slope: Final[Recordable] = recordable(_e_slope, _negated(recordable(_e_curvature, None)))

ellipk: Final = elementwise(special.ellipk, lambda m: k_slope(1 - m), singular=True)
ellipkm1: Final = elementwise(special.ellipkm1, lambda p: -k_slope(p), singular=True)
ellipe: Final = elementwise(special.ellipe, lambda m: e_slope(1 - m), singular=True)


def _turns(phi: Any) -> tuple[Any, Any, Any, Any]:
    """phi = pi n + theta: n, and sin, cos and sin**2 of theta in [-pi/2, pi/2]."""
    n = np.round(phi / pi)
    theta = phi - n * pi
    sine = np.sin(theta)
    return n, sine, np.cos(theta), sine * sine


def _f_by_m(phi: Any, m: Any) -> Any:
    phi, m = floats(phi, m)
    n, sine, cosine, square = _turns(phi)
    one = np.ones_like(m)
    part = sine * square / 6 * special.elliprd(cosine * cosine, one, 1 - m * square)
    return np.where(n == 0, part, part + 2 * n * _k_slope(np.where(n == 0, 1, 1 - m)))


def _e_by_m(phi: Any, m: Any) -> Any:
    phi, m = floats(phi, m)
    n, sine, cosine, square = _turns(phi)
    one = np.ones_like(m)
    part = sine * square / -6 * special.elliprd(cosine * cosine, 1 - m * square, one)
    return np.where(n == 0, part, part + 2 * n * _e_slope(np.where(n == 0, 1, 1 - m)))


def _delta(phi: Any, m: Any) -> Any:
    """1 - m sin(phi)**2."""
    return 1 - m * np.square(np.sin(phi))


f_by_m: Final[Recordable] = recordable(_f_by_m, lambda phi, m: np.square(np.sin(phi)) / 2 / _delta(phi, m) ** 1.5, None)
e_by_m: Final[Recordable] = recordable(
    _e_by_m, lambda phi, m: np.square(np.sin(phi)) / -2 / np.sqrt(_delta(phi, m)), None
)

ellipkinc: Final = elementwise(
    special.ellipkinc, lambda phi, m: 1 / np.sqrt(_delta(phi, m)), f_by_m, singular=True
)  # fmt: skip
ellipeinc: Final = elementwise(
    special.ellipeinc, lambda phi, m: np.sqrt(_delta(phi, m)), e_by_m, singular=True
)  # fmt: skip
