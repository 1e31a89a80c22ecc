"""Arithmetic on 2,000,000 numbers: memory traffic, and nothing else.

The loss is the mean of (a b + c) / (a a + 1) - c b, entry by entry; gradients in a, b and c.
"""

from typing import Any, Final

import numpy as np

from benchmarks.workload import Array, Inputs, Outcome, Target, Workload


def make(entries: int) -> Inputs:
    a, b, c = np.random.default_rng(0).normal(size=(3, entries))
    return Inputs((a, b, c))


def by_hand(a: Array, b: Array, c: Array) -> Outcome:
    below = a * a + 1
    ratio = (a * b + c) / below
    value = np.mean(ratio - c * b)
    share = 1 / a.size
    d_above = share / below
    d_below = d_above * ratio
    d_a = d_above * b - 2 * a * d_below
    d_b = d_above * a - share * c
    d_c = d_above - share * b
    return value, (d_a, d_b, d_c)


def loss(np: Any, a: Any, b: Any, c: Any) -> Any:
    return np.mean((a * b + c) / (a * a + 1) - c * b)


def torch_loss(torch: Any, a: Any, b: Any, c: Any) -> Any:
    return loss(torch, a, b, c)


def dezero_loss(functions: Any, a: Any, b: Any, c: Any) -> Any:
    return functions.sum((a * b + c) / (a * a + 1) - c * b) / a.size


WORKLOAD: Final = Workload(
    name="arithmetic",
    title="arithmetic on 2,000,000 numbers",
    make=make,
    by_hand=by_hand,
    loss=loss,
    torch_loss=torch_loss,
    dezero_loss=dezero_loss,
    full={"entries": 2_000_000},
    small={"entries": 7},
    target=Target(compiled=1.1, interpreted=1.2),
)
