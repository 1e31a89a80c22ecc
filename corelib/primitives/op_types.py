"""The types of ops, as a caller sees them: one protocol per number of arrays."""

from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, Protocol, TypeVar

from corelib.core.tensor import Tensor, TensorLike

P = ParamSpec("P")
Tensors_co = TypeVar("Tensors_co", covariant=True)
"""What an op of several results returns: ``tuple[Tensor, Tensor]``, or a named tuple."""


class AnyOp(Protocol):
    """What all ops have in common."""

    name: str
    functions: tuple[Callable[..., Any], ...]

    def from_numpy(self, function: Callable[..., Any], args: Sequence[Any], keywords: dict[str, Any]) -> Any: ...


class UnaryFn(AnyOp, Protocol[P]):
    """An op of one array, typed: what follows the arrays are the fields of its class."""

    def __call__(self, x: TensorLike, /, *args: P.args, **fields: P.kwargs) -> Tensor: ...


class UnaryManyFn(AnyOp, Protocol[P, Tensors_co]):
    """An op of one array with several results."""

    def __call__(self, x: TensorLike, /, *args: P.args, **fields: P.kwargs) -> Tensors_co: ...


class BinaryFn(AnyOp, Protocol[P]):
    """An op of two arrays, typed: what follows the arrays are the fields of its class."""

    def __call__(self, x: TensorLike, y: TensorLike, /, *args: P.args, **fields: P.kwargs) -> Tensor: ...


class BinaryManyFn(AnyOp, Protocol[P, Tensors_co]):
    """An op of two arrays with several results."""

    def __call__(self, x: TensorLike, y: TensorLike, /, *args: P.args, **fields: P.kwargs) -> Tensors_co: ...


class TernaryFn(AnyOp, Protocol[P]):
    """An op of three arrays, typed: what follows the arrays are the fields of its class."""

    def __call__(self, x: TensorLike, y: TensorLike, z: TensorLike, /, *args: P.args, **fields: P.kwargs) -> Tensor: ...


class TernaryManyFn(AnyOp, Protocol[P, Tensors_co]):
    """An op of three arrays with several results."""

    def __call__(
        self, x: TensorLike, y: TensorLike, z: TensorLike, /, *args: P.args, **fields: P.kwargs
    ) -> Tensors_co: ...


class VariadicFn(AnyOp, Protocol[P]):
    """An op of a sequence of arrays, typed: what follows the arrays are the fields of its class."""

    def __call__(self, arrays: Sequence[TensorLike], /, *args: P.args, **fields: P.kwargs) -> Tensor: ...


class VariadicManyFn(AnyOp, Protocol[P, Tensors_co]):
    """An op of a sequence of arrays with several results."""

    def __call__(self, arrays: Sequence[TensorLike], /, *args: P.args, **fields: P.kwargs) -> Tensors_co: ...


class ComposedFn(AnyOp, Protocol[P]):
    """An op written in other ops, typed as the function it was made of."""

    def __call__(self, *args: P.args, **keywords: P.kwargs) -> Tensor: ...


class ComposedManyFn(AnyOp, Protocol[P, Tensors_co]):
    """The same with several results."""

    def __call__(self, *args: P.args, **keywords: P.kwargs) -> Tensors_co: ...
