"""The broadcast of an operand, recorded in front of the call that it is for."""

from functools import lru_cache
from typing import Any

import numpy as np

from corelib.core.dispatch import ops_for
from corelib.core.graph import BroadcastNode, Node, Pullback


def broadcast_node(parent: Node, shape: tuple[int, ...]) -> Node:
    """The broadcast of an operand to ``shape``: recorded, never computed, since NumPy broadcasts by itself.

    Its ``shape`` is another tuple than that of the call it is for, so that the walk checks it: see Node.
    """
    op = bound_broadcast(ops_for[np.broadcast_to], shape)
    return BroadcastNode(
        op, (parent.shape,), (parent,), None, parent.generation + 1, (*shape,), parent.dtype, parent.origin
    )


@lru_cache(maxsize=1024)
def bound_broadcast(op: Any, shape: tuple[int, ...]) -> Pullback:
    """The op with its field filled in, made once for a shape: programs have few, and use them again and again."""
    return op.bind(shape)  # type: ignore[no-any-return]  # a class op
