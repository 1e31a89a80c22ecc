"""The incomplete beta function in all its arguments; Student's and Fisher's distributions in theirs; Hurwitz' zeta.

The parameters of these distributions, and the exponent of zeta, have no gradient.
"""

from typing import Any, Final

import numpy as np
import scipy.special

from corelib.extend import BinaryFn, TernaryFn, elementwise
from corelib_scipy.recordable import Recordable, beside, floats, recordable
from corelib_scipy.special.beta_density import (
    beta_density,
    beta_front,
    excess,
    fisher,
    inverse_beta_density,
    student,
)
from corelib_scipy.special.beta_parameters import parameter_ratios
from corelib_scipy.special.ordered import recorded

special: Final[Any] = scipy.special

__all__ = ["betainc", "betaincc", "betainccinv", "betaincinv", "fdtr", "fdtrc", "stdtr", "stdtrit", "zeta"]


def _constant(function: Any, count: int) -> Any:
    """The function, given its parameters in the precision of the last argument."""
    if count == 1:
        return lambda v, x: function(*beside(x, v), x)
    return lambda a, b, x: function(*beside(x, a, b), x)


def _op(function: Any, slope: Any, count: int, name: str) -> Any:
    make: Any = elementwise  # its overloads want the number of slopes spelt out
    call = _constant(function, count)
    return make(call, *[None] * count, slope, numpy=function, name=name, singular=True)


def _doubles(a: Any, b: Any, x: Any) -> tuple[list[Any], Any]:
    """The arguments and 1 - x as float64, and the dtype that the result is to have."""
    given = floats(a, b, x)
    a, b, x = [v.astype(np.float64) for v in given]
    return [a, b, x, 1 - x], given[0].dtype


def _parameter_slope(order: int, turned: bool, inverse: bool = False) -> Any:
    """A derivative of betainc in its first parameter, or ``turned`` in its second: by a symmetry, that of 1 - betainc.

    Of the ``inverse`` it is that over the density, with the other sign.
    """

    def derivative(a: Any, b: Any, x: Any) -> Any:
        given, dtype = _doubles(a, b, x)
        first, second, near, far = [given[k] for k in (1, 0, 3, 2)] if turned else given
        inside = (near > 0) & (far > 0)
        ratio = parameter_ratios(first, second, near, far)[order]
        sign = -1 if turned != inverse else 1
        front = (
            near * far
            if inverse
            else beta_front(first, second, np.where(inside, near, 0.5), np.where(inside, far, 0.5))
        )
        return np.where(inside & (front != 0), sign * front * ratio, np.where(np.isnan(x + a + b), np.nan, 0)).astype(
            dtype
        )

    return derivative


def _named(slope: Any, *slopes: Any) -> Recordable:
    slope.__name__ = "betainc_slope"
    return recordable(slope, *slopes)


by_both: Final[Recordable] = _named(_parameter_slope(2, turned=False), None, None, None)
by_first: Final[Recordable] = _named(
    _parameter_slope(0, turned=False),
    _named(_parameter_slope(1, turned=False), None, None, None),
    by_both,
    lambda a, b, x: beta_density(a, b, x) * excess(a, b, np.log(x)),
)
by_second: Final[Recordable] = _named(
    _parameter_slope(0, turned=True),
    by_both,
    _named(_parameter_slope(1, turned=True), None, None, None),
    lambda a, b, x: beta_density(a, b, x) * excess(b, a, np.log1p(-x)),
)
inverse_by_first: Final[Recordable] = _named(_parameter_slope(0, turned=False, inverse=True), None, None, None)
inverse_by_second: Final[Recordable] = _named(_parameter_slope(0, turned=True, inverse=True), None, None, None)

betainc: Final = elementwise(special.betainc, by_first, by_second, beta_density, singular=True)
betaincc: Final = elementwise(
    special.betaincc,
    lambda a, b, x: -by_first(a, b, x),
    lambda a, b, x: -by_second(a, b, x),
    lambda a, b, x: -beta_density(a, b, x),
    singular=True,
)
betaincinv: Final = elementwise(
    special.betaincinv,
    lambda a, b, y, *, result: inverse_by_first(a, b, result),
    lambda a, b, y, *, result: inverse_by_second(a, b, result),
    lambda a, b, y, *, result: inverse_beta_density(a, b, result),
    singular=True,
)
betainccinv: Final = elementwise(
    special.betainccinv,
    lambda a, b, y, *, result: inverse_by_first(a, b, result),
    lambda a, b, y, *, result: inverse_by_second(a, b, result),
    lambda a, b, y, *, result: -inverse_beta_density(a, b, result),
    singular=True,
)

fdtr: Final[TernaryFn[[]]] = _op(special.fdtr, lambda n, d, x: fisher(*beside(x, n, d), x), 2, "fdtr")
fdtrc: Final[TernaryFn[[]]] = _op(special.fdtrc, lambda n, d, x: -fisher(*beside(x, n, d), x), 2, "fdtrc")
stdtr: Final[BinaryFn[[]]] = _op(special.stdtr, lambda v, t: student(*beside(t, v), t), 1, "stdtr")
stdtrit: Final[BinaryFn[[]]] = _op(
    special.stdtrit, lambda v, p, *, result: 1 / student(*beside(result, v), result), 1, "stdtrit"
)


_zeta: Final[Recordable] = recorded(lambda: zeta, special.zeta)
zeta: Final[BinaryFn[[]]] = _op(special.zeta, lambda s, q: -beside(q, s)[0] * _zeta(*beside(q, s + 1), q), 1, "zeta")
