"""Workspace: the arrays that an optimizer works in, one set for all its parameters."""

from typing import Any, TypeAlias

import numpy as np

from corelib.primitives.portable import like as of_the_kind
from corelib.rule import FloatArray

Entries: TypeAlias = tuple[type, np.dtype[Any]]
Kind: TypeAlias = tuple[type, np.dtype[Any], tuple[int, ...]]


class Workspace:
    """``count`` arrays of undefined entries, as large as the largest parameter, cut to the shape of each.

    They are made at the first step and kept, so that later steps allocate nothing.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._buffers: dict[Entries, FloatArray] = {}
        self._cut: dict[Kind, tuple[FloatArray, ...]] = {}

    def arrays(self, like: FloatArray) -> tuple[FloatArray, ...]:
        """Arrays of the shape, dtype and kind of ``like``; the same ones for every such array."""
        kind = (type(like), like.dtype, like.shape)
        found = self._cut.get(kind)
        if found is None:
            rows = self._rows(like)
            found = tuple(rows[i, : like.size].reshape(like.shape) for i in range(self._count))
            self._cut[kind] = found
        return found

    def _rows(self, like: FloatArray) -> FloatArray:
        entries = (type(like), like.dtype)
        rows = self._buffers.get(entries)
        if rows is None or rows.shape[1] < like.size:
            rows = np.empty((self._count, like.size), dtype=like.dtype, like=of_the_kind(like))
            self._buffers[entries] = rows
            self._cut = {kind: arrays for kind, arrays in self._cut.items() if kind[:2] != entries}
        return rows

    def __reduce__(self) -> tuple[type["Workspace"], tuple[int]]:
        return Workspace, (self._count,)  # a copy of an optimizer makes its own arrays
