"""The larger or the smaller of two, entry by entry: maximum, minimum, fmax, fmin, relu, leaky_relu."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from corelib.extend import Array, elementwise, native, op

ZERO: Final = np.float32(0)  # exact in every precision, so float32 stays float32
HALF: Final = np.float32(0.5)
ONE: Final = np.float32(1)
NAN: Final = np.float32(np.nan)
ndarray: Final = np.ndarray
count: Final = np.count_nonzero


def share(x: Any, y: Any) -> Any:
    """The slope of max(x, y) in x: 1 where x > y, 1/2 where x = y, 0 where x < y, NaN where either is NaN."""
    return _shares(x > y, x < y, x, y)


def share_of_numbers(x: Any, y: Any, wins: Any, loses: Any) -> Any:
    """The slope in x of a choice that passes NaN by: as ``wins`` and ``loses`` say, NaN where both are NaN."""
    if (type(wins) is ndarray or native(wins)) and count(wins) + count(loses) == wins.size:
        return wins
    return _shares(wins | (np.isnan(y) & ~np.isnan(x)), loses | (np.isnan(x) & ~np.isnan(y)), x, y)


def _shares(wins: Any, loses: Any, x: Any, y: Any) -> Any:
    if (type(wins) is ndarray or native(wins)) and count(wins) + count(loses) == wins.size:
        return wins  # nothing is tied, and nothing NaN: what almost every call finds
    tied = x == y
    if native(wins):  # the sum takes half the time of np.where, but Dask ignores dtype=, and True + True is True
        slope = np.add(wins, wins | tied, dtype=np.float32) * HALF
        return np.where(wins | loses | tied, slope, NAN)
    return np.where(wins, ONE, np.where(loses, ZERO, np.where(tied, HALF, NAN)))


def _relu(x: Array) -> Array:
    """The larger of x and 0, entry by entry.

    Its slope is 1 above 0 and 0 below. At 0, where x ties with the constant, it is 1/2, as that of
    ``maximum(x, 0)``. PyTorch takes 0 there: who wants that writes ``np.where(x > 0, x, 0)``.
    """
    return np.maximum(x, 0)


@dataclass(frozen=True, slots=True)
class LeakyRelu:
    """x above 0, and ``slope`` times x below: the larger of the two where ``slope`` is at most 1.

    At 0, where they tie, the slope is their mean, (1 + slope)/2. PyTorch takes ``slope`` there.
    Source: Maas, Hannun and Ng, Rectifier nonlinearities improve neural network acoustic models, 2013.
    """

    slope: float = 0.01

    def forward(self, x: Array) -> Array:
        return (np.maximum if self.slope <= 1 else np.minimum)(x, x * self.slope)

    def backward(self, propagated: Array, x: Array) -> Array:
        slope: Array = share(x, 0).astype(x.dtype) * (1 - self.slope) + self.slope
        return propagated * slope


maximum: Final = elementwise(np.maximum, share, lambda x, y: share(y, x))
minimum: Final = elementwise(np.minimum, lambda x, y: share(y, x), share)
fmax: Final = elementwise(
    np.fmax,
    lambda x, y: share_of_numbers(x, y, x > y, x < y),
    lambda x, y: share_of_numbers(y, x, x < y, x > y),
)
fmin: Final = elementwise(
    np.fmin,
    lambda x, y: share_of_numbers(x, y, x < y, x > y),
    lambda x, y: share_of_numbers(y, x, x > y, x < y),
)
relu: Final = elementwise(_relu, lambda x: _shares(x > 0, x < 0, x, 0), numpy=(), name="relu")
leaky_relu: Final = op(LeakyRelu)
