"""The gradients along which a rule is followed: noise, drift, zeros after all that, and sparse ones."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from corelib.core.tensor import Array

STEPS: Final = 100
DRIFT: Final = slice(50, 70)
"""Steps in one direction, so many that estimates of progress grow."""
ZEROS: Final = slice(70, 73)
SPARSE: Final = slice(73, STEPS)
SHARE: Final = 0.15
"""The share of entries of a sparse gradient that are not 0."""
LR: Final = 0.1


def course(rng: np.random.Generator, count: int) -> Array:
    """Gradients (STEPS, count): noise with exact zeros, a drift, zeros again, then a few entries at a time."""
    gradients = rng.normal(size=(STEPS, count)) * (rng.random((STEPS, count)) > 0.1)
    gradients[[0, 1, 20], : count // 2] = 0.0  # half of the entries begin with zeros, and half do not
    gradients[DRIFT] = np.sign(gradients[2]) + 0.1 * gradients[DRIFT]
    gradients[ZEROS] = 0.0
    rows = STEPS - SPARSE.start
    gradients[SPARSE] *= rng.random((rows, count)) < SHARE
    turn = np.arange(rows)
    gradients[SPARSE][turn, turn % count] = rng.normal(size=rows)  # so that none is all zeros
    return gradients


def scaled(gradients: Array, case: Mapping[str, Any]) -> Array:
    """The gradients of a case: times its ``scale``, and zeros for all parameters in the first ``idle`` steps."""
    rows: Array = gradients * case["scale"]
    rows[: case.get("idle", 0)] = 0.0
    return rows


def rates() -> Array:
    """A learning rate for each step: constant, up, down, and up again. It shows where a formula has its lr."""
    steps = np.arange(STEPS)
    return LR * np.where(steps < 10, 1.0, 1.0 + 0.5 * np.sin(steps))


def lacking(gradients: Array) -> list[str]:
    """What vendored gradients lack."""
    zero = gradients == 0
    nothing = np.all(zero, axis=1)
    sparse = ~nothing & (np.mean(zero, axis=1) > 0.5)
    found = {
        "an exact zero": bool(np.any(zero & ~nothing[:, None])),
        "a gradient of zeros after others": bool(np.any(nothing[1:] & (np.cumsum(~nothing)[:-1] > 0))),
        "sparse gradients": bool(np.sum(sparse) >= 3),
        "ten gradients of one direction": _steady(gradients),
    }
    return [what for what, there in found.items() if not there]


def _steady(gradients: Array) -> bool:
    """Whether some entry keeps its sign for ten steps."""
    signs = np.sign(gradients)
    return any(
        np.any(np.all(signs[start : start + 10] == signs[start], axis=0) & (signs[start] != 0))
        for start in range(len(signs) - 9)
    )
