"""Rounding, and the sign: steps, whose slope is 0."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from corelib.extend import Array, Shape, elementwise, linear, op
from corelib_elementwise.recordable import is_complex

floor: Final = elementwise(np.floor, 0)
ceil: Final = elementwise(np.ceil, 0)
rint: Final = elementwise(np.rint, 0)
trunc: Final = elementwise(np.trunc, 0)
fix: Final = elementwise(np.trunc, 0, numpy=np.fix, name="fix")  # from NumPy 2.5 on numpy.fix warns


@dataclass(frozen=True, slots=True)
class Round:
    """x rounded to ``decimals`` decimals, halves to the even neighbour."""

    decimals: int = 0

    def forward(self, x: Array) -> Array:
        return np.round(x, self.decimals)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return np.zeros_like(propagated)


@dataclass(frozen=True, slots=True)
class Sign:
    """-1, 0 or 1; of a complex number z / |z|, whose slope is that of a rotation."""

    def forward(self, x: Array) -> Array:
        return np.sign(x)

    def backward(self, propagated: Array, x: Array) -> Array:
        if not is_complex(x):
            return np.zeros_like(propagated)
        gradient: Array = _across(propagated, x)
        return gradient


def _across(propagated: Any, z: Any) -> Any:
    """The part of the gradient at a right angle to z, over |z|; 0 at the origin."""
    size = np.absolute(z)
    direction = np.sign(z)
    along = direction * np.real(np.conjugate(direction) * propagated)
    return np.where(size == 0, 0, propagated - along) / np.where(size == 0, 1, size)


round: Final = linear(Round, numpy=(np.round, np.around))
sign: Final = op(Sign, numpy=np.sign)
