"""What every reduction needs to know of its axes: how many entries they hold, and the way back."""

from collections.abc import Callable
from functools import lru_cache
from math import prod
from typing import Any, Final

import numpy as np

from corelib.extend import Array, Axis, Shape, like, native, with_reduced_axes

OWN_PRECISION: Final = frozenset("fd")  # the dtypes whose mean NumPy adds up in their own precision
# Entries up to which adding zeros is faster than np.broadcast_to:
# python -m timeit -s "import numpy as np; x = np.ones(())" "np.broadcast_to(x, 4096)", and "x + np.zeros(4096)".
ADDING_LIMIT: Final = 4096
ndarray: Final = np.ndarray
add_up: Final[Callable[..., Array]] = np.add.reduce  # np.sum of NumPy's arrays, without the Python in front of it


def count(shape: Shape, axis: Axis) -> int:
    """How many entries of an array of ``shape`` are reduced to one along ``axis``."""
    if axis is None or not shape:
        return prod(shape)
    return shape[axis] if isinstance(axis, int) else prod([shape[i] for i in axis])


def included(where: Any, shape: Shape, axis: Axis) -> Array:
    """How many entries are reduced to one along ``axis`` among those where ``where`` holds; keeps the axes."""
    number: Array = np.sum(np.broadcast_to(where, shape), axis=axis, dtype=int, keepdims=True)
    return number


def spread(x: Array, shape: Shape, axis: Axis, keepdims: bool) -> Array:
    """Each entry of a result of a reduction at all the entries it was reduced from: the adjoint of a sum."""
    entries = with_reduced_axes(x, shape, axis, keepdims)
    if prod(shape) <= ADDING_LIMIT:
        if type(entries) is ndarray:
            return np.add(entries, np.zeros(shape, entries.dtype))
        return np.add(entries, np.zeros(shape, dtype=entries.dtype, like=like(entries)))
    return np.broadcast_to(entries, shape)


def shared(x: Array, shape: Shape, axis: Axis, keepdims: bool) -> Array:
    """Each entry of a mean at all the entries it is the mean of, over their number: the adjoint of a mean."""
    number = divisor(shape, axis, x.dtype) if type(x) is ndarray or native(x) else count(shape, axis) or 1
    if isinstance(number, int):
        return spread(x / number, shape, axis, keepdims)
    return np.divide(with_reduced_axes(x, shape, axis, keepdims), number)


@lru_cache(maxsize=128)
def divisor(shape: Shape, axis: Axis, dtype: Any) -> int | Array:
    """How many entries a mean is of; for few in all, an array that says so everywhere: one division does both."""
    number = count(shape, axis) or 1  # of no entries: there is none to get a gradient
    if prod(shape) > ADDING_LIMIT:
        return number
    array = np.full(shape, number, dtype)
    array.flags.writeable = False  # many read it
    return array


def reordered(shape: Shape, axis: Axis) -> tuple[list[int], list[int]]:
    """The axes that stay, and those that are reduced."""
    if not shape:  # NumPy reduces a number along the axes 0 and -1
        return [], []
    reduced = (
        range(len(shape)) if axis is None else [i % len(shape) for i in ((axis,) if isinstance(axis, int) else axis)]
    )
    return [i for i in range(len(shape)) if i not in reduced], list(reduced)


def last(x: Array, axis: Axis) -> Array:
    """``x`` with the axes to be reduced made one, the last."""
    stay, reduced = reordered(x.shape, axis)
    return x.transpose(stay + reduced).reshape((*[x.shape[i] for i in stay], count(x.shape, axis)))


def unlast(x: Array, shape: Shape, axis: Axis) -> Array:
    """The array of ``shape`` that ``last`` made ``x`` of."""
    stay, reduced = reordered(shape, axis)
    order = stay + reduced
    return x.reshape([shape[i] for i in order]).transpose([order.index(i) for i in range(len(order))])
