"""The reverse walk: the newest generation first, each node once, no recursion."""

from collections.abc import Collection
from heapq import heappop, heappush
from typing import Any, Final

import numpy as np

from corelib.arrays import alone
from corelib.class_op import like, picked, rebuilt
from corelib.compiling import caused
from corelib.errors import GradientShape, GradientType, GraphFreed, NotDifferentiable
from corelib.graph import NO_PARENTS, Leaf, Node, Stretch, mode, scope
from corelib.slope import FEW
from corelib.tensor import Tensor, as_array, make

ndarray: Final = np.ndarray


def accumulate(result: Tensor, propagated: Any, *, retain_graph: bool) -> None:
    """Add the gradients of ``result`` to ``.grad`` of every leaf behind it: all of them, or on an error none."""
    if result._node is None:
        raise NotDifferentiable(
            f"{result!r} has no gradient: nothing it was computed from is trainable (or it was under no_grad())"
        )
    reached = walk(result._node, seed(result, propagated), retain_graph=retain_graph)
    gradients = owned_arrays(list(reached.values()))
    for i, node in enumerate(reached):
        assert isinstance(node, Leaf)
        node.grad = gradients[i] if node.grad is None else node.grad + gradients[i]


def seed(result: Tensor, propagated: Any) -> Any:
    """The gradient that a walk starts from. Raises GradientShape where it does not fit the result."""
    if propagated is None:
        if result.size != 1:
            raise GradientShape(
                f"backward() starts from a single number, and this result has shape {result.shape}; "
                "pass the gradient of each entry, or reduce it to a number (sum, mean) first"
            )
        return ones(result)
    gradient = as_array(propagated)
    if gradient.shape != result.shape:
        raise GradientShape(f"the result has shape {result.shape}, and the gradient passed in {gradient.shape}")
    return gradient.astype(result.dtype)


def ones(result: Tensor) -> Any:
    """An array of ones like the result, of its kind where that is not NumPy's."""
    data = result._entries
    if type(data) is not ndarray:
        return np.ones(data.shape, data.dtype, like=data)
    array: Any = np.empty(data.shape, data.dtype)  # np.ones would take three times as long
    array.fill(1)
    return array


def walk(
    start: Node,
    gradient: Any,
    *,
    retain_graph: bool = False,
    record: bool = False,
    targets: Collection[Node] = (),
    floor: int = -1,
) -> dict[Node, Any]:
    """The gradients that reach the leaves behind ``start``, or the ``targets``, by node.

    With ``record`` the walk is itself differentiable: backward is given Tensors in the place of arrays.
    Nodes of a generation below ``floor`` are left out: they are older than the variables asked for.
    """
    if start.op is None or start in targets:
        return {start: gradient}
    reached: dict[Node, Any] = {}
    pending: dict[Node, Any] = {}
    queue: list[tuple[int, int, Node]] = []  # by generation, the newest first; equal ones in order of arrival
    arrivals = 0
    watch = scope.get().watch if mode.special else None
    plain = not record and watch is None
    node: Node | None = start
    entry: Any = None
    entries: tuple[Any, ...] = ()
    last: Any = None
    large = False
    while node is not None:
        op, args, result, parents = node.op, node.args, node.result, node.parents
        if op is None or args is None:
            raise GraphFreed(f"{op}: an earlier backward() freed this graph; give that retain_graph=True")
        if type(gradient) is list:
            gradient = complete(node, gradient)
        if record:
            args, result = as_tensors(node, args, result)
        if node.shape is not last:  # along most chains it is, and the size need not be asked for
            last, large = node.shape, plain and type(gradient) is ndarray and gradient.size > FEW
        own = False
        if large and node is not start and type(gradient) is ndarray:
            entry, entries = None, ()  # or they would hold the gradient too
            own = alone(gradient)
        entries = op.pull_into(node, gradient, args, result) if own else op.pull(node, gradient, args, result)
        if watch is not None:
            watch.backward(node, gradient, args, result, entries)
        if not retain_graph:
            node.args = node.result = args = result = None
            node.parents = NO_PARENTS
        shape = node.shape if op.exact else None  # what an exact op sends on fits without a look
        dtype, node, i = node.dtype, None, 0
        for operand in parents:
            parent, entry = operand, entries[i]
            i += 1
            if parent is None or entry is None or parent.generation < floor:
                continue
            if parent.shape is not shape or parent.dtype is not dtype:
                entry = fitted(entry, parent, op)
                if isinstance(parent, Stretch):  # no other gradient will come: it need not wait in the queue
                    entry, parent = unstretched(parent, entry, watch, retain_graph)
                    if parent.generation < floor:
                        continue
            if parent.op is None or (targets and parent in targets):
                if parent in reached:
                    entry = added(reached.pop(parent) if large else reached[parent], entry, op.fresh and plain, large)
                reached[parent] = entry
            elif parent is node:
                gradient = added(gradient, entry, op.fresh and plain, large)
            elif pending and parent in pending:
                pending[parent] = added(
                    pending.pop(parent) if large else pending[parent], entry, op.fresh and plain, large
                )
            elif node is None:
                node, gradient = parent, entry
            else:
                pending[parent] = entry
                arrivals += 1
                heappush(queue, (-parent.generation, arrivals, parent))
        if queue and (node is None or node.generation < -queue[0][0]):
            if node is not None:
                pending[node] = gradient
                arrivals += 1
                heappush(queue, (-node.generation, arrivals, node))
            node = heappop(queue)[2]
            gradient = pending.pop(node)
    return reached


