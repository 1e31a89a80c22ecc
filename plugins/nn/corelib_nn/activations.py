"""Activations: elu, selu, celu, silu, mish, softsign, hardtanh. The slope at a kink is the mean of both sides."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from corelib import ops
from corelib.extend import Array, Tensor, composed, elementwise, op
from corelib_nn.recordable import Recordable, factor, logistic, recordable, refuse_complex

ALPHA: Final = 1.6732632423543772848170429916717
SCALE: Final = 1.0507009873554804934193349852946
FAR: Final = 20.0  # from here on tanh(softplus(x)) is 1


def above(x: Any) -> Any:
    """1 where x is positive, 0 where it is negative, 1/2 at 0."""
    return (np.sign(x) + 1) / 2


def bent(x: Array, alpha: float) -> Array:
    """x above 0, and alpha (exp(x) - 1) below."""
    return np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0))


def bent_slope(x: Array, alpha: float) -> Array:
    """1 above 0, and alpha exp(x) below."""
    decay: Array = np.exp(np.minimum(x, 0))
    if alpha == 1:
        return decay
    share = above(x)
    slope: Array = share + (1 - share) * (alpha * decay)
    return slope


@dataclass(frozen=True, slots=True)
class Elu:
    """x above 0, and ``alpha`` (exp(x) - 1) below.

    At 0 the slope is the mean of both sides, (1 + alpha)/2. PyTorch takes ``alpha`` there.
    Source: Clevert, Unterthiner and Hochreiter, Fast and accurate deep network learning by ELUs, 2015.
    """

    alpha: float = 1.0

    def forward(self, x: Array) -> Array:
        refuse_complex("elu", x)
        return bent(x, self.alpha)

    def backward(self, propagated: Array, x: Array) -> Array:
        return propagated * bent_slope(x, self.alpha)


@dataclass(frozen=True, slots=True)
class Celu:
    """x above 0, and ``alpha`` (exp(x / alpha) - 1) below: its slope has no jump. Raises ValueError for an alpha of 0.

    Source: Barron, Continuously differentiable exponential linear units, 2017.
    """

    alpha: float = 1.0

    def forward(self, x: Array) -> Array:
        refuse_complex("celu", x)
        if not self.alpha > 0:
            raise ValueError(f"alpha is {self.alpha}, and must be positive")
        return np.maximum(x, 0) + self.alpha * np.expm1(np.minimum(x, 0) / self.alpha)

    def backward(self, propagated: Array, x: Array) -> Array:
        slope: Array = np.exp(np.minimum(x, 0) / self.alpha)
        return propagated * slope


def _selu(x: Array) -> Array:
    """s x above 0, and s a (exp(x) - 1) below, with s = 1.0507... and a = 1.6732...

    Outputs of mean 0 and variance 1 stay so from layer to layer. At 0 the slope is the mean of both sides.
    Source: Klambauer, Unterthiner, Mayr and Hochreiter, Self-normalizing neural networks, 2017.
    """
    refuse_complex("selu", x)
    return SCALE * bent(x, ALPHA)


def _silu(x: Array) -> Array:
    """x / (1 + exp(-x)), the sigmoid linear unit, also called swish.

    Source: Elfwing, Uchibe and Doya, Sigmoid-weighted linear units, 2017.
    """
    refuse_complex("silu", x)
    y: Array = x * logistic(x)
    return y


def _silu_slope(x: Array) -> Array:
    return silu_slope_of(logistic(x), x)


def silu_slope_of(s: Any, x: Any) -> Array:
    """s (1 + x (1 - s)), in one array where it is no Tensor."""
    slope: Array = 1 - s
    slope *= x
    slope += 1
    slope *= s
    return slope


def _slope_of_silu(x: Any, *, result: Any) -> Any:
    return silu_slope(x) if isinstance(x, Tensor) else silu_slope_of(factor(result, x, logistic), x)


def _silu_curvature(x: Array) -> Array:
    curvature: Array = logistic(x) * logistic(-x) * (2 - x * np.tanh(x / 2))
    return curvature


def _mish(x: Array) -> Array:
    """x tanh(log(1 + exp(x))).

    Source: Misra, Mish: a self regularized non-monotonic activation function, 2019.
    """
    refuse_complex("mish", x)
    n = _growth(x)
    y: Array = x * (n / (n + 2))
    return y


def _growth(x: Array) -> Array:
    """n = (1 + exp(x))**2 - 1: tanh(log(1 + exp(x))) is n / (n + 2), which is 1 from 20 on."""
    e = np.exp(np.minimum(x, FAR))
    n: Array = e * (e + 2)
    return n


def _mish_slope(x: Array) -> Array:
    near = np.minimum(x, FAR)
    e = np.exp(near)
    n = e * (e + 2)
    slope: Array = (n + near * (4 * e * (e + 1) / (n + 2))) / (n + 2)
    return slope


def _mish_curvature(x: Array) -> Array:
    """q s (2 + x (1 - s - 2 w s)), with w = tanh(p) and q = 1 - w**2 of p = log(1 + exp(x)), whose slope is s."""
    s, p = logistic(x), ops.softplus(x)
    q = 4 * logistic(2 * p) * logistic(-2 * p)
    curvature: Array = q * s * (2 + x * (logistic(-x) - 2 * np.tanh(p) * s))
    return curvature


def _softsign(x: Array) -> Array:
    """x / (1 + |x|)."""
    refuse_complex("softsign", x)
    y: Array = x / (1 + np.abs(x))
    return y


def _hardtanh(x: Any, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """x, held between ``min_val`` and ``max_val``. The gradient passes on the closed interval, as that of ``np.clip``.

    PyTorch passes none at the ends. Raises ValueError where ``min_val`` is not below ``max_val``.
    """
    refuse_complex("hardtanh", x)
    if not min_val < max_val:
        raise ValueError(f"min_val={min_val} must be below max_val={max_val}")
    return np.clip(x, min_val, max_val)  # type: ignore[no-any-return]  # of a Tensor


silu_slope: Final[Recordable] = recordable(_silu_slope, _silu_curvature)
mish_slope: Final[Recordable] = recordable(_mish_slope, _mish_curvature)

elu: Final = op(Elu)
celu: Final = op(Celu)
selu: Final = elementwise(_selu, lambda x: SCALE * bent_slope(x, ALPHA), numpy=(), name="selu")
silu: Final = elementwise(_silu, _slope_of_silu, numpy=(), name="silu")
mish: Final = elementwise(_mish, mish_slope, numpy=(), name="mish")
softsign: Final = elementwise(_softsign, lambda x: np.square(1 / (1 + np.abs(x))), numpy=(), name="softsign")
hardtanh: Final = composed(_hardtanh, name="hardtanh")
