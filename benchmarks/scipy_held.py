"""Functions of scipy.special in all their arguments, of which some have no closed slope: an order, a degree, a count.

Such an argument is held at a few values, and the others are examined beside each of them.
"""

from typing import Any, Final

import numpy as np

from benchmarks.scipy_table import define_held, special
from corelib import Tensor

ORDERS: Final = ((0.5,), (1.0,), (2.5,))
SHAPES: Final = ((0.5,), (2.5,), (7.0,))
PAIRS: Final = ((1.5, 2.5), (3.0, 1.0), (2.5, 4.0))
DEGREES: Final = ((1.0,), (2.0,), (5.0,))


def _beside(x: Any, *parameters: Any) -> list[Any]:
    """The parameters in the precision that they have beside x: a function of SciPy's returns float64 for a number."""
    return [p + 0 * (x.data if isinstance(x, Tensor) else x) for p in parameters]


def _gamma_density(a: Any, x: Any) -> Any:
    (a,) = _beside(x, a)
    return np.exp((a - 1) * np.log(x) - x - special.gammaln(a))


def _power(base: Any, exponent: Any) -> Any:
    return np.exp(exponent * np.log(base))


def _gamma_inverse(mp: Any, a: Any, p: Any) -> Any:
    near = float(special.gammaincinv(float(a), float(p)))
    return mp.findroot(lambda x: mp.gammainc(a, 0, x, regularized=True) - p, near)


# Bessel functions of any order, and Struve's
define_held("jv", lambda v, x: (special.jv(v - 1, x) - special.jv(v + 1, x)) / 2, ORDERS, (0.5, 9.0),
            lambda mp, v, x: mp.besselj(v, x), twice=False)  # fmt: skip
define_held("yv", lambda v, x: (special.yv(v - 1, x) - special.yv(v + 1, x)) / 2, ORDERS, (0.5, 9.0),
            lambda mp, v, x: mp.bessely(v, x), twice=False)  # fmt: skip
define_held("iv", lambda v, x: (special.iv(v - 1, x) + special.iv(v + 1, x)) / 2, ORDERS, (0.5, 9.0),
            lambda mp, v, x: mp.besseli(v, x), twice=False)  # fmt: skip
define_held("kv", lambda v, x: -(special.kv(v - 1, x) + special.kv(v + 1, x)) / 2, ORDERS, (0.5, 9.0),
            lambda mp, v, x: mp.besselk(v, x), twice=False)  # fmt: skip
define_held("struve", lambda v, x: special.struve(v - 1, x) - v / x * special.struve(v, x), ORDERS, (0.5, 9.0),
            lambda mp, v, x: mp.struveh(v, x), twice=False)  # fmt: skip

# Incomplete integrals and distributions
define_held("gammainc", _gamma_density, SHAPES, (0.5, 9.0), lambda mp, a, x: mp.gammainc(a, 0, x, regularized=True))
define_held("gammaincc", lambda a, x: -_gamma_density(a, x), SHAPES, (0.5, 9.0),
            lambda mp, a, x: mp.gammainc(a, x, regularized=True))  # fmt: skip
define_held("gammaincinv", lambda a, p, *, result: 1 / _gamma_density(a, result), SHAPES, (0.1, 0.9),
            _gamma_inverse)  # fmt: skip
define_held("chdtr", lambda v, x: _gamma_density(v / 2, x / 2) / 2, SHAPES, (0.5, 9.0),
            lambda mp, v, x: mp.gammainc(v / 2, 0, x / 2, regularized=True))  # fmt: skip
define_held("pdtr", lambda k, m: -_gamma_density(k + 1, m), DEGREES, (0.5, 9.0),
            lambda mp, k, m: mp.gammainc(k + 1, m, regularized=True))  # fmt: skip


def _beta_density(a: Any, b: Any, x: Any) -> Any:
    a, b = _beside(x, a, b)
    return _power(x, a - 1) * _power(1 - x, b - 1) / special.beta(a, b)


define_held("betainc", _beta_density, PAIRS, (0.1, 0.9),
            lambda mp, a, b, x: mp.betainc(a, b, 0, x, regularized=True))  # fmt: skip


def _fisher(n: Any, d: Any, x: Any) -> Any:
    """The density of Fisher's distribution."""
    n, d = _beside(x, n, d)
    return _power(n * x, n / 2) * _power(d, d / 2) / _power(n * x + d, (n + d) / 2) / x / special.beta(n / 2, d / 2)


define_held("fdtr", _fisher, PAIRS, (0.5, 4.0),
            lambda mp, n, d, x: mp.betainc(n / 2, d / 2, 0, n * x / (n * x + d), regularized=True))  # fmt: skip


def _student(df: Any, t: Any) -> Any:
    """The density of Student's distribution."""
    (df,) = _beside(t, df)
    return _power(1 + t * t / df, -(df + 1) / 2) / np.sqrt(df) / special.beta(df / 2, 0 * df + 0.5)


def _student_sum(mp: Any, df: Any, t: Any) -> Any:
    return mp.mpf(1) / 2 + t * mp.gamma((df + 1) / 2) / mp.gamma(df / 2) / mp.sqrt(df * mp.pi) * mp.hyp2f1(
        0.5, (df + 1) / 2, 1.5, -t * t / df
    )


def _student_inverse(mp: Any, df: Any, p: Any) -> Any:
    near = float(special.stdtrit(float(df), float(p)))
    return mp.findroot(lambda t: _student_sum(mp, df, t) - p, near)


define_held("stdtr", _student, SHAPES, (-4.0, 4.0), _student_sum)
define_held("stdtrit", lambda df, p, *, result: 1 / _student(df, result), SHAPES, (0.1, 0.9), _student_inverse)

# Integrals, zeta, and hypergeometric functions
define_held("expn", lambda n, x: -special.expn(n - 1, x), DEGREES, (0.5, 9.0), lambda mp, n, x: mp.expint(n, x),
            twice=False)  # fmt: skip
define_held("zeta", lambda s, q: -s * special.zeta(s + 1, q), ((1.5,), (2.0,), (4.5,)), (0.5, 9.0),
            lambda mp, s, q: mp.zeta(s, q), twice=False)  # fmt: skip
define_held("hyp0f1", lambda b, x: special.hyp0f1(b + 1, x) / b, SHAPES, (-4.0, 4.0),
            lambda mp, b, x: mp.hyp0f1(b, x), twice=False)  # fmt: skip
define_held("hyp1f1", lambda a, b, x: a / b * special.hyp1f1(a + 1, b + 1, x), PAIRS, (-4.0, 4.0),
            lambda mp, a, b, x: mp.hyp1f1(a, b, x), twice=False, extreme=[-50.0, 50.0])  # fmt: skip
define_held("hyp2f1", lambda a, b, c, x: a * b / c * special.hyp2f1(a + 1, b + 1, c + 1, x),
            ((0.5, 1.5, 2.5), (1.0, 2.0, 3.5)), (-0.7, 0.7), lambda mp, a, b, c, x: mp.hyp2f1(a, b, c, x),
            twice=False)  # fmt: skip

# Polynomials of any degree
define_held("eval_chebyt", lambda n, x: n * special.eval_chebyu(n - 1, x), DEGREES, (-0.9, 0.9),
            lambda mp, n, x: mp.chebyt(n, x), twice=False)  # fmt: skip
define_held("eval_legendre", lambda n, x: n / (x * x - 1) * (x * special.eval_legendre(n, x)
            - special.eval_legendre(n - 1, x)), DEGREES, (-0.9, 0.9), lambda mp, n, x: mp.legendre(n, x),
            twice=False, extreme=())  # fmt: skip
