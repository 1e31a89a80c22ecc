"""Some of the entries, by position: take, take_along_axis, diagonal, diag, trace, delete, append and the triangles."""

from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
from numpy.lib.array_utils import normalize_axis_index

from corelib.errors import NotDifferentiable
from corelib.extend import Array, Shape, Tensor, TensorLike, composed, kind_of_array, like, native
from corelib_shape.foreign import as_index
from corelib_shape.indexing import place


def along(axis: int, ndim: int, index: Any) -> tuple[Any, ...]:
    """The index that takes ``index`` along ``axis``, and everything along those before it."""
    return (*[slice(None)] * normalize_axis_index(axis, ndim), index)


def tensor(x: Any) -> Tensor:
    """``x``, which may be numbers in a list, as what takes any index."""
    return x if isinstance(x, Tensor) else Tensor(x)


def on_host(numbers: Any) -> Any:
    """Numbers that a shape depends on, where Python can read them: an array of another kind waits for that."""
    if isinstance(numbers, Tensor):
        if numbers.trainable:
            raise NotDifferentiable(f"a shape has no gradient in {numbers!r}; write tensor.data")
        numbers = numbers.data
    kind = kind_of_array(numbers)
    return numbers if kind is None else kind.to_host(numbers)


def _take(a: Any, indices: Any, axis: int | None = None, *, mode: Literal["raise", "wrap", "clip"] = "raise") -> Tensor:
    """The entries of ``a`` at the positions ``indices`` along ``axis``; of the flattened array without one.

    ``mode`` "wrap" counts on from the start after the end, "clip" takes the nearest end. The gradient of an
    entry is the sum over the times it was taken. Raises IndexError for a position outside, else.
    """
    if axis is None:
        return _take(np.ravel(a), indices, 0, mode=mode)
    where, n = as_index(indices), np.shape(a)[axis]
    if where.dtype == bool or (not where.size and where.dtype.kind == "f"):  # as NumPy takes True and []
        where = where.astype(np.intp)
    if mode == "wrap":
        where = where % n
    elif mode == "clip":
        where = np.clip(where, 0, n - 1)
    x = tensor(a)
    if where.ndim == 1 or native(x):
        return x[along(axis, x.ndim, where)]
    axis = normalize_axis_index(axis, x.ndim)
    row = x[along(axis, x.ndim, where.reshape(-1))]  # dask, for one, takes rows of positions alone
    return row.reshape(*x.shape[:axis], *where.shape, *x.shape[axis + 1 :])


def _take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Tensor:
    """y[i, j] = arr[i, indices[i, j]] for the last axis, and likewise for any other; flattened without one.

    The gradient of an entry is the sum over the times it was taken.
    """
    if axis is None:
        return _take_along_axis(np.ravel(arr), np.ravel(indices), 0)
    ndim, shape = np.ndim(arr), np.shape(arr)
    if np.ndim(indices) != ndim:
        raise ValueError(f"indices have as many axes as the array, {ndim}, not {np.ndim(indices)}")
    grid: list[Any] = [np.arange(n).reshape([-1 if i == j else 1 for j in range(ndim)]) for i, n in enumerate(shape)]
    grid[axis] = as_index(indices)
    return tensor(arr)[tuple(grid)]


def _steps(shape: Shape, offset: int) -> slice:
    """Where the diagonal lies in a flattened matrix of ``shape``: a basic index, so its adjoint is quick."""
    rows, columns = shape
    length = max(0, min(rows + min(offset, 0), columns - max(offset, 0)))
    start = max(offset, 0) - min(offset, 0) * columns
    return slice(start, start + length * (columns + 1) - columns if length else start, columns + 1)


