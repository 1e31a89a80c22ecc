"""Functions of functions: grad, value_and_grad, jacobian, hessian, hvp, vjp, jvp, elementwise_grad, checkpoint.

They take plain arrays, also inside dicts, lists, tuples, named tuples and dataclasses, and return plain arrays.
Within another transform, or given Tensors, they return Tensors, and so nest to any order.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import numpy as np

from corelib.core.arrays import DIFFERENTIABLE
from corelib.core.backward import ones
from corelib.core.tensor import Tensor, as_array
from corelib.errors import GradientShape, InvalidOperand, NotDifferentiable
from corelib.transforms.trace import Trace, recorded
from corelib.transforms.transform_types import (
    HessianProduct,
    jacobian_vector,
    transform,
    transform_of_structure,
    transform_with_value,
    vector_jacobian,
)  # fmt: skip
from corelib.transforms.tree import leaves, mapped

Argnums: TypeAlias = int | Sequence[int]

GOLDEN: Final = (5**0.5 - 1) / 2  # no two multiples of it differ by a whole number


def _selected(args: tuple[Any, ...], argnums: Argnums) -> tuple[int, ...]:
    numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    for number in numbers:
        if not -len(args) <= number < len(args):
            raise InvalidOperand(f"argnums={argnums} names argument {number}, and {len(args)} were passed")
    return tuple(number % len(args) for number in numbers)


def _traced(f: Callable[..., Any], args: tuple[Any, ...], keywords: dict[str, Any], argnums: Argnums) -> Any:
    """Run ``f`` on variables in the place of the chosen arguments."""
    numbers = _selected(args, argnums)
    trace = Trace([args[i] for i in numbers])
    filled = list(args)
    for i, tree in zip(numbers, trace.arguments(), strict=True):
        filled[i] = tree
    with recorded():
        return trace, f(*filled, **keywords)


def _scalar(value: Any, what: str) -> Tensor:
    if not isinstance(value, Tensor):
        value = Tensor(value) if np.ndim(value) == 0 and not isinstance(value, (dict, tuple, list)) else value
    if not isinstance(value, Tensor) or value.size != 1:
        got = f"shape {value.shape}" if isinstance(value, Tensor) else type(value).__name__
        raise GradientShape(f"{what} takes a function that returns a single number, and this one returned {got}")
    if value.dtype.kind == "c":
        raise NotDifferentiable(f"{what} takes a real-valued function; this one returned {value.dtype}")
    return value


@transform_with_value
def value_and_grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., tuple[Any, Any]]:
    """The function that returns f(...) and its gradient in the arguments ``argnums``.

    f returns one real number; the gradient has the structure of the argument (a tuple of them for several
    argnums). Of complex arguments it is the direction of steepest ascent. Raises GradientShape for a result
    that is no single number, NotDifferentiable for integer arguments.
    """

    def differentiated(*args: Any, **keywords: Any) -> tuple[Any, Any]:
        trace, value = _traced(f, args, keywords, argnums)
        result = _scalar(value, "grad")
        trees = trace.trees_of(trace.gradients(result, ones(result._entries), retain=False))
        return trace.outward(result), trees[0] if isinstance(argnums, int) else tuple(trees)

    return differentiated


@transform
def grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The gradient of a function of one real result; see ``value_and_grad``."""
    both = value_and_grad(f, argnums)

    def gradient(*args: Any, **keywords: Any) -> Any:
        return both(*args, **keywords)[1]

    return gradient


@transform
def elementwise_grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The gradient of the sum of f's entries: the slope at each entry, where f acts entry by entry."""

    def slopes(*args: Any, **keywords: Any) -> Any:
        trace, value = _traced(f, args, keywords, argnums)
        result = value if isinstance(value, Tensor) else Tensor(value)
        trees = trace.trees_of(trace.gradients(result, ones(result._entries), retain=False))
        return trees[0] if isinstance(argnums, int) else tuple(trees)

    return slopes


@vector_jacobian
def vjp(f: Callable[..., Any], *args: Any) -> tuple[Any, Callable[[Any], Any]]:
    """f(*args), and the function from a gradient of the result to the gradients of all arguments.

    For f from R^n to R^m with the Jacobian J, it maps v in R^m to J^T v. It can be called again and again.
    Raises GradientShape for a v of another structure or shape than the result.
    """
    trace, value = _traced(f, args, {}, tuple(range(len(args))))

    def pullback(cotangent: Any) -> Any:
        pairs = _paired(value, cotangent, "the gradient of the result")
        parts = [trace.gradients(y, v, retain=True) for y, v in pairs]
        trees = trace.trees_of([_sum(terms) for terms in zip(*parts, strict=True)] if parts else trace.zeros())
        return trees[0] if len(args) == 1 else tuple(trees)

    return trace.outward(value), pullback


