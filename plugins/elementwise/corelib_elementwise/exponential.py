"""Exponentials and logarithms."""

from math import log as ln
from typing import Any, Final

import numpy as np

from corelib.extend import Ratio, elementwise, may
from corelib_elementwise.sigmoid import logistic

LN2: Final = ln(2)
LN10: Final = ln(10)

# Singular: they overflow, and a gradient of exactly zero that arrives there stays zero.
exp: Final = elementwise(np.exp, lambda x, *, result: result, singular=True)
exp2: Final = elementwise(np.exp2, lambda x, *, result: result * LN2, singular=True)
expm1: Final = elementwise(np.expm1, np.exp, singular=True)  # result + 1 would be 0 from -37 down

log: Final = elementwise(np.log, lambda x: Ratio(1, x), singular=True)
log2: Final = elementwise(np.log2, lambda x: Ratio(1 / LN2, x), singular=True)
log10: Final = elementwise(np.log10, lambda x: Ratio(1 / LN10, x), singular=True)
log1p: Final = elementwise(np.log1p, lambda x: Ratio(1, 1 + x), singular=True)


def _lead(x: Any, y: Any) -> Any:
    """x - y, and 0 where both are the same infinity: a tie is shared equally."""
    with np.errstate(invalid="ignore", over="ignore"):
        lead = x - y
        tied = np.isnan(lead) & (x == y)
        return np.where(tied, 0, lead) if may(tied) else lead


# exp(x) / (exp(x) + exp(y)), which is logistic(x - y)
logaddexp: Final = elementwise(np.logaddexp, lambda x, y: logistic(_lead(x, y)), lambda x, y: logistic(_lead(y, x)))
logaddexp2: Final = elementwise(
    np.logaddexp2, lambda x, y: logistic(_lead(x, y) * LN2), lambda x, y: logistic(_lead(y, x) * LN2)
)
