"""What the conformance suite is told of the rules: whose trajectories they follow, and what they can solve."""

from pathlib import Path
from typing import Any, Final

from corelib.conformance import Budget, RuleSpec, Trajectories

TORCH: Final = Trajectories(Path(__file__).with_name("trajectories.npz"))
"""Written by tests/make_trajectories.py."""


def descent(*, lr: float, banana: float, banana_steps: int = 3000, steps: int = 600) -> dict[str, Budget]:
    """One learning rate for the convex problems, another for Rosenbrock's."""
    names = ("quadratic 1", "quadratic 1e2", "quadratic 1e4", "logistic")
    return {**{name: Budget(lr, steps) for name in names}, "rosenbrock": Budget(banana, banana_steps)}


def of_torch(name: str, **given: Any) -> RuleSpec:
    return RuleSpec(name, reference=TORCH, from_library="torch", **given)


SPECS: Final = (
    of_torch("sgd", descent=descent(lr=1.0, banana=1e-3, banana_steps=4000, steps=1000)),
    of_torch(
        "adagrad",
        scale_free={"eps": 0.0, "initial_accumulator_value": 0.0},
        descent=descent(lr=1.0, banana=0.5, banana_steps=2000, steps=800),
    ),
    of_torch(
        "rmsprop",
        scale_free={"eps": 0.0},
        together=({"alpha": 0.3, "centered": True},),
        descent=descent(lr=0.01, banana=1e-3, steps=800),
    ),
    of_torch(
        "adam",
        scale_free={"eps": 0.0},
        together=({"beta2": 0.5, "amsgrad": True},),
        descent=descent(lr=0.1, banana=0.05),
    ),
    of_torch(
        "adamw",
        scale_free={"eps": 0.0},
        together=({"beta2": 0.5, "amsgrad": True},),
        descent=descent(lr=0.1, banana=0.05),
    ),
)
