"""What corelib is told of this distribution."""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from corelib.conformance import Budget, RuleSpec
from corelib.extend import AnyRule, hookimpl
from corelib_lion.lion import Lion

Floats = npt.NDArray[np.float64]


@hookimpl
def corelib_optimizers() -> Mapping[str, type[AnyRule] | str]:
    """The optimizers by name."""
    return {"lion": Lion}


@hookimpl
def corelib_conformance() -> Iterable[RuleSpec]:
    """The formula, and the problems that it solves with one learning rate: its steps are never shorter than that."""
    problems = ("quadratic 1", "quadratic 1e2", "quadratic 1e4", "logistic")
    budgets = {problem: Budget(lr=0.01, steps=1000) for problem in problems}
    return [
        RuleSpec(
            "lion",
            reference=formula,
            scale_free={},
            descent={**budgets, "rosenbrock": Budget(lr=1e-3, steps=4000)},
            equivalent={"corelib_lion.lion:Lion.update: 0 -> -1": "of one scratch array, the first is the last"},
        )
    ]


def formula(start: Floats, gradients: Floats, lr: Floats, beta1: float, beta2: float) -> Floats:
    """The parameters after each gradient, with each learning rate, as the paper has it."""
    p, m = start, np.zeros_like(start)
    path: list[Floats] = []
    for g, rate in zip(gradients, lr, strict=True):
        p = p - rate * np.sign(beta1 * m + (1 - beta1) * g)
        m = beta2 * m + (1 - beta2) * g
        path.append(p)
    return np.array(path)
