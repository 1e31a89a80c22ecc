"""From a ufunc or a class to a typed op: the factories that a plugin author calls.

Arrays go through ``forward`` and ``backward``; everything else (an axis, an index) is a field of the class.
``backward`` is plain NumPy: fed arrays it computes, fed Tensors it records, and so every op can be
differentiated again. It returns one gradient per array, or None where there is no slope. It may name
``result`` keyword-only, and is then given what forward returned; and ``wanted``, which says by a boolean
per array whether its gradient is needed.
"""

import re
from collections.abc import Callable
from typing import Any, Never, ParamSpec, TypeAlias, TypedDict, TypeVar, Unpack, final, overload

from corelib.core.dispatch import is_function
from corelib.core.naming import described
from corelib.core.tensor import Array, Tensor
from corelib.errors import InvalidOp
from corelib.primitives.class_op import ClassOp
from corelib.primitives.composed import Composed
from corelib.primitives.elementwise_op import ElementwiseBinary, ElementwiseMany, ElementwiseUnary
from corelib.primitives.introspection import describe
from corelib.primitives.op import NonDifferentiable, Op
from corelib.primitives.op_types import (
    BinaryFn,
    BinaryManyFn,
    ComposedFn,
    ComposedManyFn,
    TernaryFn,
    TernaryManyFn,
    UnaryFn,
    UnaryManyFn,
    VariadicFn,
    VariadicManyFn,
)  # fmt: skip
from corelib.primitives.protocols import (
    Binary,
    BinaryMany,
    ForwardAndBackward,
    Function1,
    Function2,
    Function3,
    LinearBinary,
    LinearTernary,
    LinearUnary,
    LinearVariadic,
    Slope1,
    Slope2,
    Slope3,
    Ternary,
    TernaryMany,
    Unary,
    UnaryMany,
    Variadic,
    VariadicForward,
    VariadicMany,
)  # fmt: skip
from corelib.primitives.reads import private_ufuncs, takes_arrays, unknown_keywords
from corelib.primitives.slope import Slopelike, slope_of

P = ParamSpec("P")
Results = TypeVar("Results", bound=tuple[Array, ...])
Two = TypeVar("Two", bound=tuple[Array, Array])
Three = TypeVar("Three", bound=tuple[Array, Array, Array])
Tensors = TypeVar("Tensors")
Many = TypeVar("Many", bound=tuple[Tensor, ...] | list[Tensor])
AnyForward: TypeAlias = (
    Callable[[Array], Array | tuple[Array, ...]]
    | Callable[[Array, Array], Array | tuple[Array, ...]]
    | Callable[[Array, Array, Array], Array | tuple[Array, ...]]
)
Pair: TypeAlias = tuple[Tensor, Tensor]
Triple: TypeAlias = tuple[Tensor, Tensor, Tensor]
Some: TypeAlias = tuple[Tensor, ...]
MakesTensors: TypeAlias = (
    Callable[[Tensor, Tensor], Tensors]
    | Callable[[Tensor, Tensor, Tensor], Tensors]
    | Callable[[Tensor, Tensor, Tensor, Tensor], Tensors]
)

# What a type checker says of a class that is no op: it shows the type of its method and the name of the variable.
ForwardOfOneToThreeArraysOrAnyNumberReturnsAnArrayOrATuple = TypeVar(
    "ForwardOfOneToThreeArraysOrAnyNumberReturnsAnArrayOrATuple", bound=AnyForward
)
BackwardTakesArraysOfForwardAndReturnsAGradientForEach = TypeVar(
    "BackwardTakesArraysOfForwardAndReturnsAGradientForEach", bound=Never
)
BackwardTakesShapesOfForwardAndReturnsAGradientForEach = TypeVar(
    "BackwardTakesShapesOfForwardAndReturnsAGradientForEach", bound=Never
)


@final
class VariadicBackwardMustReturnATuple:
    """What `op` returns, to a type checker, for a forward of any number of arrays whose backward returns no tuple.

    To refuse the class itself is not possible: it passes for a class of one array.
    """


