"""The reverse walk: the newest generation first, each node once, no recursion."""

from collections import deque
from collections.abc import Collection, Iterable
from heapq import heappop, heappush
from itertools import repeat
from typing import Any, Final

import numpy as np

from corelib.core.compiling import Truth, caused
from corelib.core.graph import NO_PARENTS, Node, Stretch, mode, scope
from corelib.core.tensor import Tensor, as_array, make
from corelib.errors import GradientShape, GradientType, GraphFreed, NotDifferentiable
from corelib.primitives.class_op import like, picked, rebuilt
from corelib.primitives.op import note
from corelib.primitives.slope import FEW

ndarray: Final = np.ndarray


def accumulate(result: Tensor, propagated: Any, *, retain_graph: bool) -> None:
    """Add the gradients of ``result`` to ``.grad`` of every leaf behind it: all of them, or on an error none."""
    if result._node is None:
        raise NotDifferentiable(
            f"{result!r} has no gradient: nothing it was computed from is trainable (or it was under no_grad())"
        )
    one = Walk(retain=retain_graph)
    one.run(result._node, seed(result, propagated), own=True)
    leaves: list[Any] = list(one.reached)
    arrays = one.arrays(leaves)
    gradients = [
        array if leaf.grad is None else np.asarray(leaf.grad + array)
        for leaf, array in zip(leaves, arrays, strict=True)
    ]
    deque(map(setattr, leaves, repeat("grad"), gradients), maxlen=0)  # in one go, whatever interrupts


def walk(start: Node, gradient: Any, *, retain: bool = False) -> dict[Node, Any]:
    """The gradients that reach the leaves behind ``start``, as backward returned them."""
    one = Walk(retain=retain)
    one.run(start, gradient)
    return one.reached


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


class Walk:
    """One walk: its options, and the gradients that wait for their turn or have reached a leaf or a target.

    With ``record`` the walk is itself differentiable: backward is given Tensors in the place of arrays, with
    ``connect`` also in the place of what the calls keep. Nodes of a generation below ``floor`` are left out:
    they are older than the variables asked for. Whose gradient is in ``owned`` has one that NumPy made here and
    that no op has seen: the walk may write into it (docs/decisions/0008).
    """

    __slots__ = ("arrivals", "connect", "floor", "owned", "pending", "queue", "reached", "record", "retain", "targets")

    def __init__(
        self,
        *,
        retain: Truth = False,
        record: Truth = False,
        connect: Truth = True,
        targets: Collection[Node] = (),
        floor: int = -1,
    ) -> None:
        self.retain: bool = bool(retain)
        self.record: bool = bool(record)
        self.connect: bool = bool(connect)
        self.targets: Collection[Node] = targets
        self.floor: int = floor
        self.reached: dict[Node, Any] = {}
        self.pending: dict[Node, Any] = {}
        self.owned: set[Node] = set()
        self.queue: list[tuple[int, int, Node]] = []  # the newest generation first; equal ones in order of arrival
        self.arrivals: int = 0

    def run(self, start: Node, gradient: Any, own: Truth = False) -> None:
        """Walk from ``start`` to the leaves, or the targets. ``own``: nobody else holds ``gradient``."""
        if start.op is None or start in self.targets:
            self.add(self.reached, start, gradient, bool(own))
            return
        pending, queue, targets, floor = self.pending, self.queue, self.targets, self.floor
        watch = scope.get().watch if mode.special else None
        plain = not self.record and watch is None
        following: Node | None = start
        propagated: Any = None
        entry: Any = None
        ours, large = bool(own), False
        last: Any = None
        while following is not None:
            node, following, propagated = following, None, gradient
            op, args, result, parents = node.op, node.args, node.result, node.parents
            if op is None or args is None:
                raise GraphFreed(f"{op}: an earlier backward() freed this graph; give that retain_graph=True")
            if type(propagated) is list:
                propagated, ours = complete(node, propagated), False
            if self.record and self.connect:
                args, result = as_tensors(node, args, result)
            if node.shape is not last:  # along most chains it is, and the size need not be asked for
                last, large = node.shape, plain and type(propagated) is ndarray and propagated.size > FEW
            new: tuple[bool, ...] | None = None
            try:
                if large and type(propagated) is ndarray:
                    entries, new = op.pull_large(node, propagated, args, result, ours)
                else:
                    entries = op.pull(node, propagated, args, result)
            except Exception as error:
                note(error, f"in the backward of {op}, whose result has shape {node.shape}")
                raise
            if watch is not None:
                watch.backward(node, propagated, args, result, entries)
            if not self.retain:
                node.args = node.result = args = result = None
                node.parents = NO_PARENTS
            shape, dtype, i = node.shape if op.exact else None, node.dtype, -1
            for operand in parents:
                parent = operand
                i += 1
                if parent is None or parent.generation < floor:
                    continue
                entry = entries[i]
                if entry is None:
                    op.absent(parents, i)
                    continue
                mine = new[i] if new is not None else op.fresh and is_new(entry, propagated)
                if parent.shape is not shape or parent.dtype is not dtype:
                    if isinstance(entry, Tensor) and not self.record:  # a backward may call ops: they return Tensors
                        entry, mine = entry._entries, False
                    entry, mine = fitted(entry, parent, op, mine)
                    if isinstance(parent, Stretch):  # no other gradient will come: it need not wait in the queue
                        entry, parent, mine = self.unstretched(parent, entry, watch)
                        if parent.generation < floor:
                            continue
                if parent.op is None or (targets and parent in targets):
                    self.add(self.reached, parent, entry, mine)
                elif parent is following:
                    gradient, ours = summed(gradient, ours, entry, mine)
                elif pending and parent in pending:
                    self.add(pending, parent, entry, mine)
                elif following is None:
                    following, gradient, ours = parent, entry, mine
                else:
                    self.wait(parent, entry, mine)
            if queue and (following is None or following.generation < -queue[0][0]):
                if following is not None:
                    self.wait(following, gradient, ours)
                following = heappop(queue)[2]
                gradient, ours = pending.pop(following), following in self.owned
                self.owned.discard(following)

    def wait(self, node: Node, gradient: Any, mine: bool) -> None:
        """Put a gradient into the queue, until all that its node depends on is done."""
        self.pending[node] = gradient
        if mine:
            self.owned.add(node)
        self.arrivals += 1
        heappush(self.queue, (-node.generation, self.arrivals, node))

    def add(self, gradients: dict[Node, Any], node: Node, gradient: Any, mine: bool) -> None:
        """Add a gradient to those that have arrived at ``node``, if any have."""
        if node in gradients:
            gradient, mine = summed(gradients[node], node in self.owned, gradient, mine)
        gradients[node] = gradient
        if mine:
            self.owned.add(node)
        else:
            self.owned.discard(node)

    def unstretched(self, stretch: Stretch, gradient: Any, watch: Any) -> tuple[Any, Node, bool]:
        """The gradient of an operand that was broadcast for one call, and the node that it goes to."""
        op, args, parent = stretch.op, stretch.args, stretch.parents[0]
        assert op is not None
        assert args is not None
        assert parent is not None
        entries = op.pull(stretch, gradient, args, None)
        if watch is not None:
            watch.backward(stretch, gradient, args, None, entries)
        if not self.retain:
            stretch.args, stretch.parents = None, NO_PARENTS
        entry, mine = fitted(entries[0], parent, op, op.fresh and is_new(entries[0], gradient))
        return entry, parent, mine

    def arrays(self, nodes: Iterable[Node]) -> list[Any]:
        """What has reached ``nodes``, as arrays that share memory with nothing; zeros where nothing has."""
        return [self.array(node) if node in self.reached else np.zeros(node.shape, node.dtype) for node in nodes]

    def array(self, node: Node) -> Any:
        gradient = self.reached[node]
        if isinstance(gradient, np.generic):
            return np.asarray(gradient)
        return gradient if node in self.owned else gradient.copy()


