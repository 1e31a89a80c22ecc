"""The graph of calls: Node, Leaf, generations, and whether calls are recorded at all."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from corelib.core.compiling import mypyc_attr
from corelib.errors import CorelibError, GradientType, InvalidOperandType

if TYPE_CHECKING:
    from corelib.core.tensor import Tensor

P = ParamSpec("P")
R = TypeVar("R")
Shape = Any  # a tuple of ints; of a call with several results, a tuple of such tuples
Entries = tuple[tuple[Any, ...], tuple[bool, ...] | None]
NO_PARENTS: Final[tuple["Node | None", ...]] = ()


@mypyc_attr(allow_interpreted_subclasses=True)
class Pull:
    """What a node asks for cotangents: an op, with its fields where it has some.

    One that is ``exact`` returns cotangents of the shape and dtype of the one it is given. One that is ``fresh``
    promises that each is a new array, or the given one, or a view of either (docs/decisions/0008).
    """

    exact: bool = False
    fresh: bool = False

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """What an op returns for arrays and fields.

        Declared here for mypyc: a class with ``__call__`` has another layout than one without, and a subclass
        must have that of its root.
        """
        raise NotImplementedError

    def pull(self, node: "Node", propagated: Any, args: tuple[Any, ...], result: Any) -> tuple[Any, ...]:
        """One cotangent per operand of the call (None where none is wanted), from that of its result."""
        raise NotImplementedError

    def pull_large(self, node: "Node", propagated: Any, args: tuple[Any, ...], result: Any, own: bool) -> Entries:
        """The same of a large array, and which of the cotangents are new ones that only the walk holds.

        Where ``own``, ``propagated`` is such an array itself: it may be written into.
        """
        return self.pull(node, propagated, args, result), None

    def absent(self, parents: tuple["Node | None", ...], index: int) -> None:
        """Called where ``pull`` returned None though operand ``index`` wants a cotangent.

        Raises GradientType, or NotDifferentiable where the op says that there is none.
        """
        raise GradientType(f"{self}: backward returned None for argument {index}, which wants a gradient")


@mypyc_attr(allow_interpreted_subclasses=True)
class Node:
    """One call of an op: what its backward reads, and where its gradients go.

    ``args`` holds one entry per operand (None where backward does not read it), ``parents`` the node that
    made each operand (None where no gradient is wanted), ``result`` what forward returned if backward reads
    it. A call has the newest generation of its operands; ``shape`` and ``dtype`` are those of its result.
    ``origin`` is the generation of the oldest leaf behind it: a transform compares it with that of its own
    variables to know whether a result depends on anything else (docs/decisions/0002).
    """

    __slots__ = ("args", "dtype", "generation", "op", "origin", "parents", "result", "shape")

    def __init__(
        self,
        op: Pull | None,
        args: tuple[Any, ...] | None,
        parents: tuple["Node | None", ...],
        result: Any,
        generation: int,
        shape: Shape,
        dtype: Any,
        origin: int = -1,
    ) -> None:
        self.op: Pull | None = op
        self.args: tuple[Any, ...] | None = args
        self.parents: tuple[Node | None, ...] = parents
        self.result: Any = result
        self.generation: int = generation
        self.shape: Shape = shape
        self.dtype: Any = dtype
        self.origin: int = origin

    @property
    def call(self) -> "Node | None":
        """The call that a user would name: None for a leaf, and the whole call for one of its results."""
        return self

    def __repr__(self) -> str:
        return f"<call of {self.op}, generation {self.generation}>"


def extent(parents: tuple[Node | None, ...]) -> tuple[int, int]:
    """The generation and the origin of a call on what ``parents`` made."""
    generation = origin = -1
    known = False
    for p in parents:
        if p is not None:
            generation = max(generation, p.generation)
            if not known or p.origin < origin:
                origin = p.origin
            known = True
    return generation + 1, origin


class Stretch(Node):
    """The broadcast of one operand for one call, so that nothing but this call sends it a gradient."""

    __slots__ = ()


class Leaf(Node):
    """Where a walk ends: the gradient of a trainable Tensor that no op made."""

    __slots__ = ("grad", "name")

    def __init__(self, shape: Shape, dtype: Any, name: str | None = None, generation: int = -1) -> None:
        super().__init__(None, (), NO_PARENTS, None, generation, shape, dtype, generation)
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
    """The scopes that are open and not plain, on any thread: while none is, a call asks no further."""

    __slots__ = ("special",)

    def __init__(self) -> None:
        self.special: dict[int, None] = {}  # by identity: its changes are atomic, those of a count are not


mode: Final = Mode()


class Scoped:
    """``with Scoped(recording=False):`` changes the scope of this thread (or task), and puts it back at the end.

    A class and not a generator, so that an interrupt finds next to no place between what is changed and what puts
    it back; what it strikes there is put right when the object goes. In another context than it was opened in (of
    a generator, say) closing changes nothing. It decorates functions too.
    """

    outer: Scope | None = None  # of the class: an interrupt may come before __init__ is through
    inner: Scope | None = None

    def __init__(self, **changes: Any) -> None:
        self.changes: dict[str, Any] = changes

    def __enter__(self) -> Scope:
        if self.inner is not None:
            raise CorelibError("this scope is open already; make another: `with no_grad():`")
        outer = scope.get()
        inner = replace(outer, **self.changes)
        self.outer, self.inner = outer, inner
        mode.special[id(self)] = None
        scope.set(inner)
        return inner

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Put the scope back, once."""
        inner, outer = self.inner, self.outer
        if inner is None or outer is None:
            return
        if scope.get() is inner:
            scope.set(outer)
        self.inner = self.outer = None
        mode.special.pop(id(self), None)

    def __del__(self) -> None:
        self.close()

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """``function``, run within such a scope at each call."""
        changes = self.changes

        @wraps(function)
        def scoped(*args: P.args, **keywords: P.kwargs) -> R:
            with Scoped(**changes):
                return function(*args, **keywords)

        return scoped


def no_grad() -> Scoped:
    """Within ``with no_grad():`` nothing is recorded, and no result is trainable."""
    return Scoped(recording=False)


def recording() -> bool:
    """Whether calls are recorded here."""
    return not mode.special or scope.get().recording


def graph(result: "Tensor") -> str:
    """The calls behind ``result`` as a tree: op with fields, dtype and shape, ``<T>`` on what is trainable.

    A call that is used several times is drawn once, with a number, and named by it wherever it is used again.
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
