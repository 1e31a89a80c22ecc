"""Hyperbolic functions and their inverses."""

from typing import Any, Final

import numpy as np

from corelib import elementwise
from corelib_elementwise.recordable import recordable


def arc_slope(x: Any) -> Any:
    """1 / sqrt(1 + x**2), on NumPy's side of the cuts among complex numbers, and without overflow."""
    if not np.iscomplexobj(x):
        return 1 / np.hypot(1, x)
    return 1 / (np.sqrt(1 - 1j * x) * np.sqrt(1 + 1j * x))


def _arccosh_slope(x: Any) -> Any:
    """1 / sqrt(x**2 - 1), on NumPy's side of the cuts among complex numbers, and without overflow."""
    return 1 / (np.sqrt(x - 1) * np.sqrt(-(-x - 1)))  # x + 1 would lose the sign of an imaginary part 0


# d/dx (x**2 - 1)**(-1/2) = -x (x**2 - 1)**(-3/2): written so, it is infinite at 1, and not inf - inf
arccosh_slope: Final = recordable(_arccosh_slope, lambda x, *, result: -x * result * np.square(result))

sinh: Final = elementwise(np.sinh, np.cosh, singular=True)  # they overflow
cosh: Final = elementwise(np.cosh, np.sinh, singular=True)
# Within eps of the largest slope everywhere, as in PyTorch, and it keeps no more than the result.
tanh: Final = elementwise(np.tanh, lambda x, *, result: 1.0 - result * result)

arcsinh: Final = elementwise(np.arcsinh, arc_slope, singular=True)
arccosh: Final = elementwise(np.arccosh, arccosh_slope, singular=True)
arctanh: Final = elementwise(np.arctanh, lambda x: 1 / (1 - x) / (1 + x), singular=True)
