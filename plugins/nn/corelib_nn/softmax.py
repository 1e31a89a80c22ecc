"""softmax and log_softmax, along any axes."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from corelib import typed
from corelib.extend import Array, Axis, op
from corelib_nn.recordable import refuse_complex


def shifted(x: Array, axis: Axis) -> Array:
    """x less its largest entry along ``axis``: its exponentials are at most 1."""
    low: Array = x - typed.max(x, axis, keepdims=True) if x.size else x + 0.0
    return low


@dataclass(frozen=True, slots=True)
class Softmax:
    """y = exp(x) / sum(exp(x)) along ``axis``, without overflow; its gradient is y (g - sum(g y)).

    Raises AxisError for an axis that is not there, TypeError for complex numbers.
    """

    axis: Axis = -1

    def forward(self, x: Array) -> Array:
        refuse_complex("softmax", x)
        e: Array = np.exp(shifted(x, self.axis))
        e /= typed.sum(e, self.axis, keepdims=True)
        return e

    def backward(self, propagated: Array, x: Array, *, result: Array) -> Array:
        weighted = propagated * result
        gradient: Array = weighted - result * typed.sum(weighted, self.axis, keepdims=True)
        return gradient


@dataclass(frozen=True, slots=True)
class LogSoftmax:
    """y = x - log(sum(exp(x))) along ``axis``, without overflow; its gradient is g - exp(y) sum(g).

    Raises AxisError for an axis that is not there, TypeError for complex numbers.
    """

    axis: Axis = -1

    def forward(self, x: Array) -> Array:
        refuse_complex("log_softmax", x)
        low = shifted(x, self.axis)
        return low - np.log(typed.sum(np.exp(low), self.axis, keepdims=True))

    def backward(self, propagated: Array, x: Array, *, result: Array) -> Array:
        gradient: Array = propagated - np.exp(result) * typed.sum(propagated, self.axis, keepdims=True)
        return gradient


softmax: Final = op(Softmax)
log_softmax: Final = op(LogSoftmax)
