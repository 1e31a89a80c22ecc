"""Functions for slopes: accurate where NumPy and SciPy have none, and differentiable again."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from corelib.extend import Array, Tensor, elementwise

Recordable: TypeAlias = Callable[..., Any]


def recordable(forward: Callable[..., Any], *slopes: Callable[..., Any] | float | None) -> Recordable:
    """``forward``, which computes on arrays as it is, and on Tensors is an op with ``slopes``.

    A slope written with branches on its values would be wrong at a branch point when it is differentiated
    again; given by ``forward`` and slopes of its own, it is right to every order.
    """
    make: Callable[..., Any] = elementwise  # its overloads want the number of slopes spelt out
    op = make(forward, *slopes, numpy=(), name=forward.__name__.strip("_"), singular=True)

    def function(*args: Any) -> Any:
        for arg in args:
            if isinstance(arg, Tensor):
                return op(*args)
        with np.errstate(all="ignore"):
            return forward(*args)

    return function


def floats(*args: Any) -> list[Array]:
    """The arguments of a forward as arrays of one shape and one dtype, that of NumPy; integers become float64."""
    dtype = np.result_type(*args)
    least = np.result_type(dtype, np.float32) if dtype.char in "efF" else np.result_type(dtype, np.float64)
    return list(np.broadcast_arrays(*[np.asarray(a, least) for a in args]))


def beside(x: Any, *parameters: Any) -> list[Any]:
    """Parameters that have no gradient, as arrays of the dtype of ``x``: so float32 stays float32 beside them."""
    dtype = np.result_type(x, np.float32) if hasattr(x, "dtype") else np.float64
    real = np.zeros(0, dtype).real.dtype
    return [np.asarray(a, real) for a in parameters]


def patched(values: Any, where: Any, function: Callable[..., Any], *args: Any) -> Any:
    """``values``, with those of ``function`` of the chosen entries of ``args`` in the places ``where``."""
    if not np.any(where):
        return values
    values = np.array(values)
    values[where] = function(*[a[where] for a in args])
    return values
