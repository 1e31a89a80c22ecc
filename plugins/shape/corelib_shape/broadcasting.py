"""Broadcasting as an assignment does it, and its adjoint, for ops whose operands NumPy broadcasts by itself."""

from typing import Any

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


def fitted(values: Any, shape: Shape) -> Any:
    """``values`` broadcast as an assignment does it: axes of length 1 in front are dropped."""
    extra = np.ndim(values) - len(shape)
    inner = values.reshape(values.shape[extra:]) if extra > 0 and values.shape[:extra] == (1,) * extra else values
    return inner if inner.shape == shape else np.broadcast_to(inner, shape)
