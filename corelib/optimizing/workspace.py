"""Workspace: the arrays that an optimizer works in, one set for all its parameters."""

from typing import Any, TypeAlias

import numpy as np

from corelib.rule import FloatArray

Kind: TypeAlias = tuple[tuple[int, ...], np.dtype[Any]]


class Workspace:
    """``count`` arrays of undefined entries, as large as the largest parameter, cut to the shape of each.

    They are made at the first step and kept, so that later steps allocate nothing.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._buffers: dict[np.dtype[Any], FloatArray] = {}
        self._cut: dict[Kind, tuple[FloatArray, ...]] = {}

    def arrays(self, like: FloatArray) -> tuple[FloatArray, ...]:
        """Arrays of the shape and dtype of ``like``; the same ones for every such array."""
        found = self._cut.get((like.shape, like.dtype))
        if found is None:
            found = tuple(row[: like.size].reshape(like.shape) for row in self._rows(like))
            self._cut[like.shape, like.dtype] = found
        return found

    def _rows(self, like: FloatArray) -> FloatArray:
        rows = self._buffers.get(like.dtype)
        if rows is None or rows.shape[1] < like.size:
            rows = self._buffers[like.dtype] = np.empty((self._count, like.size), like.dtype)
            self._cut = {kind: arrays for kind, arrays in self._cut.items() if kind[1] != like.dtype}
        return rows

    def __reduce__(self) -> tuple[type["Workspace"], tuple[int]]:
        return Workspace, (self._count,)  # a copy of an optimizer makes its own arrays
