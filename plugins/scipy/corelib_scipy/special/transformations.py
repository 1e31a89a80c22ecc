"""Box and Cox's transformations, Huber's losses, degrees, and powers less one."""

from math import factorial, pi
from typing import Any, Final

import numpy as np
import scipy.special

from corelib.extend import Tensor, elementwise
from corelib_scipy.recordable import Recordable, floats, patched, recordable
from corelib_scipy.special.exponential_moments import exponential_moment
from corelib_scipy.special.stirling import log1p_less

special: Final[Any] = scipy.special
DEGREE: Final = pi / 180

__all__ = [
    "boxcox", "boxcox1p", "cosdg", "cotdg", "huber", "inv_boxcox", "inv_boxcox1p", "powm1", "pseudo_huber", "radian",
    "sindg", "tandg",
]  # fmt: skip


_MOMENTS: Final[dict[int, Recordable]] = {}


# With u = log(x), boxcox(x, y) is the integral of u exp(t u y) over t from 0 to 1: its n-th derivative in y is
# that of u**(n + 1) t**n exp(t u y), and n! times an incomplete gamma function over -y**(n + 1) for large -u y.
def _log_moment(n: int, u: Any, y: Any) -> Any:
    u, y = floats(u, y)
    with np.errstate(all="ignore"):
        values: Any = u ** (n + 1) * exponential_moment(n, np.clip(u * y, -1, None))
        return patched(values, u * y < -1, lambda u, y: _tail(n, u, y), u, y).astype(u.dtype)


def _tail(n: int, u: Any, y: Any) -> Any:
    return factorial(n) * special.gammainc(n + 1.0, -u * y) * (-1 / y) ** (n + 1)


def log_moment(n: int, u: Any, y: Any) -> Any:
    """The n-th derivative of (exp(u y) - 1) / y in y: recorded, where one of them is a Tensor."""
    if n not in _MOMENTS:
        _MOMENTS[n] = recordable(
            lambda u, y: _log_moment(n, u, y),
            lambda u, y: u**n * np.exp(u * y),  # by parts
            lambda u, y: log_moment(n + 1, u, y),
        )
    return _MOMENTS[n](u, y)


def _times_power(x: Any, y: Any) -> Any:
    return np.power(x, y - 1)


boxcox: Final = elementwise(
    special.boxcox, _times_power, lambda x, y: log_moment(1, np.log(x), y), singular=True
)  # fmt: skip
boxcox1p: Final = elementwise(
    special.boxcox1p, lambda x, y: np.exp((y - 1) * np.log1p(x)), lambda x, y: log_moment(1, np.log1p(x), y),
    singular=True,
)  # fmt: skip


def _log1p(z: Any, y: Any, power: Any) -> Any:
    """log(1 + z), also where z = power y overflows."""
    return np.where(np.isinf(z), np.log(np.abs(power)) + np.log(np.abs(y)), np.log1p(z))


def _inverse_curve(y: Any, power: Any) -> Any:
    """(log(1 + z) - z / (1 + z)) / power**2 with z = power y: y**2 / 2 for small z."""
    y, power = floats(y, power)
    z = power * y
    near = np.abs(z) < 0.1
    close = np.abs(z) < 0.5
    whole = np.where(close, -log1p_less(np.where(close, -z / (1 + z), 0)), _log1p(z, y, power) - 1 / (1 + 1 / z))
    far = whole / power / power
    total, term = np.zeros_like(z), y * y
    for k in range(24):  # (log(1 + z) - z / (1 + z)) / z**2 is the sum of (-z)**k (k + 1) / (k + 2)
        total = total + (k + 1) / (k + 2) * term
        term = term * np.where(near, -z, 0)
    return np.where(near, total, far).astype(y.dtype)


def _inverse_curve_by_power(y: Any, power: Any) -> Any:
    """(y**2 / (1 + z)**2 - 2 curve) / power: -2 y**3 / 3 for small z."""
    y, power = floats(y, power)
    z = power * y
    near = np.abs(z) < 0.1
    far = (np.square(y / (1 + z)) - 2 * _inverse_curve(y, power)) / power
    total, term = np.zeros_like(z), y * y * y
    for k in range(24):
        total = total - (k + 1) * (k + 2) / (k + 3) * term
        term = term * np.where(near, -z, 0)
    return np.where(near, total, far).astype(y.dtype)


