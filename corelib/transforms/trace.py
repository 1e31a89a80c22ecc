"""One run of a function on variables of its own, and the gradients of its results."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import count
from typing import Any, Final

import numpy as np

from corelib.core.arrays import DIFFERENTIABLE
from corelib.core.backward import Walk
from corelib.core.graph import Leaf, Node, Pullback
from corelib.core.scope import Scoped, current_scope, open_scopes
from corelib.core.tensor import Tensor, held, make, unwrapped
from corelib.errors import NotDifferentiable
from corelib.primitives.connecting import as_tensors
from corelib.transforms.tree import leaves, mapped

NOTHING_CHANGES: Final = nullcontext()
_runs: Final = count(1)  # next() of it is atomic: threads never share a number
_STEP: Final = 2**32  # generations of one run: more than any graph in memory has calls


def beginning() -> int:
    """The generation from which on all variables are of runs that begin later."""
    return next(_runs) * _STEP


class Trace:
    """One run of a function on variables of its own, kept apart from every other run by their generation.

    What the run returns is a plain array, unless it depends on something trainable from outside: a variable of
    another run, or a trainable Tensor that the function closes over. Then it is a Tensor, connected to that.
    """

    def __init__(self, arguments: Sequence[Any]) -> None:
        self.trees: list[Any] = list(arguments)
        self.floor: int = beginning()
        self.variables: list[Tensor] = [variable(leaf, self.floor) for tree in self.trees for leaf in leaves(tree)]
        self.nodes: list[Node] = [v._node for v in self.variables if v._node is not None]

    def arguments(self) -> list[Any]:
        """The arguments, with a variable in the place of each array."""
        remaining = iter(self.variables)
        return [mapped(lambda _: next(remaining), tree) for tree in self.trees]

    def reaches_out(self, value: Any) -> bool:
        """Whether ``value`` depends on something trainable from outside of this run."""
        return isinstance(value, Tensor) and value._node is not None and value._node.origin < self.floor

    def gradients(self, result: Tensor, propagated: Any, *, retain: bool) -> list[Any]:
        """The gradient of each variable, zeros where the result does not depend on it."""
        node = result._node
        outside = self.reaches_out(result)
        record = outside or isinstance(propagated, Tensor)
        walk = Walk(
            retain=retain or record,
            record=record,
            connect=as_tensors if outside else None,
            targets=frozenset(self.nodes),
            floor=self.floor,
        )
        if node is not None and node.generation >= self.floor:
            with recorded():
                walk.run(node, propagated)
        get: Callable[[Node], Any] = walk.reached.__getitem__ if record else walk.array
        pairs = zip(self.nodes, self.variables, strict=True)
        found = [get(n) if n in walk.reached else np.zeros_like(v._entries) for n, v in pairs]
        return self.outward(found) if record and not isinstance(propagated, Tensor) else found

    def zeros(self) -> list[Any]:
        """The gradient of each variable where there is no result."""
        return [np.zeros_like(v._entries) for v in self.variables]

    def trees_of(self, gradients: list[Any]) -> list[Any]:
        """The gradients, arranged like the arguments."""
        remaining = iter(gradients)
        return [mapped(lambda _: next(remaining), tree) for tree in self.trees]

    def outward(self, value: Any) -> Any:
        """What the function returned, as the caller sees it: arrays, or Tensors where they reach out of this run."""
        return mapped(lambda leaf: leaf if self.reaches_out(leaf) else unwrapped(leaf), value)


class Alias(Pullback):
    """The op between a Tensor of an outer run and the variable of an inner one that stands for it."""

    name: Final = "alias"

    def __str__(self) -> str:
        return self.name

    def pullback(self, node: Node, propagated: Any, args: tuple[Any, ...], result: Any) -> tuple[Any, ...]:
        return (propagated,)


def variable(value: Any, floor: int) -> Tensor:
    """What stands for an argument in a run: a leaf of its own, or an alias of a Tensor of an outer run."""
    array = held(value)
    if array.dtype.kind not in DIFFERENTIABLE:
        raise NotDifferentiable(
            f"{array.dtype} arguments have no gradient; pass floats, or leave them out with argnums"
        )
    outer = value._node if isinstance(value, Tensor) else None
    if outer is None:
        return make(array, Leaf(array.shape, array.dtype, generation=floor))
    generation = max(floor, outer.generation + 1)
    return make(array, Node(Alias(), (None,), (outer,), None, generation, array.shape, array.dtype, outer.origin))


def recorded() -> AbstractContextManager[object]:
    """Within a transform calls are recorded, whatever surrounds it."""
    return NOTHING_CHANGES if not open_scopes or current_scope.get().recording else Scoped(recording=True)
