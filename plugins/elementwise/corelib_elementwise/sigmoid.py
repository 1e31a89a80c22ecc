"""The logistic function, and the two logarithms that belong to it."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from corelib import elementwise
from corelib_elementwise.recordable import recordable

# 1 - y has an error of eps / (1 - y): where it is smaller than this, too many digits are lost.
TOO_SMALL: Final = {np.dtype(t): float(np.finfo(t).eps) ** (1 / 8) for t in ("f2", "f4", "f8", "g")}


def patched(values: Any, function: Callable[[Any], Any], x: Any) -> Any:
    """``values``, with function(x) in the places where they are too small. Writes into ``values``."""
    lost = values < TOO_SMALL.get(values.dtype, 0.5)
    if not np.logical_or.reduce(lost, axis=None):
        return values
    if not values.ndim:
        return function(x)
    values[lost] = function(x[lost])
    return values


def decayed(x: Any) -> Any:
    """exp(-x) or, where that would be the larger one, exp(x)."""
    return np.exp(np.where(np.real(x) < 0, x, -x))


def bell(tail: Any) -> Any:
    """The even function exp(-x) / (1 + exp(-x))**2 of x, given decayed(x)."""
    return tail / np.square(1 + tail)


def _logistic(x: Any) -> Any:
    """1 / (1 + exp(-x)), without overflow."""
    if np.iscomplexobj(x):
        tail = decayed(x)
        return np.where(np.real(x) < 0, tail, 1) / (1 + tail)
    y = -1.0 * x  # and not -x, which an unsigned integer cannot be
    with np.errstate(over="ignore"):  # exp(-x) = inf gives 0, as it should
        if not np.ndim(y):
            return 1 / (1 + np.exp(y))
        np.exp(y, out=y)
    y += 1
    return np.divide(1, y, out=y)


def _upper_tail(x: Any) -> Any:
    """1 - logistic(x) for x > 0, to full precision."""
    tail = np.exp(-x)
    return tail / (1 + tail)


def _logistic_slope(x: Any, y: Any) -> Any:
    """y * (1 - y) for y = logistic(x), in the upper tail from x itself."""
    if np.iscomplexobj(x):
        return bell(decayed(x))
    return y * patched(1 - y, _upper_tail, x)


def _softplus(x: Any) -> Any:
    """log(1 + exp(x)), without overflow. Raises InvalidOperandType for complex numbers."""
    _refuse_complex("softplus", x)
    return np.maximum(x, 0) + np.log1p(np.exp(-1.0 * np.abs(x)))


def _log_sigmoid(x: Any) -> Any:
    """log(1 / (1 + exp(-x))), without overflow. Raises InvalidOperandType for complex numbers."""
    _refuse_complex("log_sigmoid", x)
    return np.minimum(x, 0) - np.log1p(np.exp(-1.0 * np.abs(x)))


def _refuse_complex(name: str, x: Any) -> None:
    if np.iscomplexobj(x):
        raise TypeError(f"{name} is defined for real numbers only")


logistic_slope: Final[Callable[..., Any]] = recordable(
    _logistic_slope, lambda x, y: logistic_slope(x, y) * (1 - 2 * y), 0
)
logistic: Final = recordable(_logistic, lambda x, *, result: logistic_slope(x, result))

sigmoid: Final = elementwise(
    _logistic, lambda x, *, result: logistic_slope(x, result), numpy=(), name="sigmoid"
)
softplus: Final = elementwise(_softplus, logistic, numpy=(), name="softplus")
log_sigmoid: Final = elementwise(_log_sigmoid, lambda x: logistic(-x), numpy=(), name="log_sigmoid")
