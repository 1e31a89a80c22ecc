"""The check of descent, the last and weakest: a rule solves the declared problems. (Most wrong formulas do too.)"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, Final

import numpy as np

from corelib.conformance.failure import Undeclared
from corelib.conformance.optimizers.case import RuleCheck
from corelib.conformance.optimizers.spec import PROBLEMS
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.tally import Tally
from corelib.core.tensor import Array, Tensor

SOLVED: Final = 1e-3
"""The loss at the end over that at the start."""
TREND: Final = 10

Problem = Callable[[Array], tuple[float, Array]]


def quadratic(condition: float) -> Problem:
    """sum(c x**2) / 2 with curvatures c from 1 / condition to 1."""
    curvatures = np.geomspace(1 / condition, 1, 10)
    return lambda x: (float(curvatures @ x**2) / 2, curvatures * x)


def rosenbrock(x: Array) -> tuple[float, Array]:
    """(1 - x)**2 + 100 (y - x**2)**2 (Rosenbrock, 1960), from (-1.2, 1)."""
    a, b = x
    bend = b - a**2
    return float((1 - a) ** 2 + 100 * bend**2), np.array([-2 * (1 - a) - 400 * a * bend, 200 * bend])


def logistic(x: Array) -> tuple[float, Array]:
    """Logistic regression of 40 points that a line separates."""
    rng = np.random.default_rng(3)
    points = rng.normal(size=(40, 2))
    points += 2 * np.sign(points @ [1.0, -1.0])[:, None] * [1.0, -1.0]
    signed = points * np.sign(points @ [1.0, -1.0])[:, None]
    margins = signed @ x
    return float(np.mean(np.logaddexp(0, -margins))), -(signed.T @ (1 / (1 + np.exp(margins)))) / len(margins)


FUNCTIONS: Final[dict[str, tuple[Problem, Array]]] = {
    "quadratic 1": (quadratic(1), np.linspace(1, 2, 10)),
    "quadratic 1e2": (quadratic(1e2), np.linspace(1, 2, 10)),
    "quadratic 1e4": (quadratic(1e4), np.linspace(1, 2, 10)),
    "rosenbrock": (rosenbrock, np.array([-1.2, 1.0])),
    "logistic": (logistic, np.zeros(2)),
}


def descent(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """Within the declared steps a thousandth of the loss is left, and on quadratics it falls throughout."""
    missing = [problem for problem in PROBLEMS if problem not in subject.spec.descent]
    if missing:
        raise Undeclared(f"descent: declare a Budget for {', '.join(missing)}")
    for problem, budget in subject.spec.descent.items():
        function, start = FUNCTIONS[problem]
        losses = _losses(subject, hyperparameters, function, start, budget.lr, budget.steps)
        left = losses[-1] / losses[0]
        tally.margin = max(tally.margin, left / SOLVED)
        tally.require(left < SOLVED, f"{problem}: {left:.2g} of the loss is left after {budget.steps} steps")
        if problem.startswith("quadratic"):
            means = [float(np.mean(part)) for part in np.array_split(np.array(losses), TREND)]
            falls = all(b < a or b < SOLVED * losses[0] for a, b in pairwise(means))
            tally.require(falls, f"{problem}: the loss does not fall throughout: {means}")


def _losses(
    subject: RuleSubject, hyperparameters: Mapping[str, Any], function: Problem, start: Array, lr: float, steps: int
) -> list[float]:
    tensor = Tensor(start, trainable=True)
    optimizer = subject.optimizer([tensor], subject.rule(hyperparameters), lr=lr, weight_decay=0.0)
    losses = []
    for _ in range(steps):
        loss, tensor.grad = function(tensor.data)
        losses.append(loss)
        optimizer.step()
    return [*losses, function(tensor.data)[0]]


CHECKS: Final = (RuleCheck("descent", descent),)
