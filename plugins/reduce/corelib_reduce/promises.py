"""The gradients promised where entries tie, are all equal, or are NaN or infinite."""

from typing import Any, Final

import numpy as np

from corelib.conformance import Promise

NAN: Final = np.nan
INF: Final = np.inf
THIRD: Final = 1 / 3
SIXTH: Final = np.sqrt(2) / 6  # of that of 1, 1, 2, in the first two
STEEP: Final = 1 / np.sqrt(6)  # of the standard deviation of three equidistant numbers, in the outer ones


def rows(*values: Any) -> Any:
    return np.array(values, float)


FLAT: Final = rows([1, 1, 1], [1, 2, 3])
SLOPED: Final = rows([0, 0, 0], [-STEEP, 0, STEEP])

PROMISES: Final[dict[str, tuple[Promise, ...]]] = {
    "median": (
        Promise(rows(2, 2, 1, 2, 3), gradients=[rows(THIRD, THIRD, 0, THIRD, 0)]),
        Promise(rows(1, 2, 2, 3), gradients=[rows(0, 0.5, 0.5, 0)]),
        Promise(rows([1, NAN, 3], [1, 2, 3]), axis=1, gradients=[rows([0, NAN, 0], [0, 1, 0])]),
        Promise(rows(1, NAN, 3), gradients=[rows(0, NAN, 0)]),
        Promise(FLAT, axis=1, gradients=[rows([THIRD] * 3, [0, 1, 0])]),
    ),
    "std": (
        Promise(FLAT, axis=1, gradients=[SLOPED]),
        Promise(FLAT, axis=-1, keepdims=True, gradients=[SLOPED]),
        Promise(rows([1, 1], [1, 2]), axis=0, gradients=[rows([0, -0.5], [0, 0.5])]),
        Promise(np.full((2, 3), 0.1), gradients=[np.zeros((2, 3))]),
        # their mean is not 1e90: it is rounded, and so is what they deviate by
        Promise(np.full((3, 4), 1e90), gradients=[np.zeros((3, 4))], id="equal and large"),
        Promise(np.full((2, 3), 0.1), axis=(1, 0), gradients=[np.zeros((2, 3))]),
        Promise(
            rows([1, 1, 7], [1, 2, 3]), axis=1, where=np.array([True, True, False]),
            gradients=[rows([0, 0, 0], [-0.5, 0.5, 0])],
        ),
        Promise(
            rows([7, 0.1, 0.1, 0.1], [7, 1, 1, 2]), axis=1, where=np.array([False, True, True, True]),
            gradients=[rows([0, 0, 0, 0], [0, -SIXTH, -SIXTH, 2 * SIXTH])],
        ),
        Promise(
            rows([7, 7], [0.1, 1], [0.1, 1], [0.1, 2]), axis=0, where=np.array([[False], [True], [True], [True]]),
            gradients=[rows([0, 0], [0, -SIXTH], [0, -SIXTH], [0, 2 * SIXTH])],
        ),
        Promise(rows([0.1] * 3, [0.7] * 3), axis=1, gradients=[np.zeros((2, 3))], id="equal in each row"),
        Promise(np.full((2, 3), -0.1), gradients=[np.zeros((2, 3))], id="equal and negative"),
        Promise(rows(0, 2), gradients=[rows(-0.5, 0.5)], id="deviation 1"),
        Promise(rows(1, 1 + 2.0**-51), gradients=[rows(-0.5, 0.5)], id="all but equal"),
    ),
    "prod": (
        Promise(rows(2, INF, 3), gradients=[rows(INF, 6, INF)]),
        Promise(rows([2, INF], [1, 3]), axis=1, gradients=[rows([INF, 2], [3, 1])], id="infinite in one row"),
        Promise(rows([2, 0, 3], [INF, 1, 1]), axis=1, gradients=[rows([0, 6, 0], [1, INF, INF])]),
    ),
    "nanprod": (Promise(rows(2, NAN, 3), gradients=[rows(3, 0, 2)]),),
    "nanvar": (Promise(rows(0, NAN, 2), gradients=[rows(-1, 0, 1)]),),
    "nanstd": (
        Promise(rows(0, NAN, 2), gradients=[rows(-0.5, 0, 0.5)]),
        Promise(rows(0.1, NAN, 0.1, 0.1), gradients=[rows(0, 0, 0, 0)]),
    ),
    "nancumsum": (Promise(rows(2, NAN, 3), gradients=[rows(3, 0, 1)]),),
    "nancumprod": (Promise(rows(2, NAN, 3), gradients=[rows(5, 0, 2)]),),
    "cumprod": (Promise(rows(2, INF), gradients=[rows(INF, 2)]),),
}  # fmt: skip
