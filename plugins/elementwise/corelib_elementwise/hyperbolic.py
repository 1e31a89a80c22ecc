"""Hyperbolic functions and their inverses."""

from typing import Any, Final

import numpy as np

from corelib.extend import Tensor, elementwise
from corelib_elementwise.recordable import is_complex, recordable
from corelib_elementwise.sigmoid import bell, decayed

FEW_DIGITS: Final = 1e-3  # of 1 - tanh(x)**2 at 4, which is off by 2e-13 there


def arc_slope(x: Any) -> Any:
    """1 / sqrt(1 + x**2), on NumPy's side of the cuts among complex numbers, and without overflow."""
    if not is_complex(x):
        return 1 / np.hypot(1, x)
    return 1 / (np.sqrt(1 - 1j * x) * np.sqrt(1 + 1j * x))


def _arccosh_slope(x: Any) -> Any:
    """1 / sqrt(x**2 - 1), on NumPy's side of the cuts among complex numbers, and without overflow."""
    return 1 / (np.sqrt(x - 1) * np.sqrt(-(-x - 1)))  # x + 1 would lose the sign of an imaginary part 0


# d/dx (x**2 - 1)**(-1/2) = -x (x**2 - 1)**(-3/2): written so, it is infinite at 1, and not inf - inf
arccosh_slope: Final = recordable(_arccosh_slope, lambda x, *, result: -x * result * np.square(result))


def _sech_square(x: Any) -> Any:
    """1 / cosh(x)**2, without overflow."""
    return 4 * bell(np.square(decayed(x)))


def _tanh_slope(x: Any, *, result: Any) -> Any:
    """1 - result**2 where that has its digits: beyond 4 it loses them one by one, and is 0 from 19 on."""
    if isinstance(x, Tensor) or x.dtype.kind != "f":
        return sech_square(x)
    slope = 1.0 - result * result
    if type(slope) is np.ndarray and slope.size and slope.item(slope.argmin()) >= FEW_DIGITS:
        # Of few numbers argmin takes a third of the time of any other reduction:
        # python -m timeit -s "import numpy as np; x = np.ones(10)" "x.min()", and "x.argmin()".
        return slope
    if isinstance(slope, np.floating) and slope >= FEW_DIGITS:
        return slope
    return np.where(slope < FEW_DIGITS, _sech_square(x), slope)


sech_square: Final = recordable(_sech_square, lambda x, *, result: -2 * np.tanh(x) * result)

sinh: Final = elementwise(np.sinh, np.cosh, singular=True)  # they overflow
cosh: Final = elementwise(np.cosh, np.sinh, singular=True)
tanh: Final = elementwise(np.tanh, _tanh_slope)

arcsinh: Final = elementwise(np.arcsinh, arc_slope, singular=True)
arccosh: Final = elementwise(np.arccosh, arccosh_slope, singular=True)
arctanh: Final = elementwise(np.arctanh, lambda x: 1 / (1 - x) / (1 + x), singular=True)