@jacobian_vector
def jvp(f: Callable[..., Any], args: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """f(*args), and its directional derivative J v along ``tangents``, which are structured like ``args``.

    It is computed as the derivative of v -> J^T v, which is linear, so no op needs a second rule.
    """
    value, pullback = vjp(f, *args)
    pairs = _paired(tuple(args), tuple(tangents), "the tangent")
    directions = [v for _, v in pairs]

    def transposed(cotangent: Any) -> Any:
        return leaves(pullback(cotangent))

    _, push = vjp(transposed, mapped(_cotangent, value))
    return value, push(directions)


def _cotangent(value: Any) -> Any:
    """Some cotangent of a result: the derivative of v -> J^T v is J^T at each, floats for a result of integers.

    Not of zeros, since a zero stays zero where a slope is infinite, nor of equal numbers, which cancel in x - x.
    """
    array = as_array(value)
    some = np.ones_like(array, dtype=array.dtype if array.dtype.kind in DIFFERENTIABLE else float)
    if type(some) is np.ndarray:
        some.reshape(-1)[...] += np.modf(np.arange(1, some.size + 1) * GOLDEN)[0]
    return some


def hvp(f: Callable[..., Any], argnums: int = 0) -> HessianProduct:
    """The product of f's Hessian in argument ``argnums`` with a vector: ``hvp(f)(*args, vector)``.

    ``vector`` is structured like the argument. Costs a few evaluations of f, and no Hessian is ever formed.
    """

    def product(*args: Any, **keywords: Any) -> Any:
        *points, vector = args
        (number,) = _selected(tuple(points), argnums)

        def gradient(x: Any) -> Any:
            return grad(f, number)(*points[:number], x, *points[number + 1 :], **keywords)

        return vjp(gradient, points[number])[1](vector)

    return product


@transform_of_structure
def jacobian(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The Jacobian of f: d f[i...] / d x[j...] at the index [i..., j...].

    One walk for each entry of the result. Structured like the result and, within that, like the argument (a
    tuple of them for several argnums). Raises NotDifferentiable for complex numbers.
    """

    def matrix(*args: Any, **keywords: Any) -> Any:
        trace, value = _traced(f, args, keywords, argnums)

        def of_result(y: Any) -> Any:
            trees = trace.trees_of(_rows(trace, y if isinstance(y, Tensor) else Tensor(y)))
            return trees[0] if isinstance(argnums, int) else tuple(trees)

        return mapped(of_result, value)

    return matrix


def _rows(trace: Trace, result: Tensor) -> list[Any]:
    """For each variable, the gradients of all entries of the result, stacked."""
    if "c" in (result.dtype.kind, *(n.dtype.kind for n in trace.nodes)):
        raise NotDifferentiable("a Jacobian is made of real numbers; take np.real and np.imag apart first")
    rows = []
    for i in range(result.size):
        unit = np.zeros(result.size, result.dtype, like=result.data)
        unit[i] = 1
        rows.append(trace.gradients(result, unit.reshape(result.shape), retain=True))
    stacked = [np.stack(column) for column in zip(*rows, strict=True)] if rows else [
        np.zeros((0, *n.shape), n.dtype) for n in trace.nodes
    ]  # fmt: skip
    return [np.reshape(s, (*result.shape, *n.shape)) for s, n in zip(stacked, trace.nodes, strict=True)]


@transform_of_structure
def hessian(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The Hessian of a function of one real result: d2f / dx[i...] dx[j...] at the index [i..., j...]."""
    return jacobian(grad(f, argnums), argnums)


def _paired(tree: Any, other: Any, what: str) -> list[tuple[Any, Any]]:
    """The leaves of two trees of one structure, in pairs of one shape."""
    firsts, seconds = leaves(tree), leaves(other)
    if len(firsts) != len(seconds):
        raise GradientShape(f"{what} has {len(seconds)} arrays, and {len(firsts)} are expected")
    return [_pair(x, v, what) for x, v in zip(firsts, seconds, strict=True)]


def _pair(x: Any, v: Any, what: str) -> tuple[Any, Any]:
    x = x if isinstance(x, Tensor) else Tensor(x)
    v = v if isinstance(v, Tensor) else as_array(v)
    if v.shape != x.shape:
        raise GradientShape(f"{what} has shape {v.shape}, and {x.shape} is expected")
    return x, v if v.dtype == x.dtype else v.astype(x.dtype)


def _sum(parts: Sequence[Any]) -> Any:
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total
