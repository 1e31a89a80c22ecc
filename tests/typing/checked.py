"""What type checkers must accept, and what they must find the types to be. Checked by mypy and pyright, never run."""

from dataclasses import dataclass
from typing import Final, assert_type

import numpy as np

import corelib
import corelib.ops
from corelib import Array, BinaryFn, Optimizer, Tensor, UnaryFn, elementwise, op, typed
from corelib.ops import broadcast_to, exp, multiply, sum
from corelib_elementwise import log

t = Tensor([1.0, 2.0], trainable=True)
a = np.ones(3)


@dataclass(frozen=True, slots=True)
class Clip:
    """An op with fields."""

    low: float = 0.0
    high: float | None = None

    def forward(self, x: Array) -> Array:
        return np.clip(x, self.low, self.high)

    def backward(self, propagated: Array, x: Array) -> Array:
        return propagated


@dataclass(frozen=True, slots=True)
class Hypotenuse:
    """An op of two arrays whose backward reads the result."""

    def forward(self, x: Array, y: Array) -> Array:
        return np.hypot(x, y)

    def backward(self, propagated: Array, x: Array, y: Array, *, result: Array) -> tuple[Array, Array]:
        return propagated * x / result, propagated * y / result


clip: Final = op(Clip)
hypotenuse: Final = op(Hypotenuse)
double: Final = elementwise(lambda x: 2 * x, 2)
scale: Final = elementwise(np.multiply, lambda x, y: y, lambda x, y: x)

# Ops are functions that give Tensors, whatever array they are given.
assert_type(clip(t, low=0.5), Tensor)
assert_type(clip(a, 0.5, 1.5), Tensor)
assert_type(clip([1, 2.5]), Tensor)
assert_type(hypotenuse(t, 2.0), Tensor)
assert_type(double(t), Tensor)
assert_type(scale(t, a), Tensor)

# Installed ops are static, by their namespace and from their packages.
assert_type(exp(t), Tensor)
assert_type(corelib.ops.exp(t), Tensor)
assert_type(log(t), Tensor)
assert_type(multiply(t, a), Tensor)
assert_type(sum(t, axis=0), Tensor)
assert_type(broadcast_to(t, (4, 2)), Tensor)

# Arities are types.
unary: UnaryFn[[]] = double
binary: BinaryFn[[]] = hypotenuse

# What NumPy's types leave open.
assert_type(typed.sum(a, axis=0), Array)
assert_type(typed.einsum("i,i->", a, a), Array)

# Operators and methods give Tensors, from both sides; comparisons give arrays.
assert_type(t + 1, Tensor)
assert_type(2 * t, Tensor)
assert_type(-t, Tensor)
assert_type(t @ t, Tensor)
assert_type(t[0], Tensor)
assert_type(t.sum(), Tensor)
assert_type(a + t, Tensor)


# Optimizers are chosen by class, with typed hyperparameters, or by name.
from corelib.optimizers import adam  # noqa: E402  # beside what it is for
from corelib_optimizers import Adam  # noqa: E402

Optimizer([t], Adam(beta1=0.8), lr=1e-3)
Optimizer([t], adam(beta1=0.8), lr=1e-3)
Optimizer([t], corelib.optimizers.get("adam")(), lr=1e-3)
