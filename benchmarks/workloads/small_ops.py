"""A chain of 1000 calls on 10 numbers: what an op costs when NumPy has next to nothing to do.

250 rounds of y <- sin(y w + b) - x, from y = x; the loss is the sum of y. Gradients in x, w and b, so
that three of four calls have two trainable operands, and the gradients of w, b and x are added up over
250 uses each.
"""

from typing import Any, Final

import numpy as np

from benchmarks.workload import Array, Inputs, Outcome, Target, Workload


def make(calls: int, entries: int) -> Inputs:
    random = np.random.default_rng(0)
    x, w, b = random.normal(size=(3, entries))
    return Inputs((x, 0.5 * w, b), (np.arange(calls // 4, dtype=float),))


def by_hand(x: Array, w: Array, b: Array, rounds: Array) -> Outcome:
    y, kept = x, []
    for _ in range(len(rounds)):
        v = y * w + b
        kept.append((y, v))
        y = np.sin(v) - x
    g = np.ones_like(y)
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
    for y_before, v in reversed(kept):
        dx -= g
        g = g * np.cos(v)
        db += g
        dw += g * y_before
        g = g * w
    return np.sum(y), (dx + g, dw, db)


def loss(np: Any, x: Any, w: Any, b: Any, rounds: Any) -> Any:
    y = x
    for _ in range(len(rounds)):
        y = np.sin(y * w + b) - x
    return np.sum(y)


def torch_loss(torch: Any, x: Any, w: Any, b: Any, rounds: Any) -> Any:
    return loss(torch, x, w, b, rounds)


WORKLOAD: Final = Workload(
    name="small-ops",
    title="chain of 1000 ops on 10 numbers",
    make=make,
    by_hand=by_hand,
    loss=loss,
    torch_loss=torch_loss,
    full={"calls": 1000, "entries": 10},
    small={"calls": 12, "entries": 3},
    target=Target(2.6),
    calls="calls",
)
