"""Ops that act entry by entry, given by their slopes: the path that most calls take."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from corelib.core.arrays import NUMBERS
from corelib.core.broadcasting import broadcast_node
from corelib.core.graph import Cotangents, Node, extent
from corelib.core.scope import open_scopes
from corelib.core.tensor import Tensor, TensorLike, make, new
from corelib.errors import InvalidOperandType, NotDifferentiable
from corelib.primitives.op import FLOAT32, FLOAT64, Op, array_of, describe, operand, refuse, unrecorded, watched
from corelib.primitives.slope import Argument, Conjugate, One, Slope

ndarray: Final = np.ndarray
NOTHING: Final[tuple[Any, ...]] = (None,)
NEITHER: Final[tuple[Any, ...]] = (None, None)


class Elementwise(Op):
    """An op that acts entry by entry, given by its slope in each argument.

    Operands of different shapes are broadcast in front of it, so its Jacobian is diagonal. Of the subclasses one takes
    any number of operands, and two take one and two without loops.
    """

    def __init__(
        self,
        forward: Callable[..., Any],
        slopes: tuple[Slope, ...],
        name: str,
        doc: str | None,
        functions: tuple[Callable[..., Any], ...],
    ) -> None:
        super().__init__(name, doc, functions)
        self.forward = forward
        self.slopes = slopes
        self.arity: int = len(slopes)
        self.exact: bool = all([slope.exact for slope in slopes])
        self._conjugate: Elementwise | None = None

    def from_numpy(self, function: Callable[..., Any], args: Sequence[Any], keywords: dict[str, Any]) -> Any:
        operands, _ = self.arguments_of(function, self.arity).sort(args, keywords)
        return self.run(operands)

    def run(self, operands: Sequence[Any]) -> Tensor:
        """Call the op, however many operands it takes."""
        if len(operands) != self.arity:
            raise InvalidOperandType(f"{self}: takes {self.arity} arrays, not {len(operands)}")
        args = tuple([x._entries if isinstance(x, Tensor) else operand(x, operands) for x in operands])
        try:
            result = self.forward(*args)
        except Exception as error:
            refuse(error, self, args)
        parents = tuple([x._node if isinstance(x, Tensor) else None for x in operands])
        return self.recorded(args, parents, result)

    def recorded(self, args: tuple[Any, ...], parents: tuple[Node | None, ...], result: Any) -> Tensor:
        """The result as a Tensor that remembers this call, where any operand is trainable."""
        if type(result) is not ndarray:
            result = array_of(result, self)
        if result.dtype.kind not in NUMBERS:  # numpy.add joins texts
            raise InvalidOperandType(f"{self}({describe(args)}): a Tensor holds numbers, not {result.dtype}")
        if unrecorded(self, args, result) or not any(parents):
            return make(result, None)
        return make(result, watched(self.node(args, parents, result)))

    def node(self, args: tuple[Any, ...], parents: tuple[Node | None, ...], result: Any) -> Node:
        shape = result.shape
        parents = tuple([p if p is None or p.shape == shape else broadcast_node(p, shape) for p in parents])
        wanted = [slope for slope, parent in zip(self.slopes, parents, strict=True) if parent is not None]
        kept = tuple([a if any(s.reads[i] for s in wanted) else None for i, a in enumerate(args)])
        saved = result if any(s.reads_result for s in wanted) else None
        generation, origin = extent(parents)
        op = self.conjugate() if result.dtype.kind == "c" else self
        return Node(op, kept, parents, saved, generation, shape, result.dtype, origin)

    def conjugate(self) -> "Elementwise":
        """This op among complex numbers, whose gradients take the conjugate slopes."""
        if self._conjugate is None:
            slopes = tuple(Conjugate(slope) for slope in self.slopes)
            self._conjugate = ElementwiseMany(self.forward, slopes, self.name, self.doc, self.functions)
        return self._conjugate

    def absent(self, parents: tuple[Node | None, ...], index: int) -> None:
        raise NotDifferentiable(f"{self} has no gradient in argument {index}, and this one is trainable")


class ElementwiseMany(Elementwise):
    """An elementwise op of any number of arrays, complex ones too."""

    def __call__(self, *operands: Any) -> Any:
        return self.run(operands)

    def pullback(self, node: Node, propagated: Any, args: tuple[Any, ...], result: Any) -> tuple[Any, ...]:
        return tuple(
            [
                None if parent is None else slope.times(propagated, args, result)
                for slope, parent in zip(self.slopes, node.parents, strict=True)
            ]
        )


class ElementwiseUnary(Elementwise):
    """An elementwise op of one array of real numbers, without the loops."""

    def __init__(
        self,
        forward: Callable[..., Any],
        slopes: tuple[Slope, ...],
        name: str,
        doc: str | None,
        functions: tuple[Callable[..., Any], ...],
    ) -> None:
        super().__init__(forward, slopes, name, doc, functions)
        self.slope: Slope = slopes[0]
        self.keeps_x: bool = self.slope.reads[0]
        self.keeps_result: bool = self.slope.reads_result

    def __call__(self, x: TensorLike, /) -> Tensor:
        if not isinstance(x, Tensor):
            return self.run((x,))
        a, p = x._entries, x._node
        try:
            result = self.forward(a)
        except Exception as error:
            refuse(error, self, (a,))
        if type(result) is not ndarray:
            result = array_of(result, self)
        dtype = result.dtype
        if open_scopes or p is None or (dtype is not FLOAT64 and dtype is not FLOAT32):
            return self.recorded((a,), (p,), result)
        kept = (a,) if self.keeps_x else NOTHING
        saved = result if self.keeps_result else None
        tensor = new(Tensor)  # as make() does, without the call
        tensor._entries = result
        tensor._node = Node(self, kept, (p,), saved, p.generation + 1, p.shape, dtype, p.origin)
        tensor._leaf = None
        return tensor

    def pullback(self, node: Node, propagated: Any, args: tuple[Any, ...], result: Any) -> tuple[Any, ...]:
        return (self.slope.times(propagated, args, result),)

    def pullback_inplace(
        self, node: Node, propagated: Any, args: tuple[Any, ...], result: Any, owned: bool
    ) -> Cotangents:
        cotangent, new = self.slope.product(propagated, args, result, owned)
        return (cotangent,), (new,)


class ElementwiseBinary(Elementwise):
    """An elementwise op of two arrays of real numbers, without the loops."""

    def __init__(
        self,
        forward: Callable[..., Any],
        slopes: tuple[Slope, ...],
        name: str,
        doc: str | None,
        functions: tuple[Callable[..., Any], ...],
    ) -> None:
        super().__init__(forward, slopes, name, doc, functions)
        self.slope: Slope = slopes[0]
        self.slope2: Slope = slopes[1]
        self.of_first: Keeps = Keeps(slopes, slopes[:1])
        self.of_second: Keeps = Keeps(slopes, slopes[1:])
        self.of_both: Keeps = Keeps(slopes, slopes)
        self.passes: bool = all([isinstance(slope, One) for slope in slopes])
        self.of_arguments: bool = all([isinstance(slope, Argument) for slope in slopes])

    def __call__(self, x: TensorLike, y: TensorLike, /) -> Tensor:
        a: Any
        b: Any
        p: Node | None = None
        q: Node | None = None
        if isinstance(x, Tensor):
            a, p = x._entries, x._node
        else:
            a = x if type(x) is ndarray or type(x) is float else operand(x, (y,))
        if isinstance(y, Tensor):
            b, q = y._entries, y._node
        else:
            b = y if type(y) is ndarray or type(y) is float else operand(y, (x,))
        try:
            result = self.forward(a, b)
        except Exception as error:
            refuse(error, self, (a, b))
        if type(result) is not ndarray:
            result = array_of(result, self)
        dtype = result.dtype
        if open_scopes or (dtype is not FLOAT64 and dtype is not FLOAT32):
            return self.recorded((a, b), (p, q), result)
        if p is None and q is None:
            return make(result, None)
        shape = result.shape
        generation = origin = -1
        keeps = self.of_both
        if p is None:
            keeps = self.of_second
        else:
            if p.shape == shape:
                shape = p.shape  # the same tuple: see Node
            else:
                p = broadcast_node(p, shape)
            generation, origin = p.generation, p.origin
        if q is None:
            keeps = self.of_first
        else:
            if q.shape != shape:
                q = broadcast_node(q, shape)
            elif p is None:
                shape = q.shape
            else:
                q.shape = shape  # one tuple for both operands, so that the walk need not compare them: see Node
            generation = max(generation, q.generation)
            if p is None or q.origin < origin:
                origin = q.origin
        kept = (a if keeps.first else None, b if keeps.second else None) if keeps.any else NEITHER
        saved = result if keeps.result else None
        tensor = new(Tensor)
        tensor._entries = result
        tensor._node = Node(self, kept, (p, q), saved, generation + 1, shape, dtype, origin)
        tensor._leaf = None
        return tensor

    def pullback(self, node: Node, propagated: Any, args: tuple[Any, ...], result: Any) -> tuple[Any, ...]:
        p, q = node.parents
        if self.passes:  # x + y
            return None if p is None else propagated, None if q is None else propagated
        first: Any = None if p is None else self.slope.times(propagated, args, result)
        if p is q and self.of_arguments and args[0] is args[1]:  # x * x: both gradients in one array
            return first + first, None
        return first, None if q is None else self.slope2.times(propagated, args, result)

    def pullback_inplace(
        self, node: Node, propagated: Any, args: tuple[Any, ...], result: Any, owned: bool
    ) -> Cotangents:
        p, q = node.parents
        if q is None:
            first, new = self.slope.product(propagated, args, result, owned)
            return (first, None), (new, False)
        if p is None:
            second, new = self.slope2.product(propagated, args, result, owned)
            return (None, second), (False, new)
        square = p is q and self.of_arguments and args[0] is args[1]
        first, new = self.slope.product(propagated, args, result, owned and square)
        if square:
            if new:
                first += first
                return (first, None), (True, False)
            return (first + first, None), (False, False)
        second, new2 = self.slope2.product(propagated, args, result, owned and new)
        if first is propagated:  # passed on as it is, and owned if the other is a new array
            new = owned and new2
        return (first, second), (new, new2)

    def absent(self, parents: tuple[Node | None, ...], index: int) -> None:
        if parents[0] is not parents[1] or not self.of_arguments:  # of x * x the first holds both
            super().absent(parents, index)


class Keeps:
    """What a call keeps for the slopes that are wanted."""

    def __init__(self, slopes: tuple[Slope, ...], wanted: tuple[Slope, ...]) -> None:
        self.first: bool = any([slope.reads[0] for slope in wanted])
        self.second: bool = any([slope.reads[1] for slope in wanted])
        self.any: bool = self.first or self.second
        self.result: bool = any([slope.reads_result for slope in wanted])
