"""Spherical Bessel functions in their argument; ``derivative=True`` is the slope, as in SciPy.

With f one of them, f(n)' = (l n f(n - 1) + u (n + 1) f(n + 1)) / (2 n + 1), where l and u are 1 or -1.
Source: NIST Digital Library of Mathematical Functions, 10.51.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
import scipy.special

from corelib.extend import Array, op
from corelib_scipy.recordable import beside

special: Final[Any] = scipy.special

__all__ = ["spherical_in", "spherical_jn", "spherical_kn", "spherical_yn"]


def _value(function: Any, n: Array, z: Array, derivative: bool) -> Any:
    if np.any(n != np.rint(n)):
        raise ValueError(f"{function.__name__} is of a whole order, not {n}")
    with np.errstate(invalid="ignore"):
        return np.asarray(function(n.astype(int), z, derivative), np.result_type(z, np.float32))


def _slope(call: Any, n: Array, z: Any, lower: int, upper: int) -> Any:
    a, b = beside(z, lower * n / (2 * n + 1), upper * (n + 1) / (2 * n + 1))
    slope = a * call(np.maximum(n - 1, 0), z) + b * call(n + 1, z)
    return np.conjugate(slope) if slope.dtype.kind == "c" else slope


@dataclass(frozen=True, slots=True)
class SphericalJn:
    """The spherical Bessel function of the first kind."""

    nondiff: ClassVar[tuple[str, ...]] = ("n",)
    derivative: bool = False

    def forward(self, n: Array, z: Array) -> Any:
        return _value(special.spherical_jn, n, z, self.derivative)

    def backward(self, propagated: Array, n: Array, z: Array) -> tuple[None, Any]:
        return None, propagated * _slope(lambda n, z: spherical_jn(n, z, derivative=self.derivative), n, z, 1, -1)


@dataclass(frozen=True, slots=True)
class SphericalYn:
    """The spherical Bessel function of the second kind."""

    nondiff: ClassVar[tuple[str, ...]] = ("n",)
    derivative: bool = False

    def forward(self, n: Array, z: Array) -> Any:
        return _value(special.spherical_yn, n, z, self.derivative)

    def backward(self, propagated: Array, n: Array, z: Array) -> tuple[None, Any]:
        return None, propagated * _slope(lambda n, z: spherical_yn(n, z, derivative=self.derivative), n, z, 1, -1)


@dataclass(frozen=True, slots=True)
class SphericalIn:
    """The modified spherical Bessel function of the first kind."""

    nondiff: ClassVar[tuple[str, ...]] = ("n",)
    derivative: bool = False

    def forward(self, n: Array, z: Array) -> Any:
        return _value(special.spherical_in, n, z, self.derivative)

    def backward(self, propagated: Array, n: Array, z: Array) -> tuple[None, Any]:
        return None, propagated * _slope(lambda n, z: spherical_in(n, z, derivative=self.derivative), n, z, 1, 1)


@dataclass(frozen=True, slots=True)
class SphericalKn:
    """The modified spherical Bessel function of the second kind."""

    nondiff: ClassVar[tuple[str, ...]] = ("n",)
    derivative: bool = False

    def forward(self, n: Array, z: Array) -> Any:
        return _value(special.spherical_kn, n, z, self.derivative)

    def backward(self, propagated: Array, n: Array, z: Array) -> tuple[None, Any]:
        return None, propagated * _slope(lambda n, z: spherical_kn(n, z, derivative=self.derivative), n, z, -1, -1)


spherical_jn: Final = op(SphericalJn, broadcasts=True)
spherical_yn: Final = op(SphericalYn, broadcasts=True)
spherical_in: Final = op(SphericalIn, broadcasts=True)
spherical_kn: Final = op(SphericalKn, broadcasts=True)
