"""Writes trajectories.npz: what PyTorch's optimizers make of fixed gradients, in float64.

Run it where torch is installed: ``python plugins/optimizers/tests/make_trajectories.py``. Each case is followed
open loop, so that rounding is not amplified, from 0 unless the parameters themselves matter (decay, L2): an
update of 1e-12 would be lost in a parameter of 1. The gradients come in several scales, which is what shows
where an epsilon stands; noise, a drift, zeros and sparse ones follow each other. Where the scale is 1 the
learning rate changes, which shows where a formula has it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from corelib.conformance.optimizers.course import course, rates, scaled

FILE: Final = Path(__file__).parents[1] / "corelib_optimizers" / "trajectories.npz"
SHAPES: Final = ((), (3,), (2, 3))
RECORDED: Final = (1, 2, 3, 10, 30, 60, 71, 80, 100)
SCALES: Final = (1.0, 1e3, 1e-6, 1e-9)
IDLE: Final = {1e3: 2}
"""Steps at the start in which no parameter has a gradient other than 0, by the scale of the others."""
FAR: Final = (1e20, 1e-20)
"""Of gradients along which a rule goes with its defaults alone."""

# rule: PyTorch's class, and what is set off its default: for the rule, for the Optimizer, and for PyTorch
CASES: Final[list[tuple[str, str, dict[str, Any], dict[str, Any], dict[str, Any]]]] = [
    ("sgd", "SGD", {}, {}, {}),
    ("sgd", "SGD", {}, {"lr": 0.5}, {"lr": 0.5}),
    ("sgd", "SGD", {}, {"l2": 0.1}, {"weight_decay": 0.1}),
    ("sgd", "SGD", {"momentum": 0.9}, {}, {"momentum": 0.9}),
    ("sgd", "SGD", {"momentum": 0.9, "dampening": 0.3}, {}, {"momentum": 0.9, "dampening": 0.3}),
    ("sgd", "SGD", {"momentum": 0.9, "nesterov": True}, {}, {"momentum": 0.9, "nesterov": True}),
    ("adagrad", "Adagrad", {}, {}, {}),
    ("adagrad", "Adagrad", {}, {"lr": 0.5}, {"lr": 0.5}),
    ("adagrad", "Adagrad", {}, {"l2": 0.1}, {"weight_decay": 0.1}),
    ("adagrad", "Adagrad", {"lr_decay": 0.1}, {}, {"lr_decay": 0.1}),
    ("adagrad", "Adagrad", {"initial_accumulator_value": 0.1}, {}, {"initial_accumulator_value": 0.1}),
    ("adagrad", "Adagrad", {"eps": 1e-3}, {}, {"eps": 1e-3}),
    ("rmsprop", "RMSprop", {}, {}, {}),
    ("rmsprop", "RMSprop", {}, {"lr": 0.5}, {"lr": 0.5}),
    ("rmsprop", "RMSprop", {}, {"l2": 0.1}, {"weight_decay": 0.1}),
    ("rmsprop", "RMSprop", {"alpha": 0.5}, {}, {"alpha": 0.5}),
    ("rmsprop", "RMSprop", {"eps": 1e-3}, {}, {"eps": 1e-3}),
    ("rmsprop", "RMSprop", {"centered": True}, {}, {"centered": True}),
    ("rmsprop", "RMSprop", {"momentum": 0.9}, {}, {"momentum": 0.9}),
    ("rmsprop", "RMSprop", {"centered": True, "momentum": 0.9}, {}, {"centered": True, "momentum": 0.9}),
    ("adam", "Adam", {}, {}, {}),
    ("adam", "Adam", {}, {"lr": 0.5}, {"lr": 0.5}),
    ("adam", "Adam", {}, {"l2": 0.1}, {"weight_decay": 0.1}),
    ("adam", "Adam", {"beta1": 0.5}, {}, {"betas": (0.5, 0.999)}),
    ("adam", "Adam", {"beta2": 0.9}, {}, {"betas": (0.9, 0.9)}),
    ("adam", "Adam", {"eps": 1e-3}, {}, {"eps": 1e-3}),
    ("adam", "Adam", {"amsgrad": True}, {}, {"amsgrad": True}),
    ("adam", "Adam", {"beta2": 0.5, "amsgrad": True}, {}, {"betas": (0.9, 0.5), "amsgrad": True}),
    ("adamw", "AdamW", {}, {}, {}),
    ("adamw", "AdamW", {}, {"lr": 0.5}, {"lr": 0.5}),
    ("adamw", "AdamW", {}, {"weight_decay": 0.3}, {"weight_decay": 0.3}),
    ("adamw", "AdamW", {"beta1": 0.5}, {}, {"betas": (0.5, 0.999)}),
    ("adamw", "AdamW", {"beta2": 0.9}, {}, {"betas": (0.9, 0.9)}),
    ("adamw", "AdamW", {"eps": 1e-3}, {}, {"eps": 1e-3}),
    ("adamw", "AdamW", {"amsgrad": True}, {}, {"amsgrad": True}),
]

Array = npt.NDArray[np.float64]


def inputs() -> tuple[Array, Array]:
    """Values to start from, and the gradients of all steps: the entries of all parameters in one row."""
    rng = np.random.default_rng(20240229)
    entries = sum(int(np.prod(shape)) for shape in SHAPES)
    return rng.normal(size=entries), course(rng, entries)


def split(row: Array) -> list[Array]:
    """The entries of one row as parameters."""
    ends = np.cumsum([int(np.prod(shape)) for shape in SHAPES])
    return [part.reshape(shape) for part, shape in zip(np.split(row, ends[:-1]), SHAPES, strict=True)]


def follow(
    torch: Any, kind: str, keywords: dict[str, Any], start: Array, gradients: Array, lr: Array | None = None
) -> Array:
    """The parameters after the recorded steps; ``lr`` are the learning rates, where they change."""
    params = [torch.tensor(part.copy(), requires_grad=True) for part in split(start)]
    optimizer = getattr(torch.optim, kind)(params, foreach=False, **keywords)
    rows = []
    for t, row in enumerate(gradients, 1):
        if lr is not None:
            optimizer.param_groups[0]["lr"] = float(lr[t - 1])
        for param, gradient in zip(params, split(row), strict=True):
            param.grad = torch.tensor(gradient.copy())
        optimizer.step()
        if t in RECORDED:
            rows.append(np.concatenate([param.detach().numpy().ravel() for param in params]))
    return np.array(rows)


def trajectories() -> Iterator[tuple[dict[str, Any], Array]]:
    """Each case as the test needs it, and what PyTorch makes of it."""
    import torch

    values, gradients = inputs()
    for rule, kind, hyperparameters, options, keywords in CASES:
        all_default = not hyperparameters and not options
        for scale in (*SCALES, *FAR) if all_default else SCALES:
            decays = rule == "adamw" or "l2" in options
            scheduled = scale == 1 and "lr" not in options
            case = {
                "rule": rule, "hyperparameters": hyperparameters, "options": options, "scale": scale,
                "zero": not decays, "scheduled": scheduled, "idle": IDLE.get(scale, 0),
            }  # fmt: skip
            lr = rates() if scheduled else None
            yield case, follow(torch, kind, keywords, values * decays, scaled(gradients, case), lr)


def main() -> None:
    values, gradients = inputs()
    cases, rows = zip(*trajectories(), strict=True)
    header = np.frombuffer(json.dumps(cases).encode(), np.uint8)
    np.savez_compressed(
        FILE, cases=header, values=values, gradients=gradients, rates=rates(), trajectories=np.array(rows)
    )


if __name__ == "__main__":
    main()
