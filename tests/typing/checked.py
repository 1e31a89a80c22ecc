"""What type checkers must accept, and what they must find the types to be. Checked by mypy and pyright, never run."""

from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeVar, assert_type

import numpy as np

import corelib
import corelib.ops
from corelib import (
    Array,
    BinaryFn,
    Optimizer,
    Shape,
    Tensor,
    UnaryFn,
    Wanted,
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
    typed,
    value_and_grad,
    vjp,
)
from corelib.ops import broadcast_to, exp, multiply, sum, sum_to
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


T = TypeVar("T")


class Eigen(NamedTuple, Generic[T]):
    """What eigh returns: of arrays to its own backward, of Tensors to its callers."""

    values: T
    vectors: T


@dataclass(frozen=True, slots=True)
class Eigh:
    """An op with a named tuple of results."""

    lower: bool = True

    def forward(self, x: Array) -> Eigen[Array]:
        return Eigen(*np.linalg.eigh(x, "L" if self.lower else "U"))

    def backward(self, propagated: Eigen[Array], x: Array, *, result: Eigen[Array]) -> Array:
        return typed.matmul(result.vectors * propagated.values, result.vectors)


@dataclass(frozen=True, slots=True)
class Quotients:
    """An op of two arrays with three results."""

    def forward(self, x: Array, y: Array) -> tuple[Array, Array, Array]:
        return np.divide(x, y), np.divide(y, x), np.multiply(x, y)

    def backward(
        self, propagated: tuple[Array, Array, Array], x: Array, y: Array, *, wanted: Wanted
    ) -> tuple[Array | None, Array | None]:
        return propagated[0] if wanted[0] else None, None


@dataclass(frozen=True, slots=True)
class MeanOf:
    """An op of any number of arrays."""

    def forward(self, *arrays: Array) -> Array:
        return typed.mean(np.stack(arrays), axis=0)

    def backward(self, propagated: Array, *arrays: Array) -> tuple[Array, ...]:
        return (propagated / len(arrays),) * len(arrays)


@dataclass(frozen=True, slots=True)
class Total:
    """The same, and a backward that needs only shapes."""

    def forward(self, *arrays: Array) -> Array:
        return typed.sum(np.stack(arrays), axis=0)

    def backward(self, propagated: Array, *shapes: Shape, wanted: Wanted) -> tuple[Array | None, ...]:
        return tuple([propagated if asked else None for asked in wanted])


@dataclass(frozen=True, slots=True)
class Swapped:
    """An op of any number of arrays with as many results."""

    def forward(self, *arrays: Array) -> tuple[Array, ...]:
        return arrays[::-1]

    def backward(self, propagated: tuple[Array, ...], *arrays: Array) -> tuple[Array, ...]:
        return propagated[::-1]


@dataclass(frozen=True, slots=True)
class FirstTimesRest:
    """An op of any number of arrays, of which the first has a name."""

    def forward(self, x: Array, *rest: Array) -> Array:
        return x * typed.sum(np.stack(rest), axis=0)

    def backward(self, propagated: Array, x: Array, *rest: Array, result: Array) -> tuple[Array, ...]:
        return propagated * result / x, *[propagated * x] * len(rest)


@dataclass(frozen=True, slots=True)
class TwoAndRest:
    """The same with two names, and a backward of shapes alone."""

    axis: int = 0

    def forward(self, x: Array, y: Array, *rest: Array) -> Array:
        return x + y

    def backward(self, propagated: Array, x: Shape, y: Shape, *rest: Shape) -> tuple[Array | None, ...]:
        return propagated, propagated, *[None] * len(rest)


@dataclass(frozen=True, slots=True)
class Summed:
    """An op whose backward calls ops."""

    def forward(self, x: Array, y: Array) -> Array:
        return x + y

    def backward(self, propagated: Array, x: Array, y: Array) -> tuple[Array | Tensor, Tensor]:
        return propagated, sum_to(propagated * exp(x), y.shape)


summed: Final = op(Summed)
eigh: Final = op(Eigh, results=Eigen)
quotients: Final = op(Quotients)
mean_of: Final = op(MeanOf)
total: Final = linear(Total)
swapped: Final = op(Swapped)
clip: Final = op(Clip)
hypotenuse: Final = op(Hypotenuse)
double: Final = elementwise(lambda x: 2 * x, 2)
scale: Final = elementwise(np.multiply, lambda x, y: y, lambda x, y: x)
root: Final = elementwise(np.sqrt, lambda x, *, result: 0.5 / result, singular=True)
cosine: Final = elementwise(np.cos, lambda x: -np.sin(x))
sine: Final = elementwise(np.sin, np.cos)

