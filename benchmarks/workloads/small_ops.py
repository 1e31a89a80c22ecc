"""A chain of 1000 calls on 10 numbers: what an op costs when NumPy has next to nothing to do.

250 rounds of y <- tanh(sin(y w) + x), from y = x, for a constant w; the loss is the sum of y, the gradient
is that of x, which is added up over 250 uses. corelib is called by its typed ops, as its documentation advises:
``np.sin(tensor)`` finds the same op, through NumPy's protocol, which takes 0.3 us more. In the second row corelib's
ops are attributes, looked up at every call: ``from corelib import ops; ops.sin(x)``.
"""

from dataclasses import replace
from typing import Any, Final

import numpy as np

from benchmarks.workload import Array, Inputs, Outcome, Target, Workload


def make(calls: int, entries: int) -> Inputs:
    x, w = np.linspace(0.1, 1, entries), np.linspace(0.5, 1.5, entries)
    return Inputs((x,), (w, np.arange(calls // 4, dtype=float)))


def by_hand(x: Array, w: Array, rounds: Array) -> Outcome:
    y, kept = x, []
    for _ in range(len(rounds)):
        v = y * w
        y = np.tanh(np.sin(v) + x)
        kept.append((v, y))
    g, dx = np.ones_like(y), np.zeros_like(x)
    for v, y_after in reversed(kept):
        g = g * (1 - y_after * y_after)
        dx += g
        g = g * np.cos(v) * w
    return np.sum(y), (dx + g,)


def loss(np: Any, sin: Any, tanh: Any, x: Any, w: Any, rounds: Any) -> Any:
    y = x
    for _ in range(len(rounds)):
        y = tanh(sin(y * w) + x)
    return np.sum(y)


def attribute_loss(np: Any, ops: Any, x: Any, w: Any, rounds: Any) -> Any:
    y = x
    for _ in range(len(rounds)):
        y = ops.tanh(ops.sin(y * w) + x)
    return np.sum(y)


def module_loss(library: Any, x: Any, w: Any, rounds: Any) -> Any:
    """Of a library whose NumPy and whose functions are one module: torch, DeZero."""
    return attribute_loss(library, library, x, w, rounds)


def torch_loss(torch: Any, x: Any, w: Any, rounds: Any) -> Any:
    return loss(torch, torch.sin, torch.tanh, x, w, rounds)


def dezero_loss(functions: Any, x: Any, w: Any, rounds: Any) -> Any:
    return loss(functions, functions.sin, functions.tanh, x, w, rounds)


WORKLOAD: Final = Workload(
    name="small-ops",
    title="chain of 1000 ops on 10 numbers",
    make=make,
    by_hand=by_hand,
    loss=loss,
    torch_loss=torch_loss,
    dezero_loss=dezero_loss,
    full={"calls": 1000, "entries": 10},
    small={"calls": 12, "entries": 3},
    own={
        "corelib": ("corelib_elementwise:sin", "corelib_elementwise:tanh"),
        "jax": ("jax.numpy:sin", "jax.numpy:tanh"),
        "autograd": ("autograd.numpy:sin", "autograd.numpy:tanh"),
        "mygrad": ("mygrad:sin", "mygrad:tanh"),
    },
    target=Target(compiled=1.5, interpreted=2.6),
    calls="calls",
)
ATTRIBUTES: Final = replace(
    WORKLOAD,
    name="small-ops-attributes",
    title="chain of 1000 ops, called as ops.sin(x)",
    loss=attribute_loss,
    torch_loss=module_loss,
    dezero_loss=module_loss,
    own={"corelib": ("corelib.ops",), "jax": ("jax.numpy",), "autograd": ("autograd.numpy",), "mygrad": ("mygrad",)},
)
