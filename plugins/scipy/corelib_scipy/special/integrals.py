"""Integrals: of the exponential, of sines, of Airy's and Kelvin's functions, and Struve's functions.

Source: NIST Digital Library of Mathematical Functions, 6, 7.2, 9.2, 10.61, 11.4 and 25.12.
"""

from dataclasses import dataclass
from math import pi, sqrt
from typing import Any, Final

import numpy as np
import scipy.special

from corelib.extend import Array, BinaryFn, Tensor, elementwise, op
from corelib_scipy.recordable import Recordable, beside, recordable
from corelib_scipy.special.ordered import ordered, recorded
from corelib_scipy.special.stirling import log1p_less

special: Final[Any] = scipy.special
LARGE: Final = 1e18

__all__ = [
    "airy", "bei", "ber", "exp1", "expi", "expn", "fresnel", "kei", "ker", "modstruve",
    "shichi", "sici", "spence", "struve",
]  # fmt: skip

expi: Final = elementwise(special.expi, lambda x: np.exp(x) / x, singular=True)
exp1: Final = elementwise(special.exp1, lambda x: -np.exp(-x) / x, singular=True)

_expn: Final[Recordable] = recorded(lambda: expn, special.expn)


def _expn_slope(n: Any, x: Any) -> Any:
    """-expn(n - 1, x); at n = 0 that is -(1 + 1 / x) exp(-x) / x."""
    first = np.equal(n, 0)
    if not np.any(first):
        return -_expn(n - 1, x)
    return np.where(first, -(1 + 1 / x) * np.exp(-x) / x, -_expn(np.maximum(n - 1, 0), x))


expn: Final[BinaryFn[[]]] = ordered(special.expn, 1, _expn_slope)


def _log_over(x: Any) -> Any:
    """log(x) / (1 - x), and -1 at 1."""
    z = x - 1
    logarithm = np.where(np.abs(z) < 0.5, np.log1p(z), np.log(x))
    return np.where(z == 0, -1, -logarithm / np.where(z == 0, 1, z)).astype(x.dtype)


def _log_over_slope(x: Any) -> Any:
    """1 / (x (1 - x)) + log(x) / (1 - x)**2, without the terms that cancel near 1."""
    z = x - 1
    safe = np.where(z == 0, 1, z)
    near = np.abs(z) < 0.5 * x
    rise = np.where(near, -log1p_less(np.where(near, -z / x, 0)), np.log(x) - z / x)
    return np.where(z == 0, 0.5, rise / safe / safe).astype(x.dtype)


log_over: Final[Recordable] = recordable(_log_over, recordable(_log_over_slope, None))
spence: Final = elementwise(special.spence, log_over, singular=True)


ber: Final = elementwise(special.ber, special.berp, singular=True)
bei: Final = elementwise(special.bei, special.beip, singular=True)
ker: Final = elementwise(special.ker, special.kerp, singular=True)
kei: Final = elementwise(special.kei, special.keip, singular=True)

_struve: Final[Recordable] = recorded(lambda: struve, special.struve)
_modstruve: Final[Recordable] = recorded(lambda: modstruve, special.modstruve)


def _struve_slope(v: Any, x: Any) -> Any:
    """(H(v - 1) - H(v + 1)) / 2 + (x / 2)**v / (2 sqrt(pi) gamma(v + 3 / 2)) for small x, and H(v - 1) - v H(v) / x."""
    small = np.abs(x) < 1
    near, far = np.where(small, x, 0.5), np.where(small, 1, x)
    close = (_struve(v - 1, near) - _struve(v + 1, near)) / 2 + _power(v, near)
    return np.where(small, close, _struve(v - 1, far) - v * _struve(v, far) / far)


def _modstruve_slope(v: Any, x: Any) -> Any:
    return (_modstruve(v - 1, x) + _modstruve(v + 1, x)) / 2 + _power(v, x)


def _power(v: Any, x: Any) -> Any:
    (factor,) = beside(x, special.rgamma(v + 1.5) / (2 * sqrt(pi)))
    return factor * (x / 2) ** v


