"""Ops given by a class with fields, forward and backward."""

from collections.abc import Callable, Sequence
from inspect import Parameter
from typing import Any, Final

import numpy as np

from corelib.core.array_kinds import dense
from corelib.core.arrays import DIFFERENTIABLE, has_mask
from corelib.core.broadcasting import broadcast_node
from corelib.core.compiling import caused
from corelib.core.graph import Node, Pick, Picked, Pullback, extent, like
from corelib.core.naming import shown
from corelib.core.tensor import Tensor, make
from corelib.errors import GradientType, InvalidOp, InvalidOperandType, NotDifferentiable, UnsupportedArgument
from corelib.primitives.op import SCALARS, Op, array_of, arrays_of_numbers, operand, refuse, unrecorded, watched
from corelib.primitives.reads import parameters, reads, takes

ndarray: Final = np.ndarray
PAIR: Final = 2


class ClassOp(Op):
    """An op whose fields are those of ``cls``, and whose arrays are those of its ``forward``.

    ``arity`` is None where forward takes any number of arrays. A ``linear`` backward is given shapes in the
    place of arrays; ``broadcasts`` says that the op acts entry by entry, like a ufunc; a class says
    ``fresh = True`` of a backward that returns new arrays (`Pullback.fresh`), ``nondiff = ("name", ...)`` of the
    arguments of forward that have no gradient, and ``takes_constants = True`` where forward and backward take matrices
    of a kind that is a constant alone (`ArrayKind`) beside NumPy's arrays.
    """

    def __init__(
        self,
        cls: Any,
        name: str,
        functions: tuple[Callable[..., Any], ...],
        *,
        linear: bool,
        broadcasts: bool,
        results: Callable[..., Any] | None = None,
    ) -> None:
        super().__init__(name, cls.__doc__, functions)
        self.cls = cls
        self.fresh: bool = bool(getattr(cls, "fresh", False))
        self.takes_constants: bool = bool(getattr(cls, "takes_constants", False))
        self.argument_names: tuple[str, ...] = tuple(p.name for p in _taken(cls))
        self.nondiff: frozenset[str] = frozenset(getattr(cls, "nondiff", ()))
        if not self.nondiff.issubset(self.argument_names):
            unknown = ", ".join(sorted(self.nondiff.difference(self.argument_names)))
            known = ", ".join(self.argument_names)
            raise InvalidOp(f"{name}: nondiff names {unknown}; forward takes {known}")
        self.linear = linear
        self.broadcasts = broadcasts
        self.results: Any = results
        self.arity: int | None = _arity(cls)
        self.weak: list[bool] = self._weak()
        fields = parameters(cls.__init__)[1:]
        self.fields: tuple[str, ...] = tuple(p.name for p in fields)
        self.defaults: dict[str, Any] = {p.name: p.default for p in fields}
        self.reads: tuple[bool, ...] = (True,) if self.arity is None else reads(cls.backward, self.arity, skip=2)
        self.reads_all: bool = self.arity is None or all(self.reads)
        self.takes_result: bool = takes(cls.backward, "result")
        self.takes_wanted: bool = takes(cls.backward, "wanted")
        self._without_fields: Bound | None = None

    def __call__(self, *args: Any, **fields: Any) -> Any:
        if not fields and len(args) == self.arity and self._without_fields is not None:
            return self._without_fields.run(args)
        if self.arity is None:
            return self.bind(*args[1:], **fields).run(_operands(self, args))
        if len(args) < self.arity:
            raise InvalidOperandType(f"{self}: takes {self.arity} arrays, not {len(args)}")
        return self.bind(*args[self.arity :], **fields).run(args[: self.arity])

    def from_numpy(self, function: Callable[..., Any], args: Sequence[Any], keywords: dict[str, Any]) -> Any:
        operands, fields = self.arguments_of(function, self.arity or 1, self.fields).sort(args, keywords)
        if len(operands) != self.arity:
            return self(*operands, **fields)
        return (self.bind(**fields) if fields else self.bind()).run(operands)

    def _weak(self) -> list[bool]:
        """Which arguments take the dtype of the others where they are Python numbers.

        NumPy makes an array of its own dtype of a number that it gives to a function that is no ufunc, and so does
        corelib of one that has no gradient: an exponent or an index stays an integer.
        """
        strong = any([not isinstance(f, np.ufunc) and str(f.__module__).startswith("numpy") for f in self.functions])
        return [not strong and name not in self.nondiff for name in self.argument_names]

    def place(self, index: int) -> int:
        """Where the name of an operand stands: one name is that of all arrays which ``*arrays`` takes."""
        return min(index, len(self.argument_names) - 1)

    def weak_of(self, count: int) -> list[bool]:
        return self.weak if self.arity is not None else [self.weak[self.place(i)] for i in range(count)]

    def bind(self, *args: Any, **fields: Any) -> "Bound":
        """The op with its fields filled in. Raises UnsupportedArgument for a field that it does not have."""
        if not args and not fields:
            if self._without_fields is None:
                self._without_fields = Bound(self, self._made((), {}))
            return self._without_fields
        return Bound(self, self._made(args, fields))

    def _constant(self, field: int | str, value: Any) -> Any:
        """The value of a field. Of a Tensor it is the array: NumPy would dispatch back to this op for a Tensor."""
        if not isinstance(value, Tensor):
            if has_mask(value):
                raise self.masked(value)
            return value
        if value.trainable:
            name = field if isinstance(field, str) else (*self.fields, "a field")[min(field, len(self.fields))]
            raise NotDifferentiable(f"{self} has no gradient in {name}, which is trainable; write {name}=tensor.data")
        return value._entries

    def _made(self, args: tuple[Any, ...], fields: dict[str, Any]) -> Any:
        try:
            return self.cls(
                *[self._constant(i, a) for i, a in enumerate(args)],
                **{name: self._constant(name, value) for name, value in fields.items()},
            )
        except Exception as error:
            unknown = [name for name in fields if name not in self.fields]
            if unknown or len(args) > len(self.fields):
                what = f"no keyword {', '.join(unknown)}" if unknown else f"no {len(args)} of them by position"
                known = ", ".join(self.fields) or "none"
                raise caused(UnsupportedArgument(f"{self} takes {what}; fields: {known}"), None) from None
            refuse(error, self, args)


