"""The graph of calls: Node, Leaf, generations, and whether calls are recorded at all."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from corelib.compiling import mypyc_attr

if TYPE_CHECKING:
    from corelib.tensor import Tensor

Shape = Any  # a tuple of ints; of a call with several results, a tuple of such tuples
NO_PARENTS: Final[tuple["Node | None", ...]] = ()


@mypyc_attr(allow_interpreted_subclasses=True)
class Pull:
    """What a node asks for gradients: an op, with its fields where it has some.

    One that is ``exact`` answers gradients of the shape and dtype of the gradient it is given; one that is
    ``fresh`` answers arrays that nobody else holds, so others may be added to them in place.
    """

    exact: bool = False
    fresh: bool = False

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """What an op answers for arrays and fields.

        Declared here for mypyc: a class with ``__call__`` has another layout than one without, and a subclass
        must have that of its root.
        """
        raise NotImplementedError

    def pull(self, node: "Node", propagated: Any, args: tuple[Any, ...], result: Any) -> tuple[Any, ...]:
        """One gradient per operand of the call (None where none is wanted), from that of its result."""
        raise NotImplementedError

    def pull_into(self, node: "Node", propagated: Any, args: tuple[Any, ...], result: Any) -> tuple[Any, ...]:
        """The same of a large gradient that nobody else holds: it may be written into."""
        return self.pull(node, propagated, args, result)


@mypyc_attr(allow_interpreted_subclasses=True)
class Node:
    """One call of an op: what its backward reads, and where its gradients go.

    ``args`` holds one entry per operand (None where backward does not read it), ``parents`` the node that
    made each operand (None where no gradient is wanted), ``result`` what forward returned if backward reads
    it. A call has the newest generation of its operands; ``shape`` and ``dtype`` are those of its result.
    """

    __slots__ = ("args", "dtype", "generation", "op", "parents", "result", "shape")

    def __init__(
        self,
        op: Pull | None,
        args: tuple[Any, ...] | None,
        parents: tuple["Node | None", ...],
        result: Any,
        generation: int,
        shape: Shape,
        dtype: Any,
    ) -> None:
        self.op: Pull | None = op
        self.args: tuple[Any, ...] | None = args
        self.parents: tuple[Node | None, ...] = parents
        self.result: Any = result
        self.generation: int = generation
        self.shape: Shape = shape
        self.dtype: Any = dtype

    @property
    def call(self) -> "Node | None":
        """The call that a user would name: None for a leaf, and the whole call for one of its results."""
        return self

    def __repr__(self) -> str:
        return f"<call of {self.op}, generation {self.generation}>"


class Stretch(Node):
    """The broadcast of one operand for one call, so that nothing but this call sends it a gradient."""

    __slots__ = ()


class Leaf(Node):
    """Where a walk ends: the gradient of a trainable Tensor that no op made."""

    __slots__ = ("grad", "name")

    def __init__(self, shape: Shape, dtype: Any, name: str | None = None, generation: int = -1) -> None:
        super().__init__(None, (), NO_PARENTS, None, generation, shape, dtype)
        self.grad: Any = None
        self.name: str | None = name

    @property
    def call(self) -> Node | None:
        return None

    def __repr__(self) -> str:
        return f"<leaf {self.name or ''} {self.shape}>"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a thread is inside of: whether calls are recorded, and what watches each of them."""

    recording: bool = True
    watch: Any = None


PLAIN: Final = Scope()
scope: Final[ContextVar[Scope]] = ContextVar("corelib.scope", default=PLAIN)


class Mode:
    """How many scopes are open that are not plain, on any thread: while none is, a call asks no further."""

    __slots__ = ("special",)

    def __init__(self) -> None:
        self.special: int = 0


mode: Final = Mode()
_counting: Final = Lock()


@contextmanager
def scoped(**changes: Any) -> Iterator[Scope]:
    """Change the scope of this thread (or task) for a while, and put it back whatever happens."""
    inner = replace(scope.get(), **changes)
    with _counting:
        mode.special += 1
    token = scope.set(inner)
    try:
        yield inner
    finally:
        scope.reset(token)
        with _counting:
            mode.special -= 1


def no_grad() -> AbstractContextManager[Scope]:
    """Within ``with no_grad():`` nothing is recorded, and no result is trainable."""
    return scoped(recording=False)


def recording() -> bool:
    """Whether calls are recorded here."""
    return not mode.special or scope.get().recording


def graph(result: "Tensor") -> str:
    """The calls behind ``result`` as a tree: op with fields, dtype and shape, ``<T>`` on what is trainable.

    A call that is used several times is drawn once, with a number, and named by it wherever it is used again.
    """
    start = result._node
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
