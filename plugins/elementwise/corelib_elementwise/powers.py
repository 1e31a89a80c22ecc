"""x**y and its slopes, right at a base of 0 and at an exponent of 0."""

from typing import Any

import numpy as np

from corelib.extend import may
from corelib_elementwise.recordable import is_complex


def power_of(x: Any, y: Any) -> Any:
    """np.power: arrays of numbers by their operator, which squares and takes roots without a call of pow."""
    if type(x) is np.ndarray and x.dtype.kind != "b":
        return x**y
    return np.power(x, y)


def base_slope(x: Any, y: Any) -> Any:
    """y * x**(y-1), and 0 where y is 0, also at a base of 0."""
    if type(y) is not int and type(y) is not float:
        return y * np.power(x, _one_less(x, y))
    if y == 2:
        return 2 * x
    return y * np.power(x, y - 1) if y != 0 else 0.0


def wide_base_slope(x: Any, y: Any) -> Any:
    """The same for float_power, which computes in double precision or better."""
    return y * np.float_power(x, _one_less(x, y))


def exponent_slope(x: Any, y: Any, *, result: Any) -> Any:
    """x**y * log(x), and 0 where the base is 0 and the exponent is not negative."""
    if type(x) is float or type(x) is int:  # which stays a Python number, so that float32 stays float32
        return result * _log_of_number(x, y)
    vanishing = (x == 0) & (np.real(y) >= 0)
    base = np.where(vanishing, 1, x) if may(vanishing) else x
    if is_complex(result) and not is_complex(x):
        base = base + 0j
    return result * np.log(base)


def _one_less(x: Any, y: Any) -> Any:
    """The exponent y - 1, but 0 where y is 0 and 1 / x is infinite or NaN: its factor is 0 there.

    Nowhere else: the derivative of this slope in y is x**(y-1) + ..., which is not 0 where y is.
    """
    zero = y == 0
    if may(zero):
        smallest = np.finfo(np.result_type(x, y, np.float16)).tiny
        return np.where(zero & ~(np.abs(x) >= smallest), 0, y - 1)
    return y - 1


def _log_of_number(x: float, y: Any) -> Any:
    if x == 0:
        return np.where(np.real(y) >= 0, 0.0, -np.inf)
    if is_complex(y):
        return complex(np.log(x + 0j))
    return float(np.log(x))
