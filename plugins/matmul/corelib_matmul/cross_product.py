"""The cross product of vectors."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from corelib.extend import Array, Tensor, Wanted, like, native, op
from corelib_matmul.products import Gradients, conj, summed


@dataclass(frozen=True, slots=True)
class Cross:
    """The vectors x × y, perpendicular to both. Stacks broadcast.

    The vectors of x, y and the result lie along ``axisa``, ``axisb`` and ``axisc``, or all along ``axis``. One with
    two entries lies in a plane; of two such only the third entry is returned, without an axis, and NumPy warns
    that it will not take them for ever. With g on the result the gradients are y* × g and g × x*. Raises InvalidOperand
    for vectors of another length.
    """

    axisa: int = -1
    axisb: int = -1
    axisc: int = -1
    axis: int | None = None

    def forward(self, x: Array, y: Array) -> Array:
        if native(x):
            return np.cross(x, y, self.axisa, self.axisb, self.axisc, self.axis)
        axisa, axisb, axisc = (self.axisa, self.axisb, self.axisc) if self.axis is None else (self.axis,) * 3
        x, y = np.moveaxis(x, axisa, -1), np.moveaxis(y, axisb, -1)
        if not {x.shape[-1], y.shape[-1]} <= {2, 3}:
            raise ValueError(f"vectors have 2 or 3 entries, not {x.shape[-1]} and {y.shape[-1]}")
        z = crossed(spatial(x), spatial(y))
        return z[..., 2] if x.shape[-1] == y.shape[-1] == 2 else np.moveaxis(z, -1, axisc)

    def backward(self, propagated: Array, x: Array, y: Array, *, wanted: Wanted) -> Gradients:
        axisa, axisb, axisc = (self.axisa, self.axisb, self.axisc) if self.axis is None else (self.axis,) * 3
        x, y = np.moveaxis(x, axisa, -1), np.moveaxis(y, axisb, -1)
        flat = x.shape[-1] == y.shape[-1] == 2
        g = upright(propagated) if flat else np.moveaxis(propagated, axisc, -1)
        first = crossed(spatial(conj(y)), g)[..., : x.shape[-1]] if wanted[0] else None
        second = crossed(g, spatial(conj(x)))[..., : y.shape[-1]] if wanted[1] else None
        return (
            None if first is None else np.moveaxis(summed(first, x.shape), -1, axisa),
            None if second is None else np.moveaxis(summed(second, y.shape), -1, axisb),
        )


def spatial(x: Any) -> Any:
    """Vectors along the last axis with three entries, the third zero where there were two."""
    if x.shape[-1] == 3:
        return x
    return np.concatenate([x, np.zeros((*x.shape[:-1], 1), dtype=x.dtype, like=like(x))], axis=-1)


def upright(z: Any) -> Any:
    """The vectors (0, 0, z)."""
    zeros = np.zeros((*z.shape, 2), dtype=z.dtype, like=like(z))
    return np.concatenate([zeros, np.expand_dims(z, -1)], axis=-1)


def crossed(x: Any, y: Any) -> Any:
    """x × y of vectors of three entries along the last axis; by its formula where dask, for one, has no function."""
    if isinstance(x, Tensor) or isinstance(y, Tensor) or native(x):
        return np.cross(x, y)
    products = [x[..., i - 2] * y[..., i - 1] - x[..., i - 1] * y[..., i - 2] for i in range(3)]
    return np.stack(products, -1)


@dataclass(frozen=True, slots=True)
class LinalgCross:
    """The vectors x × y along ``axis`` of both, of three entries each. Stacks broadcast.

    Raises InvalidOperand for vectors of another length.
    """

    axis: int = -1

    def forward(self, x: Array, y: Array) -> Array:
        if native(x):
            return np.linalg.cross(x, y, axis=self.axis)
        if not x.shape[self.axis] == y.shape[self.axis] == 3:
            raise ValueError(f"vectors have 3 entries, not {x.shape[self.axis]} and {y.shape[self.axis]}")
        return Cross(axis=self.axis).forward(x, y)

    def backward(self, propagated: Array, x: Array, y: Array, *, wanted: Wanted) -> Gradients:
        return Cross(axis=self.axis).backward(propagated, x, y, wanted=wanted)


cross: Final = op(Cross, numpy=np.cross)
linalg_cross: Final = op(LinalgCross, numpy=np.linalg.cross, name="linalg_cross")
