"""Real and imaginary part, conjugate and angle.

None of them is holomorphic. Each gradient is the direction of steepest ascent of a real-valued function,
PyTorch's convention: of f(x + iy) it is df/dx + i df/dy.
"""

from dataclasses import dataclass
from math import pi
from typing import Any, Final

import numpy as np

from corelib.extend import Array, Shape, Tensor, TensorLike, composed, linear
from corelib_elementwise.recordable import as_tensor, is_complex


@dataclass(frozen=True, slots=True)
class Real:
    """The real part: of a real array, the array itself."""

    def forward(self, x: Array) -> Array:
        return np.real(x)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return propagated


@dataclass(frozen=True, slots=True)
class Imag:
    """The imaginary part: of a real array, zeros."""

    def forward(self, x: Array) -> Array:
        return np.imag(x)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return 1j * propagated


@dataclass(frozen=True, slots=True)
class Conjugate:
    """The complex conjugate: of a real array, a copy."""

    def forward(self, x: Array) -> Array:
        return np.conjugate(x)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return np.conjugate(propagated)


def _angle(z: TensorLike, deg: bool = False) -> Tensor:
    """The angle of z in (-pi, pi], in degrees with ``deg``; its gradient is 0 at the origin."""
    values: Any = as_tensor(z)
    height = np.imag(values) if is_complex(values) else np.zeros_like(values)
    angle = np.arctan2(height, np.real(values))
    return as_tensor(angle * (180 / pi) if deg else angle)


real: Final = linear(Real, numpy=np.real)
imag: Final = linear(Imag, numpy=np.imag)
conjugate: Final = linear(Conjugate, numpy=np.conjugate)
angle: Final = composed(_angle, numpy=np.angle, name="angle")
