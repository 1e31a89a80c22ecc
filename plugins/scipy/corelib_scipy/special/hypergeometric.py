"""Hypergeometric functions in their argument, and orthogonal polynomials. Parameters and degrees have no gradient.

Source: NIST Digital Library of Mathematical Functions, 13.3, 15.5 and 18.9.
"""

from typing import Any, Final

import numpy as np
import scipy.special

from corelib.extend import BinaryFn, Tensor, TernaryFn, elementwise
from corelib_scipy.recordable import Recordable, beside
from corelib_scipy.special.ordered import QuaternaryFn, ordered, recorded

special: Final[Any] = scipy.special

__all__ = [
    "eval_chebyt", "eval_chebyu", "eval_gegenbauer", "eval_genlaguerre", "eval_hermite", "eval_hermitenorm",
    "eval_jacobi", "eval_laguerre", "eval_legendre", "eval_sh_chebyt", "eval_sh_chebyu", "eval_sh_legendre", "hyp0f1",
    "hyp1f1", "hyp2f1", "hyperu",
]  # fmt: skip

_hyp0f1: Final[Recordable] = recorded(lambda: hyp0f1, special.hyp0f1)
_hyp1f1: Final[Recordable] = recorded(lambda: hyp1f1, special.hyp1f1)
_hyp2f1: Final[Recordable] = recorded(lambda: hyp2f1, special.hyp2f1)
_hyperu: Final[Recordable] = recorded(lambda: hyperu, special.hyperu)
_gegenbauer: Final[Recordable] = recorded(lambda: eval_gegenbauer, special.eval_gegenbauer)
_laguerre: Final[Recordable] = recorded(lambda: eval_genlaguerre, special.eval_genlaguerre)
_jacobi: Final[Recordable] = recorded(lambda: eval_jacobi, special.eval_jacobi)

hyp0f1: Final[BinaryFn[[]]] = ordered(special.hyp0f1, 1, lambda b, z: _hyp0f1(b + 1, z) / b)
hyp1f1: Final[TernaryFn[[]]] = ordered(special.hyp1f1, 2, lambda a, b, z: a / b * _hyp1f1(a + 1, b + 1, z))
hyp2f1: Final[QuaternaryFn] = ordered(special.hyp2f1, 3, lambda a, b, c, z: a * b / c * _hyp2f1(a + 1, b + 1, c + 1, z))
hyperu: Final[TernaryFn[[]]] = ordered(special.hyperu, 2, lambda a, b, x: -a * _hyperu(a + 1, b + 1, x))

# Gegenbauer's polynomials C(n, a): C(n, a)' = 2 a C(n - 1, a + 1). Chebyshev's of the second kind are those with a = 1,
# and Legendre's those with a = 1 / 2.
eval_gegenbauer: Final[TernaryFn[[]]] = ordered(
    special.eval_gegenbauer, 2, lambda n, a, x: 2 * a * _lowered(_gegenbauer, n, x, a + 1)
)  # fmt: skip
eval_chebyt: Final[BinaryFn[[]]] = ordered(special.eval_chebyt, 1, lambda n, x: n * _lowered(_gegenbauer, n, x, 1))
eval_chebyu: Final[BinaryFn[[]]] = ordered(special.eval_chebyu, 1, lambda n, x: 2 * _lowered(_gegenbauer, n, x, 2))
eval_legendre: Final[BinaryFn[[]]] = ordered(special.eval_legendre, 1, lambda n, x: _lowered(_gegenbauer, n, x, 1.5))
eval_sh_chebyt: Final[BinaryFn[[]]] = ordered(
    special.eval_sh_chebyt, 1, lambda n, x: 2 * n * _lowered(_gegenbauer, n, 2 * x - 1, 1)
)  # fmt: skip
eval_sh_chebyu: Final[BinaryFn[[]]] = ordered(
    special.eval_sh_chebyu, 1, lambda n, x: 4 * _lowered(_gegenbauer, n, 2 * x - 1, 2)
)  # fmt: skip
eval_sh_legendre: Final[BinaryFn[[]]] = ordered(
    special.eval_sh_legendre, 1, lambda n, x: 2 * _lowered(_gegenbauer, n, 2 * x - 1, 1.5)
)  # fmt: skip
eval_genlaguerre: Final[TernaryFn[[]]] = ordered(
    special.eval_genlaguerre, 2, lambda n, a, x: -_lowered(_laguerre, n, x, a + 1)
)
eval_laguerre: Final[BinaryFn[[]]] = ordered(special.eval_laguerre, 1, lambda n, x: -_lowered(_laguerre, n, x, 1))


def _lowered(function: Recordable, n: Any, x: Any, a: Any) -> Any:
    """The function of the degree n - 1, and 0 where n is 0."""
    n, a = beside(x, n, a)
    constant = n == 0
    found = function(np.where(constant, 1, n) - 1, a, x)
    return np.where(constant, 0, found) if np.any(constant) else found


def _jacobi_slope(n: Any, a: Any, b: Any, x: Any) -> Any:
    n, a, b = beside(x, n, a, b)
    found = _jacobi(np.maximum(n - 1, 0), a + 1, b + 1, x)
    return np.where(n == 0, 0, (n + a + b + 1) / 2) * found


def _whole(function: Any, factor: int, name: str) -> Any:
    """Hermite's polynomials H(n), of whole degrees: the slope is ``factor`` n H(n - 1)."""

    def forward(n: Any, x: Any) -> Any:
        if np.any(np.asarray(n) != np.rint(n)):
            raise ValueError(f"{name} is of a whole degree, not {n}")
        dtype = np.result_type(x, np.float32) if hasattr(x, "dtype") else np.float64
        return function(np.asarray(n).astype(int), x).astype(dtype)

    def slope(n: Any, x: Any) -> Any:
        (weight,) = beside(x, factor * np.asarray(n))
        return weight * (op if isinstance(x, Tensor) else forward)(np.maximum(np.asarray(n) - 1, 0), x)

    make: Any = elementwise  # its overloads want the number of slopes spelt out
    op = make(forward, None, slope, numpy=function, name=name, singular=True)
    return op


eval_jacobi: Final[QuaternaryFn] = ordered(special.eval_jacobi, 3, _jacobi_slope)
eval_hermite: Final[BinaryFn[[]]] = _whole(special.eval_hermite, 2, "eval_hermite")
eval_hermitenorm: Final[BinaryFn[[]]] = _whole(special.eval_hermitenorm, 1, "eval_hermitenorm")