Functions: TypeAlias = Callable[..., Any] | tuple[Callable[..., Any], ...] | None

describe(
    Op, NonDifferentiable, ElementwiseMany, ElementwiseUnary, ElementwiseBinary, ClassOp, Composed
)  # in help() and in a shell


class LinearOptions(TypedDict, total=False):
    """The options of `linear`."""

    numpy: Functions
    name: str | None


class Options(LinearOptions, total=False):
    """The options of `op`."""

    broadcasts: bool


# mypy's error about a class that fits no overload is about the first of them, and pyright's about the last.
# So both are one that no class fits, and whose type variables say what is wrong.
@overload
def op(  # pyright: ignore[reportOverlappingOverload]  # no class fits it
    cls: Callable[P, ForwardAndBackward[
        ForwardOfOneToThreeArraysOrAnyNumberReturnsAnArrayOrATuple,
        BackwardTakesArraysOfForwardAndReturnsAGradientForEach,
    ]], /, **options: Unpack[Options],
) -> Any: ...  # fmt: skip
@overload
def op(cls: Callable[P, Variadic], /, **options: Unpack[Options]) -> VariadicFn[P]: ...
@overload
def op(
    cls: Callable[P, VariadicMany[Any]], /, *, results: MakesTensors[Tensors], **options: Unpack[Options]
) -> VariadicManyFn[P, Tensors]: ...
@overload
def op(cls: Callable[P, VariadicMany[Two]], /, **options: Unpack[Options]) -> VariadicManyFn[P, Pair]: ...
@overload
def op(cls: Callable[P, VariadicMany[Results]], /, **options: Unpack[Options]) -> VariadicManyFn[P, Some]: ...
@overload
def op(cls: Callable[P, VariadicForward], /, **options: Unpack[Options]) -> VariadicBackwardMustReturnATuple: ...
@overload
def op(cls: Callable[P, Unary], /, **options: Unpack[Options]) -> UnaryFn[P]: ...
@overload
def op(
    cls: Callable[P, UnaryMany[Any]], /, *, results: MakesTensors[Tensors], **options: Unpack[Options]
) -> UnaryManyFn[P, Tensors]: ...
@overload
def op(cls: Callable[P, UnaryMany[Two]], /, **options: Unpack[Options]) -> UnaryManyFn[P, Pair]: ...
@overload
def op(cls: Callable[P, UnaryMany[Three]], /, **options: Unpack[Options]) -> UnaryManyFn[P, Triple]: ...
@overload
def op(cls: Callable[P, UnaryMany[Results]], /, **options: Unpack[Options]) -> UnaryManyFn[P, Some]: ...
@overload
def op(cls: Callable[P, Binary], /, **options: Unpack[Options]) -> BinaryFn[P]: ...
@overload
def op(
    cls: Callable[P, BinaryMany[Any]], /, *, results: MakesTensors[Tensors], **options: Unpack[Options]
) -> BinaryManyFn[P, Tensors]: ...
@overload
def op(cls: Callable[P, BinaryMany[Two]], /, **options: Unpack[Options]) -> BinaryManyFn[P, Pair]: ...
@overload
def op(cls: Callable[P, BinaryMany[Three]], /, **options: Unpack[Options]) -> BinaryManyFn[P, Triple]: ...
@overload
def op(cls: Callable[P, BinaryMany[Results]], /, **options: Unpack[Options]) -> BinaryManyFn[P, Some]: ...
@overload
def op(cls: Callable[P, Ternary], /, **options: Unpack[Options]) -> TernaryFn[P]: ...
@overload
def op(
    cls: Callable[P, TernaryMany[Any]], /, *, results: MakesTensors[Tensors], **options: Unpack[Options]
) -> TernaryManyFn[P, Tensors]: ...
@overload
def op(cls: Callable[P, TernaryMany[Two]], /, **options: Unpack[Options]) -> TernaryManyFn[P, Pair]: ...
@overload
def op(cls: Callable[P, TernaryMany[Results]], /, **options: Unpack[Options]) -> TernaryManyFn[P, Some]: ...
@overload
def op(  # pyright: ignore[reportOverlappingOverload]  # no class fits it
    cls: Callable[P, ForwardAndBackward[
        ForwardOfOneToThreeArraysOrAnyNumberReturnsAnArrayOrATuple,
        BackwardTakesArraysOfForwardAndReturnsAGradientForEach,
    ]], /, **options: Unpack[Options],
) -> Any: ...  # fmt: skip
def op(
    cls: Callable[..., Any],
    /,
    *,
    numpy: Functions = None,
    name: str | None = None,
    broadcasts: bool = False,
    results: Callable[..., Any] | None = None,
) -> Any:
    """An op from a class with ``forward(*arrays)`` and ``backward(propagated, *arrays)``.

    ``numpy`` is the function, or the functions, that the op stands for: called on a Tensor, they find it.
    ``broadcasts`` is for a class that acts entry by entry: the core then broadcasts its operands, and each
    gradient has the shape of the result. ``results`` makes what the caller gets of several results, from their
    Tensors: a named tuple is then typed by its fields. Without it, they get a tuple like that of forward.
    Raises InvalidOp for a class without the two methods.

    With y = forward(x1, ..., xn) and the Jacobians Ji = dy/dxi, backward returns Ji^T propagated for each i: one array
    of the shape of xi each, in a tuple where n > 1.

    >>> import numpy as np
    >>> from corelib import grad
    >>> class Scaled:
    ...     def __init__(self, factor):
    ...         self.factor = factor
    ...     def forward(self, x):
    ...         return self.factor * x
    ...     def backward(self, propagated, x):
    ...         return self.factor * propagated
    >>> scaled = op(Scaled)
    >>> grad(lambda x: scaled(x, factor=3.0))(2.0)
    array(3.)
    """
    return _class_op(cls, numpy, name, linear=False, broadcasts=broadcasts, results=results)


