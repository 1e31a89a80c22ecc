"""The three products of a convolution. Each is linear in both of its arrays, and they are the adjoints of each other.

With y = x * w, the gradients of <g, y> are the transposed convolution of g and w, and the correlation of x and g. So
each backward calls the other two, and derivatives of every order are made of these three.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Final

import numpy as np

from corelib.extend import Array, Tensor, Wanted, native, op
from corelib_nn.windows import Windows

BLOCK: Final = 1 << 17  # entries of the windows that are multiplied at a time: they stay in the cache


def conj(x: Array) -> Array:
    return np.conj(x) if x.dtype.kind == "c" else x


def blocks(x: Array, row: int) -> Iterator[slice]:
    """Slices of a batch that has ``row`` entries of windows in each array: short ones of NumPy's arrays, else one."""
    step = max(1, BLOCK // max(row, 1)) if native(x) else max(1, len(x))
    return (slice(i, i + step) for i in range(0, max(len(x), 1), step))


def together(parts: list[Array]) -> Array:
    """The parts of a batch, one after the other."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


@dataclass(frozen=True, slots=True)
class Product:
    """What the three have in common: the windows, and in how many groups the channels are."""

    windows: Windows
    groups: int

    def grouped(self, x: Array) -> Array:
        """(batch, channels, ...) with an axis for the groups: (batch, groups, channels of a group, ...)."""
        return x.reshape(len(x), self.groups, x.shape[1] // self.groups, *x.shape[2:])

    def flat(self, y: Array) -> Array:
        """(batch, channels, windows...) as matrices: (batch, groups, channels of a group, windows)."""
        return y.reshape(len(y), self.groups, y.shape[1] // self.groups, prod(self.windows.count))

    def matrices(self, w: Array) -> Array:
        """The weights (outputs, inputs of a group, ...) as matrices: (groups, outputs, inputs x positions)."""
        return w.reshape(self.groups, len(w) // self.groups, prod(w.shape[1:]))

    def rows(self, padded: Array) -> Array:
        """The windows of a part of the batch: (batch, groups, inputs x positions, windows)."""
        columns = self.windows.columns(self.grouped(padded))
        n, groups, inputs, size, count = columns.shape
        return columns.reshape(n, groups, inputs * size, count)

    def blocks(self, x: Array, channels: int) -> Iterator[slice]:
        return blocks(x, channels * prod(self.windows.size) * prod(self.windows.count))


@dataclass(frozen=True, slots=True)
class Convolution(Product):
    """y[n, o, i] = sum over c and k of x[n, c, stride i + dilation k] w[o, c, k], of the padded x."""

    def forward(self, x: Array, w: Array) -> Array:
        padded, matrices = self.windows.pad(x), self.matrices(w)
        parts = [np.matmul(matrices, self.rows(padded[i])) for i in self.blocks(x, x.shape[1])]
        y = together(parts)
        return y.reshape(len(x), len(w), *self.windows.count)

    def backward(self, propagated: Array, x: Array, w: Array, *, wanted: Wanted) -> tuple[Tensor | None, Tensor | None]:
        of_x = transposed(propagated, conj(w), self.windows, self.groups) if wanted[0] else None
        return of_x, correlation(conj(x), propagated, self.windows, self.groups) if wanted[1] else None


@dataclass(frozen=True, slots=True)
class Transposed(Product):
    """x[n, c, stride i + dilation k] = sum over o, k and i of y[n, o, i] w[o, c, k], without the padding of x."""

    def forward(self, y: Array, w: Array) -> Array:
        across = np.swapaxes(self.matrices(w), -1, -2)
        parts = [self._scattered(across, y[i], w.shape[1]) for i in self.blocks(y, w.shape[1] * self.groups)]
        return together(parts)

    def _scattered(self, across: Array, y: Array, inputs: int) -> Array:
        grouped = self.flat(y)
        rows = np.matmul(across, grouped)
        parts = rows.reshape(len(y), self.groups * inputs, prod(self.windows.size), rows.shape[-1])
        return self.windows.scattered(parts)

    def backward(self, propagated: Array, y: Array, w: Array, *, wanted: Wanted) -> tuple[Tensor | None, Tensor | None]:
        of_y = convolution(propagated, conj(w), self.windows, self.groups) if wanted[0] else None
        return of_y, correlation(propagated, conj(y), self.windows, self.groups) if wanted[1] else None


@dataclass(frozen=True, slots=True)
class Correlation(Product):
    """w[o, c, k] = sum over n and i of x[n, c, stride i + dilation k] y[n, o, i], of the padded x."""

    def forward(self, x: Array, y: Array) -> Array:
        padded, flat = self.windows.pad(x), self.flat(y)
        shape = (y.shape[1], x.shape[1] // self.groups, *self.windows.size)
        parts = [self._summed(padded[i], flat[i]) for i in self.blocks(x, x.shape[1])]
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        return total.reshape(shape)

    def _summed(self, padded: Array, flat: Array) -> Array:
        total: Array = np.sum(np.matmul(flat, np.swapaxes(self.rows(padded), -1, -2)), axis=0)
        return total

    def backward(self, propagated: Array, x: Array, y: Array, *, wanted: Wanted) -> tuple[Tensor | None, Tensor | None]:
        of_x = transposed(conj(y), propagated, self.windows, self.groups) if wanted[0] else None
        return of_x, convolution(conj(x), propagated, self.windows, self.groups) if wanted[1] else None


convolution: Final = op(Convolution)
transposed: Final = op(Transposed)
correlation: Final = op(Correlation)
