"""Adam: the running mean of gradients over the root of their running mean square."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from corelib.extend import FloatArray, Step, require, require_bool


@dataclass(slots=True)
class AdamState:
    """The running means of gradients and of their squares, and the largest of the latter for AMSGrad."""

    mean: FloatArray
    mean_square: FloatArray
    largest: FloatArray | None


@dataclass(frozen=True, slots=True)
class Adam:
    """Adaptive moments (Kingma and Ba, 2015; ``amsgrad``: Reddi, Kale and Kumar, 2018).

    With gradient g, β₁ and β₂, and m and v zero at first, the t-th update is

        m ← m + (1 - β₁) (g - m)
        v ← β₂ v + (1 - β₂) g²
        p ← p - lr / (1 - β₁ᵗ) * m / (√v / √(1 - β₂ᵗ) + ``eps``)

    With ``amsgrad`` the largest v so far stands in the last line. Raises InvalidHyperparameter unless β₁ and
    β₂ are in [0, 1) and eps in [0, ∞).
    """

    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    amsgrad: bool = False

    name: ClassVar[str] = "adam"
    state_version: ClassVar[int] = 1
    default_lr: ClassVar[float] = 1e-3
    scratch: ClassVar[int] = 0
    elementwise: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require(self, "[0, 1)", "beta1", "beta2")
        require(self, "[0, inf)", "eps")
        require_bool(self, "amsgrad")

    def init(self, param: FloatArray, /) -> AdamState:
        largest = np.zeros_like(param) if self.amsgrad else None
        return AdamState(np.zeros_like(param), np.zeros_like(param), largest)

    def update(self, *, out: FloatArray, grad: FloatArray, param: FloatArray, state: AdamState, step: Step) -> None:
        m, v = state.mean, state.mean_square
        np.subtract(grad, m, out=out)
        out *= 1 - self.beta1
        m += out
        np.multiply(grad, grad, out=out)
        out *= 1 - self.beta2
        v *= self.beta2
        v += out
        if state.largest is not None:
            v = np.maximum(state.largest, v, out=state.largest)
        np.sqrt(v, out=out)
        out /= math.sqrt(1 - self.beta2**step.t)
        out += self.eps
        np.divide(m, out, out=out)
        out *= step.lr / (1 - self.beta1**step.t)