def unstretched(stretch: Stretch, gradient: Any, watch: Any, retain_graph: bool) -> tuple[Any, Node]:
    """The gradient of an operand that was broadcast for one call, and the node that it goes to."""
    op, args, parent = stretch.op, stretch.args, stretch.parents[0]
    assert op is not None
    assert args is not None
    assert parent is not None
    entries = op.pull(stretch, gradient, args, None)
    if watch is not None:
        watch.backward(stretch, gradient, args, None, entries)
    if not retain_graph:
        stretch.args, stretch.parents = None, NO_PARENTS
    return fitted(entries[0], parent, op), parent


def fitted(entry: Any, parent: Node, op: object) -> Any:
    """A gradient in the dtype of its argument. Raises GradientShape if it has another shape."""
    if type(entry) is ndarray and entry.dtype is parent.dtype and entry.shape == parent.shape:
        return entry
    if type(entry) is list:  # of the results of one call
        return entry
    try:
        shape, dtype = entry.shape, entry.dtype
    except AttributeError:
        if not isinstance(entry, (int, float, complex)):
            message = f"{op}: backward answered a {type(entry).__name__} for a gradient"
            raise caused(GradientType(message), None) from None
        entry = np.asarray(entry)
        shape, dtype = entry.shape, entry.dtype
    if shape != parent.shape:
        raise GradientShape(f"{op}: a gradient has shape {shape}, and its argument {parent.shape}")
    if dtype is parent.dtype or dtype == parent.dtype:
        return entry
    if dtype.kind == "c" and parent.dtype.kind != "c":
        entry = np.real(entry)  # a real argument moves along the real axis only
    return entry.astype(parent.dtype)


def added(first: Any, second: Any, fresh: bool, large: bool) -> Any:
    """The sum of two gradients, in the place of one that nobody else holds; of two lists, entry by entry.

    That is the second where it is ``fresh``, and may be the first where it is ``large``.
    """
    if type(first) is not list:
        if (fresh or large) and type(second) is ndarray and second.dtype is first.dtype:
            if fresh and second.base is None:
                second += first
                return second
            if type(first) is ndarray and alone(first):
                first += second
                return first
        return first + second
    return [b if a is None else a if b is None else a + b for a, b in zip(first, second, strict=True)]


def complete(node: Node, propagated: list[Any]) -> Any:
    """The gradients of several results, zeros where none arrived, in a tuple of forward's own kind."""
    kind, dtypes = node.dtype
    shapes: Any = node.shape
    kind_of_array = next((g for g in propagated if g is not None), None)
    entries = [
        np.zeros(s, d, like=kind_of_array) if g is None else g
        for g, s, d in zip(propagated, shapes, dtypes, strict=True)
    ]
    return rebuilt(kind, entries)


def as_tensors(node: Node, args: tuple[Any, ...], result: Any) -> tuple[tuple[Any, ...], Any]:
    """What a backward reads, connected to the graph that it came from."""
    connected = tuple([_connected(a, p) for a, p in zip(args, node.parents, strict=True)]) if args else args
    if result is None:
        return connected, None
    if isinstance(result, tuple):
        return connected, like(result, [picked(node, i, np.asarray(r)) for i, r in enumerate(result)])
    return connected, make(result, node)


def _connected(arg: Any, parent: Node | None) -> Any:
    if parent is None or arg is None or type(arg) is tuple:
        return arg
    return make(arg if arg.shape == parent.shape else np.broadcast_to(arg, parent.shape), parent)


def owned_arrays(gradients: list[Any]) -> list[Any]:
    """The gradients as arrays that share memory with nothing: neither with each other nor with their source."""
    arrays = []
    seen: set[int] = set()
    for gradient in gradients:
        shared = getattr(gradient, "base", None) is not None or id(gradient) in seen
        array = np.asarray(gradient) if isinstance(gradient, np.generic) else gradient
        seen.add(id(gradient))
        arrays.append(np.copy(array) if shared else array)
    return arrays
