"""What a class must look like to become an op: one protocol per number of arrays.

mypy refuses a class whose backward answers another number of gradients than forward takes arrays. Names that
begin with an underscore are steps on the way: a backward with or without ``result`` and ``wanted``.
"""

from typing import Any, Protocol, TypeAlias

from corelib.tensor import Array

Wanted: TypeAlias = tuple[bool, ...]
Shape: TypeAlias = tuple[int, ...]
Gradient: TypeAlias = Array | None


class _Backward1(Protocol):
    def __call__(self, propagated: Any, x: Array, /) -> Gradient: ...


class _Backward1Result(Protocol):
    def __call__(self, propagated: Any, x: Array, /, *, result: Any) -> Gradient: ...


class _Backward1Wanted(Protocol):
    def __call__(self, propagated: Any, x: Array, /, *, wanted: Wanted) -> Gradient: ...


class _Backward1Both(Protocol):
    def __call__(self, propagated: Any, x: Array, /, *, result: Any, wanted: Wanted) -> Gradient: ...


class Unary(Protocol):
    """One array, one result."""

    def forward(self, x: Array, /) -> Array: ...

    @property
    def backward(self) -> _Backward1 | _Backward1Result | _Backward1Wanted | _Backward1Both: ...


class UnaryMany(Protocol):
    """The same with several results: ``propagated`` is a tuple, like what forward returns."""

    def forward(self, x: Array, /) -> tuple[Array, ...]: ...

    @property
    def backward(self) -> _Backward1 | _Backward1Result | _Backward1Wanted | _Backward1Both: ...


class _Backward2(Protocol):
    def __call__(self, propagated: Any, x: Array, y: Array, /) -> tuple[Gradient, Gradient]: ...


class _Backward2Result(Protocol):
    def __call__(self, propagated: Any, x: Array, y: Array, /, *, result: Any) -> tuple[Gradient, Gradient]: ...


class _Backward2Wanted(Protocol):
    def __call__(self, propagated: Any, x: Array, y: Array, /, *, wanted: Wanted) -> tuple[Gradient, Gradient]: ...


class _Backward2Both(Protocol):
    def __call__(
        self, propagated: Any, x: Array, y: Array, /, *, result: Any, wanted: Wanted
    ) -> tuple[Gradient, Gradient]: ...


class Binary(Protocol):
    """Two arrays, one result."""

    def forward(self, x: Array, y: Array, /) -> Array: ...

    @property
    def backward(self) -> _Backward2 | _Backward2Result | _Backward2Wanted | _Backward2Both: ...


class BinaryMany(Protocol):
    """The same with several results: ``propagated`` is a tuple, like what forward returns."""

    def forward(self, x: Array, y: Array, /) -> tuple[Array, ...]: ...

    @property
    def backward(self) -> _Backward2 | _Backward2Result | _Backward2Wanted | _Backward2Both: ...


class _Backward3(Protocol):
    def __call__(self, propagated: Any, x: Array, y: Array, z: Array, /) -> tuple[Gradient, Gradient, Gradient]: ...


class _Backward3Result(Protocol):
    def __call__(
        self, propagated: Any, x: Array, y: Array, z: Array, /, *, result: Any
    ) -> tuple[Gradient, Gradient, Gradient]: ...


class _Backward3Wanted(Protocol):
    def __call__(
        self, propagated: Any, x: Array, y: Array, z: Array, /, *, wanted: Wanted
    ) -> tuple[Gradient, Gradient, Gradient]: ...


class _Backward3Both(Protocol):
    def __call__(
        self, propagated: Any, x: Array, y: Array, z: Array, /, *, result: Any, wanted: Wanted
    ) -> tuple[Gradient, Gradient, Gradient]: ...


class Ternary(Protocol):
    """Three arrays, one result."""

    def forward(self, x: Array, y: Array, z: Array, /) -> Array: ...

    @property
    def backward(self) -> _Backward3 | _Backward3Result | _Backward3Wanted | _Backward3Both: ...


