"""Sums up to each entry, and the differences that undo them: cumsum, cumulative_sum, cumulative_prod, diff."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numpy.lib.array_utils import normalize_axis_index

from corelib.extend import Array, Shape, Tensor, TensorLike, composed, full, like, linear
from corelib_reduce.axes import ndarray
from corelib_reduce.portable import cumsum_of
from corelib_reduce.products import cumprod


@dataclass(frozen=True, slots=True)
class CumSum:
    """The sums of the entries up to each along ``axis``; of the flattened array where that is None.

    y[k] = x[0] + ... + x[k], so the gradient of x[i] is the sum of those of y[k], k >= i.
    """

    axis: int | None = None
    dtype: npt.DTypeLike | None = None

    def forward(self, x: Array) -> Array:
        return np.cumsum(x, self.axis, self.dtype) if type(x) is ndarray else cumsum_of(x, self.axis, self.dtype)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        axis = self.axis or 0
        backwards: tuple[Any, ...] = (*[slice(None)] * (axis % len(propagated.shape)), slice(None, None, -1))
        sums: Array = np.cumsum(propagated[backwards], axis)[backwards]
        return sums.reshape(shape)


cumsum: Final = linear(CumSum, numpy=np.cumsum)


def _cumulative_sum(
    x: TensorLike,
    /,
    *,
    axis: int | None = None,
    dtype: npt.DTypeLike | None = None,
    include_initial: bool = False,
) -> Tensor:
    """The sums of the entries up to each along ``axis``, which a single axis need not name.

    With ``include_initial`` the sum of no entries, 0, goes before them.
    """
    along = _only(x, axis)
    return _begun(cumsum(x, along, dtype), 0, along, include_initial)


def _cumulative_prod(
    x: TensorLike,
    /,
    *,
    axis: int | None = None,
    dtype: npt.DTypeLike | None = None,
    include_initial: bool = False,
) -> Tensor:
    """The products of the entries up to each along ``axis``, which a single axis need not name.

    With ``include_initial`` the product of no entries, 1, goes before them.
    """
    along = _only(x, axis)
    return _begun(cumprod(x, along, dtype), 1, along, include_initial)


def _only(x: Any, axis: int | None) -> int:
    """``axis``, or the only one that there is. Raises ValueError where it must be named."""
    if axis is None and np.ndim(x) != 1:
        raise ValueError("an array of other than one dimension needs an axis")
    return axis or 0


def _begun(sums: Tensor, start: int, axis: int, include_initial: bool) -> Tensor:
    if not include_initial:
        return sums
    shape = list(sums.shape)
    shape[axis] = 1
    begun: Any = [full(shape, start, sums.dtype, sums), sums]
    return np.concatenate(begun, axis=axis)  # type: ignore[return-value]  # of a Tensor


def _diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Tensor:
    """The differences of neighbours along ``axis``, taken ``n`` times: y[i] = a[i + 1] - a[i].

    ``prepend`` and ``append`` are put before and after ``a`` first. Raises ValueError for n < 0.
    """
    if n < 0:
        raise ValueError(f"differences are taken n >= 0 times, not {n}")
    x = a if isinstance(a, Tensor) else Tensor(a)
    if n == 0:
        return x
    x = _between(prepend, x, append, axis)
    before: tuple[Any, ...] = (slice(None),) * normalize_axis_index(axis, x.ndim)
    for _ in range(min(n, x.shape[axis])):  # then there is nothing left
        x = x[(*before, slice(1, None))] - x[(*before, slice(None, -1))]
    return x


def _between(prepend: Any, a: Tensor, append: Any, axis: int) -> Tensor:
    """``a`` with its neighbours; a single number stands for one place along ``axis``."""
    shape = list(a.shape)
    shape[normalize_axis_index(axis, len(shape))] = 1
    parts = [p if p is None or np.ndim(p) else np.broadcast_to(_array(p, a), shape) for p in (prepend, append)]
    known = [p for p in (parts[0], a, parts[1]) if p is not None]
    return a if len(known) == 1 else np.concatenate(known, axis=axis)  # type: ignore[arg-type,return-value]  # of Tensors


def _array(number: Any, x: Tensor) -> Any:
    """A number in an array of the kind of ``x``; an array or a Tensor stays what it is."""
    return number if hasattr(number, "__array_function__") else np.asarray(number, like=like(x))


cumulative_sum: Final = composed(_cumulative_sum, numpy=np.cumulative_sum, name="cumulative_sum")
cumulative_prod: Final = composed(_cumulative_prod, numpy=np.cumulative_prod, name="cumulative_prod")
diff: Final = composed(_diff, numpy=np.diff, name="diff")
