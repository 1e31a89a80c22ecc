"""What the gradients of this distribution are made of: adjoints, triangles, diagonals, rounding."""

from typing import Any, Final

import numpy as np

from corelib.extend import Shape, Tensor, like, native, ones

ROUNDING: Final = 16  # times eps: how far numbers are apart that are equal but for rounding


def adjoint(x: Any) -> Any:
    """The conjugate transposes of matrices in the last two axes."""
    transposed = np.swapaxes(x, -1, -2)
    return np.conjugate(transposed) if x.dtype.kind == "c" else transposed


def nothing(x: Any) -> bool:
    """Whether a cotangent is that of a result that nobody used: zeros of NumPy."""
    return type(x) is np.ndarray and not x.any()


def conj(x: Any) -> Any:
    """The complex conjugate; a real array itself, not a copy of it."""
    return np.conjugate(x) if x.dtype.kind == "c" else x


def real(x: Any) -> Any:
    """The real part; a real array itself."""
    return np.real(x) if x.dtype.kind == "c" else x


def entries(x: Any) -> Any:
    """The numbers of an array that may be a Tensor, to decide by: they are not differentiated."""
    return x.data if isinstance(x, Tensor) else x


def identity(n: int, x: Any) -> Any:
    """The n x n identity, of the dtype and kind of array of ``x``."""
    return np.eye(n, dtype=x.dtype) if native(x) else np.diag(ones((n,), x.dtype, entries(x)))


def tensor(x: Any) -> Tensor:
    """An operand of a function that is written in other ops."""
    return x if isinstance(x, Tensor) else Tensor(x)


def places(n: int, x: Any) -> Any:
    """The numbers 0 to n - 1 under each other, in an array of the kind of ``x``."""
    return np.arange(n, dtype=int, like=like(x))[:, None]


def column(x: Any) -> Any:
    """A number for each matrix, so that it broadcasts over its entries."""
    return x[..., None, None]


def summed(x: Any, shape: Shape) -> Any:
    """The sum of ``x`` over the axes along which ``shape`` was broadcast to its shape."""
    if x.shape == shape:
        return x
    added = len(x.shape) - len(shape)
    axes = (*range(added), *(added + i for i, n in enumerate(shape) if n == 1))
    return np.reshape(np.sum(x, axis=axes), shape)


def biggest(x: Any) -> Any:
    """The largest absolute value in each matrix, with its axes at length 1, as a constant."""
    size = np.abs(entries(x))
    add_or_pick = np.max if size.shape[-1] and size.shape[-2] else np.sum  # there is no largest of none
    return add_or_pick(size, axis=(-1, -2), keepdims=True)


def eps(x: Any) -> float:
    """The relative distance of the numbers of ``x`` that are equal but for rounding, for matrices of its size."""
    return float(ROUNDING * max(x.shape[-1], 1) * np.finfo(x.dtype).eps)


def hermitian(x: Any) -> Any:
    """The Hermitian part (X + X*)/2."""
    return (x + adjoint(x)) / 2
