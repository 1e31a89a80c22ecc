"""A step of a classifier of digits: 784-512-256-10, relu, float32, a batch of 128, softmax cross-entropy.

The cross-entropy is log(sum(exp(z))) - z[label], with the largest entry of each row taken off first, so
that nothing overflows; labels are one-hot rows. "torch fused" is torch's own cross_entropy.
"""

from importlib import import_module
from itertools import pairwise
from typing import Any, Final

import numpy as np

from benchmarks.workload import Array, Inputs, Outcome, Target, Workload


def make(batch: int, pixels: int, first: int, second: int, classes: int) -> Inputs:
    random = np.random.default_rng(0)
    x = random.uniform(size=(batch, pixels)).astype(np.float32)
    labels = np.eye(classes, dtype=np.float32)[random.integers(classes, size=batch)]
    sizes = [pixels, first, second, classes]
    params: list[Array] = []
    for fan_in, fan_out in pairwise(sizes):
        w = random.normal(size=(fan_in, fan_out)) * np.sqrt(2 / fan_in)
        params += [w.astype(np.float32), np.full(fan_out, 0.01, np.float32)]
    return Inputs(tuple(params), (x, labels))


def by_hand(w1: Array, b1: Array, w2: Array, b2: Array, w3: Array, b3: Array, x: Array, labels: Array) -> Outcome:
    h1 = np.maximum(x @ w1 + b1, 0)
    h2 = np.maximum(h1 @ w2 + b2, 0)
    z = h2 @ w3 + b3
    z = z - z.max(axis=1, keepdims=True)
    e = np.exp(z)
    total = e.sum(axis=1, keepdims=True)
    value = np.mean(np.log(total[:, 0]) - (z * labels).sum(axis=1))
    d3 = (e / total - labels) / len(x)
    d2 = d3 @ w3.T * (h2 > 0)
    d1 = d2 @ w2.T * (h1 > 0)
    gradients = (x.T @ d1, d1.sum(0), h1.T @ d2, d2.sum(0), h2.T @ d3, d3.sum(0))
    return value, gradients


def loss(np: Any, relu: Any, w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any, x: Any, labels: Any) -> Any:
    h1 = relu(x @ w1 + b1)
    h2 = relu(h1 @ w2 + b2)
    z = h2 @ w3 + b3
    z = z - np.max(z, axis=1, keepdims=True)
    return np.mean(np.log(np.sum(np.exp(z), axis=1)) - np.sum(z * labels, axis=1))


def logits(torch: Any, w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any, x: Any) -> Any:
    return torch.relu(torch.relu(x @ w1 + b1) @ w2 + b2) @ w3 + b3


def torch_loss(torch: Any, *params_and_data: Any) -> Any:
    *arrays, labels = params_and_data
    z = logits(torch, *arrays)
    z = z - torch.amax(z, dim=1, keepdim=True)
    return torch.mean(torch.log(torch.sum(torch.exp(z), dim=1)) - torch.sum(z * labels, dim=1))


def torch_fused(torch: Any, *params_and_data: Any) -> Any:
    *arrays, labels = params_and_data
    return torch.nn.functional.cross_entropy(logits(torch, *arrays), labels)


def dezero_loss(functions: Any, w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any, x: Any, labels: Any) -> Any:
    """Not its ``softmax_cross_entropy``: that makes 0-d arrays of float64, which in NumPy 2 make all else float64."""
    h1 = functions.relu(functions.linear(x, w1, b1))
    h2 = functions.relu(functions.linear(h1, w2, b2))
    z = functions.linear(h2, w3, b3)
    z = z - functions.max(z, axis=1, keepdims=True)
    entropy = functions.log(functions.sum(functions.exp(z), axis=1)) - functions.sum(z * labels, axis=1)
    return functions.sum(entropy) / np.float32(len(x))


def maximum_with_zero(z: Any) -> Any:
    """The relu of a library that has none of its own."""
    return import_module("autograd.numpy").maximum(z, 0)


WORKLOAD: Final = Workload(
    name="classifier",
    title="classifier step, 784-512-256-10 float32, batch 128",
    make=make,
    by_hand=by_hand,
    loss=loss,
    torch_loss=torch_loss,
    torch_fused=torch_fused,
    dezero_loss=dezero_loss,
    full={"batch": 128, "pixels": 784, "first": 512, "second": 256, "classes": 10},
    small={"batch": 5, "pixels": 7, "first": 6, "second": 5, "classes": 3},
    own={
        "corelib": ("corelib_maximum:relu",),
        "jax": ("jax.nn:relu",),
        "autograd": ("benchmarks.workloads.classifier:maximum_with_zero",),
        "mygrad": ("mygrad.nnet.activations:relu",),
    },
    target=Target(compiled=1.05, interpreted=1.1),
)