def is_new(entry: Any, propagated: Any) -> bool:
    """Whether what a ``fresh`` op returned is a new array: neither the given one, nor a view of anything."""
    return type(entry) is ndarray and entry is not propagated and entry.base is None


def summed(first: Any, own: bool, second: Any, own2: bool) -> tuple[Any, bool]:
    """The sum of two gradients, written into one that is ours, and whether it is ours; of two lists, entry by entry."""
    if type(first) is list:
        return [b if a is None else a if b is None else a + b for a, b in zip(first, second, strict=True)], False
    if type(first) is not ndarray or type(second) is not ndarray:
        return first + second, False
    if not (own or own2) or first.dtype is not second.dtype:
        return first + second, first.ndim > 0  # of no axes it is a NumPy scalar
    into, other = (first, second) if own else (second, first)
    into += other
    return into, True


def fitted(entry: Any, parent: Node, op: object, mine: bool) -> tuple[Any, bool]:
    """A gradient in the dtype of its argument, and whether it is ours. Raises GradientShape if it has another shape."""
    if type(entry) is ndarray and entry.dtype is parent.dtype and entry.shape == parent.shape:
        return entry, mine
    if type(entry) is list:  # of the results of one call
        return entry, False
    try:
        shape, dtype = entry.shape, entry.dtype
    except AttributeError:
        if not isinstance(entry, (int, float, complex)):
            message = f"{op}: backward returned a {type(entry).__name__} for a gradient"
            raise caused(GradientType(message), None) from None
        entry = np.asarray(entry)
        shape, dtype = entry.shape, entry.dtype
    if shape != parent.shape:
        raise GradientShape(f"{op}: a gradient has shape {shape}, and its argument {parent.shape}")
    if dtype is parent.dtype or dtype == parent.dtype:
        return entry, mine and type(entry) is ndarray
    if dtype.kind == "c" and parent.dtype.kind != "c":
        entry = np.real(entry)  # a real argument moves along the real axis only
    return entry.astype(parent.dtype), False


def complete(node: Node, propagated: list[Any]) -> Any:
    """The gradients of several results, zeros where none arrived, in a tuple of forward's own kind."""
    kind, dtypes = node.dtype
    shapes: Any = node.shape
    model = next(g for g in propagated if g is not None)  # of its kind of array are the zeros
    entries = [
        np.zeros_like(model, shape=s, dtype=d) if g is None else g
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
    if isinstance(parent, Stretch) and parent.parents:  # what reads the operand now stretches it by itself
        parent = parent.parents[0]
    return make(arg, parent)
