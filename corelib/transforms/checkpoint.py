"""checkpoint: compute again in the backward what was not kept from the forward."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from corelib.core.graph import Leaf, Node, Pullback, extent, like
from corelib.core.scope import recording
from corelib.core.tensor import Tensor, as_array, make
from corelib.errors import NotDifferentiable
from corelib.primitives.class_op import picked
from corelib.primitives.op import watched
from corelib.transforms.derivatives import vjp
from corelib.transforms.trace import beginning
from corelib.transforms.tree import leaves, rebuilt

P = ParamSpec("P")
R = TypeVar("R")


def checkpoint(f: Callable[P, R]) -> Callable[P, R]:
    """The function f, of which a graph keeps the arguments alone: the backward pass runs f a second time.

    The memory for f falls from all of its intermediate arrays to its arguments; the time rises by one evaluation of f.
    Every trainable Tensor that f reads must be an argument. Raises NotDifferentiable for one that f reads from outside,
    since its gradient would be lost.

    >>> import numpy as np
    >>> from corelib import grad
    >>> block = checkpoint(lambda x: np.tanh(np.sin(x)))
    >>> round(float(grad(lambda x: np.sum(block(x)))(0.5)), 6)
    0.703187
    """

    @wraps(f)
    def recomputed(*args: P.args, **keywords: P.kwargs) -> R:
        tree = (args, keywords)
        variables = [leaf for leaf in leaves(tree) if isinstance(leaf, Tensor) and leaf.trainable]
        if not variables or not recording():
            return f(*args, **keywords)
        call = Recomputed(f, tree)
        fresh = [make(v.data, Leaf(v.shape, v.dtype)) for v in variables]
        begun = beginning()
        value = call.run(fresh)
        _refuse_others(f, value, {v._node for v in fresh}, begun)
        parents = tuple(v._node for v in variables)
        result: R = call.recorded(value, tuple(v.data for v in variables), parents)
        return result

    return recomputed


class Recomputed(Pullback):
    """The op of one checkpointed call: its forward is the function, its backward runs that again."""

    def __init__(self, function: Callable[..., Any], tree: Any) -> None:
        self.function = function
        self.tree = tree

    def __str__(self) -> str:
        return f"checkpoint({getattr(self.function, '__name__', 'f')})"

    def run(self, variables: Sequence[Any]) -> Any:
        """The function's value, with ``variables`` in the place of its trainable arguments."""
        remaining = iter(variables)
        filled = [
            next(remaining) if isinstance(leaf, Tensor) and leaf.trainable else leaf for leaf in leaves(self.tree)
        ]
        args, keywords = rebuilt(self.tree, filled)
        return self.function(*args, **keywords)

    def recorded(self, value: Any, args: tuple[Any, ...], parents: tuple[Node | None, ...]) -> Any:
        """The value of a first run, as the results of one call."""
        results = tuple(as_array(result) for result in leaves(value))
        generation, origin = extent(parents)
        call = Node(self, args, parents, None, generation, (), None, origin)
        call.shape = tuple(r.shape for r in results)
        call.dtype = (tuple, tuple(r.dtype for r in results))
        watched(call)
        return rebuilt(value, list(like(results, [picked(call, i, r) for i, r in enumerate(results)])))

    def pullback(self, node: Node, propagated: Any, args: tuple[Any, ...], result: Any) -> tuple[Any, ...]:
        _, transposed = vjp(lambda variables: leaves(self.run(variables)), list(args))
        return tuple(transposed(list(propagated)))


def _refuse_others(f: Callable[..., Any], value: Any, known: set[Node | None], begun: int) -> None:
    """Raise where the value depends on trainable Tensors that are no arguments.

    The variables of transforms that f itself calls are its own: they belong to runs that have begun since.
    """
    stack: list[Node | None] = [r._node for r in leaves(value) if isinstance(r, Tensor)]
    seen: set[Node | None] = {None}
    while stack:
        node = stack.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if isinstance(node, Leaf) and node not in known and node.generation < begun:
            name = node.name or f"of shape {node.shape}"
            raise NotDifferentiable(
                f"checkpoint({getattr(f, '__name__', 'f')}) reads the trainable Tensor {name} from outside, and its "
                "gradient would be lost; pass it as an argument"
            )
        stack.extend(node.parents)
