"""Hyperbolic functions and their inverses."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from corelib import elementwise
from corelib_elementwise.recordable import recordable
from corelib_elementwise.sigmoid import bell, decayed, patched


def _sech2_exactly(x: Any) -> Any:
    return 4 * bell(np.square(decayed(x)))


def _sech2(x: Any, y: Any) -> Any:
    """1 / cosh(x)**2 for y = tanh(x): 1 - y**2, in the tails from x itself."""
    if np.iscomplexobj(x):
        return _sech2_exactly(x)
    square = y * y
    slope = np.subtract(1, square, out=square) if np.ndim(square) else 1 - square
    return patched(slope, _sech2_exactly, x)


sech2: Final[Callable[..., Any]] = recordable(_sech2, lambda x, y: -2 * y * sech2(x, y), 0)


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

sinh: Final = elementwise(np.sinh, np.cosh)
cosh: Final = elementwise(np.cosh, np.sinh)
tanh: Final = elementwise(np.tanh, lambda x, *, result: sech2(x, result))

arcsinh: Final = elementwise(np.arcsinh, arc_slope, singular=True)
arccosh: Final = elementwise(np.arccosh, arccosh_slope, singular=True)
arctanh: Final = elementwise(np.arctanh, lambda x: 1 / (1 - x) / (1 + x), singular=True)
