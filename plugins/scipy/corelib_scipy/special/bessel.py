"""Bessel functions in their argument, and their spherical kin. Orders have no gradient.

Source: NIST Digital Library of Mathematical Functions, 10.6, 10.29, 10.40 and 10.51.
"""

from typing import Any, Final

import numpy as np
import scipy.special

from corelib.extend import BinaryFn, elementwise
from corelib_scipy.recordable import Recordable, beside, patched, recordable
from corelib_scipy.special.ordered import ordered, recorded

special: Final[Any] = scipy.special
FAR: Final = 30.0
TERMS: Final = 30
TINY: Final = 1e-100  # SciPy's I(2) of the smallest numbers is NaN

__all__ = [
    "hankel1", "hankel2", "i0", "i0e", "i1", "i1e", "iv", "ive", "j0", "j1", "jn", "jv", "k0", "k0e", "k1", "k1e", "kn",
    "kv", "kve", "y0", "y1", "yn", "yv",
]  # fmt: skip

_j: Final[Recordable] = recorded(lambda: jv, special.jv)
_y: Final[Recordable] = recorded(lambda: yv, special.yv)
_i: Final[Recordable] = recorded(lambda: iv, special.iv)
_k: Final[Recordable] = recorded(lambda: kv, special.kv)
_h1: Final[Recordable] = recorded(lambda: hankel1, special.hankel1)
_h2: Final[Recordable] = recorded(lambda: hankel2, special.hankel2)

jv: Final[BinaryFn[[]]] = ordered(special.jv, 1, lambda v, x: (_j(v - 1, x) - _j(v + 1, x)) / 2)
yv: Final[BinaryFn[[]]] = ordered(special.yv, 1, lambda v, x: (_y(v - 1, x) - _y(v + 1, x)) / 2)
iv: Final[BinaryFn[[]]] = ordered(special.iv, 1, lambda v, x: (_i(v - 1, x) + _i(v + 1, x)) / 2)
kv: Final[BinaryFn[[]]] = ordered(special.kv, 1, lambda v, x: (_k(v - 1, x) + _k(v + 1, x)) / -2)
hankel1: Final[BinaryFn[[]]] = ordered(special.hankel1, 1, lambda v, x: (_h1(v - 1, x) - _h1(v + 1, x)) / 2)
hankel2: Final[BinaryFn[[]]] = ordered(special.hankel2, 1, lambda v, x: (_h2(v - 1, x) - _h2(v + 1, x)) / 2)
jn: Final[BinaryFn[[]]] = jv
yn: Final[BinaryFn[[]]] = ordered(special.yn, 1, lambda n, x: (_y(n - 1, x) - _y(n + 1, x)) / 2)
kn: Final[BinaryFn[[]]] = ordered(special.kn, 1, lambda n, x: (_k(n - 1, x) + _k(n + 1, x)) / -2)

j0: Final = elementwise(special.j0, lambda x: -special.j1(x))
j1: Final = elementwise(special.j1, lambda x: (special.j0(x) - _j(*beside(x, 2), x)) / 2)
y0: Final = elementwise(special.y0, lambda x: -special.y1(x), singular=True)
y1: Final = elementwise(special.y1, lambda x: special.y0(x) - special.y1(x) / x, singular=True)
i0: Final = elementwise(special.i0, special.i1, singular=True)
i1: Final = elementwise(
    special.i1, lambda x: (special.i0(x) + _i(*beside(x, 2), np.where(np.abs(x) < TINY, 0, x))) / 2, singular=True
)
k0: Final = elementwise(special.k0, lambda x: -special.k1(x), singular=True)
k1: Final = elementwise(special.k1, lambda x: -special.k0(x) - special.k1(x) / x, singular=True)


def _decay(v: Any, x: Any, sign: int, order: int) -> Any:
    """A derivative, from the asymptotic series, of sqrt(2 pi x) exp(-x) I(v, x) / sqrt(x), or of K's with sign 1."""
    term = 1 / np.sqrt(x)
    total = np.zeros_like(x)
    for k in range(TERMS):
        weight = -(k + 0.5) if order == 1 else (k + 0.5) * (k + 1.5)
        total = total + weight * term
        term = term * sign * (4 * v * v - (2 * k + 1) ** 2) / (8 * (k + 1) * x)
    return total / x**order


def _is_far(v: Any, x: Any) -> Any:
    """Where the series has its digits."""
    return np.abs(x) > np.maximum(FAR, v * v)


def _scaled(special_function: Any, sign: int, order: int) -> Any:
    """The first or second derivative of ive (sign -1) or kve (sign 1), for arrays of real numbers."""
    factor = 1 / np.sqrt(2 * np.pi) if sign < 0 else np.sqrt(np.pi / 2)

    def near(v: Any, x: Any) -> Any:
        own, lower = special_function(v, x), special_function(v - 1, x)
        if sign > 0:  # by K' = -K(v - 1) - v K / x and K'' = (1 + v**2 / x**2) K - K' / x: sums of positive terms
            fall = lower + v / x * own
            return own - fall if order == 1 else own * (1 + (v / x) ** 2) + fall / x - 2 * fall + own
        upper, side = special_function(v + 1, x), np.sign(x)
        if order == 1:
            return (lower + upper) / 2 - side * own
        outer = (special_function(v - 2, x) + special_function(v + 2, x)) / 4 + own / 2
        return outer + own - side * (lower + upper)

    def derivative(v: Any, x: Any) -> Any:
        v, x = np.broadcast_arrays(v, x)
        far = _is_far(v, x)

        def tail(v: Any, x: Any) -> Any:
            turned = np.sign(x) ** (v + order) if sign < 0 else 1
            return turned * factor * _decay(v, np.abs(x), sign, order)

        return patched(near(v, x), far, tail, v, x).astype(x.dtype)

    return derivative


def _real(function: Any, name: str) -> Any:
    def forward(v: Any, x: Any) -> Any:
        if np.iscomplexobj(x):
            raise TypeError(f"{name} is differentiated in real numbers only: exp(-|Re z|) has no complex slope")
        return function(v, x)

    return forward


ive_slope: Final[Recordable] = recordable(
    _scaled(special.ive, -1, 1), None, recordable(_scaled(special.ive, -1, 2), None, None)
)
kve_slope: Final[Recordable] = recordable(
    _scaled(special.kve, 1, 1), None, recordable(_scaled(special.kve, 1, 2), None, None)
)


def _scaled_op(function: Any, slope: Any, name: str) -> Any:
    checked = _real(function, name)
    make: Any = elementwise
    return make(
        lambda v, x: checked(*beside(x, v), x), None, lambda v, x: slope(*beside(x, v), x),
        numpy=function, name=name, singular=True,
    )  # fmt: skip


ive: Final[BinaryFn[[]]] = _scaled_op(special.ive, ive_slope, "ive")
kve: Final[BinaryFn[[]]] = _scaled_op(special.kve, kve_slope, "kve")


def _of_order(slope: Any, order: int) -> Any:
    return lambda x: slope(*beside(x, order), x)


i0e: Final = elementwise(special.i0e, _of_order(ive_slope, 0), singular=True)
i1e: Final = elementwise(special.i1e, _of_order(ive_slope, 1), singular=True)
k0e: Final = elementwise(special.k0e, _of_order(kve_slope, 0), singular=True)
k1e: Final = elementwise(special.k1e, _of_order(kve_slope, 1), singular=True)
