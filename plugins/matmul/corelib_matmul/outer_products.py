"""Products of every entry with every entry: outer, kron."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from corelib.extend import Array, Shape, Wanted, native, op
from corelib_matmul.products import Gradients, conj


@dataclass(frozen=True, slots=True)
class Outer:
    """z[i, j] = x[i] y[j], of the entries of x and y in one row each."""

    def forward(self, x: Array, y: Array) -> Array:
        return np.outer(x, y)

    def backward(self, propagated: Array, x: Array, y: Array, *, wanted: Wanted) -> Gradients:
        first = np.reshape(propagated @ np.ravel(conj(y)), np.shape(x)) if wanted[0] else None
        return first, np.reshape(np.ravel(conj(x)) @ propagated, np.shape(y)) if wanted[1] else None


@dataclass(frozen=True, slots=True)
class LinalgOuter(Outer):
    """z[i, j] = x[i] y[j], of two vectors. Raises InvalidOperand for what is not 1-d."""

    def forward(self, x: Array, y: Array) -> Array:
        if native(x):
            return np.linalg.outer(x, y)
        if not x.ndim == y.ndim == 1:
            raise ValueError(f"it takes two vectors, not arrays of {x.ndim} and {y.ndim} axes")
        return np.outer(x, y)


@dataclass(frozen=True, slots=True)
class Kron:
    """The Kronecker product: a block y times x[i, j...] in the place of each entry of x.

    The one with fewer axes is given axes of one entry in front.
    """

    def forward(self, x: Array, y: Array) -> Array:
        if native(x):
            return np.kron(x, y)
        ndim = max(x.ndim, y.ndim)
        shape_x, shape_y = _padded(x.shape, ndim), _padded(y.shape, ndim)
        apart_x = np.reshape(x, [m for n in shape_x for m in (n, 1)])
        apart_y = np.reshape(y, [m for n in shape_y for m in (1, n)])
        return np.reshape(apart_x * apart_y, [n * m for n, m in zip(shape_x, shape_y, strict=True)])

    def backward(self, propagated: Array, x: Array, y: Array, *, wanted: Wanted) -> Gradients:
        ndim = propagated.ndim
        shape_x, shape_y = _padded(np.shape(x), ndim), _padded(np.shape(y), ndim)
        blocks = np.reshape(propagated, [n for pair in zip(shape_x, shape_y, strict=True) for n in pair])
        of_x, of_y = [*range(0, 2 * ndim, 2)], [*range(1, 2 * ndim, 2)]
        first = np.tensordot(blocks, np.reshape(conj(y), shape_y), (of_y, [*range(ndim)])) if wanted[0] else None
        second = np.tensordot(blocks, np.reshape(conj(x), shape_x), (of_x, [*range(ndim)])) if wanted[1] else None
        return (
            None if first is None else np.reshape(first, np.shape(x)),
            None if second is None else np.reshape(second, np.shape(y)),
        )


def _padded(shape: Shape, ndim: int) -> Shape:
    return (1,) * (ndim - len(shape)) + shape


outer: Final = op(Outer, numpy=np.outer)
linalg_outer: Final = op(LinalgOuter, numpy=np.linalg.outer, name="linalg_outer")
kron: Final = op(Kron, numpy=np.kron)
