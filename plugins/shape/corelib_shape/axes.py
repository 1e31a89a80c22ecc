"""The same entries with their axes in another order: transpose, swapaxes, moveaxis, matrix_transpose."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from corelib.extend import Array, Shape, Tensor, TensorLike, composed, linear


@dataclass(frozen=True, slots=True)
class Transpose:
    """``a`` with axis i of the result being axis ``axes[i]`` of ``a``; without ``axes``, all in reverse order."""

    axes: Sequence[int] | int | None = None

    def forward(self, a: Array) -> Array:
        return np.transpose(a, self.axes) if self.axes is not None else a.T

    def backward(self, propagated: Array, shape: Shape) -> Array:
        if self.axes is None or isinstance(self.axes, int):
            return propagated.T
        inverse = [0] * len(shape)
        for i, axis in enumerate(self.axes):
            inverse[axis] = i
        return propagated.transpose(inverse)


@dataclass(frozen=True, slots=True)
class SwapAxes:
    """``a`` with two axes in each other's place: its own adjoint."""

    axis1: int
    axis2: int

    def forward(self, a: Array) -> Array:
        return np.swapaxes(a, self.axis1, self.axis2)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return np.swapaxes(propagated, self.axis1, self.axis2)


@dataclass(frozen=True, slots=True)
class MoveAxis:
    """``a`` with the axes ``source`` moved to the positions ``destination``, the others in their old order."""

    source: int | tuple[int, ...]
    destination: int | tuple[int, ...]

    def forward(self, a: Array) -> Array:
        return np.moveaxis(a, self.source, self.destination)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return np.moveaxis(propagated, self.destination, self.source)


def _matrix_transpose(x: TensorLike, /) -> Tensor:
    """``x`` with its last two axes in each other's place. Raises InvalidOperand for fewer than two."""
    return swapaxes(x, -1, -2)


transpose: Final = linear(Transpose, numpy=np.transpose)
swapaxes: Final = linear(SwapAxes, numpy=np.swapaxes)
moveaxis: Final = linear(MoveAxis, numpy=np.moveaxis)
matrix_transpose: Final = composed(
    _matrix_transpose, numpy=(np.matrix_transpose, np.linalg.matrix_transpose), name="matrix_transpose"
)