class Bound(Pullback):
    """One op with one choice of its fields: what a node remembers of a call."""

    __slots__ = ("backward", "forward", "instance", "op")

    def __init__(self, op: ClassOp, instance: Any) -> None:
        self.op: ClassOp = op
        self.instance: Any = instance
        self.forward: Any = instance.forward
        self.backward: Any = instance.backward
        self.fresh: bool = op.fresh

    def __str__(self) -> str:
        given = [(name, getattr(self.instance, name, "?")) for name in self.op.fields]
        known = self.op.defaults
        fields = [f"{name}={shown(value)}" for name, value in given if not _same(value, known.get(name, ...))]
        return f"{self.op.name}({', '.join(fields)})" if fields else self.op.name

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        if keywords:
            raise UnsupportedArgument(f"{self} has its fields filled in, and takes no keyword {', '.join(keywords)}")
        return self.run(_operands(self.op, args) if self.op.arity is None else args)

    def run(self, operands: Sequence[Any]) -> Any:
        """Call the op on its arrays, and record the call where any of them is trainable."""
        arrays: list[Any] = []
        nodes: list[Node | None] = []
        trainable = numbers = False
        for x in operands:
            if isinstance(x, Tensor):
                arrays.append(x._entries)
                nodes.append(x._node)
                trainable = trainable or x._node is not None
            else:
                value = operand(x, operands, self.op.takes_constants)
                if type(value) is not ndarray and type(value) in SCALARS:
                    numbers = True
                arrays.append(value)
                nodes.append(None)
        args = tuple(arrays)
        try:
            if numbers:
                args = arrays_of_numbers(args, self.op.weak_of(len(args)))
            result = self.forward(*args)
        except Exception as error:
            refuse(error, self, args)
        if type(result) is not ndarray:
            if isinstance(result, tuple):
                return self.recorded_many(args, tuple(nodes), result)
            result = array_of(result, self)
            if self.op.takes_constants:
                result = dense(result)
        dtype = result.dtype
        if unrecorded(self, args, result) or not trainable or dtype.kind not in DIFFERENTIABLE:
            return make(result, None)
        saved = result if self.op.takes_result else None
        node = self.node(self.kept(args), tuple(nodes), result.shape, dtype, saved)
        return make(result, watched(node))

    def kept(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        if self.op.linear:
            return tuple([a.shape if type(a) is ndarray else np.shape(a) for a in args])
        if self.op.reads_all:
            return args
        kept = list(args)
        for i, read in enumerate(self.op.reads):
            if not read:
                kept[i] = None
        return tuple(kept)

    def node(
        self,
        kept: tuple[Any, ...],
        parents: tuple[Node | None, ...],
        shape: tuple[int, ...],
        dtype: Any,
        saved: Any = None,
    ) -> Node:
        if self.op.broadcasts:
            parents = tuple([p if p is None or p.shape == shape else broadcast_node(p, shape) for p in parents])
        generation, origin = extent(parents)
        return Node(self, kept, parents, saved, generation, shape, dtype, origin)

    def recorded_many(self, args: tuple[Any, ...], parents: tuple[Node | None, ...], results: tuple[Any, ...]) -> Any:
        """Several results: each is picked out of one call by a node of its own."""
        arrays = [r if type(r) is ndarray else array_of(r, self) for r in results]
        if unrecorded(self, args, arrays) or not any(parents):
            return self.made(results, [make(a, None) for a in arrays])
        saved = like(results, arrays) if self.op.takes_result else None
        call = self.node(self.kept(args), parents, arrays[0].shape, None, saved)
        call.shape = tuple([a.shape for a in arrays])
        call.dtype = (type(results), tuple([a.dtype for a in arrays]))
        watched(call)
        return self.made(results, [picked(call, i, a) for i, a in enumerate(arrays)])

    def made(self, results: tuple[Any, ...], tensors: list[Tensor]) -> Any:
        """What the caller gets: a tuple like that of forward, or what the op's ``results`` makes."""
        if self.op.results is None:
            return like(results, tensors)
        try:
            return self.op.results(*tensors)
        except TypeError as error:
            raise InvalidOp(f"{self}: results={self.op.results!r} cannot be made of {len(tensors)} arrays") from error

    def pullback(self, node: Node, propagated: Any, args: tuple[Any, ...], result: Any) -> tuple[Any, ...]:
        """One gradient per operand, from the backward of the class."""
        op = self.op
        cotangents = self.call_backward(node, propagated, args, result)
        if op.nondiff:
            names = [op.argument_names[op.place(i)] for i in range(len(cotangents))]
            return tuple([None if name in op.nondiff else g for name, g in zip(names, cotangents, strict=True)])
        return cotangents

    def call_backward(self, node: Node, propagated: Any, args: tuple[Any, ...], result: Any) -> tuple[Any, ...]:
        op = self.op
        if type(propagated) is not ndarray:
            propagated = as_arrays(propagated)
        if op.takes_wanted:
            cotangents = self.call_wanted(node.parents, propagated, args, result)
        elif op.takes_result:
            cotangents = self.backward(propagated, *args, result=result)
        elif op.arity == 1:
            return (self.backward(propagated, args[0]),)
        else:
            cotangents = self.backward(propagated, *args)
        if op.arity == 1:
            return (cotangents,)
        if not isinstance(cotangents, tuple) or len(cotangents) != len(node.parents):
            got = f"{len(cotangents)} of them" if isinstance(cotangents, tuple) else f"a {type(cotangents).__name__}"
            raise GradientType(f"{self}: backward returns a tuple of {len(node.parents)} gradients, not {got}")
        return tuple(cotangents)

    def absent(self, parents: tuple[Node | None, ...], index: int) -> None:
        place = self.op.place(index)
        name = self.op.argument_names[place]
        is_one_of_many = self.op.arity is None and place == len(self.op.argument_names) - 1
        operand = f"{name}[{index - place}]" if is_one_of_many else name
        if name in self.op.nondiff:
            raise NotDifferentiable(
                f"{self} has no gradient in '{operand}', and this one is trainable; pass tensor.data (or detach it) "
                "where it is to be a constant"
            )
        raise GradientType(
            f"{self}: backward returned None for '{operand}', which wants a gradient; return an array of its shape (is "
            f'a `return` missing?), or say `nondiff = ("{name}",)` in the class where there is none'
        )

    def call_wanted(self, parents: tuple[Node | None, ...], propagated: Any, args: tuple[Any, ...], result: Any) -> Any:
        """Call a backward that takes ``wanted``: which operands want a gradient."""
        if len(args) != PAIR:
            extra: dict[str, Any] = {"result": result} if self.op.takes_result else {}
            return self.backward(propagated, *args, **extra, wanted=tuple([p is not None for p in parents]))
        # Written out: a call with a tuple and a dict takes three times as long, compiled too
        # (python -m timeit -s "f = lambda x, *, w: 0; a, k = (1,), {}" "f(*a, **k, w=2)").
        x, y = args
        wanted = (parents[0] is not None, parents[1] is not None)
        if self.op.takes_result:
            return self.backward(propagated, x, y, result=result, wanted=wanted)
        return self.backward(propagated, x, y, wanted=wanted)


def picked(call: Node, index: int, array: Any) -> Tensor:
    if array.dtype.kind not in DIFFERENTIABLE:
        return make(array, None)
    return make(
        array, Picked(Pick(index), (), (call,), None, call.generation + 1, array.shape, array.dtype, call.origin)
    )


def _same(value: Any, default: Any) -> bool:
    return value is default or (type(value) is type(default) and not isinstance(value, ndarray) and value == default)


def as_arrays(propagated: Any) -> Any:
    """What a backward is given: arrays, where NumPy has numbers for those of no axes."""
    if isinstance(propagated, np.generic):
        return np.asarray(propagated)
    if isinstance(propagated, tuple) and any([isinstance(entry, np.generic) for entry in propagated]):
        return like(propagated, [as_arrays(entry) for entry in propagated])
    return propagated


def _taken(cls: Any) -> list[Parameter]:
    """The parameters of forward that are arrays."""
    return [p for p in parameters(cls.forward)[1:] if p.kind is not p.KEYWORD_ONLY]


def _arity(cls: Any) -> int | None:
    taken = _taken(cls)
    return None if any(p.kind is p.VAR_POSITIONAL for p in taken) else len(taken)


def _operands(op: Op, args: tuple[Any, ...]) -> Sequence[Any]:
    if not args or not isinstance(args[0], (list, tuple)):
        raise InvalidOperandType(f"{op}: takes a list or tuple of arrays")
    return args[0]
