"""Windows that slide over the last axes of an array: their geometry, and where each of their positions lies."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, TypeAlias

import numpy as np

from corelib import ops
from corelib.extend import Array, Shape, full, native

Sizes: TypeAlias = int | Sequence[int]
Pairs: TypeAlias = tuple[tuple[int, int], ...]


def each(value: Any, axes: int, name: str, least: int) -> Shape:
    """A whole number for each of the axes, from one for all or a sequence. Raises ValueError for others."""
    entries = tuple(value) if isinstance(value, (tuple, list)) else (value,) * axes
    whole = all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n >= least for n in entries)
    if len(entries) != axes or not whole:
        raise ValueError(f"{name}={value!r} is no whole number of at least {least}, nor {axes} of them in a sequence")
    return tuple([int(n) for n in entries])


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of ``size`` entries that lie ``dilation`` apart, ``stride`` between one window and the next.

    ``padding`` is what is put before and after each axis, of which the array has the lengths ``lengths``.
    """

    size: Shape
    stride: Shape
    padding: Pairs
    dilation: Shape
    lengths: Shape

    @property
    def count(self) -> Shape:
        """How many windows there are along each axis. Raises ValueError where not one fits."""
        spans = [d * (k - 1) + 1 for k, d in zip(self.size, self.dilation, strict=True)]
        room = [n - span for n, span in zip(self.padded, spans, strict=True)]
        if min(room) < 0:
            raise ValueError(f"windows of {tuple(spans)} entries do not fit into {self.padded}, padding included")
        return tuple([r // s + 1 for r, s in zip(room, self.stride, strict=True)])

    @property
    def padded(self) -> Shape:
        return tuple([low + n + high for n, (low, high) in zip(self.lengths, self.padding, strict=True)])

    @property
    def inside(self) -> tuple[Any, ...]:
        """The index of the array itself in the padded one."""
        pairs = zip(self.lengths, self.padding, strict=True)
        return (..., *[slice(low, low + n) for n, (low, _) in pairs])

    def positions(self) -> Iterator[tuple[Any, ...]]:
        """For each position in a window the index, in the padded array, of the entries that all windows have there."""
        count = self.count
        for offsets in product(*[range(k) for k in self.size]):
            starts = [i * d for i, d in zip(offsets, self.dilation, strict=True)]
            steps = zip(starts, count, self.stride, strict=True)
            yield (..., *[slice(start, start + (n - 1) * s + 1, s) for start, n, s in steps])

    def pad(self, x: Array, value: float = 0) -> Array:
        """``x`` with ``value`` around it."""
        if self.padded == self.lengths:
            return x
        if native(x):
            padded = np.full((*x.shape[: -len(self.size)], *self.padded), value, x.dtype)
            padded[self.inside] = x
            return padded
        widths = [(0, 0)] * (x.ndim - len(self.size)) + list(self.padding)
        return np.pad(x, widths, constant_values=value)

    def columns(self, padded: Array) -> Array:
        """All entries of all windows, (..., position, window): the rows that a product of matrices takes."""
        lead = padded.shape[: -len(self.size)]
        shape = (*lead, prod(self.size), prod(self.count))
        if not native(padded):
            parts = [np.reshape(padded[index], (*lead, prod(self.count))) for index in self.positions()]
            return np.stack(parts, axis=-2)
        columns = np.empty((*lead, prod(self.size), *self.count), padded.dtype)
        for k, index in enumerate(self.positions()):
            columns[_at(lead, k)] = padded[index]
        return columns.reshape(shape)

    def scattered(self, columns: Array) -> Array:
        """The adjoint of ``columns`` and ``pad``: entries (..., position, window) added up where they came from."""
        lead = columns.shape[:-2]
        parts = columns.reshape(*lead, prod(self.size), *self.count)
        each = (parts[_at(lead, k)] for k in range(prod(self.size)))
        return self.added(each, columns, (*lead, *self.padded))

    def added(self, parts: Iterable[Array], model: Array, shape: Shape) -> Array:
        """The sum of what all windows have at each position, put back there, without the padding.

        It has the kind and dtype of ``model``, as the parts have.
        """
        if native(model):
            total = np.zeros(shape, model.dtype)
            for part, index in zip(parts, self.positions(), strict=True):
                total[index] += part
            return self.cropped(total)
        whole: Array = full(shape, 0, model.dtype, model)
        for part, index in zip(parts, self.positions(), strict=True):
            whole = whole + ops.place(part, index, shape).data
        return self.cropped(whole)

    def cropped(self, padded: Array) -> Array:
        """Without the padding."""
        entries: Array = padded[self.inside]
        return entries


def _at(lead: Shape, k: int) -> tuple[Any, ...]:
    """The index of the position k, which comes after the axes ``lead``."""
    return (*[slice(None)] * len(lead), k)