inverse_curve: Final[Recordable] = recordable(
    _inverse_curve,
    lambda y, power: y / (1 + power * y) / (1 + power * y),
    recordable(_inverse_curve_by_power, None, None),
)


def _inverse(y: Any, power: Any) -> Any:
    """(1 + power y)**(1 / power)."""
    return inv_boxcox(y, power) if isinstance(y, Tensor) or isinstance(power, Tensor) else special.inv_boxcox(y, power)


def _inverse_slope(y: Any, power: Any) -> Any:
    return special.inv_boxcox(y, power) / (1 + power * y)


inverse_slope: Final[Recordable] = recordable(
    _inverse_slope,
    lambda y, power, *, result: result * ((1 - power) / (1 + power * y)),
    lambda y, power, *, result: -result * (inverse_curve(y, power) + y / (1 + power * y)),
)


def _inverse_by_power(y: Any, power: Any) -> Any:
    return -_inverse(y, power) * inverse_curve(y, power)


def _less_one(y: Any, power: Any) -> Any:
    """SciPy returns y itself where power y is below 1e-154, which holds for small y alone."""
    y, power = floats(y, power)
    return np.where(np.abs(power * y) < 1e-150, np.expm1(y), special.inv_boxcox1p(y, power)).astype(y.dtype)


inv_boxcox: Final = elementwise(special.inv_boxcox, inverse_slope, _inverse_by_power, singular=True)
inv_boxcox1p: Final = elementwise(
    _less_one, inverse_slope, _inverse_by_power, numpy=special.inv_boxcox1p, name="inv_boxcox1p", singular=True
)


def _powm1(x: Any, y: Any) -> Any:
    """SciPy returns 0 where x**y overflows."""
    x, y = floats(x, y)
    with np.errstate(all="ignore"):
        return np.where(np.isinf(np.power(x, y)), np.power(x, y), special.powm1(x, y))


powm1: Final = elementwise(
    _powm1, lambda x, y: y * np.power(x, y - 1), lambda x, y: np.power(x, y) * np.log(x), numpy=special.powm1,
    name="powm1", singular=True,
)  # fmt: skip

huber: Final = elementwise(
    special.huber,
    lambda delta, r: np.maximum(np.abs(r) - delta, 0),
    lambda delta, r: np.where(np.abs(r) <= delta, r, delta * np.sign(r)),
    singular=True,
)


def _by_width(delta: Any, r: Any) -> Any:
    """(h - delta)**2 / h with h = hypot(delta, r)."""
    h = np.hypot(delta, r)
    rise = r / (h + delta) * r
    return rise / h * rise


def _by_width_twice(delta: Any, r: Any) -> Any:
    """-((h - delta) / h)**2 (2 + delta / h)."""
    h = np.hypot(delta, r)
    return -np.square(r / (h + delta) * (r / h)) * (2 + delta / h)


def _bent(delta: Any, r: Any) -> Any:
    """r delta / h."""
    return r * (delta / np.hypot(delta, r))


def _cube(delta: Any, r: Any) -> Any:
    """(r / h)**3."""
    return (r / np.hypot(delta, r)) ** 3


cube: Final[Recordable] = recordable(_cube, None, None)
by_width: Final[Recordable] = recordable(_by_width, recordable(_by_width_twice, None, None), cube)
bent: Final[Recordable] = recordable(_bent, cube, lambda delta, r: cube(r, delta))
pseudo_huber: Final = elementwise(special.pseudo_huber, by_width, bent, singular=True)

# SciPy's return 0 from 1e14 on, unless the number is reduced before
sindg: Final = elementwise(special.sindg, lambda x: DEGREE * special.cosdg(np.fmod(x, 360)))
cosdg: Final = elementwise(special.cosdg, lambda x: -DEGREE * special.sindg(np.fmod(x, 360)))
tandg: Final = elementwise(special.tandg, lambda x: DEGREE / np.square(special.cosdg(x)), singular=True)
cotdg: Final = elementwise(special.cotdg, lambda x: -DEGREE / np.square(special.sindg(x)), singular=True)
radian: Final = elementwise(special.radian, DEGREE, DEGREE / 60, DEGREE / 3600)
