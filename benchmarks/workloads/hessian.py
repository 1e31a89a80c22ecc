"""The Hessian of Rosenbrock's function in 50 dimensions, by each library's own ``hessian``.

f(x) = sum over i of 100 (x[i+1] - x[i]**2)**2 + (1 - x[i])**2. By hand its three diagonals are written
down, which no library that differentiates twice can come near: the target is beside autograd. mygrad has
no second derivatives; DeZero has them, and no ``hessian``.
"""

from typing import Any, Final

import numpy as np

from benchmarks.workload import Array, Inputs, Outcome, Target, Workload


def make(dimensions: int) -> Inputs:
    return Inputs((np.random.default_rng(0).uniform(-2, 2, dimensions),))


def by_hand(x: Array) -> Outcome:
    here, after = x[:-1], x[1:]
    diagonal = np.zeros_like(x)
    diagonal[:-1] = 1200 * here * here - 400 * after + 2
    diagonal[1:] += 200
    beside = -400 * here
    return None, (np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1),)


def loss(np: Any, x: Any) -> Any:
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def torch_loss(torch: Any, x: Any) -> Any:
    return loss(torch, x)


WORKLOAD: Final = Workload(
    name="hessian",
    title="Hessian of Rosenbrock in 50 dimensions",
    make=make,
    by_hand=by_hand,
    loss=loss,
    torch_loss=torch_loss,
    full={"dimensions": 50},
    small={"dimensions": 4},
    target=Target(compiled=0.25, interpreted=0.25, beside="autograd"),
    second_order=True,
    without={"mygrad": "has no second derivatives", "dezero": "has no Hessian of its own"},
)
