"""The incomplete gamma functions, in both arguments, their inverses, and the distributions made of them."""

from typing import Any, Final

import numpy as np
import scipy.special

from corelib.extend import Tensor, TensorLike, composed, elementwise
from corelib_scipy.recordable import Recordable, beside, floats, recordable
from corelib_scipy.special.gamma_parameter import parameter_ratios
from corelib_scipy.special.stirling import LEAST, gamma_density, gamma_front, log_excess, quantile_density, rate_density

special: Final[Any] = scipy.special

__all__ = [
    "chdtr", "chdtrc", "chdtri", "gammainc", "gammaincc", "gammainccinv", "gammaincinv", "gdtr", "gdtrc", "pdtr",
    "pdtrc",
]  # fmt: skip


def _doubles(a: Any, x: Any) -> tuple[Any, Any, Any]:
    """Both as float64, and the dtype that the result is to have."""
    a, x = floats(a, x)
    return a.astype(np.float64), x.astype(np.float64), a.dtype


def _by_parameter(a: Any, x: Any, order: int = 1) -> Any:
    """d gammaincc(a, x) / da."""
    a, x, dtype = _doubles(a, x)
    a = np.where(np.abs(a) < LEAST, LEAST, a)
    inside = (x > 0) & (x < np.inf)
    front = np.where(inside, gamma_front(a, np.where(inside, x, 1)), 0)
    empty = (front == 0) & (a > 0)
    return np.where(empty, np.where(np.isnan(x), x, 0), front * parameter_ratios(a, x)[order - 1]).astype(dtype)


def _by_parameter_twice(a: Any, x: Any) -> Any:
    """d2 gammaincc(a, x) / da2."""
    return _by_parameter(a, x, 2)


def _inverse_by_parameter(a: Any, x: Any) -> Any:
    """dx/da of the x at which gammainc(a, x) has a given value."""
    a, x, dtype = _doubles(a, x)
    return np.where((x == 0) | (x == np.inf), 0, x / a * parameter_ratios(a, x)[0]).astype(dtype)


# With x' = dx/da = x K, K = (dq/da) / f, f = x**a exp(-x) / gamma(a), and e = log(x) - psi(a):
# dK/da = (d2q/da2) / f - K e, and dK/dx = -(e + K (a - x)) / x
def _inverse_by_parameters(a: Any, x: Any) -> Any:
    a, x, dtype = _doubles(a, x)
    first, second = parameter_ratios(a, x)
    return np.where((x == 0) | (x == np.inf), 0, x / a * (second - first * log_excess(a, x))).astype(dtype)


def _inverse_by_both(a: Any, x: Any) -> Any:
    a, x, dtype = _doubles(a, x)
    change = parameter_ratios(a, x)[0] / a * (1 + x - a) - log_excess(a, x)
    return np.where((x == 0) | (x == np.inf), 0, change).astype(dtype)


inverse_by_parameter: Final[Recordable] = recordable(
    _inverse_by_parameter, recordable(_inverse_by_parameters, None, None), recordable(_inverse_by_both, None, None)
)
by_parameter_twice: Final[Recordable] = recordable(_by_parameter_twice, None, None)
by_parameter: Final[Recordable] = recordable(
    _by_parameter,
    by_parameter_twice,
    lambda a, x: -gamma_density(a, x) * log_excess(a, x),
)

gammainc: Final = elementwise(special.gammainc, lambda a, x: -by_parameter(a, x), gamma_density, singular=True)
gammaincc: Final = elementwise(special.gammaincc, by_parameter, lambda a, x: -gamma_density(a, x), singular=True)
gammaincinv: Final = elementwise(
    special.gammaincinv,
    lambda a, y, *, result: inverse_by_parameter(a, result),
    lambda a, y, *, result: quantile_density(a, result),
    singular=True,
)
gammainccinv: Final = elementwise(
    special.gammainccinv,
    lambda a, y, *, result: inverse_by_parameter(a, result),
    lambda a, y, *, result: -quantile_density(a, result),
    singular=True,
)


def _chdtri(v: TensorLike, p: TensorLike, /) -> Tensor:
    """The x at which chdtrc(v, x) is p."""
    return 2 * gammainccinv(_half(v), p)


def _half(x: Any) -> Any:
    return np.multiply(x, 0.5)


chdtr: Final = elementwise(
    special.chdtr,
    lambda v, x: by_parameter(_half(v), _half(x)) / -2,
    lambda v, x: rate_density(x, _half(v), 0.5),
    singular=True,
)
chdtrc: Final = elementwise(
    special.chdtrc,
    lambda v, x: by_parameter(_half(v), _half(x)) / 2,
    lambda v, x: -rate_density(x, _half(v), 0.5),
    singular=True,
)
chdtri: Final = composed(_chdtri, numpy=special.chdtri, name="chdtri")
gdtr: Final = elementwise(
    special.gdtr,
    rate_density,
    lambda a, b, x: -by_parameter(b, a * x),
    lambda a, b, x: rate_density(x, b, a),
    singular=True,
)
gdtrc: Final = elementwise(
    special.gdtrc,
    lambda a, b, x: -rate_density(a, b, x),
    lambda a, b, x: by_parameter(b, a * x),
    lambda a, b, x: -rate_density(x, b, a),
    singular=True,
)


def _pdtr(k: Any, m: Any) -> Any:
    return special.pdtr(*beside(m, k), m)


def _pdtrc(k: Any, m: Any) -> Any:
    return special.pdtrc(*beside(m, k), m)


def _count_density(k: Any, m: Any) -> Any:
    """m**k exp(-m) / k!, for k rounded down."""
    (k,) = beside(m, k)
    return gamma_density(np.floor(k) + 1, m)


pdtr: Final = elementwise(
    _pdtr, None, lambda k, m: -_count_density(k, m), numpy=special.pdtr, name="pdtr", singular=True
)
pdtrc: Final = elementwise(_pdtrc, None, _count_density, numpy=special.pdtrc, name="pdtrc", singular=True)
