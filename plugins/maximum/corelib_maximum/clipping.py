"""clip: numbers held between two bounds, of which each may be an array, and either may be missing."""

from typing import Any, Final

import numpy as np

from corelib.errors import UnsupportedArgument
from corelib.extend import Array, Tensor, TensorLike, composed, elementwise, may
from corelib_maximum.comparing import NAN, share


def _inside(x: Any, *outside: Any) -> Any:
    """The slope in x: 0 where it is out of bounds, NaN where it is NaN, 1 elsewhere, on the bounds too."""
    inside = ~(outside[0] | outside[1]) if len(outside) > 1 else ~outside[0]
    unknown = np.isnan(x)
    return np.where(unknown, NAN, inside) if may(unknown) else inside


def _lower_slope(x: Any, low: Any, high: Any) -> Any:
    """The slope in the lower bound: 1 where x is below it, unless the upper bound is lower still."""
    return (x < low) * share(high, low)


def _upper_slope(x: Any, low: Any, high: Any) -> Any:
    """The slope in the upper bound: 1 where x, or the lower bound, is above it."""
    return np.where(x < low, share(low, high), x > high)


def _from_below(x: Array, low: Array) -> Array:
    return np.clip(x, low, None)


def _from_above(x: Array, high: Array) -> Array:
    return np.clip(x, None, high)


between: Final = elementwise(
    np.clip,
    lambda x, low, high: _inside(x, x < low, x > high),
    _lower_slope,
    _upper_slope,
    numpy=(),
    name="clip",
)
from_below: Final = elementwise(
    _from_below, lambda x, low: _inside(x, x < low), lambda x, low: x < low, numpy=(), name="clip"
)
from_above: Final = elementwise(
    _from_above, lambda x, high: _inside(x, x > high), lambda x, high: x > high, numpy=(), name="clip"
)


def _clip(
    a: TensorLike,
    /,
    a_min: TensorLike | None = None,
    a_max: TensorLike | None = None,
    *,
    min: TensorLike | None = None,
    max: TensorLike | None = None,
) -> Tensor:
    """The entries of ``a``, those below ``a_min`` replaced by it, then those above ``a_max`` by that.

    A bound may be an array, a Tensor, or None for none; ``min`` and ``max`` are other names for them. The
    gradient goes to ``a`` on the closed interval, and to the bound that took its place outside. Where the
    bounds tie they share it equally. Raises UnsupportedArgument for a bound given under both its names.
    """
    if (a_min is not None and min is not None) or (a_max is not None and max is not None):
        raise UnsupportedArgument("clip: pass a bound as a_min and a_max, or as min and max, not as both")
    low = min if a_min is None else a_min
    high = max if a_max is None else a_max
    if low is None:
        if high is None:
            return a if isinstance(a, Tensor) else Tensor(a)
        return from_above(a, high)
    return from_below(a, low) if high is None else between(a, low, high)


clip: Final = composed(_clip, numpy=np.clip, name="clip")
