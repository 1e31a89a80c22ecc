"""Exponentials, logarithms, and entropies."""

from math import log
from typing import Any, Final

import numpy as np
import scipy.special

from corelib.extend import Ratio, elementwise
from corelib_scipy.recordable import floats, recordable
from corelib_scipy.special.exponential_moments import exponential_moment

special: Final[Any] = scipy.special  # its types know neither Tensors nor arrays of any dtype
LN2: Final = log(2)
LN10: Final = log(10)

__all__ = [
    "cbrt", "cosm1", "entr", "exp2", "exp10", "expit", "expm1", "exprel", "kl_div", "log1p", "log_expit", "logit",
    "rel_entr", "wrightomega", "xlog1py", "xlogy",
]  # fmt: skip


def _bell(x: Any) -> Any:
    """exp(-x) / (1 + exp(-x))**2, which is even."""
    tail = np.exp(-np.abs(x))
    return tail / np.square(1 + tail)


bell: Final = recordable(_bell, lambda x, *, result: -np.tanh(x / 2) * result)


def _share(w: Any) -> Any:
    """w / (1 + w)."""
    return w / (1 + w)


share: Final = recordable(_share, lambda w: np.square(1 / (1 + w)))


def _over(x: Any, y: Any) -> Any:
    """x / y, and 0 where x is 0: x log(y) is 0 for every y then."""
    nothing = x == 0
    if np.any(nothing):
        return np.where(nothing, 0, x) / np.where(nothing, 1, y)
    return x / y


def _log_ratio(x: Any, y: Any) -> Any:
    """log(x / y), also where the quotient overflows, and with its digits where x is about y."""
    x, y = floats(x, y)
    ratio = x / y
    far = (ratio < np.finfo(x.dtype).tiny) | (ratio > np.finfo(x.dtype).max)
    near = np.abs(ratio - 1) < 0.5
    whole = np.where(far, np.log(x) - np.log(y), np.log(ratio))
    return np.where(near, np.log1p(np.where(near, x - y, 0) / np.where(near, y, 1)), whole)


log_ratio: Final = recordable(_log_ratio, lambda x, y: 1 / x, lambda x, y: -1 / y)

expit: Final = elementwise(special.expit, bell)
log_expit: Final = elementwise(special.log_expit, lambda x: special.expit(-x))
logit: Final = elementwise(special.logit, lambda x: Ratio(1, x * (1 - x)), singular=True)

exp2: Final = elementwise(special.exp2, lambda x, *, result: result * LN2, singular=True)
exp10: Final = elementwise(special.exp10, lambda x, *, result: result * LN10, singular=True)
expm1: Final = elementwise(special.expm1, np.exp, singular=True)
log1p: Final = elementwise(special.log1p, lambda x: Ratio(1, 1 + x), singular=True)
cosm1: Final = elementwise(special.cosm1, lambda x: -np.sin(x))
cbrt: Final = elementwise(special.cbrt, lambda x, *, result: np.square(1 / result) / 3, singular=True)
exprel: Final = elementwise(special.exprel, lambda x: exponential_moment(1, x), singular=True)
wrightomega: Final = elementwise(special.wrightomega, lambda x, *, result: share(result), singular=True)

entr: Final = elementwise(special.entr, lambda x: -np.log(x) - 1, singular=True)
xlogy: Final = elementwise(special.xlogy, lambda x, y: np.log(y), _over, singular=True)
xlog1py: Final = elementwise(special.xlog1py, lambda x, y: np.log1p(y), lambda x, y: _over(x, 1 + y), singular=True)
rel_entr: Final = elementwise(
    special.rel_entr, lambda x, y: log_ratio(x, y) + 1, lambda x, y: -x / y, singular=True
)  # fmt: skip
kl_div: Final = elementwise(
    special.kl_div, log_ratio, lambda x, y: (y - x) / y, singular=True
)  # fmt: skip