@overload
def linear(  # pyright: ignore[reportOverlappingOverload]  # no class fits it
    cls: Callable[P, ForwardAndBackward[
        ForwardOfOneToThreeArraysOrAnyNumberReturnsAnArrayOrATuple,
        BackwardTakesShapesOfForwardAndReturnsAGradientForEach,
    ]], /, **options: Unpack[LinearOptions],
) -> Any: ...  # fmt: skip
@overload
def linear(cls: Callable[P, LinearVariadic], /, **options: Unpack[LinearOptions]) -> VariadicFn[P]: ...
@overload
def linear(
    cls: Callable[P, VariadicForward], /, **options: Unpack[LinearOptions]
) -> VariadicBackwardMustReturnATuple: ...
@overload
def linear(cls: Callable[P, LinearUnary], /, **options: Unpack[LinearOptions]) -> UnaryFn[P]: ...
@overload
def linear(cls: Callable[P, LinearBinary], /, **options: Unpack[LinearOptions]) -> BinaryFn[P]: ...
@overload
def linear(cls: Callable[P, LinearTernary], /, **options: Unpack[LinearOptions]) -> TernaryFn[P]: ...
@overload
def linear(  # pyright: ignore[reportOverlappingOverload]  # no class fits it
    cls: Callable[P, ForwardAndBackward[
        ForwardOfOneToThreeArraysOrAnyNumberReturnsAnArrayOrATuple,
        BackwardTakesShapesOfForwardAndReturnsAGradientForEach,
    ]], /, **options: Unpack[LinearOptions],
) -> Any: ...  # fmt: skip
def linear(cls: Callable[..., Any], /, *, numpy: Functions = None, name: str | None = None) -> Any:
    """An op whose backward needs only shapes: ``backward(propagated, *shapes)``. It keeps no array alive.

    For a function that is linear in its arrays, whose Jacobian depends on their shapes alone. Raises InvalidOp for a
    class without ``forward`` and ``backward``.

    >>> import numpy as np
    >>> from corelib import grad
    >>> class Total:
    ...     def forward(self, x):
    ...         return np.sum(x)
    ...     def backward(self, propagated, shape):
    ...         return np.broadcast_to(propagated, shape)
    >>> grad(linear(Total))(np.array([1.0, 2.0]))
    array([1., 1.])
    """
    return _class_op(cls, numpy, name, linear=True)


