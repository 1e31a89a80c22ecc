"""The graph of calls: Pullback, Node, Leaf, generations, and the results of a call that has several."""

from collections.abc import Sequence
from typing import Any, Final

from corelib.core.compiling import mypyc_attr
from corelib.errors import GradientType

Shape = Any  # a tuple of ints; of a call with several results, a tuple of such tuples
Cotangents = tuple[tuple[Any, ...], tuple[bool, ...] | None]  # and which of them are new arrays
NO_PARENTS: Final[tuple["Node | None", ...]] = ()


@mypyc_attr(allow_interpreted_subclasses=True)
class Pullback:
    """Turns the cotangent of a call's result into cotangents of its operands: its vector-Jacobian product.

    It is an op, or an op with its fields filled in. An ``exact`` one returns cotangents of the shape and dtype of
    the one it is given. A ``fresh`` one returns new arrays, or the given one, or views of either, and nothing else
    (docs/decisions/0008).
    """

    exact: bool = False
    fresh: bool = False

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """What an op returns for arrays and fields.

        Declared here for mypyc: a class with ``__call__`` has another layout than one without, and a subclass
        must have that of its root.
        """
        raise NotImplementedError

    def pullback(self, node: "Node", propagated: Any, args: tuple[Any, ...], result: Any) -> tuple[Any, ...]:
        """One cotangent per operand of the call (None where none is wanted), from that of its result."""
        raise NotImplementedError

    def pullback_inplace(
        self, node: "Node", propagated: Any, args: tuple[Any, ...], result: Any, owned: bool
    ) -> Cotangents:
        """The same of a large array, and which of the cotangents are new arrays that only the walk holds.

        Where ``owned``, ``propagated`` is such an array itself, and may be overwritten.
        """
        return self.pullback(node, propagated, args, result), None

    def absent(self, parents: tuple["Node | None", ...], index: int) -> None:
        """Called where ``pullback`` returned None though operand ``index`` wants a cotangent.

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

    Nodes whose results have one shape hold the *same tuple object* where the op could see that. The walk checks the
    shape of a cotangent only where the tuples differ. A BroadcastNode holds a copy, ``(*shape,)``, so the check is
    never skipped for it.
    """

    __slots__ = ("args", "dtype", "generation", "op", "origin", "parents", "result", "shape")

    def __init__(
        self,
        op: Pullback | None,
        args: tuple[Any, ...] | None,
        parents: tuple["Node | None", ...],
        result: Any,
        generation: int,
        shape: Shape,
        dtype: Any,
        origin: int = -1,
    ) -> None:
        self.op: Pullback | None = op
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


class BroadcastNode(Node):
    """The broadcast of one operand for one call: recorded, never computed, since NumPy broadcasts by itself."""

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


class Pick(Pullback):
    """Takes one result out of a call that has several."""

    __slots__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index: int = index

    def __str__(self) -> str:
        return f"[{self.index}]"

    def pullback(self, node: Node, propagated: Any, args: tuple[Any, ...], result: Any) -> tuple[Any, ...]:
        parent = node.parents[0]
        assert parent is not None
        cotangents: list[Any] = [None] * len(parent.shape)
        cotangents[self.index] = propagated
        return (cotangents,)


class Picked(Node):
    """The node of one result of a call that has several."""

    __slots__ = ()

    @property
    def call(self) -> Node | None:
        return self.parents[0] if self.parents else self


def like(results: tuple[Any, ...], entries: Sequence[Any]) -> Any:
    """``entries`` in a tuple, or a named tuple, of the kind of ``results``."""
    return rebuilt(type(results), entries)


def rebuilt(kind: type, entries: Sequence[Any]) -> Any:
    """``entries`` in a tuple, or a named tuple, of this ``kind``."""
    return tuple(entries) if kind is tuple else kind(*entries)
