"""The axes of a reduction, for the backward of one: its result with the axes that it reduced."""

from functools import lru_cache

from corelib.core.tensor import Array, Axis


@lru_cache(maxsize=1024)
def reduced_shape(shape: tuple[int, ...], axis: Axis) -> tuple[int, ...]:
    """The shape of a reduction of an array of ``shape`` along ``axis`` that keeps the reduced axes, at length 1.

    >>> reduced_shape((2, 3, 4), (0, -1))
    (1, 3, 1)
    """
    if axis is None or not shape:  # NumPy reduces a number along the axes 0 and -1
        return (1,) * len(shape)
    reduced = {i % len(shape) for i in ((axis,) if isinstance(axis, int) else axis)}
    return tuple([1 if i in reduced else n for i, n in enumerate(shape)])


def with_reduced_axes(x: Array, shape: tuple[int, ...], axis: Axis, keepdims: bool) -> Array:
    """The result ``x`` of a reduction of an array of ``shape``, so that it broadcasts to that shape.

    The reduced axes have length 1, or are missing in front, where broadcasting puts them.
    """
    if keepdims or axis is None or axis == 0:
        return x
    return x.reshape(reduced_shape(shape, axis))
