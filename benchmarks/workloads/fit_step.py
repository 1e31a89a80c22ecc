"""A step of ``corelib fit`` on y = x**2: a 1-64-64-1 network with sigmoids, mean squared error, a batch
of 32, its default, and one of 256, where NumPy has more to do.

Float64, inputs and targets standardised. The loss and the gradients of the six parameters; the update
itself, which is the optimizer's and not differentiation's, is left out on all sides.
"""

from dataclasses import replace
from itertools import pairwise
from typing import Any, Final

import numpy as np

from benchmarks.workload import Array, Inputs, Outcome, Target, Workload


def make(batch: int, hidden: int) -> Inputs:
    random = np.random.default_rng(0)
    x = random.uniform(-np.sqrt(3), np.sqrt(3), (batch, 1))
    y = (x**2 - 1) / np.sqrt(0.8)
    sizes = [1, hidden, hidden, 1]
    params: list[Array] = []
    for fan_in, fan_out in pairwise(sizes):
        params += [random.normal(size=(fan_in, fan_out)) / np.sqrt(fan_in), 0.1 * random.normal(size=fan_out)]
    return Inputs(tuple(params), (x, y))


def by_hand(w1: Array, b1: Array, w2: Array, b2: Array, w3: Array, b3: Array, x: Array, y: Array) -> Outcome:
    h1 = 1 / (1 + np.exp(-(x @ w1 + b1)))
    h2 = 1 / (1 + np.exp(-(h1 @ w2 + b2)))
    error = h2 @ w3 + b3 - y
    d3 = error * (2 / error.size)
    d2 = d3 @ w3.T * (h2 * (1 - h2))
    d1 = d2 @ w2.T * (h1 * (1 - h1))
    gradients = (x.T @ d1, d1.sum(0), h1.T @ d2, d2.sum(0), h2.T @ d3, d3.sum(0))
    return np.mean(error * error), gradients


def loss(np: Any, sigmoid: Any, w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any, x: Any, y: Any) -> Any:
    h1 = sigmoid(x @ w1 + b1)
    h2 = sigmoid(h1 @ w2 + b2)
    return np.mean(np.square(h2 @ w3 + b3 - y))


def torch_loss(torch: Any, *params_and_data: Any) -> Any:
    return loss(torch, torch.sigmoid, *params_and_data)


def dezero_loss(functions: Any, w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any, x: Any, y: Any) -> Any:
    h1 = functions.sigmoid(functions.linear(x, w1, b1))
    h2 = functions.sigmoid(functions.linear(h1, w2, b2))
    return functions.mean_squared_error(functions.linear(h2, w3, b3), y)


WORKLOAD: Final = Workload(
    name="fit-step",
    title="sigmoid fit step, 1-64-64-1, batch 32",
    make=make,
    by_hand=by_hand,
    loss=loss,
    torch_loss=torch_loss,
    dezero_loss=dezero_loss,
    full={"batch": 32, "hidden": 64},
    small={"batch": 5, "hidden": 4},
    own={
        "corelib": ("corelib_elementwise:sigmoid",),
        "jax": ("jax.nn:sigmoid",),
        "autograd": ("autograd.scipy.special:expit",),
        "mygrad": ("mygrad.nnet.activations:sigmoid",),
    },
    target=Target(compiled=1.1, interpreted=1.3),
)
LARGE: Final = replace(
    WORKLOAD,
    name="fit-step-256",
    title="sigmoid fit step, 1-64-64-1, batch 256",
    full={"batch": 256, "hidden": 64},
)
