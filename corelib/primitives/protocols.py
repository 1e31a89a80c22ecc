"""What a class must look like to become an op: one protocol per number of arrays.

A type checker refuses a class whose backward returns another number of gradients than forward takes arrays. Names
that begin with an underscore are steps on the way: a backward with or without ``result`` and ``wanted``.

An op of any number of arrays may name the first ones, and those of three at most: ``forward(self, x, *rest)``.

``Results`` is what a forward of several results returns: ``tuple[Array, Array]``, or a named tuple. ``Seen_contra``
is what its backward sees of them, as ``propagated`` and as ``result``.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias, TypeVar

from corelib.core.tensor import Array, Tensor

Wanted: TypeAlias = tuple[bool, ...]
Shape: TypeAlias = tuple[int, ...]
Gradient: TypeAlias = Array | Tensor | None  # a Tensor where the backward calls an op
Results = TypeVar("Results", bound=tuple[Any, ...])
Seen_contra = TypeVar("Seen_contra", contravariant=True)
Forward_co = TypeVar("Forward_co", covariant=True)
Backward_co = TypeVar("Backward_co", covariant=True)


class ForwardAndBackward(Protocol[Forward_co, Backward_co]):
    """Any class with both methods: an error that says which of them does not fit is made with it."""

    @property
    def forward(self) -> Forward_co: ...

    @property
    def backward(self) -> Backward_co: ...


class _Backward1(Protocol[Seen_contra]):
    def __call__(self, propagated: Seen_contra, x: Array, /) -> Array | Tensor: ...


class _Backward1Result(Protocol[Seen_contra]):
    def __call__(self, propagated: Seen_contra, x: Array, /, *, result: Seen_contra) -> Array | Tensor: ...


class _Backward1Wanted(Protocol[Seen_contra]):
    def __call__(self, propagated: Seen_contra, x: Array, /, *, wanted: Wanted) -> Array | Tensor: ...


class _Backward1Both(Protocol[Seen_contra]):
    def __call__(
        self, propagated: Seen_contra, x: Array, /, *, result: Seen_contra, wanted: Wanted
    ) -> Array | Tensor: ...


_AnyBackward1: TypeAlias = (
    _Backward1[Seen_contra]
    | _Backward1Result[Seen_contra]
    | _Backward1Wanted[Seen_contra]
    | _Backward1Both[Seen_contra]
)


class Unary(Protocol):
    """The class of an op y = forward(x): ``backward(propagated, x)`` returns an array of the shape of x.

    It is (dy/dx)^T propagated, where ``propagated`` has the shape of y. A backward may also take ``result`` (y) and
    ``wanted``, keyword-only.
    """

    def forward(self, x: Array, /) -> Array: ...

    @property
    def backward(self) -> _AnyBackward1[Array]: ...


class UnaryMany(Protocol[Results]):
    """The same with several results: ``propagated`` is a tuple like that of forward."""

    def forward(self, x: Array, /) -> Results: ...

    @property
    def backward(self) -> _AnyBackward1[Results]: ...


class _Backward2(Protocol[Seen_contra]):
    def __call__(self, propagated: Seen_contra, x: Array, y: Array, /) -> tuple[Gradient, Gradient]: ...


class _Backward2Result(Protocol[Seen_contra]):
    def __call__(
        self, propagated: Seen_contra, x: Array, y: Array, /, *, result: Seen_contra
    ) -> tuple[Gradient, Gradient]: ...


class _Backward2Wanted(Protocol[Seen_contra]):
    def __call__(
        self, propagated: Seen_contra, x: Array, y: Array, /, *, wanted: Wanted
    ) -> tuple[Gradient, Gradient]: ...


class _Backward2Both(Protocol[Seen_contra]):
    def __call__(
        self, propagated: Seen_contra, x: Array, y: Array, /, *, result: Seen_contra, wanted: Wanted
    ) -> tuple[Gradient, Gradient]: ...


_AnyBackward2: TypeAlias = (
    _Backward2[Seen_contra]
    | _Backward2Result[Seen_contra]
    | _Backward2Wanted[Seen_contra]
    | _Backward2Both[Seen_contra]
)


class Binary(Protocol):
    """The class of an op y = forward(x1, x2): ``backward(propagated, x1, x2)`` returns a gradient of the shape of each.

    They are (dy/dxi)^T propagated, in a tuple; None where xi is not wanted (``wanted``) or has no gradient.
    """

    def forward(self, x: Array, y: Array, /) -> Array: ...

    @property
    def backward(self) -> _AnyBackward2[Array]: ...


class BinaryMany(Protocol[Results]):
    """The same with several results: ``propagated`` is a tuple like that of forward."""

    def forward(self, x: Array, y: Array, /) -> Results: ...

    @property
    def backward(self) -> _AnyBackward2[Results]: ...


class _Backward3(Protocol[Seen_contra]):
    def __call__(
        self, propagated: Seen_contra, x: Array, y: Array, z: Array, /
    ) -> tuple[Gradient, Gradient, Gradient]: ...


class _Backward3Result(Protocol[Seen_contra]):
    def __call__(
        self, propagated: Seen_contra, x: Array, y: Array, z: Array, /, *, result: Seen_contra
    ) -> tuple[Gradient, Gradient, Gradient]: ...


class _Backward3Wanted(Protocol[Seen_contra]):
    def __call__(
        self, propagated: Seen_contra, x: Array, y: Array, z: Array, /, *, wanted: Wanted
    ) -> tuple[Gradient, Gradient, Gradient]: ...


class _Backward3Both(Protocol[Seen_contra]):
    def __call__(
        self, propagated: Seen_contra, x: Array, y: Array, z: Array, /, *, result: Seen_contra, wanted: Wanted
    ) -> tuple[Gradient, Gradient, Gradient]: ...


_AnyBackward3: TypeAlias = (
    _Backward3[Seen_contra]
    | _Backward3Result[Seen_contra]
    | _Backward3Wanted[Seen_contra]
    | _Backward3Both[Seen_contra]
)


class Ternary(Protocol):
    """The class of an op y = forward(x1, x2, x3), whose backward returns a tuple of three gradients: see Binary."""

    def forward(self, x: Array, y: Array, z: Array, /) -> Array: ...

    @property
    def backward(self) -> _AnyBackward3[Array]: ...


class TernaryMany(Protocol[Results]):
    """The same with several results: ``propagated`` is a tuple like that of forward."""

    def forward(self, x: Array, y: Array, z: Array, /) -> Results: ...

    @property
    def backward(self) -> _AnyBackward3[Results]: ...


class _BackwardN(Protocol[Seen_contra]):
    def __call__(
        self, propagated: Seen_contra, x: Array, y: Array, z: Array, /, *arrays: Array
    ) -> tuple[Gradient, ...]: ...


class _BackwardNResult(Protocol[Seen_contra]):
    def __call__(
        self, propagated: Seen_contra, x: Array, y: Array, z: Array, /, *arrays: Array, result: Seen_contra
    ) -> tuple[Gradient, ...]: ...


class _BackwardNWanted(Protocol[Seen_contra]):
    def __call__(
        self, propagated: Seen_contra, x: Array, y: Array, z: Array, /, *arrays: Array, wanted: Wanted
    ) -> tuple[Gradient, ...]: ...


class _BackwardNBoth(Protocol[Seen_contra]):
    def __call__(
        self,
        propagated: Seen_contra,
        x: Array,
        y: Array,
        z: Array,
        /,
        *arrays: Array,
        result: Seen_contra,
        wanted: Wanted,
    ) -> tuple[Gradient, ...]: ...


_AnyBackwardN: TypeAlias = (
    _BackwardN[Seen_contra]
    | _BackwardNResult[Seen_contra]
    | _BackwardNWanted[Seen_contra]
    | _BackwardNBoth[Seen_contra]
)


class Variadic(Protocol):
    """The class of an op y = forward(*arrays), whose backward returns a tuple of one gradient per array: see Binary."""

    def forward(self, x: Array, y: Array, z: Array, /, *arrays: Array) -> Array: ...

    @property
    def backward(self) -> _AnyBackwardN[Array]: ...


class VariadicForward(Protocol):
    """Any number of arrays, and a backward of any type."""

    def forward(self, x: Array, y: Array, z: Array, /, *arrays: Array) -> Any: ...

    @property
    def backward(self) -> Any: ...


class VariadicMany(Protocol[Results]):
    """The same with several results: ``propagated`` is a tuple like that of forward."""

    def forward(self, x: Array, y: Array, z: Array, /, *arrays: Array) -> Results: ...

    @property
    def backward(self) -> _AnyBackwardN[Results]: ...


class _LinearBackward1(Protocol):
    def __call__(self, propagated: Array, x: Shape, /) -> Array | Tensor: ...


class _LinearBackward1Wanted(Protocol):
    def __call__(self, propagated: Array, x: Shape, /, *, wanted: Wanted) -> Array | Tensor: ...


class LinearUnary(Protocol):
    """One array, one result, and a backward that is given shapes in the place of arrays."""

    def forward(self, x: Array, /) -> Array: ...

    @property
    def backward(self) -> _LinearBackward1 | _LinearBackward1Wanted: ...


class _LinearBackward2(Protocol):
    def __call__(self, propagated: Array, x: Shape, y: Shape, /) -> tuple[Gradient, Gradient]: ...


class _LinearBackward2Wanted(Protocol):
    def __call__(self, propagated: Array, x: Shape, y: Shape, /, *, wanted: Wanted) -> tuple[Gradient, Gradient]: ...


class LinearBinary(Protocol):
    """Two arrays, one result, and a backward that is given shapes in the place of arrays."""

    def forward(self, x: Array, y: Array, /) -> Array: ...

    @property
    def backward(self) -> _LinearBackward2 | _LinearBackward2Wanted: ...


class _LinearBackward3(Protocol):
    def __call__(self, propagated: Array, x: Shape, y: Shape, z: Shape, /) -> tuple[Gradient, Gradient, Gradient]: ...


class _LinearBackward3Wanted(Protocol):
    def __call__(
        self, propagated: Array, x: Shape, y: Shape, z: Shape, /, *, wanted: Wanted
    ) -> tuple[Gradient, Gradient, Gradient]: ...


class LinearTernary(Protocol):
    """Three arrays, one result, and a backward that is given shapes in the place of arrays."""

    def forward(self, x: Array, y: Array, z: Array, /) -> Array: ...

    @property
    def backward(self) -> _LinearBackward3 | _LinearBackward3Wanted: ...


class _LinearBackwardN(Protocol):
    def __call__(self, propagated: Array, x: Shape, y: Shape, z: Shape, /, *arrays: Shape) -> tuple[Gradient, ...]: ...


class _LinearBackwardNWanted(Protocol):
    def __call__(
        self, propagated: Array, x: Shape, y: Shape, z: Shape, /, *arrays: Shape, wanted: Wanted
    ) -> tuple[Gradient, ...]: ...


class LinearVariadic(Protocol):
    """Any number of arrays, one result, and a backward that is given shapes in the place of arrays."""

    def forward(self, x: Array, y: Array, z: Array, /, *arrays: Array) -> Array: ...

    @property
    def backward(self) -> _LinearBackwardN | _LinearBackwardNWanted: ...


class _Slope1(Protocol):
    def __call__(self, x: Any, /) -> Any: ...


class _Slope1Result(Protocol):
    def __call__(self, x: Any, /, *, result: Any) -> Any: ...


class _Slope2(Protocol):
    def __call__(self, x: Any, y: Any, /) -> Any: ...


class _Slope2Result(Protocol):
    def __call__(self, x: Any, y: Any, /, *, result: Any) -> Any: ...


class _Slope3(Protocol):
    def __call__(self, x: Any, y: Any, z: Any, /) -> Any: ...


class _Slope3Result(Protocol):
    def __call__(self, x: Any, y: Any, z: Any, /, *, result: Any) -> Any: ...


# The functions of entry-by-entry ops. Arrays are Any to them: a lambda without types then has no unknown ones.
Function1: TypeAlias = Callable[[Any], Any]
Function2: TypeAlias = Callable[[Any, Any], Any]
Function3: TypeAlias = Callable[[Any, Any, Any], Any]
Slope1: TypeAlias = _Slope1 | _Slope1Result | float
Slope2: TypeAlias = _Slope2 | _Slope2Result | float | None
Slope3: TypeAlias = _Slope3 | _Slope3Result | float | None
