"""What a backward reads, connected to the graph it came from: for the pass that is itself recorded."""

from typing import Any

from corelib.core.graph import BroadcastNode, Node, like
from corelib.core.tensor import make
from corelib.primitives.class_op import picked


def as_tensors(node: Node, args: tuple[Any, ...], result: Any) -> tuple[tuple[Any, ...], Any]:
    """What a backward reads, connected to the graph that it came from."""
    connected = tuple([_connected(a, p) for a, p in zip(args, node.parents, strict=True)]) if args else args
    if result is None:
        return connected, None
    if isinstance(result, tuple):
        return connected, like(result, [picked(node, i, r) for i, r in enumerate(result)])
    return connected, make(result, node)


def _connected(arg: Any, parent: Node | None) -> Any:
    if parent is None or arg is None or type(arg) is tuple:
        return arg
    if isinstance(parent, BroadcastNode) and parent.parents:  # an op that reads the operand broadcasts it by itself
        parent = parent.parents[0]
    return make(arg, parent)
