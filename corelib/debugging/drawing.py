"""The graph of calls as text."""

from typing import Any, Final

from corelib.core.graph import Leaf, Node
from corelib.core.tensor import Tensor
from corelib.errors import InvalidOperandType


def graph(result: Tensor) -> str:
    """The calls behind ``result`` as a tree: op with fields, dtype and shape, ``<T>`` on what is trainable.

    A call that is used several times is drawn once, with a number, and named by that number wherever it is used again.
    Raises InvalidOperandType for what is no Tensor.

    >>> from corelib import Tensor
    >>> x = Tensor(2.0, trainable=True, name="x")
    >>> print(graph(x * x + 1.0))
    add float64 () <T>
    ├── multiply float64 () <T>
    │   ├── x float64 () <T> #1
    │   └── x #1 (above)
    └── constant
    """
    start = getattr(result, "_node", ...)
    if start is not None and not isinstance(start, Node):
        raise InvalidOperandType(f"graph() draws the calls behind a Tensor, and a {type(result).__name__} is none")
    if start is None:
        return f"{result.name or 'constant'} {result.dtype} {result.shape}"
    shared = _shared(start)
    lines: list[str] = []
    drawn: set[Node] = set()
    stack: list[tuple[Any, str, str]] = [(start, "", "")]
    while stack:
        node, branch, indent = stack.pop()
        again = node in drawn if isinstance(node, Node) else False
        lines.append(branch + _label(node, shared, again))
        if isinstance(node, Node) and not again:
            drawn.add(node)
            stack.extend(reversed(_branches(node, indent)))
    return "\n".join(lines)


def _branches(node: Node, indent: str) -> list[tuple[Any, str, str]]:
    """The operands of a call, each with what is drawn in front of it and of what is under it."""
    args = node.args or (None,) * len(node.parents)
    operands = [arg if parent is None else parent for arg, parent in zip(args, node.parents, strict=False)]
    if node.op is not None and not node.parents and node.call is not None:
        operands = [FREED]
    last = len(operands) - 1
    return [
        (operand, indent + ("└── " if i == last else "├── "), indent + ("    " if i == last else "│   "))
        for i, operand in enumerate(operands)
    ]


FREED: Final = "(freed by backward)"


def _label(node: Any, shared: dict[Node, int], again: bool) -> str:
    if node is FREED:
        return FREED
    if not isinstance(node, Node):
        what = f"{node.dtype} {node.shape}" if hasattr(node, "dtype") else "" if node is None else repr(node)
        return f"constant {what}".rstrip()
    number = f" #{shared[node]}" if node in shared else ""
    if again:
        return f"{_title(node)}{number} (above)"
    kind = "" if isinstance(node.dtype, tuple) else f" {node.dtype} {node.shape}"  # a tuple: several results
    return f"{_title(node)}{kind} <T>{number}"


def _title(node: Node) -> str:
    return str(node.op) if not isinstance(node, Leaf) else node.name or "leaf"


def _shared(start: Node) -> dict[Node, int]:
    """The nodes that are used more than once, numbered in the order in which they are met."""
    seen: set[Node] = {start}
    shared: dict[Node, int] = {}
    stack = [start]
    while stack:
        for parent in reversed(stack.pop().parents):
            if parent is None:
                continue
            if parent in seen:
                shared.setdefault(parent, len(shared) + 1)
            else:
                seen.add(parent)
                stack.append(parent)
    return shared
