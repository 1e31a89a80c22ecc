"""A chain of 20,000 calls on single numbers (0-d): the cost of a call, forward and backward.

y <- sin(y), y <- y * 1.001, in turns, from y = x; the loss is y, the gradient is that of x.
"""

from typing import Any, Final

import numpy as np

from benchmarks.workload import Array, Inputs, Outcome, Target, Workload


def make(calls: int) -> Inputs:
    return Inputs((np.asarray(0.5),), (np.arange(calls // 2, dtype=float),))


def by_hand(x: Array, rounds: Array) -> Outcome:
    y: Any = x
    kept = []
    for _ in range(len(rounds)):
        kept.append(y)
        y = np.sin(y) * 1.001
    g: Any = 1.0
    for y_before in reversed(kept):
        g = g * 1.001 * np.cos(y_before)
    return y, (g,)


def loss(np: Any, x: Any, rounds: Any) -> Any:
    y = x
    for _ in range(len(rounds)):
        y = np.sin(y) * 1.001
    return y


def torch_loss(torch: Any, x: Any, rounds: Any) -> Any:
    return loss(torch, x, rounds)


def dezero_loss(functions: Any, x: Any, rounds: Any) -> Any:
    return loss(functions, x, rounds)


WORKLOAD: Final = Workload(
    name="scalar-chain",
    title="chain of 20,000 calls on single numbers",
    make=make,
    by_hand=by_hand,
    loss=loss,
    torch_loss=torch_loss,
    dezero_loss=dezero_loss,
    full={"calls": 20_000},
    small={"calls": 10},
    target=Target(compiled=1.5, interpreted=3.0, per_call=True),
    calls="calls",
    without={"jax.jit": "unrolls the chain, and compiles that for minutes"},
)
