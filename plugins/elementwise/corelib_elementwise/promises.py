"""The gradients promised where differences cannot tell: at 0 / 0, at the origin, at NaN and infinity."""

from typing import Any, Final

import numpy as np

from corelib.conformance import Promise

INF: Final = np.inf
NAN: Final = np.nan
LOG_2: Final = np.log(2)


def row(*values: float) -> Any:
    return np.array(values, float)


# log(exp(x) + exp(y)) of two infinities is shared, like a tie
LARGER: Final = Promise(
    row(INF, INF, -INF, -INF, 1), row(INF, -INF, -INF, 1, NAN),
    gradients=[row(0.5, 1, 0.5, 0, NAN), row(0.5, 0, 0.5, 1, NAN)],
)  # fmt: skip
# 0**y is 0 around every y > 0, and x**0 is 1 around every x, also beside infinity and NaN
POWERS: Final = Promise(
    row(0, 0, 0, 2, 0, 0, INF, NAN), row(2, 1, 0, 0, 2.5, -1, 0, 0),
    gradients=[row(0, 1, 0, 0, 0, -INF, 0, 0), row(0, 0, 0, LOG_2, 0, -INF, INF, NAN)],
)  # fmt: skip
NUMBERS: Final = (
    Promise(row(0, 2), 0, gradients=[row(0, 0)]),
    Promise(row(0, 2), 1, gradients=[row(1, 1)]),
    Promise(0, row(2, 0, -1), gradients=[row(0, 0, -INF)]),
    Promise(0.0, row(2, 0, -1), gradients=[row(0, 0, -INF)]),
    Promise(row(INF, 2), 0, gradients=[row(0, 0)]),
    Promise(2, row(INF, 1), gradients=[row(INF, 2 * LOG_2)]),
)

PROMISES: Final[dict[str, tuple[Promise, ...]]] = {
    "arctan2": (
        Promise(row(0, 3, INF, 1), row(0, 4, 1, INF), gradients=[row(0, 0.16, 0, 0), row(0, -0.12, 0, 0)]),
        Promise(row(0), row(0), gradients=[row(0), row(0)]),
        Promise(row(3e200), row(4e200), gradients=[row(1.6e-201), row(-1.2e-201)]),
        Promise(row(3e-200), row(4e-200), gradients=[row(1.6e199), row(-1.2e199)]),
    ),
    "divide": (Promise(row(0, 1, 1), row(0, 0, 2), gradients=[row(INF, INF, 0.5), row(NAN, -INF, -0.25)]),),
    "hypot": (
        Promise(row(0, 3), row(0, 4), gradients=[row(0, 0.6), row(0, 0.8)]),
        Promise(row(0), row(0), gradients=[row(0), row(0)]),
    ),
    "logaddexp": (LARGER, Promise(row(INF), row(INF), gradients=[row(0.5), row(0.5)])),
    "logaddexp2": (LARGER, Promise(row(INF), row(INF), gradients=[row(0.5), row(0.5)])),
    "power": (POWERS, *NUMBERS),
    "float_power": (POWERS, *NUMBERS),
    "heaviside": (Promise(row(0, 1, -1), row(0.5, 0.5, 0.5), gradients=[row(0, 0, 0), row(1, 0, 0)]),),
    "nan_to_num": (Promise(row(INF, -INF, NAN, 1), gradients=[row(0, 0, 0, 1)]),),
}
