"""The logistic function, and the two logarithms that belong to it."""

from typing import Any, Final

import numpy as np

from corelib.extend import Array, Tensor, elementwise
from corelib_elementwise.recordable import is_complex, recordable

# NumPy converts a Python number at each call, which makes small additions half as long again:
# python -m timeit -s "import numpy as np; x = np.ones(3)" "np.add(x, 1.0)", and with np.ones(()).
ONE: Final = {kind: np.ones((), kind) for kind in "efdg"}
FAR: Final = 8.0  # exp(8) eps is 7e-13


def decayed(x: Any) -> Any:
    """exp(-x) or, where that would be the larger one, exp(x)."""
    if is_complex(x):
        return np.exp(np.where(np.real(x) < 0, x, -x))
    return np.exp(-np.abs(x))


def bell(tail: Any) -> Any:
    """The even function exp(-x) / (1 + exp(-x))**2 of x, given decayed(x)."""
    return tail / np.square(1 + tail)


# As a decorator errstate takes half the time: python -m timeit -s "import numpy as np" "with np.errstate(): pass"
@np.errstate(over="ignore")  # exp(-x) = inf gives 0, as it should
def _logistic(x: Any) -> Any:
    """1 / (1 + exp(-x)), without overflow."""
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f" or not x.ndim:
        return _logistic_of_others(x)
    one = ONE[x.dtype.char]
    y: Array = np.negative(x)
    np.exp(y, y)
    np.add(y, one, y)
    return np.divide(one, y, y)


def _logistic_of_others(x: Any) -> Any:
    """The same of what is no array of real numbers with axes, which may not be written into."""
    if is_complex(x):
        tail = decayed(x)
        return np.where(np.real(x) < 0, tail, 1) / (1 + tail)
    return 1 / (1 + np.exp(-1.0 * x))  # and not -x, which an unsigned integer cannot be


def _softplus(x: Any) -> Any:
    """log(1 + exp(x)), without overflow. Raises InvalidOperandType for complex numbers."""
    _refuse_complex("softplus", x)
    return np.maximum(x, 0) + np.log1p(np.exp(-1.0 * np.abs(x)))


def _log_sigmoid(x: Any) -> Any:
    """log(1 / (1 + exp(-x))), without overflow. Raises InvalidOperandType for complex numbers."""
    _refuse_complex("log_sigmoid", x)
    return np.minimum(x, 0) - np.log1p(np.exp(-1.0 * np.abs(x)))


def _refuse_complex(name: str, x: Any) -> None:
    if is_complex(x):
        raise TypeError(f"{name} is defined for real numbers only")


def _bell(x: Any) -> Any:
    """The slope of the logistic function, with all its digits in both tails."""
    return bell(decayed(x))


def _logistic_slope(x: Any, *, result: Any) -> Any:
    """result * (1 - result) where that has its digits: above 8 or so it loses them one by one, and is 0 from 37 on."""
    if isinstance(x, Tensor) or x.dtype.kind != "f":
        return logistic_slope(x)
    slope = result * (1.0 - result)
    if type(x) is np.ndarray and x.size and x.item(x.argmax()) <= FAR:
        return slope
    return np.where(x > FAR, _bell(x), slope)


def _logistic_curvature(x: Any, *, result: Any) -> Any:
    """-tanh(x / 2) times the slope."""
    return -result * np.tanh(x / 2)


logistic_slope: Final = recordable(_bell, _logistic_curvature)
logistic: Final = recordable(_logistic, logistic_slope)

sigmoid: Final = elementwise(_logistic, _logistic_slope, numpy=(), name="sigmoid")
softplus: Final = elementwise(_softplus, logistic, numpy=(), name="softplus")
log_sigmoid: Final = elementwise(_log_sigmoid, lambda x: logistic(-x), numpy=(), name="log_sigmoid")
