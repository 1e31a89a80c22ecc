"""Reductions that leave NaN out: nanprod, nanvar, nanstd, nancumsum, nancumprod."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from corelib.extend import NO_VALUE, Axis, Tensor, composed, full
from corelib_reduce.cumulative import cumsum
from corelib_reduce.products import cumprod, prod
from corelib_reduce.spreads import std, var


def known(a: Any, filling: float) -> tuple[Any, Any]:
    """The entries, with ``filling`` in the place of those that are NaN; and where they are not."""
    x = a if isinstance(a, Tensor) else Tensor(a)
    numbers = ~np.isnan(x.data)
    filled: Any = np.where(numbers, x, full((), filling, x.dtype, x))  # type: ignore[call-overload]  # of a Tensor
    return filled, numbers


def _nanprod(
    a: Any,
    axis: Axis = None,
    dtype: npt.DTypeLike | None = None,
    *,
    keepdims: bool = False,
    initial: Any = NO_VALUE,
    where: Any = True,
) -> Tensor:
    """The product of the entries along ``axis`` that are not NaN; those that are get the gradient 0."""
    return prod(known(a, 1)[0], axis, dtype, keepdims, initial, where)


def _nanvar(
    a: Any,
    axis: Axis = None,
    dtype: npt.DTypeLike | None = None,
    *,
    ddof: float = 0,
    keepdims: bool = False,
    where: Any = True,
    mean: Any = None,
    correction: float | None = None,
) -> Tensor:
    """The variance of the entries along ``axis`` that are not NaN; those that are get the gradient 0: see ``var``."""
    x, numbers = known(a, 0)
    counted = np.logical_and(where, numbers)
    return var(x, axis, dtype, ddof=ddof, keepdims=keepdims, where=counted, mean=mean, correction=correction)


def _nanstd(
    a: Any,
    axis: Axis = None,
    dtype: npt.DTypeLike | None = None,
    *,
    ddof: float = 0,
    keepdims: bool = False,
    where: Any = True,
    mean: Any = None,
    correction: float | None = None,
) -> Tensor:
    """The square root of the variance of the entries that are not NaN: see ``std``."""
    x, numbers = known(a, 0)
    counted = np.logical_and(where, numbers)
    return std(x, axis, dtype, ddof=ddof, keepdims=keepdims, where=counted, mean=mean, correction=correction)


def _nancumsum(a: Any, axis: int | None = None, dtype: npt.DTypeLike | None = None) -> Tensor:
    """The sums of the entries up to each along ``axis``, NaN counting as 0 and with the gradient 0."""
    return cumsum(known(a, 0)[0], axis, dtype)


def _nancumprod(a: Any, axis: int | None = None, dtype: npt.DTypeLike | None = None) -> Tensor:
    """The products of the entries up to each along ``axis``, NaN counting as 1 and with the gradient 0."""
    return cumprod(known(a, 1)[0], axis, dtype)


nanprod: Final = composed(_nanprod, numpy=np.nanprod, name="nanprod")
nanvar: Final = composed(_nanvar, numpy=np.nanvar, name="nanvar")
nanstd: Final = composed(_nanstd, numpy=np.nanstd, name="nanstd")
nancumsum: Final = composed(_nancumsum, numpy=np.nancumsum, name="nancumsum")
nancumprod: Final = composed(_nancumprod, numpy=np.nancumprod, name="nancumprod")
