"""Prodigy: Adam with a learning rate that it estimates from all parameters together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from corelib.extend import FloatArray, Step, require, require_bool


@dataclass(slots=True)
class ProdigyState:
    """Running means of d g and (d g)², the weighted sum of gradients, and the value before the first update."""

    mean: FloatArray
    mean_square: FloatArray
    weighted: FloatArray
    start: FloatArray


@dataclass(slots=True)
class ProdigyShared:
    """The estimate of the distance to the solution, the numerator of the next one, and the number of steps."""

    distance: float
    numerator: float = 0.0
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Prodigy:
    """Adam without a learning rate to tune (Mishchenko and Defazio, 2023).

    d, ``d0`` at first, estimates the distance from where the parameters began, p₀, to a solution. With
    gradient g, β₁, β₂ and β₃, and all else zero at first, the k-th step of all parameters together is

        γ = d lr, times √(1 - β₂ᵏ) / (1 - β₁ᵏ) with ``bias_correction``
        r ← β₃ r + (d / d0) γ Σ g (p₀ - p)        over all entries of all parameters
        m ← β₁ m + (1 - β₁) d g
        v ← β₂ v + (1 - β₂) d² g²
        s ← β₃ s + (d / d0) γ g                   d in the place of γ with ``safeguard_warmup``
        d ← max(d, ``d_coef`` r / Σ|s|)
        p ← p - γ m / (√v + d ``eps``)

    β₃ is √β₂ where ``beta3`` is None; lr is best left at 1, or scheduled from there to 0. γ, and not lr, is
    what weight decay is multiplied by. Raises InvalidHyperparameter unless the betas are in [0, 1), eps in
    [0, ∞), and d0 and d_coef in (0, ∞).
    """

    beta1: float = 0.9
    beta2: float = 0.999
    beta3: float | None = None
    eps: float = 1e-8
    d0: float = 1e-6
    d_coef: float = 1.0
    bias_correction: bool = False
    safeguard_warmup: bool = False

    name: ClassVar[str] = "prodigy"
    state_version: ClassVar[int] = 1
    default_lr: ClassVar[float] = 1.0
    scratch: ClassVar[int] = 0
    elementwise: ClassVar[bool] = True
    sums: ClassVar[int] = 2

    def __post_init__(self) -> None:
        require(self, "[0, 1)", "beta1", "beta2")
        require(self, "[0, inf)", "eps")
        require(self, "(0, inf)", "d0", "d_coef")
        require_bool(self, "bias_correction", "safeguard_warmup")
        if self.beta3 is not None:
            require(self, "[0, 1)", "beta3")

    def init(self, param: FloatArray, /) -> ProdigyState:
        return ProdigyState(np.zeros_like(param), np.zeros_like(param), np.zeros_like(param), param.copy())

    def begin(self) -> ProdigyShared:
        return ProdigyShared(self.d0)

    def measure(
        self, *, terms: Sequence[FloatArray], grad: FloatArray, param: FloatArray, state: ProdigyState,
        shared: ProdigyShared, step: Step,
    ) -> None:  # fmt: skip
        progress, spread = terms
        d = shared.distance
        state.mean *= self.beta1
        state.mean += np.multiply(grad, (1 - self.beta1) * d, out=spread)
        np.multiply(grad, d, out=spread)
        np.multiply(spread, spread, out=spread)
        spread *= 1 - self.beta2
        state.mean_square *= self.beta2
        state.mean_square += spread
        state.weighted *= self._beta3()
        state.weighted += np.multiply(grad, d / self.d0 * self._weight(shared, step), out=spread)
        np.abs(state.weighted, out=spread)
        np.subtract(state.start, param, out=progress)
        progress *= grad

    def combine(self, *, sums: Sequence[float], shared: ProdigyShared, step: Step) -> float:
        progress, spread = sums
        rate = self._rate(shared, step)
        shared.numerator = self._beta3() * shared.numerator + shared.distance / self.d0 * rate * progress
        if spread > 0:  # no gradient but zeros so far: there is nothing to estimate from
            shared.distance = max(shared.distance, self.d_coef * shared.numerator / spread)
        shared.steps += 1
        return rate

    def update(
        self, *, out: FloatArray, grad: FloatArray, param: FloatArray, state: ProdigyState, shared: ProdigyShared,
        step: Step,
    ) -> None:  # fmt: skip
        np.sqrt(state.mean_square, out=out)
        out += shared.distance * self.eps
        np.divide(state.mean, out, out=out)
        out *= step.lr

    def _beta3(self) -> float:
        return math.sqrt(self.beta2) if self.beta3 is None else self.beta3

    def _rate(self, shared: ProdigyShared, step: Step) -> float:
        """The learning rate of this step: γ."""
        rate = shared.distance * step.lr
        if self.bias_correction:
            k = shared.steps + 1
            rate *= math.sqrt(1 - self.beta2**k) / (1 - self.beta1**k)
        return rate

    def _weight(self, shared: ProdigyShared, step: Step) -> float:
        return shared.distance if self.safeguard_warmup else self._rate(shared, step)
