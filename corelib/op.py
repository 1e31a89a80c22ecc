"""From a ufunc or a class to a typed op: the factories that a plugin author calls.

Arrays go through ``forward`` and ``backward``; everything else (an axis, an index) is a field of the class.
``backward`` is plain NumPy: fed arrays it computes, fed Tensors it records, and so every op can be
differentiated again. It answers one gradient per array, or None where there is no slope. It may name
``result`` keyword-only, and is then given what forward returned; and ``wanted``, which says by a boolean
per array whether anybody asks for that gradient.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, Protocol, TypeAlias, overload

from corelib.call import Op, Plain
from corelib.class_op import ClassOp
from corelib.composed import Composed
from corelib.dispatch import is_function
from corelib.elementwise_op import Elementwise, ElementwiseBinary, ElementwiseUnary
from corelib.errors import InvalidOp
from corelib.introspection import describe
from corelib.protocols import (
    Binary,
    BinaryMany,
    LinearBinary,
    LinearTernary,
    LinearUnary,
    LinearVariadic,
    Ternary,
    TernaryMany,
    Unary,
    UnaryMany,
    Variadic,
    VariadicMany,
)  # fmt: skip
from corelib.slope import Slopelike, slope_of
from corelib.tensor import Tensor, TensorLike

P = ParamSpec("P")
Functions: TypeAlias = Callable[..., Any] | tuple[Callable[..., Any], ...] | None

describe(Op, Plain, Elementwise, ElementwiseUnary, ElementwiseBinary, ClassOp, Composed)  # in help() and in a shell


class AnyOp(Protocol):
    """What all ops have in common."""

    name: str
    functions: tuple[Callable[..., Any], ...]

    def from_numpy(self, function: Callable[..., Any], args: Sequence[Any], keywords: dict[str, Any]) -> Any: ...


class UnaryFn(AnyOp, Protocol[P]):
    """An op of one array, typed: what follows the arrays are the fields of its class."""

    def __call__(self, x: TensorLike, /, *args: P.args, **fields: P.kwargs) -> Tensor: ...


class UnaryManyFn(AnyOp, Protocol[P]):
    """An op of one array with several results."""

    def __call__(self, x: TensorLike, /, *args: P.args, **fields: P.kwargs) -> tuple[Tensor, ...]: ...


class BinaryFn(AnyOp, Protocol[P]):
    """An op of two arrays, typed: what follows the arrays are the fields of its class."""

    def __call__(self, x: TensorLike, y: TensorLike, /, *args: P.args, **fields: P.kwargs) -> Tensor: ...


class BinaryManyFn(AnyOp, Protocol[P]):
    """An op of two arrays with several results."""

    def __call__(self, x: TensorLike, y: TensorLike, /, *args: P.args, **fields: P.kwargs) -> tuple[Tensor, ...]: ...


class TernaryFn(AnyOp, Protocol[P]):
    """An op of three arrays, typed: what follows the arrays are the fields of its class."""

    def __call__(self, x: TensorLike, y: TensorLike, z: TensorLike, /, *args: P.args, **fields: P.kwargs) -> Tensor: ...


class TernaryManyFn(AnyOp, Protocol[P]):
    """An op of three arrays with several results."""

    def __call__(
        self, x: TensorLike, y: TensorLike, z: TensorLike, /, *args: P.args, **fields: P.kwargs
    ) -> tuple[Tensor, ...]: ...


class VariadicFn(AnyOp, Protocol[P]):
    """An op of a sequence of arrays, typed: what follows the arrays are the fields of its class."""

    def __call__(self, arrays: Sequence[TensorLike], /, *args: P.args, **fields: P.kwargs) -> Tensor: ...


class VariadicManyFn(AnyOp, Protocol[P]):
    """An op of a sequence of arrays with several results."""

    def __call__(self, arrays: Sequence[TensorLike], /, *args: P.args, **fields: P.kwargs) -> tuple[Tensor, ...]: ...


class ComposedFn(AnyOp, Protocol[P]):
    """An op written in other ops, typed as the function it was made of."""

    def __call__(self, *args: P.args, **keywords: P.kwargs) -> Tensor: ...


class ComposedManyFn(AnyOp, Protocol[P]):
    """The same with several results."""

    def __call__(self, *args: P.args, **keywords: P.kwargs) -> tuple[Tensor, ...]: ...


@overload
def op(
    cls: Callable[P, UnaryMany], /, *, numpy: Functions = None, name: str | None = None, broadcasts: bool = False
) -> UnaryManyFn[P]: ...


@overload
def op(
    cls: Callable[P, Unary], /, *, numpy: Functions = None, name: str | None = None, broadcasts: bool = False
) -> UnaryFn[P]: ...


@overload
def op(
    cls: Callable[P, BinaryMany], /, *, numpy: Functions = None, name: str | None = None, broadcasts: bool = False
) -> BinaryManyFn[P]: ...


@overload
def op(
    cls: Callable[P, Binary], /, *, numpy: Functions = None, name: str | None = None, broadcasts: bool = False
) -> BinaryFn[P]: ...


@overload
def op(
    cls: Callable[P, TernaryMany], /, *, numpy: Functions = None, name: str | None = None, broadcasts: bool = False
) -> TernaryManyFn[P]: ...


@overload
def op(
    cls: Callable[P, Ternary], /, *, numpy: Functions = None, name: str | None = None, broadcasts: bool = False
) -> TernaryFn[P]: ...


@overload
def op(
    cls: Callable[P, VariadicMany], /, *, numpy: Functions = None, name: str | None = None, broadcasts: bool = False
) -> VariadicManyFn[P]: ...


@overload
def op(
    cls: Callable[P, Variadic], /, *, numpy: Functions = None, name: str | None = None, broadcasts: bool = False
) -> VariadicFn[P]: ...
def op(
    cls: Callable[..., Any], /, *, numpy: Functions = None, name: str | None = None, broadcasts: bool = False
) -> Any:
    """An op from a class with ``forward(*arrays)`` and ``backward(propagated, *arrays)``.

    ``numpy`` is the function, or the functions, that the op stands for: called on a Tensor, they find it.
    ``broadcasts`` is for a class that acts entry by entry: the core then stretches its operands, and each
    gradient has the shape of the result. Raises InvalidOp for a class without the two methods.
    """
    return _class_op(cls, numpy, name, linear=False, broadcasts=broadcasts)


@overload
def linear(cls: Callable[P, LinearUnary], /, *, numpy: Functions = None, name: str | None = None) -> UnaryFn[P]: ...


@overload
def linear(cls: Callable[P, LinearBinary], /, *, numpy: Functions = None, name: str | None = None) -> BinaryFn[P]: ...


@overload
def linear(cls: Callable[P, LinearTernary], /, *, numpy: Functions = None, name: str | None = None) -> TernaryFn[P]: ...


@overload
def linear(
    cls: Callable[P, LinearVariadic], /, *, numpy: Functions = None, name: str | None = None
) -> VariadicFn[P]: ...
def linear(cls: Callable[..., Any], /, *, numpy: Functions = None, name: str | None = None) -> Any:
    """An op whose backward needs only shapes: ``backward(propagated, *shapes)``. It keeps no array alive.

    Raises InvalidOp for a class without ``forward`` and ``backward``.
    """
    return _class_op(cls, numpy, name, linear=True, broadcasts=False)


@overload
def elementwise(
    function: Callable[..., Any], slope: Slopelike, /, *,
    numpy: Functions = None, name: str | None = None, singular: bool = False,
) -> UnaryFn[[]]: ...  # fmt: skip


@overload
def elementwise(
    function: Callable[..., Any], slope: Slopelike, slope2: Slopelike, /, *,
    numpy: Functions = None, name: str | None = None, singular: bool = False,
) -> BinaryFn[[]]: ...  # fmt: skip


@overload
def elementwise(
    function: Callable[..., Any], slope: Slopelike, slope2: Slopelike, slope3: Slopelike, /, *,
    numpy: Functions = None, name: str | None = None, singular: bool = False,
) -> TernaryFn[[]]: ...  # fmt: skip


def elementwise(
    function: Callable[..., Any],
    /,
    *slopes: Slopelike,
    numpy: Functions = None,
    name: str | None = None,
    singular: bool = False,
) -> Any:
    """An op that acts entry by entry, from a ufunc and its slope in each argument.

    A slope is a number, or a function of the arguments (and, keyword-only, of ``result``); the chain rule is
    the core's. ``singular`` is for a slope that can be infinite: a gradient of exactly zero stays zero there;
    such a slope may be a ``Ratio(above, below)``, which is never computed itself.
    Raises InvalidOp for a slope of another number of arguments.
    """
    if not slopes:
        raise InvalidOp("an elementwise op needs a slope for each of its arguments")
    made = tuple(slope_of(slope, len(slopes), singular) for slope in slopes)
    functions = _functions(numpy if numpy is not None else function)
    kind = {1: ElementwiseUnary, 2: ElementwiseBinary}.get(len(slopes), Elementwise)
    return kind(function, made, name or _name(functions, function), function.__doc__, functions)


@overload
def composed(
    function: Callable[P, tuple[Tensor, ...]], /, *, numpy: Functions = None, name: str | None = None
) -> ComposedManyFn[P]: ...


@overload
def composed(
    function: Callable[P, Tensor], /, *, numpy: Functions = None, name: str | None = None
) -> ComposedFn[P]: ...


def composed(function: Callable[..., Any], /, *, numpy: Functions = None, name: str | None = None) -> Any:
    """An op written in other ops: ``function`` is plain NumPy on Tensors, and needs no backward of its own."""
    return Composed(function, name or function.__name__, _functions(numpy))


def _class_op(
    cls: Callable[..., Any], numpy: Functions, name: str | None, *, linear: bool, broadcasts: bool
) -> ClassOp:
    for method in ("forward", "backward"):
        if not callable(getattr(cls, method, None)):
            raise InvalidOp(f"{cls!r} has no method {method}; an op is a class with forward and backward")
    functions = _functions(numpy)
    return ClassOp(cls, name or _name(functions, cls), functions, linear=linear, broadcasts=broadcasts)


def _functions(numpy: Functions) -> tuple[Callable[..., Any], ...]:
    """The functions that an op stands for. Raises InvalidOp for what is no function, or cannot be looked up."""
    functions = numpy if isinstance(numpy, tuple) else () if numpy is None else (numpy,)
    for function in functions:
        if not is_function(function):
            raise InvalidOp(
                f"an op cannot stand for a {type(function).__name__}: numpy= takes a function, or a tuple of functions"
            )
    return functions


def _name(functions: tuple[Callable[..., Any], ...], fallback: Callable[..., Any]) -> str:
    """The name of the function that the op stands for, else of its class in snake case."""
    name = getattr(functions[0] if functions else fallback, "__name__", "op")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(name)).lower()