def _diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The entries a[i, i + offset] of the axes ``axis1`` and ``axis2``, along a last axis of their own."""
    x = np.moveaxis(a, (axis1, axis2), (-2, -1))
    *rest, rows, columns = np.shape(x)
    return np.reshape(x, (*rest, rows * columns))[..., _steps((rows, columns), offset)]  # type: ignore[return-value]  # of a Tensor


def _linalg_diagonal(x: TensorLike, /, *, offset: int = 0) -> Tensor:
    """The entries x[..., i, i + offset] of matrices in the last two axes, along a last axis of their own."""
    return diagonal(x, offset, -2, -1)


def _linalg_trace(x: TensorLike, /, *, offset: int = 0, dtype: npt.DTypeLike | None = None) -> Tensor:
    """The sums of the entries x[..., i, i + offset] of matrices in the last two axes."""
    return trace(x, offset, -2, -1, dtype)


def _diag(v: Any, k: int = 0) -> Tensor:
    """The diagonal ``k`` of a matrix; of a row of numbers, the matrix that has them there and 0 elsewhere."""
    if np.ndim(v) == 2:
        return diagonal(v, k)
    (n,) = np.shape(v)
    shape = (n + abs(k), n + abs(k))
    matrix = place(v, _steps(shape, k), (shape[0] * shape[1],))
    return matrix.reshape(shape)


def _diagflat(v: Any, k: int = 0) -> Tensor:
    """The matrix with the entries of ``v``, flattened, on its diagonal ``k`` and 0 elsewhere."""
    return diag(np.ravel(v), k)


def _trace(
    a: TensorLike, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: npt.DTypeLike | None = None
) -> Tensor:
    """The sum of the entries a[i, i + offset] of the axes ``axis1`` and ``axis2``."""
    entries: Any = diagonal(a, offset, axis1, axis2)
    total: Any = np.sum(entries, axis=-1, dtype=dtype)
    return total  # type: ignore[no-any-return]  # of a Tensor


def _below(m: Tensor, k: int) -> tuple[Array, Array]:
    """Where a matrix of the last two lengths of ``m`` is on its diagonal ``k`` or below; and a zero of its dtype."""
    shape = m.shape
    rows, columns = shape[-2] if len(shape) > 1 else shape[-1], shape[-1]
    if native(m):
        return np.tri(rows, columns, k, bool), np.zeros((), m.dtype)
    model = like(m)
    real = model.real if model.dtype.kind == "c" else model  # as a complex model dask refuses to count
    below: Array = np.expand_dims(np.arange(rows, like=real), 1) + k >= np.arange(columns, like=real)
    return below, np.zeros((), dtype=m.dtype, like=model)


def _tril(m: Any, k: int = 0) -> Tensor:
    """The entries on the diagonal ``k`` of each matrix and below it, and 0 above."""
    m = tensor(m)
    below, zero = _below(m, k)
    return np.where(below, m, zero)  # type: ignore[return-value]  # of a Tensor


def _triu(m: Any, k: int = 0) -> Tensor:
    """The entries on the diagonal ``k`` of each matrix and above it, and 0 below."""
    m = tensor(m)
    below, zero = _below(m, k - 1)
    return np.where(below, zero, m)  # type: ignore[return-value]  # of a Tensor


def _delete(arr: Any, obj: Any, axis: int | None = None) -> Tensor:
    """``arr`` without its entries at ``obj`` along ``axis``; the flattened array where that is None."""
    if axis is None:
        return _delete(np.ravel(arr), obj, 0)
    left = np.ones(np.shape(arr)[axis], dtype=bool)
    given = on_host(obj)
    positions = given if isinstance(given, slice) else np.asarray(given)
    if not isinstance(positions, slice) and positions.dtype == bool and positions.shape != left.shape:
        raise ValueError(f"a mask of shape {positions.shape} does not fit an axis of {len(left)} entries")
    left[positions if isinstance(positions, slice) or positions.size else []] = False
    array = tensor(arr)
    kept = left if native(array) else np.flatnonzero(left)  # of a mask, a GPU has to count the entries
    return array[along(axis, array.ndim, kept)]


def _append(arr: Any, values: Any, axis: int | None = None) -> Tensor:
    """``values`` after ``arr`` along ``axis``; both flattened where that is None."""
    return np.concatenate([arr, values], axis=axis)  # type: ignore[return-value]  # of a Tensor


take: Final = composed(_take, numpy=np.take, name="take")
take_along_axis: Final = composed(_take_along_axis, numpy=np.take_along_axis, name="take_along_axis")
diagonal: Final = composed(_diagonal, numpy=np.diagonal, name="diagonal")
diag: Final = composed(_diag, numpy=np.diag, name="diag")
diagflat: Final = composed(_diagflat, numpy=np.diagflat, name="diagflat")
linalg_diagonal: Final = composed(_linalg_diagonal, numpy=np.linalg.diagonal, name="linalg_diagonal")
linalg_trace: Final = composed(_linalg_trace, numpy=np.linalg.trace, name="linalg_trace")
trace: Final = composed(_trace, numpy=np.trace, name="trace")
tril: Final = composed(_tril, numpy=np.tril, name="tril")
triu: Final = composed(_triu, numpy=np.triu, name="triu")
delete: Final = composed(_delete, numpy=np.delete, name="delete")
append: Final = composed(_append, numpy=np.append, name="append")