class TernaryMany(Protocol):
    """The same with several results: ``propagated`` is a tuple, like what forward returns."""

    def forward(self, x: Array, y: Array, z: Array, /) -> tuple[Array, ...]: ...

    @property
    def backward(self) -> _Backward3 | _Backward3Result | _Backward3Wanted | _Backward3Both: ...


class _BackwardN(Protocol):
    def __call__(self, propagated: Any, /, *arrays: Array) -> tuple[Gradient, ...]: ...


class _BackwardNResult(Protocol):
    def __call__(self, propagated: Any, /, *arrays: Array, result: Any) -> tuple[Gradient, ...]: ...


class _BackwardNWanted(Protocol):
    def __call__(self, propagated: Any, /, *arrays: Array, wanted: Wanted) -> tuple[Gradient, ...]: ...


class _BackwardNBoth(Protocol):
    def __call__(self, propagated: Any, /, *arrays: Array, result: Any, wanted: Wanted) -> tuple[Gradient, ...]: ...


class Variadic(Protocol):
    """Any number of arrays, one result."""

    def forward(self, *arrays: Array) -> Array: ...

    @property
    def backward(self) -> _BackwardN | _BackwardNResult | _BackwardNWanted | _BackwardNBoth: ...


class VariadicMany(Protocol):
    """The same with several results: ``propagated`` is a tuple, like what forward returns."""

    def forward(self, *arrays: Array) -> tuple[Array, ...]: ...

    @property
    def backward(self) -> _BackwardN | _BackwardNResult | _BackwardNWanted | _BackwardNBoth: ...


class _LinearBackward1(Protocol):
    def __call__(self, propagated: Any, x: Shape, /) -> Gradient: ...


class _LinearBackward1Wanted(Protocol):
    def __call__(self, propagated: Any, x: Shape, /, *, wanted: Wanted) -> Gradient: ...


class LinearUnary(Protocol):
    """One array, one result, and a backward that is given shapes in the place of arrays."""

    def forward(self, x: Array, /) -> Array: ...

    @property
    def backward(self) -> _LinearBackward1 | _LinearBackward1Wanted: ...


class _LinearBackward2(Protocol):
    def __call__(self, propagated: Any, x: Shape, y: Shape, /) -> tuple[Gradient, Gradient]: ...


class _LinearBackward2Wanted(Protocol):
    def __call__(self, propagated: Any, x: Shape, y: Shape, /, *, wanted: Wanted) -> tuple[Gradient, Gradient]: ...


class LinearBinary(Protocol):
    """Two arrays, one result, and a backward that is given shapes in the place of arrays."""

    def forward(self, x: Array, y: Array, /) -> Array: ...

    @property
    def backward(self) -> _LinearBackward2 | _LinearBackward2Wanted: ...


class _LinearBackward3(Protocol):
    def __call__(self, propagated: Any, x: Shape, y: Shape, z: Shape, /) -> tuple[Gradient, Gradient, Gradient]: ...


class _LinearBackward3Wanted(Protocol):
    def __call__(
        self, propagated: Any, x: Shape, y: Shape, z: Shape, /, *, wanted: Wanted
    ) -> tuple[Gradient, Gradient, Gradient]: ...


class LinearTernary(Protocol):
    """Three arrays, one result, and a backward that is given shapes in the place of arrays."""

    def forward(self, x: Array, y: Array, z: Array, /) -> Array: ...

    @property
    def backward(self) -> _LinearBackward3 | _LinearBackward3Wanted: ...


class _LinearBackwardN(Protocol):
    def __call__(self, propagated: Any, /, *arrays: Shape) -> tuple[Gradient, ...]: ...


class _LinearBackwardNWanted(Protocol):
    def __call__(self, propagated: Any, /, *arrays: Shape, wanted: Wanted) -> tuple[Gradient, ...]: ...


class LinearVariadic(Protocol):
    """Any number of arrays, one result, and a backward that is given shapes in the place of arrays."""

    def forward(self, *arrays: Array) -> Array: ...

    @property
    def backward(self) -> _LinearBackwardN | _LinearBackwardNWanted: ...