# Ops are functions that give Tensors, whatever array they are given.
assert_type(clip(t, low=0.5), Tensor)
assert_type(clip(a, 0.5, 1.5), Tensor)
assert_type(clip([1, 2.5]), Tensor)
assert_type(hypotenuse(t, 2.0), Tensor)
assert_type(scale(np.float64(1), True), Tensor)
assert_type(scale([[1], [2.0]], [a, (1, 2.0)]), Tensor)
assert_type(scale(range(3), a > 0), Tensor)
assert_type(scale(a[0], 1j), Tensor)
assert_type(Tensor([a, a]), Tensor)
assert_type(root(cosine(sine(t))), Tensor)
assert_type(double(t), Tensor)
assert_type(scale(t, a), Tensor)

# Several results have their types one by one, and a named tuple by its fields.
assert_type(eigh(t, lower=False), Eigen[Tensor])
assert_type(eigh(t).vectors, Tensor)
assert_type(quotients(t, a), tuple[Tensor, Tensor, Tensor])
assert_type(corelib.ops.modf(t), tuple[Tensor, Tensor])
assert_type(corelib.ops.divmod(t, 2), tuple[Tensor, Tensor])
assert_type(corelib.ops.unstack(t), tuple[Tensor, ...])
assert_type(swapped([t, a]), tuple[Tensor, ...])

# Any number of arrays
assert_type(mean_of([t, a]), Tensor)
assert_type(total((t, a, 1.0)), Tensor)
assert_type(op(FirstTimesRest)([t, a]), Tensor)
assert_type(linear(TwoAndRest)([t, a], axis=1), Tensor)


def made_of_anything(cls: Any) -> None:
    """What is not typed stays so."""
    assert_type(op(cls), Any)


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


# Optimizers are chosen by class or by name, with typed hyperparameters.
from corelib.optimizers import adam, named  # noqa: E402  # beside what it is for
from corelib_optimizers import Adam  # noqa: E402

Optimizer([t], Adam(beta1=0.8), lr=1e-3)
Optimizer(params={"t": t}, rule=Adam(), lr=lambda n: 0.1 / (1 + n), on_nonfinite="skip")
Optimizer([t], adam(beta1=0.8), lr=1e-3)
Optimizer([t], corelib.optimizers.get("adam")(), lr=1e-3)
assert_type(named([t], "adam"), Optimizer)
assert_type(named({"t": t}, "adam", beta1=0.8, amsgrad=True, lr=1e-3, clip_norm=1.0), Optimizer)
assert_type(named([t], "prodigy", beta3=None), Optimizer)
assert_type(Optimizer.named([t], str(t), {"beta1": 0.8}, lr=1e-3), Optimizer)
assert_type(named([t], str(t), {}, lr=1e-3), Optimizer)  # a name that the program reads


# Transforms: what is differentiated is a Tensor inside and an array outside; the rest is as it was.
def distance(x: Tensor, y: Array, *, power: float = 2.0) -> Tensor:
    """A number."""
    return ((x - y) ** power).sum()


def norm(x: Tensor, power: float = 2.0) -> Tensor:
    """A number."""
    return (x**power).sum()


def loss(weights: dict[str, Tensor], rows: int) -> Tensor:
    """A number."""
    return weights["w"].sum() * rows


grad(distance)(a, a, power=3.0)
grad(distance)([1.0, 2.0], a)
grad(distance, 1)(t, t)
print(grad(distance, argnums=(0, 1))(a, a)[1].shape)
grad(norm)(2.0)
grad(norm)(a, 3.0)
grad(loss)({"w": a}, 2)["w"]
grad(grad(norm))(1.0)
grad(clip)(a, low=0.5)
grad(hypotenuse, 1)(1.0, 2.0)
grad(distance, -1)(a, a)
grad(distance, [0, 1])(a, a)
assert_type(corelib.array([[1.0, Tensor(2.0)], [3.0, 4.0]], np.float32), Tensor)
assert_type(corelib.asarray(Tensor(2.0)), Tensor)
value, gradient = value_and_grad(loss)({"w": a}, 2)
value, (by_x, by_y) = value_and_grad(distance, (0, 1))(a, a)
hessian(norm)(a, 3.0)
jacobian(exp)(a)
elementwise_grad(norm)(a)
hvp(distance)(a, a, a, power=3.0)
slope = vjp(norm, a)[1](1.0)
slope_x, slope_y = vjp(distance, a, a)[1](1.0)
value, direction = jvp(distance, (a, a), (a, a))
jvp(norm, (a,), [a])
checkpoint(distance)(t, a, power=3.0)

# Functions without types, and those of NumPy, which have one for each kind of argument
grad(lambda x: np.sum(np.sin(x)))(a)
grad(lambda x, y: np.sum(x * y), (0, 1))(a, a)
vjp(lambda x, y: x * y, a, a)
grad(np.sin)(a)
grad(np.sum)(a)
grad(np.add, 1)(a, 2.0)
jvp(np.arctan2, (a, a), (a, a))
for power in (1, 2):
    grad(lambda x, power=power: x**power)(2.0)


def transformed_anything(f: Any) -> None:
    """What is not typed stays so."""
    grad(f)(a, a)
    grad(f, 1)(a, a)
    vjp(f, a, a)
