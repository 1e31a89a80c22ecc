"""Losses of numbers beside their targets: mse_loss, l1_loss, smooth_l1_loss, huber_loss, binary cross entropies."""

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from corelib import ops
from corelib.extend import Array, Tensor, Wanted, composed, op
from corelib_nn.recordable import logistic, refuse_complex

Reduction: TypeAlias = Literal["mean", "sum", "none"]
Gradients: TypeAlias = tuple[Array | None, Array | None]
LEAST_LOG: Final = -100.0  # as PyTorch has it
LEAST: Final = 1e-12


def reduced(losses: Any, reduction: Reduction) -> Tensor:
    """The mean, the sum, or all of the losses. Raises ValueError for another word."""
    if reduction == "none":
        return losses  # type: ignore[no-any-return]  # a Tensor
    if reduction not in ("mean", "sum"):
        raise ValueError(f'reduction is "mean", "sum" or "none", not {reduction!r}')
    return np.mean(losses) if reduction == "mean" else np.sum(losses)  # type: ignore[no-any-return]  # of a Tensor


@dataclass(frozen=True, slots=True)
class Huber:
    """d**2 / 2 of the distance d of x and y up to ``delta``, and delta (d - delta / 2) beyond."""

    delta: float

    def forward(self, x: Array, y: Array) -> Array:
        refuse_complex("huber_loss", x - y)
        d = np.abs(x - y)
        near = np.minimum(d, self.delta)
        losses: Array = near * (d - near / 2)
        return losses

    def backward(self, propagated: Array, x: Array, y: Array, *, wanted: Wanted) -> Gradients:
        slope: Array = propagated * np.clip(x - y, -self.delta, self.delta)
        return slope, -slope if wanted[1] else None


@dataclass(frozen=True, slots=True)
class BinaryEntropy:
    """-(t log(p) + (1 - t) log(1 - p)), with logarithms of -100 at least: PyTorch's, and its slope in p."""

    def forward(self, p: Array, t: Array) -> Array:
        with np.errstate(divide="ignore"):
            yes, no = np.maximum(np.log(p), LEAST_LOG), np.maximum(np.log1p(-p), LEAST_LOG)
        losses: Array = (t - 1) * no - t * yes
        return losses

    def backward(self, propagated: Array, p: Array, t: Array, *, wanted: Wanted) -> Gradients:
        of_p = propagated * (p - t) / np.maximum(p * (1 - p), LEAST)
        if not wanted[1]:
            return of_p, None
        yes, no = np.maximum(np.log(p), LEAST_LOG), np.maximum(np.log1p(-p), LEAST_LOG)
        return of_p, propagated * (no - yes)


@dataclass(frozen=True, slots=True)
class LogitEntropy:
    """log(1 + exp(x)) - x t, without overflow: the binary cross entropy of 1 / (1 + exp(-x)) and t."""

    def forward(self, x: Array, t: Array) -> Array:
        refuse_complex("binary_cross_entropy_with_logits", x)
        losses: Array = np.maximum(x, 0) - x * t + np.log1p(np.exp(-np.abs(x)))
        return losses

    def backward(self, propagated: Array, x: Array, t: Array, *, wanted: Wanted) -> Gradients:
        return propagated * _logit_slope(x, t), -propagated * x if wanted[1] else None


def _logit_slope(x: Array, t: Array) -> Array:
    """logistic(x) - t, with the digits of its tails: (1 - t) logistic(x) - t logistic(-x)."""
    if isinstance(x, Tensor) or isinstance(t, Tensor):
        slope: Array = (1 - t) * logistic(x) - t * logistic(-x)
        return slope
    tail = np.exp(-np.abs(x))
    tail = tail / (1 + tail)
    both: Array = np.where(x < 0, tail - t, (1 - t) - tail)
    return both


huber: Final = op(Huber, broadcasts=True)
binary_entropy: Final = op(BinaryEntropy, broadcasts=True)
logit_entropy: Final = op(LogitEntropy, broadcasts=True)


def _mse_loss(x: Any, target: Any, reduction: Reduction = "mean") -> Tensor:
    """The squares of x - target: their mean, their sum, or all of them."""
    return reduced(np.square(np.subtract(x, target)), reduction)


def _l1_loss(x: Any, target: Any, reduction: Reduction = "mean") -> Tensor:
    """The absolute values of x - target: their mean, their sum, or all of them. Where both are equal the slope is 0."""
    return reduced(np.abs(np.subtract(x, target)), reduction)


def _huber_loss(x: Any, target: Any, reduction: Reduction = "mean", delta: float = 1.0) -> Tensor:
    """d**2 / 2 of the distances d up to ``delta``, and delta (d - delta / 2) beyond.

    Raises ValueError for a delta that is not positive.
    """
    if not delta > 0:
        raise ValueError(f"delta={delta} must be positive")
    return reduced(huber(x, target, delta), reduction)


def _smooth_l1_loss(x: Any, target: Any, reduction: Reduction = "mean", beta: float = 1.0) -> Tensor:
    """d**2 / (2 beta) of the distances d up to ``beta``, and d - beta / 2 beyond; with a beta of 0, d.

    Raises ValueError for a negative beta.
    """
    if beta < 0:
        raise ValueError(f"beta={beta} must not be negative")
    return _l1_loss(x, target, reduction) if beta == 0 else reduced(huber(x, target, beta) / beta, reduction)


def _binary_cross_entropy(x: Any, target: Any, weight: Any = None, reduction: Reduction = "mean") -> Tensor:
    """-(t log(x) + (1 - t) log(1 - x)) of probabilities x and targets t in [0, 1], times ``weight``.

    As in PyTorch logarithms are -100 at least, and the slope is finite where x is 0 or 1. From logits x, use
    binary_cross_entropy_with_logits, which has all digits.
    """
    losses = binary_entropy(x, target)
    return reduced(losses if weight is None else losses * weight, reduction)


def _binary_cross_entropy_with_logits(
    x: Any, target: Any, weight: Any = None, reduction: Reduction = "mean", pos_weight: Any = None
) -> Tensor:
    """-(p t log(s) + (1 - t) log(1 - s)) of s = 1 / (1 + exp(-x)) and targets t, times ``weight``.

    p is ``pos_weight``, 1 without it.
    """
    if pos_weight is None:
        losses = logit_entropy(x, target)
    else:
        losses = np.subtract(1, target) * ops.softplus(x) + np.multiply(pos_weight, target) * ops.softplus(-x)
    return reduced(losses if weight is None else losses * weight, reduction)


mse_loss: Final = composed(_mse_loss, name="mse_loss")
l1_loss: Final = composed(_l1_loss, name="l1_loss")
huber_loss: Final = composed(_huber_loss, name="huber_loss")
smooth_l1_loss: Final = composed(_smooth_l1_loss, name="smooth_l1_loss")
binary_cross_entropy: Final = composed(_binary_cross_entropy, name="binary_cross_entropy")
binary_cross_entropy_with_logits: Final = composed(
    _binary_cross_entropy_with_logits, name="binary_cross_entropy_with_logits"
)
