"""The types of transforms: a transformed function takes what the function takes.

What is differentiated is a Tensor inside of the function and an array outside, so those arguments are Any. The
others keep their types, and their number.
"""

from collections.abc import Callable, Sequence
from typing import Any, Concatenate, Literal, ParamSpec, Protocol, TypeAlias, TypeVar, cast, overload

import numpy as np

P = ParamSpec("P")
One_co = TypeVar("One_co", covariant=True)
Several_co = TypeVar("Several_co", covariant=True)


# What a transform is given. They are no Callables, since mypy then takes no lambda with defaults.
class OfOne(Protocol):
    """A function of one argument."""

    def __call__(self, x: Any, /) -> Any: ...


class OfTwo(Protocol):
    """A function of two arguments."""

    def __call__(self, x: Any, y: Any, /) -> Any: ...


class OfOneOrMore(Protocol[P]):
    """A function of an argument, and of what follows."""

    def __call__(self, x: Any, /, *args: P.args, **keywords: P.kwargs) -> Any: ...


class OfTwoOrMore(Protocol[P]):
    """A function of two arguments, and of what follows."""

    def __call__(self, x: Any, y: Any, /, *args: P.args, **keywords: P.kwargs) -> Any: ...


class DifferentiatedInFirst(Protocol[P, One_co]):
    """A function that was transformed in its first argument: what follows is as it was."""

    def __call__(self, x: Any, /, *args: P.args, **keywords: P.kwargs) -> One_co: ...


class DifferentiatedInSecond(Protocol[P, One_co]):
    """The same in its second argument, or in the first two."""

    def __call__(self, x: Any, y: Any, /, *args: P.args, **keywords: P.kwargs) -> One_co: ...


class Transform(Protocol[One_co, Several_co]):
    """``transform(f, argnums)``, of which a call returns One for a number, and Several for a sequence of numbers."""

    @overload  # a ufunc has a signature for each type of its arguments: none of them is the right one
    def __call__(self, f: np.ufunc, argnums: int = 0) -> Callable[..., One_co]: ...
    @overload
    def __call__(self, f: OfOneOrMore[P], argnums: Literal[0] = 0) -> DifferentiatedInFirst[P, One_co]: ...
    @overload
    def __call__(self, f: OfTwoOrMore[P], argnums: Literal[1]) -> DifferentiatedInSecond[P, One_co]: ...
    @overload
    def __call__(
        self, f: OfTwoOrMore[P], argnums: tuple[Literal[0], Literal[1]]
    ) -> DifferentiatedInSecond[P, Several_co]: ...
    @overload
    def __call__(self, f: Callable[..., Any], argnums: int) -> Callable[..., One_co]: ...
    @overload
    def __call__(self, f: Callable[..., Any], argnums: Sequence[int]) -> Callable[..., Several_co]: ...


class Vjp(Protocol):
    """``vjp(f, *args)``: as many arguments as the function takes."""

    @overload
    def __call__(self, f: OfOne, x: Any, /) -> tuple[Any, Callable[[Any], Any]]: ...
    @overload
    def __call__(self, f: OfTwo, x: Any, y: Any, /) -> tuple[Any, Callable[[Any], tuple[Any, Any]]]: ...
    @overload
    def __call__(
        self, f: Callable[..., Any], x: Any, y: Any, z: Any, /, *more: Any
    ) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]: ...


class Jvp(Protocol):
    """``jvp(f, args, tangents)``: as many arguments as the function takes, and a tangent for each."""

    @overload
    def __call__(self, f: OfOne, args: tuple[Any], tangents: tuple[Any] | list[Any]) -> tuple[Any, Any]: ...
    @overload
    def __call__(self, f: OfTwo, args: tuple[Any, Any], tangents: tuple[Any, Any] | list[Any]) -> tuple[Any, Any]: ...
    @overload
    def __call__(
        self, f: Callable[..., Any], args: tuple[Any, Any, Any, *tuple[Any, ...]], tangents: Sequence[Any]
    ) -> tuple[Any, Any]: ...
    @overload
    def __call__(self, f: Callable[..., Any], args: list[Any], tangents: Sequence[Any]) -> tuple[Any, Any]: ...


HessianProduct: TypeAlias = Callable[Concatenate[Any, Any, ...], Any]
"""``hvp(f)``: it takes the arguments of f, and a vector after them."""


def transform(function: Callable[..., Any]) -> Transform[Any, tuple[Any, ...]]:
    """The same function, typed: of a tuple where it differentiates in several arguments."""
    return cast(Transform[Any, tuple[Any, ...]], function)


def transform_with_value(function: Callable[..., Any]) -> Transform[tuple[Any, Any], tuple[Any, tuple[Any, ...]]]:
    """The same, and the value of the function before it."""
    return cast(Transform[tuple[Any, Any], tuple[Any, tuple[Any, ...]]], function)


def transform_of_structure(function: Callable[..., Any]) -> Transform[Any, Any]:
    """The same, and the tuple inside of the structure of the result."""
    return cast(Transform[Any, Any], function)


def vector_jacobian(function: Callable[..., Any]) -> Vjp:
    """The same function, typed."""
    return cast(Vjp, function)


def jacobian_vector(function: Callable[..., Any]) -> Jvp:
    """The same function, typed."""
    return cast(Jvp, function)
