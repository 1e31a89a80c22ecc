"""Reductions of arrays that are not NumPy's, which need not know a mask, a start, or an argument that is not given.

Each stands for the function of NumPy that it is named after. The mask is applied before, the start after.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from corelib.errors import UnsupportedArgument
from corelib.extend import NO_VALUE, Array, Axis, full, native, reduced_shape
from corelib_reduce.axes import count, included, last, reordered


def sum_of(
    x: Array, axis: Axis, dtype: npt.DTypeLike | None, keepdims: bool, initial: Any = NO_VALUE, where: Any = True
) -> Array:
    total: Array = np.sum(masked(x, where, 0), axis=axis, keepdims=keepdims, **given(dtype))
    return total if initial is NO_VALUE else total + full((), initial, total.dtype, total)


def prod_of(
    x: Array, axis: Axis, dtype: npt.DTypeLike | None, keepdims: bool, initial: Any = NO_VALUE, where: Any = True
) -> Array:
    product: Array = np.prod(masked(x, where, 1), axis=axis, keepdims=keepdims, **given(dtype))
    return product if initial is NO_VALUE else product * full((), initial, product.dtype, product)


def mean_of(x: Array, axis: Axis, dtype: npt.DTypeLike | None, keepdims: bool, where: Any = True) -> Array:
    if where is True:
        average: Array = np.mean(x, axis=axis, keepdims=keepdims, **given(dtype))
        return average
    halves = dtype is None and x.dtype == np.float16  # of which NumPy adds up the mean in single precision
    total = sum_of(x.astype(np.float32) if halves else x, axis, dtype, True, where=where)
    middle = total / included(where, x.shape, axis).astype(total.dtype)
    return (middle if keepdims else without_axes(middle, x, axis)).astype(np.float16 if halves else middle.dtype)


def var_of(x: Array, axis: Axis, dtype: npt.DTypeLike | None, ddof: float, keepdims: bool, where: Any) -> Array:
    entries = x if dtype is None else x.astype(dtype)
    away = np.abs(masked(entries - mean_of(entries, axis, None, True, where), where, 0))
    total: Array = np.sum(away * away, axis=axis, keepdims=True)
    number: Any = count(x.shape, axis) if where is True else included(where, x.shape, axis)
    spread = total / np.maximum(number - ddof, 0).astype(total.dtype)
    return spread if keepdims else without_axes(spread, x, axis)


def median_of(x: Array, axis: Axis, keepdims: bool) -> Array:
    middle: Array = np.median(last(x, axis), axis=-1)  # in Dask along a single axis only
    return middle.reshape(reduced_shape(x.shape, axis)) if keepdims else middle


def cumsum_of(x: Array, axis: int | None, dtype: npt.DTypeLike | None) -> Array:
    return np.cumsum(x if x.shape else x.reshape(1), axis=axis, **given(dtype))


def cumprod_of(x: Array, axis: int | None, dtype: npt.DTypeLike | None) -> Array:
    return np.cumprod(x if x.shape else x.reshape(1), axis=axis, **given(dtype))


def of_its_kind(result: Any, x: Any, function: str) -> Array:
    """What a function of NumPy returned. Raises UnsupportedArgument where that is NumPy's, and ``x`` is not.

    Dask computes the whole array for a function that it lacks.
    """
    if isinstance(result, np.ndarray) and not native(x):
        raise UnsupportedArgument(f"{type(x).__module__} has no {function}; compute the array first")
    found: Array = result
    return found


def masked(x: Array, where: Any, filling: float) -> Array:
    """The entries where the mask holds, and elsewhere what a reduction does not notice."""
    if where is True:
        return x
    return np.where(np.broadcast_to(where, x.shape), x, full((), filling, x.dtype, x))


def without_axes(reduced: Array, x: Array, axis: Axis) -> Array:
    """A reduction of ``x`` that kept its axes, without them."""
    stay, _ = reordered(x.shape, axis)
    return reduced.reshape(tuple([x.shape[i] for i in stay]))


def given(dtype: npt.DTypeLike | None) -> dict[str, Any]:
    """The keyword ``dtype``, where it has a value: not all kinds of array take None there."""
    return {} if dtype is None else {"dtype": dtype}
