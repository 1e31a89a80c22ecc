"""gelu, the Gaussian error linear unit: by the error function, and by tanh. SciPy is imported when it is first used."""

from math import pi, sqrt
from typing import Any, Final

import numpy as np

from corelib.extend import Array, Tensor, elementwise
from corelib_nn.recordable import Recordable, factor, logistic, recordable, refuse_complex

NORMAL: Final = 1 / sqrt(2 * pi)
STEEP: Final = 2 * sqrt(2 / pi)
CUBE: Final = 0.044715
FAR: Final = 40.0  # beyond it both distribution functions are 0 or 1


def distribution(x: Any) -> Any:
    """The distribution function of the normal distribution: of a Tensor, the op of corelib-scipy."""
    from scipy.special import ndtr

    return ndtr(x)


def density(x: Any) -> Any:
    """The density of the normal distribution at what is at most FAR from 0."""
    return NORMAL * np.exp(-np.square(x) / 2)


def _exact_slope(x: Array) -> Array:
    return exact_slope_of(distribution(x), x)


def exact_slope_of(share: Any, x: Any) -> Array:
    near = np.clip(x, -FAR, FAR)
    slope: Array = share + near * density(near)
    return slope


def _exact_curvature(x: Array) -> Array:
    near = np.clip(x, -FAR, FAR)
    curvature: Array = density(near) * (2 - np.square(near))
    return curvature


def steepness(x: Array) -> Array:
    """u = sqrt(8/pi) (x + 0.044715 x**3): 1 + tanh(u / 2) is twice the logistic function of u, with all its digits."""
    return STEEP * x * (1 + CUBE * np.square(x))


def tanh_share(x: Any) -> Any:
    """(1 + tanh(steepness / 2)) / 2"""
    return logistic(steepness(np.clip(x, -FAR, FAR)))


def tanh_slope_of(share: Any, x: Any) -> Array:
    near = np.clip(x, -FAR, FAR)
    rest = tanh_share(-x) if isinstance(x, Tensor) else 1 - share  # whose tail the second derivative needs
    slope: Array = share * (1 + near * rest * (STEEP * (1 + 3 * CUBE * np.square(near))))
    return slope


exact_slope: Final[Recordable] = recordable(_exact_slope, _exact_curvature)


def _gelu(x: Array) -> Array:
    """x times the distribution function of the normal distribution at x.

    Source: Hendrycks and Gimpel, Gaussian error linear units, 2016.
    """
    refuse_complex("gelu", x)
    y: Array = x * distribution(x)
    return y


def _gelu_slope(x: Array, *, result: Array) -> Any:
    return exact_slope(x) if isinstance(x, Tensor) else exact_slope_of(factor(result, x, distribution), x)


def _gelu_tanh(x: Array) -> Array:
    """x (1 + tanh(sqrt(2/pi) (x + 0.044715 x**3))) / 2, which is near gelu: PyTorch's approximate="tanh".

    Source: Hendrycks and Gimpel, Gaussian error linear units, 2016.
    """
    refuse_complex("gelu_tanh", x)
    y: Array = x * tanh_share(x)
    return y


gelu: Final = elementwise(_gelu, _gelu_slope, numpy=(), name="gelu")
gelu_tanh: Final = elementwise(
    _gelu_tanh, lambda x, *, result: tanh_slope_of(factor(result, x, tanh_share), x), numpy=(), name="gelu_tanh"
)
