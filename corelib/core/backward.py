"""The reverse pass over the graph: the newest generation first, each node once, no recursion."""

from collections import deque
from collections.abc import Callable, Collection
from heapq import heappop, heappush
from itertools import repeat
from typing import Any, Final

import numpy as np

from corelib.core.array_kinds import dense
from corelib.core.arrays import LARGE
from corelib.core.compiling import Truth, caused
from corelib.core.graph import NO_PARENTS, BroadcastNode, Node, rebuilt
from corelib.core.scope import current_scope, open_scopes
from corelib.errors import GradientShape, GradientType, GraphFreed, note

ndarray: Final = np.ndarray
# Connects what a call kept, its arguments and its result, to the graph: as Tensors in the place of arrays.
Connect = Callable[[Node, tuple[Any, ...], Any], tuple[tuple[Any, ...], Any]]


def accumulate(start: Node, cotangent: Any, *, retain_graph: bool) -> None:
    """Add the gradients behind ``start`` to ``.grad`` of every leaf: all of them, or on an error none."""
    walk = Walk(retain=retain_graph)
    walk.run(start, cotangent, owned=True)
    leaves: list[Any] = list(walk.reached)
    arrays = [walk.array(leaf) for leaf in leaves]
    gradients = [
        array if leaf.grad is None else as_array(leaf.grad + array) for leaf, array in zip(leaves, arrays, strict=True)
    ]
    deque(map(setattr, leaves, repeat("grad"), gradients), maxlen=0)  # in one go, whatever interrupts


def reached(start: Node, cotangent: Any, *, retain: bool = False) -> dict[Node, Any]:
    """The cotangents that reach the leaves behind ``start``, as backward returned them."""
    walk = Walk(retain=retain)
    walk.run(start, cotangent)
    return walk.reached


def seed(data: Any, propagated: Any) -> Any:
    """The cotangent that a walk starts from. Raises GradientShape where it does not fit the result ``data``."""
    if propagated is None:
        if data.size != 1:
            raise GradientShape(
                f"backward() starts from a single number, and this result has shape {data.shape}; "
                "pass the gradient of each entry, or reduce it to a number (sum, mean) first"
            )
        return ones(data)
    if propagated.shape != data.shape:
        raise GradientShape(f"the result has shape {data.shape}, and the gradient passed in {propagated.shape}")
    return propagated.astype(data.dtype)


def ones(data: Any) -> Any:
    """An array of ones like ``data``, of its kind where that is not NumPy's."""
    if type(data) is not ndarray:
        return np.ones_like(data)  # np.ones(like=) hands on an argument that CuPy does not take: see portable.like
    # np.ones takes 2.5 times as long: python -m timeit -s "import numpy as np" "np.ones(3)"
    array: Any = np.empty(data.shape, data.dtype)
    array.fill(1)
    return array


