"""Trigonometric functions and their inverses, and degrees and radians."""

from math import pi
from typing import Any, Final

import numpy as np

from corelib.extend import Ratio, elementwise, may, native
from corelib_elementwise.recordable import is_complex, recordable
from corelib_elementwise.sigmoid import bell, decayed


def _tan_slope(x: Any) -> Any:
    """1 / cos(x)**2; among complex numbers, where cos can overflow, as 1 / cosh(ix)**2."""
    if is_complex(x):
        return 4 * bell(np.square(decayed(1j * x)))
    return 1 / np.square(np.cos(x))


sin: Final = elementwise(np.sin, np.cos)
cos: Final = elementwise(np.cos, lambda x: -np.sin(x))
tan: Final = elementwise(np.tan, _tan_slope)


def _arcsin_slope(x: Any) -> Any:
    """1 / sqrt(1 - x**2), accurate near x = 1, on NumPy's side of the cuts among complex numbers."""
    if is_complex(x):
        return 1 / (np.sqrt(-(x - 1)) * np.sqrt(-(-x - 1)))  # a sum would lose the sign of an imaginary part 0
    return 1 / np.sqrt((1 - x) * (1 + x))


def _arctan_slope(x: Any) -> Any:
    """1 / (1 + x**2), and 0 where x**2 overflows."""
    return 1 / (x + 1j) / (x - 1j) if is_complex(x) else Ratio(1, 1.0 + x * x)


# d/dx (1 - x**2)**(-1/2) = x (1 - x**2)**(-3/2): written so, it is infinite at 1, and not inf - inf
arcsin_slope: Final = recordable(_arcsin_slope, lambda x, *, result: x * result * np.square(result))

arcsin: Final = elementwise(np.arcsin, arcsin_slope, singular=True)
arccos: Final = elementwise(np.arccos, lambda x: -arcsin_slope(x), singular=True)
arctan: Final = elementwise(np.arctan, _arctan_slope, singular=True)


def _over_square(x: Any, other: Any) -> Any:
    """x / (x**2 + other**2), and 0 at the origin and at infinity."""
    if native(x) and native(other):
        square = np.square(1.0 * x) + np.square(1.0 * other)  # of floats: integers would wrap
        info = np.finfo(square.dtype)  # within its roots the square of the square is a number, as the next order asks
        if np.all((square > info.tiny**0.5) & (square < info.max**0.5)):
            # No digit was lost. np.hypot, below, takes as long for 100 numbers, and 3 to 5 times as long for 100,000:
            # python -m timeit -s "import numpy as np; x = np.ones(100_000)" "np.hypot(x, x)", and "x * x + x * x".
            return x / square
    radius = np.hypot(x, other)
    flat = (radius == 0) | (radius == np.inf)
    if may(flat):
        x, radius = np.where(flat, 0, x), np.where(flat, 1, radius)
    return x / radius / radius


arctan2: Final = elementwise(
    np.arctan2, lambda y, x: _over_square(x, y), lambda y, x: -_over_square(y, x), singular=True
)

degrees: Final = elementwise(np.degrees, 180 / pi)
rad2deg: Final = elementwise(np.rad2deg, 180 / pi)
radians: Final = elementwise(np.radians, pi / 180)
deg2rad: Final = elementwise(np.deg2rad, pi / 180)
