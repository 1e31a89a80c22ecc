"""What type checkers must refuse. Each line with a comment is an error whose message has the words after its name.

Checked by mypy and pyright, never run; tests/test_typing.py compares.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

import corelib.ops
from corelib import (
    Array,
    Optimizer,
    Tensor,
    checkpoint,
    elementwise,
    elementwise_grad,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    linear,
    op,
    value_and_grad,
    vjp,
)
from corelib.ops import (
    exp,
    matmul,
    multiply,
    sum,
)
from corelib.optimizers import named
from corelib_optimizers import Adam

t = Tensor([1.0, 2.0], trainable=True)
a = np.ones(2)


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
class GradientForgotten:
    def forward(self, x: Array) -> Array:
        return np.exp(x)

    def backward(self, propagated: Array, x: Array) -> None:
        np.exp(x)


@dataclass(frozen=True)
class ResultMisspelt:
    def forward(self, x: Array) -> Array:
        return np.exp(x)

    def backward(self, propagated: Array, x: Array, *, results: Array) -> Array:
        return propagated * results


@dataclass(frozen=True)
class ListOfResults:
    def forward(self, x: Array) -> list[Array]:
        return [x, x]

    def backward(self, propagated: list[Array], x: Array) -> Array:
        return propagated[0]


@dataclass(frozen=True)
class OnePropagatedForTwoResults:
    def forward(self, x: Array) -> tuple[Array, Array]:
        return x, x

    def backward(self, propagated: Array, x: Array) -> Array:
        return propagated


@dataclass(frozen=True)
class OneGradientForAnyNumber:
    def forward(self, *arrays: Array) -> Array:
        return arrays[0]

    def backward(self, propagated: Array, *arrays: Array) -> Array:
        return propagated


@dataclass(frozen=True)
class Halves:
    def forward(self, x: Array) -> tuple[Array, Array]:
        return x, x

    def backward(self, propagated: tuple[Array, Array], x: Array) -> Array:
        return propagated[0]


class Named(NamedTuple):
    low: Tensor
    high: Tensor


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

exp("x")  # mypy: incompatible type "str" | pyright: cannot be assigned to parameter "x"
exp(b"x")  # mypy: incompatible type "bytes" | pyright: cannot be assigned to parameter "x"
exp({"x": 1.0})  # mypy: incompatible type "dict[str, float]" | pyright: cannot be assigned to parameter "x"
exp(str(t).splitlines())  # mypy: incompatible type "list[str]" | pyright: cannot be assigned to parameter "x"
Tensor("1.0")  # mypy: incompatible type "str" | pyright: cannot be assigned to parameter "data"

# An op that nobody has
corelib.ops.expp(t)  # mypy: Module has no attribute "expp" | pyright: "expp" is not a known attribute of module
corelib.gradd(exp)  # mypy: Module has no attribute "gradd" | pyright: "gradd" is not a known attribute of module

# Classes that are no ops
# by mypy: "BackwardTakesArraysOfForwardAndReturnsAGradientForEach" of "op" cannot be
# by pyright: "(propagated: Array, x: Array, y: Array) -> Array" is not
op(OneGradientForTwo)
# by mypy: "BackwardTakesArraysOfForwardAndReturnsAGradientForEach" of "op" cannot be
# by pyright: "(propagated: Array, x: Array) -> tuple[Array, Array]" is not
op(TwoGradientsForOne)
# by mypy: "BackwardTakesArraysOfForwardAndReturnsAGradientForEach" of "op" cannot be
# by pyright: "(propagated: Array, x: Array) -> None" is not
op(GradientForgotten)
# by mypy: "BackwardTakesArraysOfForwardAndReturnsAGradientForEach" of "op" cannot be
# by pyright: results: Array) -> Array" is not
op(ResultMisspelt)
# by mypy: "BackwardTakesArraysOfForwardAndReturnsAGradientForEach" of "op" cannot be
# by pyright: shape: tuple[int, ...]) -> Array" is not
op(ShapesForArrays)
# by mypy: "BackwardTakesArraysOfForwardAndReturnsAGradientForEach" of "op" cannot be
# by pyright: "(propagated: Array, x: Array) -> Array" is not
op(OnePropagatedForTwoResults)
# by mypy: "ForwardOfOneToThreeArraysOrAnyNumberReturnsAnArrayOrATuple"
# by pyright: "(x: Array) -> list[Array]" is not
op(ListOfResults)
# by mypy: "type[NoBackward]"; expected "Callable[[], ForwardAndBackward[
# by pyright: "backward" is not present
op(NoBackward)
# by mypy: "VariadicBackwardMustReturnATuple" not callable
# by pyright: "VariadicBackwardMustReturnATuple"
op(OneGradientForAnyNumber)([t])
# by mypy: "BackwardTakesShapesOfForwardAndReturnsAGradientForEach" of "linear" cannot be
# by pyright: "(propagated: Array, x: Array) -> Array" is not
linear(Clip)
elementwise(np.exp)  # mypy: No overload variant of "elementwise" matches | pyright: No overloads for
elementwise(np.exp, "x")  # mypy: No overload variant of "elementwise" matches | pyright: to parameter "slope"

elementwise(np.exp, lambda x, y: y)  # mypy: No overload variant of "elementwise" | pyright: Extra parameter "y"
elementwise(np.exp, lambda x, *, res: res)  # mypy: No overload variant of "elementwise" | pyright: keyword parameter
elementwise(np.hypot, lambda x: x, 1)  # mypy: No overload variant of "elementwise" | pyright: expected 2 but received 1

# Several results, one by one
low, high, more = op(Halves)(t)  # mypy: Need more than 2 values to unpack | pyright: size mismatch; expected 3
print(op(Halves)(t).low)  # mypy: has no attribute "low" | pyright: Cannot access attribute "low"
print(op(Halves, results=Named)(t).top)  # mypy: has no attribute "top" | pyright: Cannot access attribute "top"
op(Halves, results=3)  # mypy: No overload variant of "op" matches | pyright: No overloads for "op"


# Transforms
def distance(x: Tensor, y: Array, *, power: float = 2.0) -> Tensor:
    return ((x - y) ** power).sum()


grad(distance)(a)  # mypy: Missing positional argument "y" | pyright: Argument missing for parameter "y"
grad(distance)(a, a, a)  # mypy: Too many positional arguments | pyright: Expected 2 positional arguments
grad(distance)(a, "x")  # mypy: Argument 2 to "__call__" of "DifferentiatedInFirst" | pyright: to parameter "y"
grad(distance)(a, a, pow=3.0)  # mypy: Unexpected keyword argument "pow" | pyright: No parameter named "pow"
grad(distance, "x")  # mypy: incompatible type "str"; expected "Sequence[int]" | pyright: to parameter "argnums"
grad(exp)(a, a)  # mypy: Too many arguments | pyright: Expected 1 positional argument
grad(lambda x: x)(a, a)  # mypy: Too many arguments | pyright: Expected 1 positional argument
grad(grad(distance))(a)  # mypy: Missing positional argument "y" | pyright: Argument missing for parameter "y"
grad(distance, (0, 1))(a)  # mypy: Too few arguments | pyright: Expected 1 more positional argument
value_and_grad(distance, 1)(a)  # mypy: Too few arguments | pyright: Expected 1 more positional argument
jacobian(distance)(a, a, a)  # mypy: Too many positional arguments | pyright: Expected 2 positional arguments
hessian(distance)(a)  # mypy: Missing positional argument "y" | pyright: Argument missing for parameter "y"
elementwise_grad(exp)(a, a)  # mypy: Too many arguments | pyright: Expected 1 positional argument
hvp(exp)(a)  # mypy: Too few arguments | pyright: Expected 1 more positional argument
vjp(distance, a)  # mypy: No overload variant of "__call__" of "Vjp" | pyright: Extra parameter "y"
jvp(distance, (a, a), (a,))  # mypy: Argument 2 to "__call__" of "Jvp" | pyright: to parameter "tangents"
checkpoint(distance)(t, a, a)  # mypy: Too many positional arguments | pyright: Expected 2 positional arguments

# Optimizers
Adam(beta1="big")  # mypy: incompatible type "str"; expected "float" | pyright: cannot be assigned to parameter "beta1"
Adam(beta=0.5)  # mypy: Unexpected keyword argument "beta" | pyright: No parameter named "beta"
Optimizer([t], Adam(), lrr=1e-3)  # mypy: Unexpected keyword argument "lrr" | pyright: No parameter named "lrr"
Optimizer([t], Adam(), lr="1e-3")  # mypy: incompatible type "str" | pyright: cannot be assigned to parameter "lr"
Adam().beta1 = 0.5  # mypy: Property "beta1" | pyright: Cannot assign to attribute "beta1"
named([t], "adan")  # mypy: No overload variant of "named" | pyright: No overloads for "named"
named([t], str(t))  # mypy: No overload variant of "named" | pyright: No overloads for "named"
named([t], "adam", betas=0.5)  # mypy: No overload variant of "named" | pyright: No overloads for "named"
named([t], "adam", beta1="x")  # mypy: No overload variant of "named" | pyright: No overloads for "named"
named([t], "sgd", beta1=0.5)  # mypy: No overload variant of "named" | pyright: No overloads for "named"
named([t], "adam", lr="x")  # mypy: No overload variant of "named" | pyright: No overloads for "named"
named(3.0, "adam")  # mypy: No overload variant of "named" | pyright: No overloads for "named"
