"""The rules follow PyTorch's optimizers, step by step."""

import importlib.util
import json
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pytest

from corelib import Tensor
from corelib.conformance.optimizers.course import scaled
from corelib.optimizing.optimizer import Optimizer
from corelib_optimizers import SGD, Adagrad, Adam, AdamW, RMSprop

HERE: Final = Path(__file__).parent
SAVED: Final = dict(np.load(HERE.parent / "corelib_optimizers" / "trajectories.npz", allow_pickle=False))
CASES: Final[list[dict[str, Any]]] = json.loads(SAVED["cases"].tobytes())
SHAPES: Final = ((), (3,), (2, 3))
RECORDED: Final = (1, 2, 3, 10, 30, 60, 71, 80, 100)
RULES: Final = {rule.name: rule for rule in (SGD, Adagrad, Adam, AdamW, RMSprop)}

Array = npt.NDArray[np.float64]


def name(case: dict[str, Any]) -> str:
    set_here = {**case["hyperparameters"], **case["options"]}
    return f"{case['rule']}-{'-'.join(f'{key}={value}' for key, value in set_here.items())}-{case['scale']:g}"


def split(row: Array) -> list[Array]:
    ends = np.cumsum([int(np.prod(shape)) for shape in SHAPES])
    return [part.reshape(shape) for part, shape in zip(np.split(row, ends[:-1]), SHAPES, strict=True)]


def follow(case: dict[str, Any], dtype: type[np.floating[Any]] = np.float64) -> Array:
    """The parameters after the recorded steps."""
    start = SAVED["values"] * (not case["zero"])
    params = [Tensor(part.astype(dtype), trainable=True) for part in split(start)]
    optimizer = Optimizer(params, RULES[case["rule"]](**case["hyperparameters"]), **case["options"])
    rows = []
    for t, row in enumerate(scaled(SAVED["gradients"], case), 1):
        if case["scheduled"]:
            optimizer.lr = float(SAVED["rates"][t - 1])
        for param, gradient in zip(params, split(row), strict=True):
            param.grad = gradient.astype(dtype)
        optimizer.step()
        if t in RECORDED:
            rows.append(np.concatenate([param.data.ravel() for param in params]))
    return np.array(rows)


def distance(ours: Array, theirs: Array) -> float:
    """The largest difference, relative to how far an entry ever got."""
    reach = np.maximum(np.abs(theirs).max(axis=0), np.finfo(float).tiny)
    return float(np.max(np.abs(ours - theirs) / reach))


@pytest.mark.parametrize("index", range(len(CASES)), ids=lambda index: name(CASES[index]))
def test_a_trajectory_is_that_of_torch(index: int) -> None:
    """Each hyperparameter off its default once; noise, drift, zeros, sparse gradients, in several scales."""
    assert distance(follow(CASES[index]), SAVED["trajectories"][index]) < 1e-12


@pytest.mark.parametrize("case", [case for case in CASES if case["scale"] == 1], ids=name)
def test_float32_follows_float64(case: dict[str, Any]) -> None:
    assert distance(follow(case, np.float32), follow(case)) < 1e-4


def test_every_hyperparameter_was_off_its_default_once() -> None:
    for rule in RULES.values():
        tried = {key for case in CASES if case["rule"] == rule.name for key in case["hyperparameters"]}
        assert tried == {field.name for field in fields(rule)}


def test_the_saved_trajectories_are_those_of_the_installed_torch() -> None:
    pytest.importorskip("torch", reason="torch is not installed: only its saved trajectories are compared")
    spec = importlib.util.spec_from_file_location("make_trajectories", HERE / "make_trajectories.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    for (case, theirs), saved in zip(script.trajectories(), SAVED["trajectories"], strict=True):
        assert distance(theirs, saved) < 1e-12, name(case)
