"""Lion: steps of one size along the sign of a momentum."""

from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np
import numpy.typing as npt

from corelib.errors import InvalidHyperparameter
from corelib.extend import Step

FloatArray: TypeAlias = npt.NDArray[np.floating[Any]]


@dataclass(slots=True)
class LionState:
    """The running mean of the gradients."""

    mean: FloatArray


@dataclass(frozen=True, slots=True)
class Lion:
    """Evolved sign momentum (Chen et al., Symbolic discovery of optimization algorithms, 2023).

    With gradient g, β₁ and β₂, and m zero at first, an update is

        p ← p - lr sign(β₁ m + (1 - β₁) g)
        m ← β₂ m + (1 - β₂) g

    Every entry moves by lr, or not at all: lr should be a tenth of Adam's, and the weight decay ten times its.
    Raises InvalidHyperparameter unless β₁ and β₂ are in [0, 1).
    """

    beta1: float = 0.9
    beta2: float = 0.99

    name: ClassVar[str] = "lion"
    state_version: ClassVar[int] = 1
    default_lr: ClassVar[float] = 1e-4
    scratch: ClassVar[int] = 1
    elementwise: ClassVar[bool] = True

    def __post_init__(self) -> None:
        for name, beta in (("beta1", self.beta1), ("beta2", self.beta2)):
            if not 0 <= beta < 1:
                raise InvalidHyperparameter(f"Lion: {name} = {beta!r} is not in [0, 1)")

    def init(self, param: FloatArray, /) -> LionState:
        """No gradient was seen yet."""
        return LionState(np.zeros_like(param))

    def update(self, *, out: FloatArray, grad: FloatArray, param: FloatArray, state: LionState, step: Step) -> None:
        """Write lr sign(β₁ m + (1 - β₁) g) into ``out``."""
        part = step.scratch(0)
        np.multiply(state.mean, self.beta1, out=out)
        out += np.multiply(grad, 1 - self.beta1, out=part)
        np.sign(out, out=out)
        out *= step.lr
        state.mean *= self.beta2
        state.mean += np.multiply(grad, 1 - self.beta2, out=part)
