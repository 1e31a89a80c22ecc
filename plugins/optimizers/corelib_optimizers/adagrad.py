"""Adagrad: a learning rate for each entry, by the gradients that it has seen."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from corelib.extend import FloatArray, Step, require


@dataclass(slots=True)
class AdagradState:
    """The sum of the squared gradients."""

    total: FloatArray


@dataclass(frozen=True, slots=True)
class Adagrad:
    """Adaptive gradients (Duchi, Hazan and Singer, 2011).

    With gradient g and G = ``initial_accumulator_value`` at first, the t-th update is

        G ← G + g²
        p ← p - lr / (1 + (t - 1) ``lr_decay``) * g / (√G + ``eps``)

    Raises InvalidHyperparameter unless all three are in [0, ∞).
    """

    lr_decay: float = 0.0
    initial_accumulator_value: float = 0.0
    eps: float = 1e-10

    name: ClassVar[str] = "adagrad"
    state_version: ClassVar[int] = 1
    default_lr: ClassVar[float] = 1e-2
    scratch: ClassVar[int] = 0
    elementwise: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require(self, "[0, inf)", "lr_decay", "initial_accumulator_value", "eps")

    def init(self, param: FloatArray, /) -> AdagradState:
        return AdagradState(np.full_like(param, self.initial_accumulator_value))

    def update(self, *, out: FloatArray, grad: FloatArray, param: FloatArray, state: AdagradState, step: Step) -> None:
        state.total += np.square(grad, out=out)
        np.sqrt(state.total, out=out)
        out += self.eps
        np.divide(grad, out, out=out)
        out *= step.lr / (1 + (step.t - 1) * self.lr_decay)