struve: Final[BinaryFn[[]]] = ordered(special.struve, 1, _struve_slope)
modstruve: Final[BinaryFn[[]]] = ordered(special.modstruve, 1, _modstruve_slope)


def _added(propagated: tuple[Any, ...], slopes: tuple[Any, ...]) -> Any:
    """The sum of what arrives times the slopes."""
    total: Any = 0
    for gradient, slope in zip(propagated, slopes, strict=True):
        total = total + gradient * _steepest(_unless(gradient, slope))
    return total


def _unless(gradient: Any, slope: Any) -> Any:
    """The slope, and 0 where it is infinite and nothing arrives."""
    nothing = (_numbers(gradient) == 0) & ~np.isfinite(_numbers(slope))
    return np.where(nothing, 0, slope) if np.any(nothing) else slope


def _steepest(slope: Any) -> Any:
    return np.conjugate(slope) if slope.dtype.kind == "c" else slope


def _numbers(x: Any) -> Any:
    return x.data if isinstance(x, Tensor) else x


@dataclass(frozen=True, slots=True)
class SiCi:
    """The integrals of sin(t) / t from 0 and of cos(t) / t from infinity, up to x."""

    def forward(self, x: Array) -> tuple[Array, Array]:
        si, ci = special.sici(x)
        return np.asarray(si), np.asarray(ci)

    def backward(self, propagated: tuple[Array, Array], x: Array) -> Any:
        with np.errstate(all="ignore"):
            return _added(propagated, (np.sinc(x / pi), np.cos(x) / x))


@dataclass(frozen=True, slots=True)
class ShiChi:
    """The integrals of sinh(t) / t and, but for a logarithm, of cosh(t) / t, from 0 to x."""

    def forward(self, x: Array) -> tuple[Array, Array]:
        shi, chi = special.shichi(x)
        return np.asarray(shi), np.asarray(chi)

    def backward(self, propagated: tuple[Array, Array], x: Array) -> Any:
        with np.errstate(all="ignore"):
            zero = x == 0
            first = np.where(zero, 1, np.sinh(x) / np.where(zero, 1, x)) if np.any(zero) else np.sinh(x) / x
            return _added(propagated, (first, np.cosh(x) / x))


@dataclass(frozen=True, slots=True)
class Fresnel:
    """The integrals of sin(pi t**2 / 2) and of cos(pi t**2 / 2) from 0 to x."""

    def forward(self, x: Array) -> tuple[Array, Array]:
        sine, cosine = special.fresnel(x)
        return np.asarray(sine), np.asarray(cosine)

    def backward(self, propagated: tuple[Array, Array], x: Array) -> Any:
        with np.errstate(all="ignore"):
            held = x if x.dtype.kind == "c" else np.clip(x, -LARGE, LARGE)  # squares of larger ones overflow
            angle = pi / 2 * held * held
            return _added(propagated, (np.sin(angle), np.cos(angle)))


@dataclass(frozen=True, slots=True)
class Airy:
    """Airy's functions Ai and Bi with their derivatives: Ai, Ai', Bi, Bi'. Both solve y'' = x y."""

    def forward(self, x: Array) -> tuple[Array, ...]:
        return tuple(map(np.asarray, special.airy(x)))

    def backward(self, propagated: tuple[Array, ...], x: Array, *, result: tuple[Array, ...]) -> Any:
        with np.errstate(all="ignore"):
            total: Any = 0
            for gradient, factor, slope in zip(propagated, (1, x, 1, x), (1, 0, 3, 2), strict=True):
                total = total + gradient * _steepest(factor * _unless(gradient, result[slope]))
            return total


sici: Final = op(SiCi, numpy=special.sici, name="sici", broadcasts=True)
shichi: Final = op(ShiChi, numpy=special.shichi, name="shichi", broadcasts=True)
fresnel: Final = op(Fresnel, numpy=special.fresnel, broadcasts=True)
airy: Final = op(Airy, numpy=special.airy, broadcasts=True)
