"""The adjoint of broadcasting, for ops whose operands NumPy broadcasts by itself."""

import numpy as np

from corelib import typed
from corelib.extend import Array, Shape


def summed(x: Array, shape: Shape) -> Array:
    """``x`` summed over the axes along which an array of ``shape`` was broadcast; it may have more, of length 1."""
    if x.shape == shape:
        return x
    inner = shape[max(0, len(shape) - np.ndim(x)) :]
    extra = np.ndim(x) - len(inner)
    axes = [i + extra for i, n in enumerate(inner) if n == 1 and x.shape[i + extra] != 1]
    return typed.sum(x, axis=(*range(extra), *axes)).reshape(shape)
