"""The gamma function and its kin."""

from dataclasses import dataclass
from math import log, pi
from typing import Any, ClassVar, Final

import numpy as np
import scipy.special

from corelib.extend import Array, Tensor, elementwise, op
from corelib_scipy.recordable import patched, recordable
from corelib_scipy.special.polygamma_differences import polygamma_difference
from corelib_scipy.special.polygammas import polygamma_of

special: Final[Any] = scipy.special

__all__ = [
    "beta", "betaln", "digamma", "gamma", "gammaln", "gammasgn", "loggamma", "multigammaln", "poch", "polygamma", "psi",
    "rgamma",
]  # fmt: skip


def _rgamma_slope(x: Any) -> Any:
    """-rgamma(x) psi(x); left of 1/2, where psi has poles at zeros of rgamma, by reflection."""
    x = np.asarray(x)
    left = np.real(x) < 0.5
    safe = np.where(left, 1, x).astype(x.dtype)
    return patched(-special.rgamma(safe) * special.digamma(safe), left, _reflected_slope, x)


def _reflected_slope(x: Any) -> Any:
    """rgamma(x) = gamma(1 - x) sin(pi x) / pi."""
    sine, cosine = _turned(x)
    return special.gamma(1 - x) * (cosine - sine * special.digamma(1 - x) / pi)


def _rgamma_curvature(x: Any) -> Any:
    """rgamma(x) (psi(x)**2 - psi'(x)), likewise."""
    x = np.asarray(x)
    left = np.real(x) < 0.5
    safe = np.where(left, 1, x).astype(x.dtype)
    right = special.rgamma(safe) * (np.square(special.digamma(safe)) - polygamma_of(1, safe))
    return patched(right, left, _reflected_curvature, x)


def _reflected_curvature(x: Any) -> Any:
    sine, cosine = _turned(x)
    digammas = special.digamma(1 - x)
    second = (np.square(digammas) + polygamma_of(1, 1 - x)) / pi - pi
    return special.gamma(1 - x) * (sine * second - 2 * cosine * digammas)


def _turned(x: Any) -> tuple[Any, Any]:
    """The sine and the cosine of pi x, whose digits are kept where x is large."""
    nearest = np.round(np.real(x))
    sign = 1 - 2 * (nearest % 2)
    angle = pi * (x - nearest)
    return sign * np.sin(angle), sign * np.cos(angle)


rgamma_curvature: Final = recordable(_rgamma_curvature, None)
rgamma_slope: Final = recordable(_rgamma_slope, rgamma_curvature)


def _beta_change(result: Any, x: Any, d: Any) -> Any:
    """beta(x, d) (psi(x + d) - psi(x)), also where d is so small beside x that the difference underflows."""
    change = polygamma_difference(0, x, d)
    lost = change == 0
    if not np.any(lost):
        return result * change
    return np.where(lost, result * d * polygamma_of(1, x), result * change)


def _poch_slope(z: Any, m: Any, result: Any) -> Any:
    """poch(z, m) (psi(z + m) - psi(z)); where psi(z) may be infinite, the slope of z poch(z + 1, m - 1)."""
    small = (z < 0.5) & (z < m)
    if not np.any(small):
        return result * polygamma_difference(0, z, m)
    far = np.where(small, 1, z)
    near, count = np.where(small, z, 0), np.where(small, m, 1) - 1
    shifted = poch(near + 1, count) if isinstance(near, Tensor) else special.poch(near + 1, count)
    slope = shifted * (1 + near * polygamma_difference(0, near + 1, count))
    return np.where(small, slope, np.where(small, 0, result) * polygamma_difference(0, far, m))


gammaln: Final = elementwise(special.gammaln, lambda x: polygamma_of(0, x), singular=True)
loggamma: Final = elementwise(special.loggamma, lambda x: polygamma_of(0, x), singular=True)
gamma: Final = elementwise(special.gamma, lambda x, *, result: result * polygamma_of(0, x), singular=True)
rgamma: Final = elementwise(special.rgamma, rgamma_slope, singular=True)
gammasgn: Final = elementwise(special.gammasgn, 0)
digamma: Final = elementwise(special.digamma, lambda x: polygamma_of(1, x), singular=True)
psi: Final = digamma

beta: Final = elementwise(
    special.beta,
    lambda a, b, *, result: -_beta_change(result, a, b),
    lambda a, b, *, result: -_beta_change(result, b, a),
    singular=True,
)
betaln: Final = elementwise(
    special.betaln,
    lambda a, b: -polygamma_difference(0, a, b),
    lambda a, b: -polygamma_difference(0, b, a),
    singular=True,
)
poch: Final = elementwise(
    special.poch,
    lambda z, m, *, result: _poch_slope(z, m, result),
    lambda z, m, *, result: result * polygamma_of(0, z + m),
    singular=True,
)


@dataclass(frozen=True, slots=True)
class Polygamma:
    """The ``n``-th derivative of digamma, for whole numbers n: its slope is the next one."""

    nondiff: ClassVar[tuple[str, ...]] = ("n",)

    def forward(self, n: Array, x: Array) -> Any:
        if x.dtype.kind == "c":
            raise TypeError("polygamma is defined for real numbers only")
        return _orders(polygamma_of, n, x)

    def backward(self, propagated: Array, n: Array, x: Array) -> tuple[None, Any]:
        return None, propagated * polygamma(n + 1, x)


def _orders(function: Any, n: Any, x: Any) -> Any:
    """The function of each order at its own entries."""
    n, x = np.broadcast_arrays(n, x)
    if n.size and np.all(n == n.flat[0]):
        return function(_order(n.flat[0]), x)
    values = np.full_like(x, np.nan, dtype=np.result_type(x, np.float32))
    for one in np.unique(n):
        values = patched(values, n == one, lambda x, one=one: function(_order(one), x), x)
    return values


def _order(n: Any) -> int:
    if n < 0 or n != int(n):
        raise ValueError(f"polygamma is of a whole order of 0 or more, not {n}")
    return int(n)


@dataclass(frozen=True, slots=True)
class MultiGammaLn:
    """The logarithm of the multivariate gamma function: log(pi) d (d - 1) / 4 and the sum of gammaln(a - j / 2), j < d.

    Raises ValueError for a that is not greater than (d - 1) / 2.
    """

    d: int

    def forward(self, a: Array) -> Array:
        if self.d < 1 or self.d != int(self.d):
            raise ValueError(f"multigammaln: d is a whole number of 1 or more, not {self.d}")
        if np.any(a <= (self.d - 1) / 2):
            raise ValueError(f"multigammaln: a is greater than (d - 1) / 2 = {(self.d - 1) / 2}")
        total = np.full(a.shape, log(pi) * self.d * (self.d - 1) / 4, np.result_type(a, np.float32))
        for j in range(self.d):
            total = total + special.gammaln(a - j / 2)
        return total

    def backward(self, propagated: Array, a: Array) -> Any:
        total = polygamma_of(0, a)
        for j in range(1, self.d):
            total = total + polygamma_of(0, a - j / 2)
        return propagated * total


polygamma: Final = op(Polygamma, broadcasts=True)
multigammaln: Final = op(MultiGammaLn, name="multigammaln")
