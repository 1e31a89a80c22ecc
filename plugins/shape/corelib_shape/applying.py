"""A function of rows or of axes, applied to all of them: apply_along_axis, apply_over_axes."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from corelib.extend import Tensor, composed
from corelib_shape.axes import moveaxis
from corelib_shape.joining import stack
from corelib_shape.taking import tensor


def _apply_along_axis(func1d: Callable[..., Any], axis: int, arr: Any, *args: Any, **kwargs: Any) -> Tensor:
    """What ``func1d`` returns of each row of ``arr`` along ``axis``; its axes stand in the place of ``axis``.

    ``func1d`` is given Tensors, then ``args`` and ``kwargs``. One call for each row is slow: a function of NumPy's that
    takes an axis is not. Raises InvalidOperand where there is no row.
    """
    x = tensor(arr)
    axis = normalize_axis_index(axis, x.ndim)
    rows: Any = moveaxis(x, axis, -1)
    outer = rows.shape[:-1]
    if 0 in outer:
        raise ValueError("apply_along_axis takes arrays that have a row")
    results: Any = stack([func1d(rows[index], *args, **kwargs) for index in np.ndindex(outer)])
    inner = results.shape[1:]
    whole: Tensor = results.reshape(*outer, *inner)
    last = tuple(range(len(outer), len(outer) + len(inner)))
    return moveaxis(whole, last, tuple(range(axis, axis + len(inner)))) if inner else whole


def _apply_over_axes(func: Callable[..., Any], a: Any, axes: int | Sequence[int]) -> Tensor:
    """What ``func(a, axis)`` makes of ``a``, one axis after the other; one that it removes is kept, of length 1."""
    x: Any = tensor(a)
    ndim = x.ndim
    each: Any = (axes,) if np.ndim(axes) == 0 else axes
    for axis in each:
        place = axis + ndim if axis < 0 else axis
        result = func(x, place)
        result = result if np.ndim(result) == x.ndim else np.expand_dims(result, place)
        if np.ndim(result) != x.ndim:
            raise ValueError("func returns as many axes as it is given, or one less")
        x = tensor(result)
    return x  # type: ignore[no-any-return]  # a Tensor


apply_along_axis: Final = composed(_apply_along_axis, numpy=np.apply_along_axis, name="apply_along_axis")
apply_over_axes: Final = composed(_apply_over_axes, numpy=np.apply_over_axes, name="apply_over_axes")
