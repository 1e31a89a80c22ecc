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
from corelib.primitives.portable import like
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
    """The function that returns the value of ``f`` and its gradient: ``value_and_grad(f)(*args) == (f(*args), g)``.

    ``f`` returns one real number. ``argnums`` is the position of the argument that is differentiated, or a sequence of
    them; ``g`` has the structure, shapes and dtypes of that argument (a tuple of them for a sequence). Arguments are
    arrays, or dicts, lists, tuples, named tuples and dataclasses of arrays. In a complex argument g is the direction of
    steepest ascent. Raises GradientShape where f returns no single number, NotDifferentiable for integer arguments and
    complex results, InvalidOperand for an argument that was not passed.

    >>> import numpy as np
    >>> value, gradient = value_and_grad(lambda x: np.sum(x**2))(np.array([1.0, 3.0]))
    >>> float(value), gradient
    (10.0, array([2., 6.]))
    """

    def differentiated(*args: Any, **keywords: Any) -> tuple[Any, Any]:
        trace, value = _traced(f, args, keywords, argnums)
        result = _scalar(value, "grad")
        trees = trace.trees_of(trace.gradients(result, ones(result._entries), retain=False))
        return trace.outward(result), trees[0] if isinstance(argnums, int) else tuple(trees)

    return differentiated


@transform
def grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The gradient of a function of one real result: ``grad(f)(x)[i...] = d f(x) / d x[i...]``.

    The gradient has the structure, shapes and dtypes of the argument at position ``argnums``; for a sequence of
    positions it is a tuple of gradients. It is a function of numbers like any other, so ``grad(grad(f))`` is the second
    derivative. The cost is about that of two to four evaluations of ``f``, however many entries ``x`` has. Raises what
    ``value_and_grad`` raises: GradientShape where f returns no single number, NotDifferentiable for integer arguments.

    >>> import numpy as np
    >>> grad(lambda x: np.sum(np.sin(x)))(np.array([0.0, np.pi]))
    array([ 1., -1.])
    >>> grad(lambda w, b: np.sum((w * 2.0 + b) ** 2), argnums=(0, 1))(1.0, 3.0)
    (array(20.), array(10.))
    >>> grad(lambda p: p["a"] * p["b"])({"a": 2.0, "b": 5.0})
    {'a': array(5.), 'b': array(2.)}
    """
    both = value_and_grad(f, argnums)

    def gradient(*args: Any, **keywords: Any) -> Any:
        return both(*args, **keywords)[1]

    return gradient


@transform
def elementwise_grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The gradient of the sum of f's entries: ``sum_i d f(x)[i] / d x[j]`` at the index ``j``.

    Where f acts entry by entry that is its slope at each entry. It has the shape of the argument at position
    ``argnums``. Raises NotDifferentiable for integer arguments.

    >>> import numpy as np
    >>> elementwise_grad(np.square)(np.array([1.0, -2.0]))
    array([ 2., -4.])
    """

    def slopes(*args: Any, **keywords: Any) -> Any:
        trace, value = _traced(f, args, keywords, argnums)
        result = value if isinstance(value, Tensor) else Tensor(value)
        trees = trace.trees_of(trace.gradients(result, ones(result._entries), retain=False))
        return trees[0] if isinstance(argnums, int) else tuple(trees)

    return slopes


@vector_jacobian
def vjp(f: Callable[..., Any], *args: Any) -> tuple[Any, Callable[[Any], Any]]:
    """The value ``f(*args)``, and its pullback: the function v -> J^T v (a vector-Jacobian product).

    For f from R^n to R^m, J is its m x n Jacobian at ``args``. v is structured and shaped like the result; J^T v is
    structured and shaped like the argument, or a tuple of such for several arguments. The pullback can be called again
    and again, and can itself be differentiated. Raises GradientShape for a v of another structure or shape.

    >>> import numpy as np
    >>> value, pullback = vjp(np.square, np.array([1.0, 3.0]))
    >>> value, pullback(np.array([1.0, 10.0]))
    (array([1., 9.]), array([ 2., 60.]))
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
    """The value ``f(*args)``, and its derivative J v along ``tangents``, which are structured like ``args``.

    J v has the structure and shapes of the value. It is computed as the derivative of v -> J^T v, which is linear in v,
    so no op needs a second rule; the cost is a few evaluations of f. Raises GradientShape for tangents of another
    structure or shape than ``args``.

    >>> import numpy as np
    >>> value, derivative = jvp(np.square, (np.array([1.0, 3.0]),), (np.array([1.0, 0.5]),))
    >>> derivative
    array([2., 3.])
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
    multiples = np.arange(1, array.size + 1, like=like(array)) * GOLDEN
    some = np.reshape(1 + multiples - np.floor(multiples), array.shape)
    return some.astype(array.dtype if array.dtype.kind in DIFFERENTIABLE else float)


def hvp(f: Callable[..., Any], argnums: int = 0) -> HessianProduct:
    """The product of f's Hessian with a vector: ``hvp(f)(*args, v) = H v``.

    H is the Hessian in the argument at position ``argnums``; v, and the product, are structured and shaped like that
    argument. The cost is a few evaluations of f: no Hessian is formed. Raises what ``grad`` and ``vjp`` raise.

    >>> import numpy as np
    >>> hvp(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
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
    """The Jacobian of f: ``jacobian(f)(x)[i..., j...] = d f(x)[i...] / d x[j...]``.

    Its shape is that of the result, followed by that of the argument at position ``argnums``. It is structured like the
    result and, within that, like the argument (a tuple of them for several argnums). One reverse pass for each entry of
    the result. Raises NotDifferentiable for complex numbers and integer arguments.

    >>> import numpy as np
    >>> jacobian(lambda x: np.stack([x[0] * x[1], x[0]]))(np.array([2.0, 5.0]))
    array([[5., 2.],
           [1., 0.]])
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
        unit = np.zeros(result.size, dtype=result.dtype, like=result.data)
        unit[i] = 1
        rows.append(trace.gradients(result, unit.reshape(result.shape), retain=True))
    stacked = [np.stack(column) for column in zip(*rows, strict=True)] if rows else [
        np.zeros((0, *v.shape), dtype=v.dtype, like=like(v)) for v in trace.variables
    ]  # fmt: skip
    return [np.reshape(s, (*result.shape, *n.shape)) for s, n in zip(stacked, trace.nodes, strict=True)]


@transform_of_structure
def hessian(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The Hessian of a function of one real result: ``hessian(f)(x)[i..., j...] = d^2 f(x) / d x[i...] d x[j...]``.

    Its shape is that of the argument at position ``argnums``, twice. One reverse pass for each entry of the argument;
    ``hvp`` costs a few, where the product with a vector is enough. Raises what ``grad`` and ``jacobian`` raise.

    >>> import numpy as np
    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([3.0, 2.0]))
    array([[4., 6.],
           [6., 0.]])
    """
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
