"""Functions known at points: trapezoid, gradient, ediff1d, unwrap."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from corelib.extend import Array, Shape, Tensor, composed, like, linear
from corelib_reduce.cumulative import diff
from corelib_reduce.portable import of_its_kind
from corelib_reduce.sums import sum as add

INTEGERS: Final = "biu"


def tensor(x: Any) -> Tensor:
    return x if isinstance(x, Tensor) else Tensor(x)


def _trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Tensor:
    """The integral along ``axis`` of the straight lines between the points: the sum of dx (y[i] + y[i + 1])/2.

    ``x`` are the places of the points, in the shape of ``y`` or along ``axis`` alone; without them neighbours are
    ``dx`` apart. All three have gradients.
    """
    values = tensor(y)
    axis = normalize_axis_index(axis, values.ndim)
    steps: Any = dx if x is None else apart(tensor(x), values.ndim, axis)
    before, after = values[part(axis, None, -1)], values[part(axis, 1, None)]
    if np.ndim(steps) == 0:
        lengths: Any = add(before + after, axis)
        return lengths * (steps / 2)  # type: ignore[no-any-return]  # of a Tensor
    areas: Any = steps * (before + after)
    return add(areas / 2, axis)


def apart(x: Tensor, ndim: int, axis: int) -> Tensor:
    """The distances of neighbours, so that they broadcast to arrays of ``ndim`` axes."""
    if x.ndim != 1:
        return diff(x, axis=axis)
    distances: Tensor = along(diff(x), ndim, axis)
    return distances


def along(row: Any, ndim: int, axis: int) -> Any:
    """A row of numbers as an array of ``ndim`` axes, that has them along ``axis``."""
    return row.reshape([-1 if i == axis else 1 for i in range(ndim)])


def part(axis: int, start: int | None, stop: int | None) -> tuple[Any, ...]:
    """The index of the entries from ``start`` to ``stop`` along ``axis``."""
    return (*[slice(None)] * axis, slice(start, stop))


def _gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Tensor:
    """The slopes of ``f`` along each of the axes ``axis``, from differences of neighbours: one array for each.

    ``varargs`` are the distances of neighbours: one number, or for each axis a number or the row of its places; they
    have gradients too. Inside, the error is of second order in them, and at the ends of order ``edge_order``, 1 or 2.
    Raises ValueError for an axis of fewer than edge_order + 1 entries.
    """
    x = tensor(f)
    if x.dtype.kind in INTEGERS:
        x = Tensor(x.data.astype(float))
    axes = tuple(range(x.ndim)) if axis is None else normalize_axis_tuple(axis, x.ndim)
    if edge_order not in (1, 2):
        raise ValueError(f"edge_order is 1 or 2, not {edge_order}")
    spacings = varargs * len(axes) if len(varargs) == 1 and np.ndim(varargs[0]) == 0 else varargs or (1.0,) * len(axes)
    if len(spacings) != len(axes):
        raise TypeError(f"{len(spacings)} distances for {len(axes)} axes: give one number, or one for each axis")
    found = tuple([slopes(x, i, steps(h, x, i), edge_order) for i, h in zip(axes, spacings, strict=True)])
    return found[0] if len(found) == 1 else found  # type: ignore[return-value]  # of several axes


def steps(spacing: Any, x: Tensor, axis: int) -> Any:
    """The distances of neighbours along ``axis``: a number where all are the same, else an array."""
    if np.ndim(spacing) == 0:
        return spacing
    if np.shape(spacing) != (x.shape[axis],):
        raise ValueError(
            f"{x.shape[axis]} entries along axis {axis} need a row of as many places, not {np.shape(spacing)}"
        )
    places = tensor(spacing)
    if places.dtype.kind in INTEGERS:
        places = Tensor(places.data.astype(float))
    return along(diff(places), x.ndim, axis)


def slopes(x: Tensor, axis: int, h: Any, edge_order: int) -> Tensor:
    """The slopes along one axis: from both neighbours inside, from one side at the ends."""
    n = x.shape[axis]
    if n < edge_order + 1:
        raise ValueError(f"axis {axis} has {n} entries; slopes with edge_order={edge_order} need {edge_order + 1}")
    entries = [x[part(axis, i, n - 2 + i)] for i in range(3)]
    inside = (
        weighed(entries, *central(at(h, axis, None, -1), at(h, axis, 1, None)))
        if np.ndim(h)
        else ((entries[2] - entries[0]) / (2.0 * h))
    )
    if edge_order == 1:
        first = (x[part(axis, 1, 2)] - x[part(axis, 0, 1)]) / at(h, axis, 0, 1)
        end = (x[part(axis, n - 1, n)] - x[part(axis, n - 2, n - 1)]) / at(h, axis, n - 2, n - 1)
    else:
        start = [x[part(axis, i, i + 1)] for i in range(3)]
        stop = [x[part(axis, n - 1 - i, n - i)] for i in range(3)]
        first = weighed(start, *one_sided(at(h, axis, 0, 1), at(h, axis, 1, 2)))
        end = -weighed(stop, *one_sided(at(h, axis, n - 2, n - 1), at(h, axis, n - 3, n - 2)))
    return np.concatenate([first, inside, end], axis=axis)  # type: ignore[return-value]  # of Tensors


def at(h: Any, axis: int, start: int | None, stop: int | None) -> Any:
    """A part of the distances; one for all is each of them."""
    return h[part(axis, start, stop)] if np.ndim(h) else h


def weighed(entries: Any, *weights: Any) -> Any:
    a, b, c = [weight * entry for weight, entry in zip(weights, entries, strict=True)]
    return a + b + c


def central(before: Any, after: Any) -> tuple[Any, Any, Any]:
    """The weights of three neighbours in the slope at the middle one."""
    whole = before + after
    return -after / (before * whole), (after - before) / (before * after), before / (after * whole)


def one_sided(near: Any, far: Any) -> tuple[Any, Any, Any]:
    """The weights of the first three entries in the slope at the first."""
    whole = near + far
    return -(2.0 * near + far) / (near * whole), whole / (near * far), -near / (far * whole)


def _ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Tensor:
    """The differences of neighbours in the flattened array, with ``to_begin`` before them and ``to_end`` after."""
    x = tensor(ary)
    between = diff(x.reshape(-1))
    ends = [part_of(end, x) for end in (to_begin, to_end)]
    known = [p for p in (ends[0], between, ends[1]) if p is not None]
    return between if len(known) == 1 else np.concatenate(known)  # type: ignore[arg-type,return-value]  # of Tensors


def part_of(end: Any, x: Tensor) -> Any:
    """What goes before or after the differences, in a row. Raises TypeError where their dtype does not hold it."""
    if end is None:
        return None
    row = end.reshape(-1) if hasattr(end, "__array_function__") else np.asarray(end, like=like(x)).reshape(-1)
    if not np.can_cast(row.dtype, x.dtype, casting="same_kind"):
        raise TypeError(f"to_begin and to_end of {row.dtype} do not go with differences of {x.dtype}")
    return row.astype(x.dtype)


@dataclass(frozen=True, slots=True)
class Unwrap:
    """Angles without jumps along ``axis``: where neighbours differ by more than ``discont``, whole periods are added.

    The slope is 1 in each. ``discont`` is half a ``period`` where it is None or less.
    """

    discont: float | None = None
    axis: int = -1
    period: float = 2 * np.pi

    def forward(self, p: Array) -> Array:
        return of_its_kind(np.unwrap(p, self.discont, self.axis, period=self.period), p, "unwrap")

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return propagated


trapezoid: Final = composed(_trapezoid, numpy=np.trapezoid, name="trapezoid")
gradient: Final = composed(_gradient, numpy=np.gradient, name="gradient")
ediff1d: Final = composed(_ediff1d, numpy=np.ediff1d, name="ediff1d")
unwrap: Final = linear(Unwrap, numpy=np.unwrap)
