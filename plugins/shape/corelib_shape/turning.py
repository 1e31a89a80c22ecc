"""The same entries in another order along their axes: flip, roll, rot90, rollaxis."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from corelib.extend import Array, Axis, Shape, Tensor, TensorLike, composed, linear
from corelib_shape.axes import moveaxis


@dataclass(frozen=True, slots=True)
class Flip:
    """``m`` with the entries along ``axis``, or along all axes, in reverse order: its own adjoint."""

    axis: Axis = None

    def forward(self, m: Array) -> Array:
        return np.flip(m, self.axis)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return np.flip(propagated, self.axis)


@dataclass(frozen=True, slots=True)
class Roll:
    """``a`` with the entries ``shift`` places on along ``axis``, those off the end at the start.

    Without an axis, the entries in a row.
    """

    shift: int | Sequence[int]
    axis: Axis = None

    def forward(self, a: Array) -> Array:
        return np.roll(a, self.shift, self.axis)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        back = -self.shift if isinstance(self.shift, int) else [-n for n in self.shift]
        return np.roll(propagated, back, self.axis)


@dataclass(frozen=True, slots=True)
class Rot90:
    """``m`` turned ``k`` quarters, from the first of the two ``axes`` towards the second."""

    k: int = 1
    axes: tuple[int, int] = (0, 1)

    def forward(self, m: Array) -> Array:
        return np.rot90(m, self.k, self.axes)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return np.rot90(propagated, -self.k, self.axes)


def _fliplr(m: TensorLike) -> Tensor:
    """``m`` with the entries along its second axis in reverse order. Raises InvalidOperand for one axis."""
    return flip(m, 1)


def _flipud(m: TensorLike) -> Tensor:
    """``m`` with the entries along its first axis in reverse order. Raises InvalidOperand for no axis."""
    return flip(m, 0)


def _rollaxis(a: TensorLike, axis: int, start: int = 0) -> Tensor:
    """``a`` with ``axis`` moved to before ``start``, the others in their old order."""
    ndim = np.ndim(a)  # type: ignore[arg-type]  # plain of a Tensor
    axis, start = normalize_axis_index(axis, ndim), start + ndim if start < 0 else start
    return moveaxis(a, axis, start - 1 if axis < start else start)


flip: Final = linear(Flip, numpy=np.flip)
roll: Final = linear(Roll, numpy=np.roll)
rot90: Final = linear(Rot90, numpy=np.rot90)
fliplr: Final = composed(_fliplr, numpy=np.fliplr, name="fliplr")
flipud: Final = composed(_flipud, numpy=np.flipud, name="flipud")
rollaxis: Final = composed(_rollaxis, numpy=np.rollaxis, name="rollaxis")
