"""What type checkers must refuse. Each line with a comment is an error whose message has the words after its name.

Checked by mypy and pyright, never run; tests/test_typing.py compares.
"""

from dataclasses import dataclass, field

import numpy as np

import corelib.ops
from corelib import Array, Optimizer, Tensor, elementwise, linear, op
from corelib.ops import (
    exp,
    matmul,
    multiply,
    sum,
)
from corelib_optimizers import Adam

t = Tensor([1.0, 2.0], trainable=True)


@dataclass(frozen=True)
class OneGradientForTwo:
    def forward(self, x: Array, y: Array) -> Array:
        return np.multiply(x, y)

    def backward(self, propagated: Array, x: Array, y: Array) -> Array:
        return propagated * y


@dataclass(frozen=True)
class TwoGradientsForOne:
    def forward(self, x: Array) -> Array:
        return np.exp(x)

    def backward(self, propagated: Array, x: Array) -> tuple[Array, Array]:
        return propagated, propagated


@dataclass(frozen=True)
class NoBackward:
    def forward(self, x: Array) -> Array:
        return np.exp(x)


@dataclass(frozen=True)
class ShapesForArrays:
    def forward(self, x: Array) -> Array:
        return np.exp(x)

    def backward(self, propagated: Array, shape: tuple[int, ...]) -> Array:
        return propagated


@dataclass(frozen=True)
class Clip:
    low: float = 0.0
    high: float | None = field(default=None)

    def forward(self, x: Array) -> Array:
        return np.clip(x, self.low, self.high)

    def backward(self, propagated: Array, x: Array) -> Array:
        return propagated


clip = op(Clip)
double = elementwise(lambda x: 2 * x, 2)

# The wrong number of arrays
exp(t, t)  # mypy: Too many arguments | pyright: Expected 1 positional argument
multiply(t)  # mypy: Too few arguments | pyright: Expected 1 more positional argument
matmul(t)  # mypy: Too few arguments | pyright: Expected 1 more positional argument
double(t, t)  # mypy: Too many arguments | pyright: Expected 1 positional argument
clip()  # mypy: Too few arguments | pyright: Expected 1 more positional argument

# A field that there is not, or of another type
clip(t, lo=1.0)  # mypy: Unexpected keyword argument "lo" | pyright: No parameter named "lo"
clip(t, "a")  # mypy: incompatible type "str"; expected "float" | pyright: cannot be assigned to parameter "low"
clip(t, high=[1])  # mypy: incompatible type "list[int]"; expected "float | None" | pyright: to parameter "high"
sum(t, axes=1)  # mypy: Unexpected keyword argument "axes" | pyright: No parameter named "axes"
sum(t, axis="rows")  # mypy: incompatible type "str" | pyright: cannot be assigned to parameter "axis"

# What is no array
exp(None)  # mypy: incompatible type "None" | pyright: cannot be assigned to parameter "x"
exp(print)  # mypy: incompatible type | pyright: cannot be assigned to parameter "x"

# An op that nobody has
corelib.ops.expp(t)  # mypy: Module has no attribute "expp" | pyright: "expp" is not a known attribute of module
corelib.gradd(exp)  # mypy: Module has no attribute "gradd" | pyright: "gradd" is not a known attribute of module

# Classes that are no ops
op(OneGradientForTwo)  # mypy: "op" has incompatible type "type[OneGradientForTwo]" | pyright: No overloads for "op"
op(TwoGradientsForOne)  # mypy: "op" has incompatible type "type[TwoGradientsForOne]" | pyright: No overloads for "op"
op(NoBackward)  # mypy: "op" has incompatible type "type[NoBackward]" | pyright: No overloads for "op"
op(ShapesForArrays)  # mypy: "op" has incompatible type "type[ShapesForArrays]" | pyright: No overloads for "op"
linear(Clip)  # mypy: "linear" has incompatible type "type[Clip]" | pyright: No overloads for "linear" match
elementwise(np.exp)  # mypy: No overload variant of "elementwise" matches | pyright: No overloads for
elementwise(np.exp, "x")  # mypy: No overload variant of "elementwise" matches | pyright: to parameter "slope"

# Optimizers
Adam(beta1="big")  # mypy: incompatible type "str"; expected "float" | pyright: cannot be assigned to parameter "beta1"
Adam(beta=0.5)  # mypy: Unexpected keyword argument "beta" | pyright: No parameter named "beta"
Optimizer([t], Adam(), lr="1e-3")  # mypy: incompatible type "str" | pyright: cannot be assigned to parameter "lr"
Adam().beta1 = 0.5  # mypy: Property "beta1" | pyright: Cannot assign to attribute "beta1"
