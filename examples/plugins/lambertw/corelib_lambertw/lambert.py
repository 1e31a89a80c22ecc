"""Lambert's W on the real line and in the complex plane: the solution w of w exp(w) = x.

From w exp(w) = x follows w' = exp(-w) / (1 + w), which is infinite at the branch point x = -1/e, where w = -1.
Source: Corless, Gonnet, Hare, Jeffrey and Knuth, On the Lambert W function (1996).
"""

from math import e
from typing import Any, Final

import numpy as np
from scipy import special

from corelib.extend import Array, elementwise

BRANCH_POINT: Final = -1 / e


def principal(x: Array) -> Array:
    """W₀(x), the solution w ≥ -1; NaN below -1/e. Complex numbers give complex ones.

    SciPy returns float32 in complex128, and NaN at the branch point: both are fixed here.
    """
    x = np.asarray(x)
    values: Any = x  # the types of SciPy know numbers only here
    w = np.asarray(special.lambertw(values))
    if np.iscomplexobj(x):
        return w.astype(x.dtype)
    real = np.where(np.imag(w) == 0, np.real(w), np.nan)
    return np.where(x == BRANCH_POINT, -1, real).astype(np.result_type(x, np.float32))


# The slope, by what w is: it needs no x, and is right at x = 0.
lambertw: Final = elementwise(
    principal, lambda x, *, result: np.exp(-result) / (1 + result), numpy=(), name="lambertw", singular=True
)
