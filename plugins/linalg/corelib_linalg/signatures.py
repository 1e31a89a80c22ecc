"""The types of functions whose results depend on their arguments, as a caller sees them."""

from typing import Generic, Literal, NamedTuple, Protocol, TypeVar, overload

from corelib.extend import AnyOp, Tensor, TensorLike

T = TypeVar("T")


class QRResult(NamedTuple, Generic[T]):
    Q: T
    R: T


class SVDResult(NamedTuple, Generic[T]):
    U: T
    S: T
    Vh: T


class QRFn(AnyOp, Protocol):
    """``qr``: with mode "r" it returns R alone."""

    @overload
    def __call__(self, a: TensorLike, mode: Literal["reduced", "complete"] = "reduced") -> QRResult[Tensor]: ...
    @overload
    def __call__(self, a: TensorLike, mode: Literal["r"]) -> Tensor: ...


class SVDFn(AnyOp, Protocol):
    """``svd``: without ``compute_uv`` it returns the singular values alone."""

    @overload
    def __call__(
        self, a: TensorLike, full_matrices: bool = True, compute_uv: Literal[True] = True, hermitian: bool = False
    ) -> SVDResult[Tensor]: ...
    @overload
    def __call__(
        self, a: TensorLike, full_matrices: bool = True, *, compute_uv: Literal[False], hermitian: bool = False
    ) -> Tensor: ...
    @overload
    def __call__(
        self, a: TensorLike, full_matrices: bool, compute_uv: Literal[False], hermitian: bool = False
    ) -> Tensor: ...