class Walk:
    """One reverse pass. Without what makes it fast it is this:

    >>> def walk(start, cotangent):
    ...     waiting = {start: cotangent}                       # node -> the sum of the cotangents that have arrived
    ...     reached = {}                                       # the same of the leaves
    ...     while waiting:
    ...         node = max(waiting, key=lambda node: node.generation)   # so all that depends on it is done
    ...         cotangent = waiting.pop(node)
    ...         cotangents = node.op.pullback(node, cotangent, node.args, node.result)
    ...         for parent, arrived in zip(node.parents, cotangents):
    ...             if parent is not None:                     # None: nothing trainable is behind this operand
    ...                 sums = waiting if parent.op else reached
    ...                 sums[parent] = sums[parent] + arrived if parent in sums else arrived
    ...     return reached

    ``run`` adds to that: a heap in the place of ``max``, and the next node kept out of it along a chain; the check
    of each cotangent's shape and dtype; freeing the graph; broadcasts at once; and writing into large
    cotangents. A node in ``owned`` has one that NumPy made here and that no op has seen: the walk may overwrite it
    (docs/decisions/0008).

    With ``record`` the walk is itself differentiable: backward is given Tensors in the place of arrays. ``connect``
    does the same for what the calls kept. Nodes of a generation below ``floor`` are left out: they are older than
    the variables asked for.
    """

    __slots__ = ("arrivals", "connect", "floor", "owned", "queue", "reached", "record", "retain", "targets", "waiting")

    def __init__(
        self,
        *,
        retain: Truth = False,
        record: Truth = False,
        connect: Connect | None = None,
        targets: Collection[Node] = (),
        floor: int = -1,
    ) -> None:
        self.retain: bool = bool(retain)
        self.record: bool = bool(record)
        self.connect: Any = connect
        self.targets: Collection[Node] = targets
        self.floor: int = floor
        self.reached: dict[Node, Any] = {}
        self.waiting: dict[Node, Any] = {}
        self.owned: set[Node] = set()
        self.queue: list[tuple[int, int, Node]] = []  # the newest generation first; equal ones in order of arrival
        self.arrivals: int = 0

    def run(self, start: Node, cotangent: Any, owned: Truth = False) -> None:
        """Walk from ``start`` to the leaves, or the targets. ``owned``: only the walk holds ``cotangent``."""
        if start.op is None or start in self.targets:
            self.add(self.reached, start, cotangent, bool(owned))
            return
        waiting, queue, targets, floor = self.waiting, self.queue, self.targets, self.floor
        watch = current_scope.get().watch if open_scopes else None
        may_overwrite = not self.record and watch is None
        following: Node | None = start
        propagated: Any = None
        arrived: Any = None
        ours, large = bool(owned), False
        last_shape: Any = None
        while following is not None:
            node, following, propagated = following, None, cotangent
            op, args, result, parents = node.op, node.args, node.result, node.parents
            if op is None or args is None:
                raise GraphFreed(f"{op}: an earlier backward() freed this graph; give that retain_graph=True")
            if type(propagated) is list:  # of the results of one call
                propagated, ours = complete(node, propagated), False
            if self.connect is not None:
                args, result = self.connect(node, args, result)
            if node.shape is not last_shape:  # along most chains it is, and the size need not be computed
                last_shape = node.shape
                large = may_overwrite and type(propagated) is ndarray and propagated.size > LARGE
            new: tuple[bool, ...] | None = None
            try:
                if large and type(propagated) is ndarray:
                    cotangents, new = op.pullback_inplace(node, propagated, args, result, ours)
                else:
                    cotangents = op.pullback(node, propagated, args, result)
            except Exception as error:
                note(error, f"in the backward of {op}, whose result has shape {node.shape}")
                raise
            if watch is not None:
                watch.backward(node, propagated, args, result, cotangents)
            if not self.retain:
                node.args = node.result = args = result = None
                node.parents = NO_PARENTS
            shape, dtype, i = node.shape if op.exact else None, node.dtype, -1
            for operand in parents:
                parent = operand
                i += 1
                if parent is None or parent.generation < floor:
                    continue
                arrived = cotangents[i]
                if arrived is None:
                    op.absent(parents, i)
                    continue
                mine = new[i] if new is not None else op.fresh and is_new(arrived, propagated)
                if parent.shape is not shape or parent.dtype is not dtype:  # the same tuple: see Node
                    if type(arrived) is not ndarray and not self.record:
                        arrived, mine = entries_of(arrived), False
                    arrived, mine = fitted(arrived, parent, op, mine)
                    if isinstance(parent, BroadcastNode):  # nothing else sends to it: it need not wait in the queue
                        arrived, parent, mine = self.pullback_broadcast(parent, arrived, watch)
                        if parent.generation < floor:
                            continue
                if parent.op is None or (targets and parent in targets):
                    self.add(self.reached, parent, arrived, mine)
                elif parent is following:
                    cotangent, ours = summed(cotangent, ours, arrived, mine)
                elif waiting and parent in waiting:
                    self.add(waiting, parent, arrived, mine)
                elif following is None:
                    following, cotangent, ours = parent, arrived, mine
                else:
                    self.wait(parent, arrived, mine)
            if queue and (following is None or following.generation < -queue[0][0]):
                if following is not None:
                    self.wait(following, cotangent, ours)
                following, cotangent, ours = self.newest()

    def newest(self) -> tuple[Node, Any, bool]:
        """Take the newest node out of the queue, with the sum of its cotangents, and whether that is ours."""
        node = heappop(self.queue)[2]
        cotangent, ours = self.waiting.pop(node), node in self.owned
        self.owned.discard(node)
        return node, cotangent, ours

    def wait(self, node: Node, cotangent: Any, mine: bool) -> None:
        """Put a cotangent into the queue, until all that depends on its node is done."""
        self.waiting[node] = cotangent
        if mine:
            self.owned.add(node)
        self.arrivals += 1
        heappush(self.queue, (-node.generation, self.arrivals, node))

    def add(self, sums: dict[Node, Any], node: Node, cotangent: Any, mine: bool) -> None:
        """Add a cotangent to those that have arrived at ``node``, if any have."""
        if node in sums:
            cotangent, mine = summed(sums[node], node in self.owned, cotangent, mine)
        sums[node] = cotangent
        if mine:
            self.owned.add(node)
        else:
            self.owned.discard(node)

    def pullback_broadcast(self, broadcast: BroadcastNode, cotangent: Any, watch: Any) -> tuple[Any, Node, bool]:
        """The cotangent of an operand that was broadcast for one call, and the node that it goes to."""
        op, args, parent = broadcast.op, broadcast.args, broadcast.parents[0]
        assert op is not None
        assert args is not None
        assert parent is not None
        cotangents = op.pullback(broadcast, cotangent, args, None)
        if watch is not None:
            watch.backward(broadcast, cotangent, args, None, cotangents)
        if not self.retain:
            broadcast.args, broadcast.parents = None, NO_PARENTS
        arrived, mine = fitted(cotangents[0], parent, op, op.fresh and is_new(cotangents[0], cotangent))
        return arrived, parent, mine

    def array(self, node: Node) -> Any:
        """What has reached ``node``, as an array that shares memory with nothing."""
        cotangent = self.reached[node]
        return as_array(cotangent) if node in self.owned or isinstance(cotangent, np.generic) else cotangent.copy()


