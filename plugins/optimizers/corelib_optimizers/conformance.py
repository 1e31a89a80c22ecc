"""What the conformance suite is told of the rules: whose trajectories they follow, and what they can solve."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from corelib.conformance import Budget, RuleSpec, Trajectories

Array = npt.NDArray[np.float64]

TORCH: Final = Trajectories(Path(__file__).with_name("trajectories.npz"))
"""Written by tests/make_trajectories.py."""


def descent(*, lr: float, banana: float, banana_steps: int, steps: int) -> dict[str, Budget]:
    """One learning rate for the convex problems, another for Rosenbrock's."""
    names = ("quadratic 1", "quadratic 1e2", "quadratic 1e4", "logistic")
    return {**{name: Budget(lr, steps) for name in names}, "rosenbrock": Budget(banana, banana_steps)}


def of_torch(name: str, **given: Any) -> RuleSpec:
    return RuleSpec(name, reference=TORCH, from_library="torch", **given)


def prodigy(
    start: Array, gradients: Array, lr: Array, *, beta1: float, beta2: float, beta3: float | None, eps: float,
    d0: float, d_coef: float, bias_correction: bool, safeguard_warmup: bool,
) -> Array:  # fmt: skip
    """Algorithm 4 of Mishchenko and Defazio (2023), as their own implementation has it."""
    p, d, r, b3 = start, d0, 0.0, beta2**0.5 if beta3 is None else beta3
    m, v, s, path = np.zeros_like(p), np.zeros_like(p), np.zeros_like(p), []
    for k, (g, rate) in enumerate(zip(gradients, lr, strict=True), 1):
        dlr = d * rate * ((1 - beta2**k) ** 0.5 / (1 - beta1**k) if bias_correction else 1.0)
        r = b3 * r + d / d0 * dlr * np.sum(g * (start - p))
        m = beta1 * m + (1 - beta1) * d * g
        v = beta2 * v + (1 - beta2) * (d * g) ** 2
        s = b3 * s + d / d0 * (d if safeguard_warmup else dlr) * g
        total = np.sum(np.abs(s))
        d = max(d, d_coef * r / total) if total > 0 else d
        p = p - dlr * (m / (np.sqrt(v) + d * eps))
        path.append(p)
    return np.array(path)


UNREAD: Final = "keeps an array that nobody reads"
SWAPPED: Final = {
    "corelib_optimizers.adam:Adam.init: np.zeros_like(param) if *": UNREAD,
    "corelib_optimizers.adam:Adam.update: (state.mean, state.mean_square) -> *": "both are zeros at first",
}
"""Faults of `corelib mutate` in Adam, and so in AdamW, that change no update, by their names, and why."""

SPECS: Final = (
    of_torch(
        "sgd",
        descent=descent(lr=1.0, banana=2e-3, banana_steps=1800, steps=200),
        equivalent={
            "corelib_optimizers.sgd:SGD.init: np.zeros_like(param) if *": UNREAD,
            "corelib_optimizers.sgd:SGD.init: np.zeros_like(param) -> *": "overwritten by the first gradient",
        },
    ),
    of_torch(
        "adagrad",
        scale_free={"eps": 0.0, "initial_accumulator_value": 0.0},
        descent=descent(lr=1.0, banana=1.0, banana_steps=1600, steps=200),
    ),
    of_torch(
        "rmsprop",
        scale_free={"eps": 0.0},
        together=({"alpha": 0.3, "centered": True},),
        descent=descent(lr=0.03, banana=5e-3, banana_steps=1700, steps=400),
        equivalent={"corelib_optimizers.rmsprop:RMSprop.init: np.zeros_like(param) if *": UNREAD},
    ),
    of_torch(
        "adam",
        scale_free={"eps": 0.0},
        together=({"beta2": 0.5, "amsgrad": True},),
        descent=descent(lr=0.1, banana=0.05, banana_steps=1000, steps=200),
        equivalent=SWAPPED,
    ),
    of_torch(
        "adamw",
        scale_free={"eps": 0.0},
        together=({"beta2": 0.5, "amsgrad": True},),
        descent=descent(lr=0.1, banana=0.05, banana_steps=1000, steps=200),
        equivalent=SWAPPED,
    ),
    RuleSpec(
        "prodigy",
        reference=prodigy,
        uses_values=True,
        scale_free={"eps": 0.0},
        others={"beta3": 0.8, "d0": 1e-3, "d_coef": 2.0},
        descent=descent(lr=1.0, banana=1.0, banana_steps=700, steps=120),
        equivalent={
            "corelib_optimizers.prodigy:Prodigy.combine: max(*": "the larger of two numbers, in the other order",
            "corelib_optimizers.prodigy:Prodigy.measure: state.weighted += *": "its sign is never read",
        },
    ),
)
