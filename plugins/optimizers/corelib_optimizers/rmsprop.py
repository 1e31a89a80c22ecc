"""RMSprop: gradients divided by the root of their running mean square."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from corelib.extend import FloatArray, Step, require, require_bool


@dataclass(slots=True)
class RMSpropState:
    """The running mean of squares; of gradients, where centered; the running sum, where there is momentum."""

    mean_square: FloatArray
    mean: FloatArray | None
    velocity: FloatArray | None


@dataclass(frozen=True, slots=True)
class RMSprop:
    """Root mean square propagation (Tieleman and Hinton, 2012; centered: Graves, 2013).

    With gradient g, ``alpha`` α and ``momentum`` μ, and m, v, b zero at first,

        v ← α v + (1 - α) g²
        m ← α m + (1 - α) g
        d = √v + ``eps``, or √(v - m²) + ``eps`` where ``centered``
        b ← μ b + g / d
        p ← p - lr b

    Rounding can make v - m² negative; it counts as 0 then. Raises InvalidHyperparameter unless α is in
    [0, 1), μ in [0, 1) and eps in [0, ∞).
    """

    alpha: float = 0.99
    eps: float = 1e-8
    centered: bool = False
    momentum: float = 0.0

    name: ClassVar[str] = "rmsprop"
    state_version: ClassVar[int] = 1
    default_lr: ClassVar[float] = 1e-2
    scratch: ClassVar[int] = 0
    elementwise: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require(self, "[0, 1)", "alpha", "momentum")
        require(self, "[0, inf)", "eps")
        require_bool(self, "centered")

    def init(self, param: FloatArray, /) -> RMSpropState:
        return RMSpropState(
            mean_square=np.zeros_like(param),
            mean=np.zeros_like(param) if self.centered else None,
            velocity=np.zeros_like(param) if self.momentum else None,
        )

    def update(self, *, out: FloatArray, grad: FloatArray, param: FloatArray, state: RMSpropState, step: Step) -> None:
        self._root_mean_square(out, grad, state)
        out += self.eps
        np.divide(grad, out, out=out)
        if state.velocity is not None:
            state.velocity *= self.momentum
            state.velocity += out
            out[...] = state.velocity
        out *= step.lr

    def _root_mean_square(self, out: FloatArray, grad: FloatArray, state: RMSpropState) -> None:
        v, m = state.mean_square, state.mean
        np.multiply(grad, grad, out=out)
        out *= 1 - self.alpha
        v *= self.alpha
        v += out
        if m is None:
            np.sqrt(v, out=out)
            return
        np.subtract(grad, m, out=out)
        out *= 1 - self.alpha
        m += out
        np.multiply(m, m, out=out)
        np.subtract(v, out, out=out)
        np.maximum(out, 0.0, out=out)
        np.sqrt(out, out=out)