def as_array(entries: Any) -> Any:
    """An array, where NumPy has a number for one of no axes."""
    return np.asarray(entries) if isinstance(entries, np.generic) else entries


def is_new(cotangent: Any, propagated: Any) -> bool:
    """Whether what a ``fresh`` op returned is a new array: neither the given one, nor a view of anything."""
    return type(cotangent) is ndarray and cotangent is not propagated and cotangent.base is None


def entries_of(cotangent: Any) -> Any:
    """The array of a cotangent: a backward may call ops, which return Tensors."""
    if isinstance(cotangent, np.generic):
        return cotangent
    return dense(getattr(cotangent, "_entries", cotangent))


def summed(first: Any, own: bool, second: Any, own2: bool) -> tuple[Any, bool]:
    """The sum of two cotangents, written into one that is ours, and whether it is ours. Lists are added by entry."""
    if type(first) is list:
        return [b if a is None else a if b is None else a + b for a, b in zip(first, second, strict=True)], False
    if type(first) is not ndarray or type(second) is not ndarray:
        return first + second, False
    if not (own or own2) or first.dtype is not second.dtype:
        return first + second, first.ndim > 0  # of no axes it is a NumPy scalar
    into, other = (first, second) if own else (second, first)
    into += other
    return into, True


def fitted(cotangent: Any, parent: Node, op: object, mine: bool) -> tuple[Any, bool]:
    """A cotangent in the dtype of its argument, and whether it is ours. Raises GradientShape for another shape."""
    if type(cotangent) is ndarray and cotangent.dtype is parent.dtype and cotangent.shape == parent.shape:
        return cotangent, mine
    if type(cotangent) is list:  # of the results of one call
        return cotangent, False
    try:
        shape, dtype = cotangent.shape, cotangent.dtype
    except AttributeError:
        if not isinstance(cotangent, (int, float, complex)):
            message = f"{op}: backward returned a {type(cotangent).__name__} for a gradient"
            raise caused(GradientType(message), None) from None
        cotangent = np.asarray(cotangent)
        shape, dtype = cotangent.shape, cotangent.dtype
    if shape != parent.shape:
        raise GradientShape(f"{op}: a gradient has shape {shape}, and its argument {parent.shape}")
    if dtype is parent.dtype or dtype == parent.dtype:
        return cotangent, mine and type(cotangent) is ndarray
    if dtype.kind == "c" and parent.dtype.kind != "c":
        cotangent = np.real(cotangent)  # a real argument moves along the real axis only
    return cotangent.astype(parent.dtype), False


def complete(node: Node, propagated: list[Any]) -> Any:
    """The cotangents of several results, zeros where none arrived, in a tuple of forward's own kind."""
    kind, dtypes = node.dtype
    shapes: Any = node.shape
    model = next(g for g in propagated if g is not None)  # of its kind of array are the zeros
    cotangents = [
        np.zeros_like(model, shape=s, dtype=d) if g is None else g
        for g, s, d in zip(propagated, shapes, dtypes, strict=True)
    ]
    return rebuilt(kind, cotangents)
