"""Functions of functions: grad, value_and_grad, jacobian, hessian, hvp, vjp, jvp, elementwise_grad, checkpoint.

They take plain arrays, also inside dicts, lists, tuples, named tuples and dataclasses, and return plain arrays.
Within another transform, or given Tensors, they return Tensors, and so nest to any order.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeAlias

import numpy as np

from corelib.arrays import DIFFERENTIABLE
from corelib.backward import ones, owned_arrays, walk
from corelib.errors import GradientShape, InvalidOperand, NotDifferentiable
from corelib.graph import Leaf, Node, Pull, mode, scope, scoped
from corelib.tensor import Tensor, as_array, make
from corelib.tree import leaves, mapped

Argnums: TypeAlias = int | Sequence[int]

_depth: Final[ContextVar[int]] = ContextVar("corelib.depth", default=0)
_STEP: Final = 2**40  # generations of one depth of nesting: more than any graph has calls


class Trace:
    """One run of a function on variables of its own, kept apart from every other run by their generation."""

    def __init__(self, arguments: Sequence[Any], depth: int) -> None:
        self.trees: list[Any] = list(arguments)
        self.floor: int = depth * _STEP
        flat = [leaf for tree in self.trees for leaf in leaves(tree)]
        self.record: bool = depth > 1 or any(isinstance(leaf, Tensor) for leaf in flat)
        self.variables: list[Tensor] = [_variable(leaf, self.floor) for leaf in flat]
        self.nodes: list[Node] = [v._node for v in self.variables if v._node is not None]

    def arguments(self) -> list[Any]:
        """The arguments, with a variable in the place of each array."""
        remaining = iter(self.variables)
        return [mapped(lambda _: next(remaining), tree) for tree in self.trees]

    def pull(self, result: Tensor, propagated: Any, *, retain: bool) -> list[Any]:
        """The gradient of each variable, zeros where the result does not depend on it."""
        reached: dict[Node, Any] = {}
        record = self.record or isinstance(propagated, Tensor)
        if result._node is not None and result._node.generation >= self.floor:
            reached = walk(
                result._node, propagated, retain_graph=retain or record, record=record,
                targets=frozenset(self.nodes), floor=self.floor,
            )  # fmt: skip
        found = [reached[n] if n in reached else np.zeros(n.shape, n.dtype) for n in self.nodes]
        return found if record else owned_arrays(found)

    def trees_of(self, gradients: list[Any]) -> list[Any]:
        """The gradients, arranged like the arguments."""
        remaining = iter(gradients)
        return [mapped(lambda _: next(remaining), tree) for tree in self.trees]

    def outward(self, value: Any) -> Any:
        """What the function returned, as the caller sees it: arrays, or Tensors within another transform."""
        return value if self.record else mapped(_plain, value)


def _plain(value: Any) -> Any:
    return value._entries if isinstance(value, Tensor) else value


class Alias(Pull):
    """The op between a Tensor of an outer run and the variable of an inner one that stands for it."""

    name: Final = "alias"

    def __str__(self) -> str:
        return self.name

    def pull(self, node: Node, propagated: Any, args: tuple[Any, ...], result: Any) -> tuple[Any, ...]:
        return (propagated,)


def _variable(value: Any, floor: int) -> Tensor:
    array = as_array(value)
    if array.dtype.kind not in DIFFERENTIABLE:
        raise NotDifferentiable(
            f"{array.dtype} arguments have no gradient; pass floats, or leave them out with argnums"
        )
    outer = value._node if isinstance(value, Tensor) else None
    if outer is None:
        return make(array, Leaf(array.shape, array.dtype, generation=floor))
    generation = max(floor, outer.generation + 1)
    return make(array, Node(Alias(), (None,), (outer,), None, generation, array.shape, array.dtype))


@contextmanager
def _deeper() -> Iterator[int]:
    """One transform further in, and recording there, whatever surrounds it."""
    token = _depth.set(_depth.get() + 1)
    try:
        if mode.special and not scope.get().recording:
            with scoped(recording=True):
                yield _depth.get()
        else:
            yield _depth.get()
    finally:
        _depth.reset(token)


@contextmanager
def outermost() -> Iterator[None]:
    """Outside of every transform, whatever surrounds it: what a backward on plain arrays computes is plain."""
    token = _depth.set(0)
    try:
        yield
    finally:
        _depth.reset(token)


def _selected(args: tuple[Any, ...], argnums: Argnums) -> tuple[int, ...]:
    numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    for number in numbers:
        if not -len(args) <= number < len(args):
            raise InvalidOperand(f"argnums={argnums} names argument {number}, and {len(args)} were passed")
    return tuple(number % len(args) for number in numbers)


def _traced(
    f: Callable[..., Any], args: tuple[Any, ...], keywords: dict[str, Any], argnums: Argnums, depth: int
) -> Any:
    """Run ``f`` on variables in the place of the chosen arguments."""
    numbers = _selected(args, argnums)
    trace = Trace([args[i] for i in numbers], depth)
    filled = list(args)
    for i, tree in zip(numbers, trace.arguments(), strict=True):
        filled[i] = tree
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


def value_and_grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., tuple[Any, Any]]:
    """The function that returns f(...) and its gradient in the arguments ``argnums``.

    f returns one real number; the gradient has the structure of the argument (a tuple of them for several
    argnums). Of complex arguments it is the direction of steepest ascent. Raises GradientShape for a result
    that is no single number, NotDifferentiable for integer arguments.
    """

    def differentiated(*args: Any, **keywords: Any) -> tuple[Any, Any]:
        with _deeper() as depth:
            trace, value = _traced(f, args, keywords, argnums, depth)
            result = _scalar(value, "grad")
            gradients = trace.pull(result, ones(result), retain=False)
            trees = trace.trees_of(gradients)
            return trace.outward(result), trees[0] if isinstance(argnums, int) else tuple(trees)

    return differentiated


def grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The gradient of a function of one real result; see ``value_and_grad``."""
    both = value_and_grad(f, argnums)

    def gradient(*args: Any, **keywords: Any) -> Any:
        return both(*args, **keywords)[1]

    return gradient


