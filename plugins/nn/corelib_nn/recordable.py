"""Functions for slopes: accurate in their tails, and differentiable again."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import numpy as np

from corelib import ops
from corelib.extend import Tensor, elementwise

Recordable: TypeAlias = Callable[..., Any]
SMALL: Final = 1e-30
LARGE: Final = 10.0


def recordable(forward: Callable[..., Any], slope: Callable[..., Any]) -> Recordable:
    """``forward``, which computes on arrays as it is, and on a Tensor is an op with ``slope``.

    What is fast on arrays may lose the digits of a tail when it is differentiated again; given by ``forward`` and a
    slope of its own, the second derivative has them.
    """
    op = elementwise(forward, slope, numpy=(), name=forward.__name__.strip("_"))

    def function(x: Any) -> Any:
        return op(x) if isinstance(x, Tensor) else forward(x)

    return function


def logistic(x: Any) -> Any:
    """1 / (1 + exp(-x)), without overflow."""
    return ops.sigmoid(x) if isinstance(x, Tensor) else _logistic(x)


# As a decorator errstate takes half the time: python -m timeit -s "import numpy as np" "with np.errstate(): pass"
@np.errstate(over="ignore")  # exp(-x) = inf gives 0, as it should
def _logistic(x: Any) -> Any:
    e = np.exp(-x)
    e += 1
    return 1 / e


def factor(result: Any, x: Any, function: Callable[..., Any]) -> Any:
    """``function(x)``, given result = x function(x): a quotient of NumPy's arrays takes less time than an exponential.

    It has its digits where neither it nor x is near the smallest or the largest numbers; else the function is called.
    """
    if type(x) is np.ndarray and x.dtype.char in "fd" and x.size:
        size = np.abs(x)
        if size.min() > SMALL and size.max() < LARGE:
            return result / x
    return function(x)


def refuse_complex(name: str, x: Any) -> None:
    """Raises TypeError for complex numbers."""
    if isinstance(x, complex) or getattr(getattr(x, "dtype", None), "kind", "f") == "c":
        raise TypeError(f"{name} is defined for real numbers only")
