"""The gradients promised at ties, on the bounds of a clip, and at NaN."""

from typing import Any, Final

import numpy as np

from corelib.conformance import Promise

NAN: Final = np.nan
INF: Final = np.inf


def row(*values: float) -> Any:
    return np.array(values, float)


ROWS: Final = np.array([[1.0, NAN, 2.0], [3.0, 4.0, 5.0]])
OUTER: Final[dict[str, Any]] = {"axis": 1, "where": np.array([True, False, True]), "initial": 4.5}
# of a number and NaN fmax and fmin take the number
NUMBERS: Final = Promise(row(NAN, 1, NAN, 2), row(1, NAN, NAN, 2), gradients=[row(0, 1, NAN, 0.5), row(1, 0, NAN, 0.5)])


def first(*picked: int) -> Any:
    """One winner in each row."""
    return np.eye(3)[list(picked)]


def left(gradient: Any) -> tuple[Promise, ...]:
    """A reduction that NaN wins: it has all of the slope, which is NaN."""
    of_nan = row(0, NAN, 0)
    return (
        Promise(ROWS, axis=1, gradients=[np.array([of_nan, gradient])]),
        Promise(row(1, NAN, 2), gradients=[of_nan]),
        Promise(
            np.array([[1, NAN], [2, 2]]), axis=1, gradients=[np.array([[0, NAN], [0.5, 0.5]])], id="NaN beside a tie"
        ),
        Promise(np.full((2, 3), NAN), gradients=[np.full((2, 3), NAN)], id="NaN alone"),
        Promise(
            np.full((2, 3), NAN), axis=1, where=OUTER["where"], initial=4.5,
            gradients=[np.array([[NAN, 0.0, NAN]] * 2)], id="NaN left out",
        ),
    )  # fmt: skip


PROMISES: Final[dict[str, tuple[Promise, ...]]] = {
    "max": (*left(row(0, 0, 1)), Promise(ROWS, gradients=[np.array([[0, 0, 0], [0, 0, 1.0]])], **OUTER)),
    "min": (*left(row(1, 0, 0)), Promise(ROWS, gradients=[first(0, 0)], **OUTER)),
    "nanmax": (
        Promise(ROWS, axis=1, gradients=[first(2, 2)]),
        Promise(row(1, NAN, 2), gradients=[row(0, 0, 1)]),
        Promise(row(2, NAN, 2), gradients=[row(0.5, 0, 0.5)]),
    ),
    "nanmin": (
        Promise(ROWS, axis=1, gradients=[first(0, 0)]),
        Promise(row(1, NAN, 2), gradients=[row(1, 0, 0)]),
        Promise(row(2, NAN, 2), gradients=[row(0.5, 0, 0.5)]),
    ),
    "fmax": (NUMBERS, Promise(row(1, 1), row(NAN, 2), gradients=[row(1, 0), row(0, 1)])),
    "fmin": (NUMBERS, Promise(row(1, 1), row(NAN, 0), gradients=[row(1, 0), row(0, 1)])),
    "relu": (
        Promise(row(NAN, NAN), gradients=[row(NAN, NAN)], id="NaN alone"),
        Promise(row(NAN, 1, -1), gradients=[row(NAN, 1, 0)]),
    ),
    "leaky_relu": (
        Promise(row(0, 1, -1), gradients=[row(0.505, 1, 0.01)]),
        Promise(row(0, 1, -1, -1), gradients=[row(0.505, 1, 0.01, 0.01)]),
    ),
    "clip": (
        Promise(row(NAN, 0.5, 2, 0, 1), 0.0, 1.0, gradients=[row(NAN, 1, 0, 1, 1)]),
        Promise(row(NAN, 0.5, 2, 0, 1), 0.0, None, gradients=[row(NAN, 1, 1, 1, 1)]),
        Promise(row(NAN, 0.5, 2, 0, 1), None, 1.0, gradients=[row(NAN, 1, 0, 1, 1)]),
        Promise(row(0, 1, 0.5), row(0, 0, 0), row(1, 1, 1), gradients=[row(1, 1, 1), row(0, 0, 0), row(0, 0, 0)]),
        Promise(row(0, 1), row(0, 0), None, gradients=[row(1, 1), row(0, 0)]),
        Promise(row(0, 1), None, row(1, 1), gradients=[row(1, 1), row(0, 0)]),
        Promise(row(0, 1), row(0, 0), row(0, 1), gradients=[row(1, 1), row(0, 0), row(0, 0)], id="bounds tie"),
        Promise(
            row(0.5, 2), row(NAN, 0), row(1, 1), gradients=[row(1, 0), row(NAN, 0), row(0, 1)], id="NaN as a bound"
        ),
        Promise(row(NAN, 0.5), row(0, 0), row(1, 1), gradients=[row(NAN, 1), row(0, 0), row(0, 0)]),
    ),
}