def elementwise_grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The gradient of the sum of f's entries: the slope at each entry, where f acts entry by entry."""

    def slopes(*args: Any, **keywords: Any) -> Any:
        with _deeper() as depth:
            trace, value = _traced(f, args, keywords, argnums, depth)
            result = value if isinstance(value, Tensor) else Tensor(value)
            trees = trace.trees_of(trace.pull(result, ones(result), retain=False))
            return trees[0] if isinstance(argnums, int) else tuple(trees)

    return slopes


def vjp(f: Callable[..., Any], *args: Any) -> tuple[Any, Callable[[Any], Any]]:
    """f(*args), and the function from a gradient of the result to the gradients of all arguments.

    For f from R^n to R^m with the Jacobian J, it maps v in R^m to J^T v. It can be called again and again.
    Raises GradientShape for a v of another structure or shape than the result.
    """
    with _deeper() as depth:
        trace, value = _traced(f, args, {}, tuple(range(len(args))), depth)

    def pullback(propagated: Any) -> Any:
        with _deeper():
            pulled = [
                trace.pull(y, v, retain=True) for y, v in _paired(value, propagated, "the gradient of the result")
            ]
        trees = trace.trees_of([_sum(parts) for parts in zip(*pulled, strict=True)])
        return trees[0] if len(args) == 1 else tuple(trees)

    return trace.outward(value), pullback


def jvp(f: Callable[..., Any], args: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """f(*args), and its directional derivative J v along ``tangents``, which are structured like ``args``.

    It is computed as the derivative of v -> J^T v, which is linear, so no op needs a second rule.
    """
    value, pullback = vjp(f, *args)
    pairs = _paired(tuple(args), tuple(tangents), "the tangent")
    directions = [v for _, v in pairs]

    def pulled(propagated: Any) -> Any:
        return leaves(pullback(propagated))

    start = mapped(lambda y: np.zeros(np.shape(y), y.dtype, like=y), value)
    _, push = vjp(pulled, start)
    return value, push(directions)


def hvp(f: Callable[..., Any], argnums: int = 0) -> Callable[..., Any]:
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


def jacobian(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The Jacobian of f: d f[i...] / d x[j...] at the index [i..., j...].

    One walk for each entry of the result. Structured like the result and, within that, like the argument (a
    tuple of them for several argnums). Raises NotDifferentiable for complex numbers.
    """

    def matrix(*args: Any, **keywords: Any) -> Any:
        with _deeper() as depth:
            trace, value = _traced(f, args, keywords, argnums, depth)

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
        rows.append(trace.pull(result, unit.reshape(result.shape), retain=True))
    stacked = [np.stack(column) for column in zip(*rows, strict=True)] if rows else [
        np.zeros((0, *n.shape), n.dtype) for n in trace.nodes
    ]  # fmt: skip
    return [np.reshape(s, (*result.shape, *n.shape)) for s, n in zip(stacked, trace.nodes, strict=True)]


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
