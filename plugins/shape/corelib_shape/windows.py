"""Windows that slide over an array, and their adjoint: sliding_window_view."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.lib.array_utils import normalize_axis_index
from numpy.lib.stride_tricks import sliding_window_view as windows_of

from corelib.extend import Array, Shape, Tensor, composed, linear, native
from corelib_shape.taking import along


@dataclass(frozen=True, slots=True)
class Windows:
    """All windows of ``length`` entries along ``axis``: y[..., i, ..., j] = x[..., i + j, ...], j along a last axis."""

    length: int
    axis: int

    def forward(self, x: Array) -> Array:
        if native(x):
            windows: Array = windows_of(x, self.length, self.axis)
            return windows
        starts = x.shape[self.axis] - self.length + 1
        return np.stack([x[along(self.axis, x.ndim, slice(i, i + starts))] for i in range(self.length)], -1)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        total: Array = overlapped(propagated, self.axis)
        return total


@dataclass(frozen=True, slots=True)
class Overlap:
    """The windows added up where they came from: the adjoint of ``Windows``."""

    axis: int

    def forward(self, windows: Array) -> Array:
        total: Array = overlapped(windows, self.axis)
        return total

    def backward(self, propagated: Array, shape: Shape) -> Array:
        entries: Array = windows_along(propagated, length=shape[-1], axis=self.axis)  # type: ignore[assignment]  # a Tensor
        return entries


def overlapped(windows: Any, axis: int) -> Any:
    """The sum of windows, each at its place along ``axis``."""
    if isinstance(windows, Tensor):
        return overlap(windows, axis=axis)
    starts, length, ndim = windows.shape[axis], windows.shape[-1], windows.ndim - 1
    shape = (*windows.shape[:axis], starts + length - 1, *windows.shape[axis + 1 : -1])
    total = np.zeros(shape, dtype=windows.dtype, like=None if native(windows) else windows)
    if not native(windows):  # some kinds cannot be written to
        return _overlapped_elsewhere(windows, axis, total)
    if length <= starts:
        for j in range(length):
            total[along(axis, ndim, slice(j, j + starts))] += windows[..., j]
    else:
        rows = np.moveaxis(windows, -1, axis + 1)
        for i in range(starts):
            total[along(axis, ndim, slice(i, i + length))] += rows[along(axis, ndim + 1, i)]
    return total


def _overlapped_elsewhere(windows: Any, axis: int, total: Any) -> Any:
    length = windows.shape[-1]
    for j in range(length):
        widths = [(0, 0)] * (windows.ndim - 1)
        widths[axis] = (j, length - 1 - j)
        total = total + np.pad(windows[..., j], widths)
    return total


windows_along: Final = linear(Windows, name="sliding_window_view")
overlap: Final = linear(Overlap, name="overlap")


def _sliding_window_view(x: Any, window_shape: int | Sequence[int], axis: int | Sequence[int] | None = None) -> Tensor:
    """All windows of ``window_shape`` along the axes ``axis``, or along all; the axes of a window are the last ones.

    The gradient of an entry is the sum over the windows that it is in. The result is a view, which is not written to.
    """
    lengths: Any = (window_shape,) if np.ndim(window_shape) == 0 else window_shape
    ndim = np.ndim(x)
    given: Any = range(ndim) if axis is None else (axis,) if np.ndim(axis) == 0 else axis
    axes = [normalize_axis_index(one, ndim) for one in given]
    if len(lengths) != len(axes):
        raise ValueError(f"window_shape has {len(lengths)} lengths, for {len(axes)} axes")
    for length, one in zip(lengths, axes, strict=True):
        if length < 0 or length > np.shape(x)[one]:
            raise ValueError(f"a window of {length} entries does not fit into axis {one}, of {np.shape(x)[one]}")
        x = windows_along(x, length=int(length), axis=one)
    return x if isinstance(x, Tensor) else Tensor(x)


sliding_window_view: Final = composed(_sliding_window_view, numpy=windows_of, name="sliding_window_view")
