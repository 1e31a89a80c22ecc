"""sinc and its derivatives of every order, right at 0."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from corelib.extend import Array, Tensor, elementwise, op

# np.sinc(x) = f(u) with f(u) = sin(u) / u and u = pi x; the k-th derivative of f has
#   the recurrence  f_k(u) = (sin(u + k pi/2) - k f_{k-1}(u)) / u, which loses digits where |u| < k, and
#   the series      f_k(u) = sum over 2n >= k of (-1)^n u^(2n-k) / ((2n-k)! (2n+1)), which needs few terms there.
TERMS: Final = 25


def _series(u: Any, order: int) -> Any:
    first = (order + 1) // 2
    term = (-1.0) ** first * u ** (2 * first - order)
    total = term / (2 * first + 1)
    for n in range(first + 1, first + TERMS + order):
        degree = 2 * n - order
        term = term * (-u * u / (degree * (degree - 1)))
        total = total + term / (2 * n + 1)
    return total


def _recurrence(u: Any, order: int) -> Any:
    derivatives = (np.sin, np.cos, lambda v: -np.sin(v), lambda v: -np.cos(v))
    value = np.sin(u) / u
    for k in range(1, order + 1):
        value = (derivatives[k % 4](u) - k * value) / u
    return value


def _derivative(x: Any, order: int) -> Any:
    """The derivative of np.sinc of an order of 1 or more."""
    u = np.pi * x
    near = np.abs(u) < order + 1
    close = _series(np.where(near, u, 0), order)
    return np.pi**order * np.where(near, close, _recurrence(np.where(near, 1, u), order))


@dataclass(frozen=True, slots=True)
class SincDerivative:
    """The derivative of sinc of the given order; its own slope is that of the next order."""

    order: int

    def forward(self, x: Array) -> Array:
        derivative: Array = _derivative(x, self.order)
        return derivative

    def backward(self, propagated: Array, x: Array) -> Array:
        slope: Array = np.conj(sinc_derivative(x, self.order + 1))
        return propagated * slope


_recorded: Final = op(SincDerivative)


def sinc_derivative(x: Any, order: int) -> Any:
    """The derivative of sin(pi x) / (pi x) of an order of 1 or more: recorded, where x is a Tensor."""
    return _recorded(x, order) if isinstance(x, Tensor) else _derivative(x, order)


sinc: Final = elementwise(np.sinc, lambda x: sinc_derivative(x, 1))
