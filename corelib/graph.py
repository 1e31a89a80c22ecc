"""The graph of calls: Node, Leaf, generations, and whether calls are recorded at all."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Final

Shape = tuple[int, ...]
NO_PARENTS: Final[tuple["Node | None", ...]] = ()


class Node:
    """One call of an op: what its backward reads, and where its gradients go.

    ``args`` holds one entry per operand (None where backward does not read it), ``parents`` the node that
    made each operand (None where no gradient is wanted), ``result`` what forward returned if backward reads
    it. A call has the newest generation of its operands; ``shape`` and ``dtype`` are those of its result.
    """

    __slots__ = ("args", "dtype", "generation", "op", "parents", "result", "shape")

    def __init__(
        self,
        op: Any,
        args: tuple[Any, ...] | None,
        parents: tuple["Node | None", ...],
        result: Any,
        generation: int,
        shape: Shape,
        dtype: Any,
    ) -> None:
        self.op = op
        self.args = args
        self.parents = parents
        self.result = result
        self.generation = generation
        self.shape = shape
        self.dtype = dtype

    @property
    def call(self) -> "Node | None":
        """The call that a user would name: None for a leaf, and the whole call for one of its results."""
        return self

    def __repr__(self) -> str:
        return f"<call of {self.op}, generation {self.generation}>"


class Leaf(Node):
    """Where a walk ends: the gradient of a trainable Tensor that no op made."""

    __slots__ = ("grad", "name")

    def __init__(self, shape: Shape, dtype: Any, name: str | None = None, generation: int = -1) -> None:
        super().__init__(None, (), NO_PARENTS, None, generation, shape, dtype)
        self.grad: Any = None
        self.name = name

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
        self.special = 0


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