@overload
def elementwise(
    function: Function1, slope: Slope1, /, *,
    numpy: Functions = None, name: str | None = None, singular: bool = False,
) -> UnaryFn[[]]: ...  # fmt: skip


@overload
def elementwise(
    function: Function2, slope: Slope2, slope2: Slope2, /, *,
    numpy: Functions = None, name: str | None = None, singular: bool = False,
) -> BinaryFn[[]]: ...  # fmt: skip


@overload
def elementwise(
    function: Function3, slope: Slope3, slope2: Slope3, slope3: Slope3, /, *,
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

    With y = function(x1, ..., xn) the slope in the argument i is dy/dxi at each entry; the core multiplies it with the
    cotangent, and broadcasts. A slope is a number, a function of the arguments (and, keyword-only, of ``result``), or
    None where there is no gradient, so that asking for it raises NotDifferentiable. ``singular`` is for a slope that
    can be infinite: a cotangent of exactly zero stays zero there. Such a slope may be a ``Ratio(above, below)``.

    Raises InvalidOp for another number of slopes than ``function`` has arguments, and for a slope of another number
    of arguments, or of a keyword that is not known.

    >>> import numpy as np
    >>> from corelib import grad
    >>> exp = elementwise(np.exp, lambda x, *, result: result)
    >>> multiply = elementwise(np.multiply, lambda x, y: y, lambda x, y: x)
    >>> grad(lambda x: multiply(exp(x), 2.0))(0.0)
    array(2.)
    """
    if not slopes or not takes_arrays(function, len(slopes)):
        given = f"{described(function)} was given {len(slopes)}"
        raise InvalidOp(f"an elementwise op needs a slope for each of its arguments, and {given}")
    made = tuple(slope_of(slope, len(slopes), singular) for slope in slopes)
    functions = _functions((function, *private_ufuncs(function, len(slopes))) if numpy is None else numpy)
    kind = {1: ElementwiseUnary, 2: ElementwiseBinary}.get(len(slopes), ElementwiseMany)
    return kind(function, made, name or _name(functions, function), function.__doc__, functions)


@overload
def composed(
    function: Callable[P, Many], /, *, numpy: Functions = None, name: str | None = None
) -> ComposedManyFn[P, Many]: ...


@overload
def composed(
    function: Callable[P, Tensor], /, *, numpy: Functions = None, name: str | None = None
) -> ComposedFn[P]: ...


def composed(function: Callable[..., Any], /, *, numpy: Functions = None, name: str | None = None) -> Any:
    """An op written in other ops: ``function`` is NumPy on Tensors, and its parts give it its derivative.

    ``numpy`` is the function, or the functions, that the op stands for. Raises InvalidOp for what cannot be called.

    >>> import numpy as np
    >>> from corelib import grad
    >>> softplus = composed(lambda x: np.logaddexp(x, 0.0), name="softplus")
    >>> grad(softplus)(0.0)
    array(0.5)
    """
    if not callable(function):
        raise InvalidOp(f"an op is composed of a function of arrays, and a {type(function).__name__} is none")
    return Composed(function, name or _name((), function), _functions(numpy))


def _class_op(
    cls: Callable[..., Any],
    numpy: Functions,
    name: str | None,
    *,
    linear: bool,
    broadcasts: bool = False,
    results: Callable[..., Any] | None = None,
) -> ClassOp:
    for method in ("forward", "backward"):
        if not callable(getattr(cls, method, None)):
            raise InvalidOp(f"{cls!r} has no method {method}; an op is a class with forward and backward")
    unknown = unknown_keywords(cls.backward, ("result", "wanted"))  # type: ignore[attr-defined]  # looked at above
    if unknown:
        raise InvalidOp(f"{cls!r}: backward may name `result` and `wanted` keyword-only, and not {', '.join(unknown)}")
    functions = _functions(numpy)
    return ClassOp(cls, name or _name(functions, cls), functions, linear=linear, broadcasts=broadcasts, results=results)


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
