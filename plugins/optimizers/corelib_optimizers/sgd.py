"""SGD: stochastic gradient descent, with momentum."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from corelib.errors import InvalidHyperparameter
from corelib.extend import FloatArray, Step, require, require_bool


@dataclass(slots=True)
class SGDState:
    """The running sum of gradients, where there is momentum."""

    velocity: FloatArray | None


@dataclass(frozen=True, slots=True)
class SGD:
    """Stochastic gradient descent (Robbins and Monro, 1951), with momentum (Polyak, 1964).

    With gradient g, ``momentum`` μ and ``dampening`` τ, the parameter loses lr * u, where

        b ← g at the first update, then b ← μ b + (1 - τ) g
        u = g + μ b  with ``nesterov`` (Nesterov, 1983; Sutskever et al., 2013), else u = b

    and without momentum u = g. Raises InvalidHyperparameter unless μ is in [0, 1) and τ in [0, 1], and for
    ``nesterov`` without momentum or with dampening.
    """

    momentum: float = 0.0
    dampening: float = 0.0
    nesterov: bool = False

    name: ClassVar[str] = "sgd"
    state_version: ClassVar[int] = 1
    default_lr: ClassVar[float] = 1e-3
    scratch: ClassVar[int] = 0
    elementwise: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require(self, "[0, 1)", "momentum")
        require(self, "[0, 1]", "dampening")
        require_bool(self, "nesterov")
        if self.nesterov and (self.momentum == 0.0 or self.dampening != 0.0):
            raise InvalidHyperparameter("SGD: nesterov = True needs a momentum in (0, 1) and a dampening of 0")

    def init(self, param: FloatArray, /) -> SGDState:
        return SGDState(np.zeros_like(param) if self.momentum else None)

    def update(self, *, out: FloatArray, grad: FloatArray, param: FloatArray, state: SGDState, step: Step) -> None:
        b = state.velocity
        if b is None:
            np.multiply(grad, step.lr, out=out)
            return
        if step.t == 1:
            b[...] = grad
        else:
            np.multiply(grad, 1 - self.dampening, out=out)
            b *= self.momentum
            b += out
        if self.nesterov:
            np.multiply(b, self.momentum, out=out)
            out += grad
            out *= step.lr
        else:
            np.multiply(b, step.lr, out=out)
