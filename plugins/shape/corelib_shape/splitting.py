"""One array taken apart: split and its kin return a list, as NumPy's do, and unstack a tuple."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from corelib.extend import Array, Tensor, composed, native, op
from corelib_shape.taking import along, tensor

MOST: Final = 1_000_000  # parts, where there are not as many entries


@dataclass(frozen=True, slots=True)
class Parts:
    """``x`` cut along ``axis`` before the places ``cuts``, which do not decrease.

    The gradient is those of the parts, one after the other.
    """

    cuts: tuple[int, ...]
    axis: int = 0

    def forward(self, x: Array) -> tuple[Array, ...]:
        if type(x) is np.ndarray or native(x):
            return tuple(np.array_split(x, self.cuts, self.axis))
        ends = pairwise([0, *self.cuts, x.shape[self.axis]])
        return tuple([x[along(self.axis, x.ndim, slice(start, stop))] for start, stop in ends])

    def backward(self, propagated: tuple[Array, ...], x: Array) -> Array:
        return np.concatenate(propagated, axis=self.axis)


@dataclass(frozen=True, slots=True)
class Unstack:
    """The arrays that lie side by side along ``axis``. The gradient is theirs, stacked."""

    axis: int = 0

    def forward(self, x: Array) -> tuple[Array, ...]:
        if native(x):
            return tuple(np.unstack(x, axis=self.axis))
        axis = normalize_axis_index(self.axis, x.ndim)
        return tuple([x[along(axis, x.ndim, i)] for i in range(x.shape[axis])])

    def backward(self, propagated: tuple[Array, ...], x: Array) -> Array:
        return np.stack(propagated, axis=self.axis)


def _array_split(ary: Any, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Tensor]:
    """The parts of ``ary`` along ``axis``: so many of about equal length, or cut before the given places."""
    n = np.shape(ary)[axis]
    if np.ndim(indices_or_sections) == 0:
        sections = int(indices_or_sections)  # type: ignore[arg-type]  # a number
        return list(parts(ary, _even(n, sections), axis))
    cuts = [slice(None, int(i)).indices(n)[1] for i in indices_or_sections]  # type: ignore[union-attr]  # a sequence
    if cuts == sorted(cuts):
        return list(parts(ary, tuple(cuts), axis))
    return [tensor(ary)[along(axis, np.ndim(ary), slice(a, b))] for a, b in pairwise([0, *cuts, n])]


def _even(n: int, sections: int) -> tuple[int, ...]:
    """Where to cut ``n`` entries for parts of about equal length, the longer ones first."""
    if sections < 1:
        raise ValueError(f"an array is split in one part or more, not in {sections}")
    if sections > max(n, MOST):
        raise ValueError(f"{n} entries are not split into {sections} parts, almost all of them empty")
    length, longer = divmod(n, sections)
    return tuple([i * length + min(i, longer) for i in range(1, sections)])


def _split(ary: Any, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Tensor]:
    """The parts of ``ary`` along ``axis``: so many of equal length, or cut before the given places.

    Raises ValueError where the length is no multiple of the number of parts.
    """
    n = np.shape(ary)[axis]
    given: Any = indices_or_sections
    if np.ndim(given) == 0 and int(given) > 0 and n % int(given):
        raise ValueError(f"{n} entries do not split into {indices_or_sections} equal parts; array_split would")
    return _array_split(ary, indices_or_sections, axis)


def _hsplit(ary: Any, indices_or_sections: int | Sequence[int]) -> list[Tensor]:
    """``split`` along the second axis, or along the only one."""
    return _split(ary, indices_or_sections, 1 if np.ndim(ary) > 1 else 0)


def _vsplit(ary: Any, indices_or_sections: int | Sequence[int]) -> list[Tensor]:
    """``split`` along the first of two axes or more."""
    return _split(_of(ary, 2), indices_or_sections, 0)


def _dsplit(ary: Any, indices_or_sections: int | Sequence[int]) -> list[Tensor]:
    """``split`` along the third axis."""
    return _split(_of(ary, 3), indices_or_sections, 2)


def _of(ary: Any, ndim: int) -> Any:
    if np.ndim(ary) < ndim:
        raise ValueError(f"it takes an array of {ndim} or more dimensions, not of {np.ndim(ary)}")
    return ary


parts: Final = op(Parts)
unstack: Final = op(Unstack, numpy=np.unstack)
array_split: Final = composed(_array_split, numpy=np.array_split, name="array_split")
split: Final = composed(_split, numpy=np.split, name="split")
hsplit: Final = composed(_hsplit, numpy=np.hsplit, name="hsplit")
vsplit: Final = composed(_vsplit, numpy=np.vsplit, name="vsplit")
dsplit: Final = composed(_dsplit, numpy=np.dsplit, name="dsplit")
