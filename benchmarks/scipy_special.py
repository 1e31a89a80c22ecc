"""The ufuncs of scipy.special whose slopes are written here, as ops, with their domains and mpmath's functions.

``python benchmarks/conformance_scipy.py`` runs the suite over them: it must raise no alarm on an honest op. An argument
that has no closed slope (an order, a degree, a count) is fixed: ``jv`` is J of order 2.5.
"""

from math import log, pi, sqrt
from typing import Any, Final

import numpy as np

from benchmarks.scipy_table import ANYWHERE, POSITIVE, UNIT, at, define, special

ROOT: Final = 2 / sqrt(pi)
NORMAL: Final = 1 / sqrt(2 * pi)
LARGE: Final = 1e15
CANCELS: Final = {"magnitudes": "psi(a) - psi(a + b) has lost its digits where a is a thousand times b, and more"}


def _held(x: Any) -> Any:
    """Numbers whose squares overflow are another large one: what follows is 0 for both."""
    return np.where(np.absolute(x) > LARGE, LARGE, x).astype(x.dtype)


def _gauss(x: Any) -> Any:
    return np.exp(-np.square(_held(x)))


def _bell(x: Any) -> Any:
    tail = np.exp(-np.absolute(x))
    return tail / np.square(1 + tail)


# Exponentials and logarithms
define("expit", _bell, exact=lambda mp, x: 1 / (1 + mp.exp(-x)))
define("log_expit", lambda x: at("expit", -x), exact=lambda mp, x: -mp.log(1 + mp.exp(-x)))
define("logit", lambda x: 1 / x / (1 - x), UNIT, lambda mp, x: mp.log(x / (1 - x)), edge="open")
define("exp10", lambda x, *, result: result * log(10), exact=lambda mp, x: mp.power(10, x))
define("exp2", lambda x, *, result: result * log(2), exact=lambda mp, x: mp.power(2, x))
define("expm1", np.exp, exact=lambda mp, x: mp.expm1(x))
define("log1p", lambda x: 1 / (1 + x), (-1.0, None), lambda mp, x: mp.log1p(x), edge="open")
define("cosm1", lambda x: -np.sin(x), exact=lambda mp, x: mp.cos(x) - 1)
define("cbrt", lambda x, *, result: np.square(1 / result) / 3, exact=None, singular=[0.0])
define("entr", lambda x: -np.log(x) - 1, POSITIVE, lambda mp, x: -x * mp.log(x), edge="open")
define("xlogy", (lambda x, y: np.log(y), lambda x, y: x / y), (ANYWHERE, POSITIVE), lambda mp, x, y: x * mp.log(y),
       edge="open")  # fmt: skip
define("xlog1py", (lambda x, y: np.log1p(y), lambda x, y: x / (1 + y)), (ANYWHERE, (-1.0, None)),
       lambda mp, x, y: x * mp.log1p(y), edge="open")  # fmt: skip
define("rel_entr", (lambda x, y: np.log(x) - np.log(y) + 1, lambda x, y: -x / y), POSITIVE,
       lambda mp, x, y: x * mp.log(x / y), edge="open")  # fmt: skip
define("kl_div", (lambda x, y: np.log(x / y), lambda x, y: 1 - x / y), POSITIVE,
       lambda mp, x, y: x * mp.log(x / y) - x + y, edge="open")  # fmt: skip
define("wrightomega", lambda x, *, result: result / (1 + result), exact=lambda mp, x: mp.lambertw(mp.exp(x)).real)


# The error function and the normal distribution
def _series(u: Any, signs: int) -> Any:
    """1 - 3 u + 15 u**2 - ..., the asymptotic series with u = 1 / (2 x**2)."""
    return 1 + u * (signs * 3 + u * (15 + u * (signs * 105 + u * (945 + u * (signs * 10395 + u * 135135)))))


def _erfcx_slope(x: Any) -> Any:
    far = np.where(x > 40, x, 40.0)
    near = np.where(x > 40, 0.0, x)
    tail = -1 / sqrt(pi) / far / far * _series(0.5 / far / far, -1)
    return np.where(x > 40, tail, 2 * near * at("erfcx", near) - ROOT)


def _dawsn_slope(x: Any) -> Any:
    far = np.where(np.absolute(x) > 40, x, 40.0)
    near = np.where(np.absolute(x) > 40, 0.0, x)
    tail = -0.5 / far / far * _series(0.5 / far / far, 1)
    return np.where(np.absolute(x) > 40, tail, 1 - 2 * near * at("dawsn", near))


define("erf", lambda x: ROOT * _gauss(x), exact=lambda mp, x: mp.erf(x))
define("erfc", lambda x: -ROOT * _gauss(x), exact=lambda mp, x: mp.erfc(x))
define("erfcx", _erfcx_slope, exact=lambda mp, x: mp.exp(x * x) * mp.erfc(x))
define("erfi", lambda x: ROOT * np.exp(x * x), exact=lambda mp, x: mp.erfi(x))
define("dawsn", _dawsn_slope, exact=lambda mp, x: mp.exp(-x * x) * mp.erfi(x) * mp.sqrt(mp.pi) / 2)
define(
    "erfinv", lambda x, *, result: np.exp(result * result) / ROOT, (-1.0, 1.0), lambda mp, x: mp.erfinv(x), edge="open"
)
define("erfcinv", lambda x, *, result: -np.exp(result * result) / ROOT, (0.0, 2.0), lambda mp, x: mp.erfinv(1 - x),
       edge="open")  # fmt: skip
define("ndtr", lambda x: NORMAL * _gauss(x / sqrt(2)), exact=lambda mp, x: mp.ncdf(x))
define(
    "log_ndtr", lambda x: 2 * NORMAL / special.erfcx(-x / sqrt(2)), exact=lambda mp, x: mp.log(mp.ncdf(x)), twice=False
)
define("ndtri", lambda x, *, result: np.exp(result * result / 2) / NORMAL, UNIT,
       lambda mp, x: mp.sqrt(2) * mp.erfinv(2 * x - 1), edge="open")  # fmt: skip

# The gamma function
define("gamma", lambda x, *, result: result * at("psi", x), POSITIVE, lambda mp, x: mp.gamma(x), edge="open")
define(
    "rgamma",
    lambda x: special.rgamma(x + 1) * (1 - x * special.psi(x + 1)),
    POSITIVE,
    lambda mp, x: mp.rgamma(x),
    edge="open",
    twice=False,
)
define("gammaln", lambda x: at("psi", x), POSITIVE, lambda mp, x: mp.loggamma(x), edge="open")
define("loggamma", lambda x: at("psi", x), POSITIVE, lambda mp, x: mp.loggamma(x), edge="open")
define("psi", lambda x: at("trigamma", x), POSITIVE, lambda mp, x: mp.psi(0, x), edge="open")
define("trigamma", lambda x: -2 * at("zeta3", x), POSITIVE, lambda mp, x: mp.psi(1, x),
       lambda x: special.zeta(2.0, x), edge="open")  # fmt: skip
define("zeta3", lambda x: -3 * at("zeta4", x), POSITIVE, lambda mp, x: -mp.psi(2, x) / 2,
       lambda x: special.zeta(3.0, x), edge="open")  # fmt: skip
define("zeta4", lambda x: -4 * special.zeta(5.0, x), POSITIVE, lambda mp, x: mp.psi(3, x) / 6,
       lambda x: special.zeta(4.0, x), edge="open", twice=False)  # fmt: skip
define("polygamma", lambda x: special.polygamma(3, x), POSITIVE, lambda mp, x: mp.psi(2, x),
       lambda x: special.polygamma(2, x), edge="open", twice=False)  # fmt: skip
define("betaln", (lambda a, b: at("psi", a) - at("psi", a + b), lambda a, b: at("psi", b) - at("psi", a + b)), POSITIVE,
       lambda mp, a, b: mp.log(mp.beta(a, b)), edge="open", expected_failures=CANCELS)  # fmt: skip
define("beta", (lambda a, b, *, result: result * (at("psi", a) - at("psi", a + b)),
                lambda a, b, *, result: result * (at("psi", b) - at("psi", a + b))), POSITIVE,
       lambda mp, a, b: mp.beta(a, b), edge="open", expected_failures=CANCELS)  # fmt: skip


def _gamma_density(x: Any) -> Any:
    return np.exp(1.5 * np.log(x) - x - float(special.gammaln(2.5)))


define("gammainc", _gamma_density, POSITIVE,
       lambda mp, x: mp.gammainc(2.5, 0, x, regularized=True),
       lambda x: special.gammainc(2.5, x), edge="open")  # fmt: skip
define("gammaincc", lambda x: -_gamma_density(x), POSITIVE,
       lambda mp, x: mp.gammainc(2.5, x, regularized=True),
       lambda x: special.gammaincc(2.5, x), edge="open")  # fmt: skip
define("chdtr", lambda x: _gamma_density(x / 2) / 2, POSITIVE,
       lambda mp, x: mp.gammainc(2.5, 0, x / 2, regularized=True),
       lambda x: special.chdtr(5.0, x), edge="open")  # fmt: skip
define("chdtrc", lambda x: -_gamma_density(x / 2) / 2, POSITIVE,
       lambda mp, x: mp.gammainc(2.5, x / 2, regularized=True),
       lambda x: special.chdtrc(5.0, x), edge="open")  # fmt: skip
define("betainc", lambda x: x**1.5 * (1 - x) ** 0.5 / float(special.beta(2.5, 1.5)), UNIT,
       lambda mp, x: mp.betainc(2.5, 1.5, 0, x, regularized=True), lambda x: special.betainc(2.5, 1.5, x),
       edge="open")  # fmt: skip
define("stdtr", lambda x: 2 / (pi * sqrt(3)) * np.square(np.square(1 / np.hypot(1, x / sqrt(3)))), ANYWHERE,
       lambda mp, x: mp.mpf(1) / 2 + (x / mp.sqrt(3) / (1 + x * x / 3) + mp.atan(x / mp.sqrt(3))) / mp.pi,
       lambda x: special.stdtr(3.0, x))  # fmt: skip

# Integrals
define("exp1", lambda x: -np.exp(-x) / x, POSITIVE, lambda mp, x: mp.e1(x), edge="open")
define("expi", lambda x: np.exp(x) / x, POSITIVE, lambda mp, x: mp.ei(x), edge="open")


def _near_zero(m: Any, near: Any, far: Any) -> Any:
    """One formula near 0, where the other is 0 / 0."""
    small = np.absolute(m) < 0.25
    return np.where(small, near(np.where(small, m, 0.0)), far(np.where(small, 0.5, m))).astype(m.dtype)


def _ellipk_slope(m: Any) -> Any:
    return _near_zero(m, lambda m: pi / 8 * special.hyp2f1(1.5, 1.5, 2.0, m),
                      lambda m: (special.ellipe(m) / (1 - m) - special.ellipk(m)) / m / 2)  # fmt: skip


def _ellipe_slope(m: Any) -> Any:
    return _near_zero(m, lambda m: -pi / 8 * special.hyp2f1(0.5, 1.5, 2.0, m),
                      lambda m: (special.ellipe(m) - special.ellipk(m)) / m / 2)  # fmt: skip


define("spence", lambda x: np.where(x == 1, -1.0, -np.log(x) / np.where(x == 1, 1.0, x - 1)), POSITIVE,
       lambda mp, x: mp.polylog(2, 1 - x), edge="open", twice=False)  # fmt: skip
define("ellipk", _ellipk_slope, (None, 1.0), lambda mp, m: mp.ellipk(m), edge="open",
       twice=False)  # fmt: skip
define("ellipe", _ellipe_slope, (None, 1.0), lambda mp, m: mp.ellipe(m),
       edge="open", twice=False)  # fmt: skip

# Bessel functions
define("j0", lambda x: -at("j1", x), exact=lambda mp, x: mp.besselj(0, x))
define("j1", lambda x: (at("j0", x) - special.jn(2, x)) / 2, exact=lambda mp, x: mp.besselj(1, x), twice=False)
define("y0", lambda x: -at("y1", x), POSITIVE, lambda mp, x: mp.bessely(0, x), edge="open")
define("y1", lambda x: at("y0", x) - at("y1", x) / x, POSITIVE, lambda mp, x: mp.bessely(1, x), edge="open")
define("i0", lambda x: at("i1", x), exact=lambda mp, x: mp.besseli(0, x))
define(
    "i1",
    lambda x: special.i0(x) - special.hyp0f1(2.0, x * x / 4).astype(x.dtype) / 2,
    exact=lambda mp, x: mp.besseli(1, x),
    twice=False,
)
define("k0", lambda x: -at("k1", x), POSITIVE, lambda mp, x: mp.besselk(0, x), edge="open")
define("k1", lambda x: -at("k0", x) - at("k1", x) / x, POSITIVE, lambda mp, x: mp.besselk(1, x), edge="open")
define("jv", lambda x: (special.jv(1.5, x) - special.jv(3.5, x)) / 2, POSITIVE, lambda mp, x: mp.besselj(2.5, x),
       lambda x: special.jv(2.5, x), edge="open", twice=False)  # fmt: skip
define("iv", lambda x: (special.iv(1.5, x) + special.iv(3.5, x)) / 2, POSITIVE, lambda mp, x: mp.besseli(2.5, x),
       lambda x: special.iv(2.5, x), edge="open", twice=False)  # fmt: skip
define("kv", lambda x: -(special.kv(1.5, x) + special.kv(3.5, x)) / 2, POSITIVE, lambda mp, x: mp.besselk(2.5, x),
       lambda x: special.kv(2.5, x), edge="open", twice=False)  # fmt: skip
for _name, _slope in (("ber", "berp"), ("bei", "beip"), ("ker", "kerp"), ("kei", "keip")):
    define(_name, getattr(special, _slope), POSITIVE, edge="open", twice=False)

# Polynomials and hypergeometric functions
define("eval_chebyt", lambda x: 5.0 * at("eval_chebyu", x), exact=lambda mp, x: mp.chebyt(5, x),
       function=lambda x: special.eval_chebyt(5, x))  # fmt: skip
define("eval_chebyu", lambda x: x * (64 * x * x - 24), exact=lambda mp, x: mp.chebyu(4, x),
       function=lambda x: special.eval_chebyu(4, x))  # fmt: skip
define("eval_hermite", lambda x: 8.0 * at("eval_hermite3", x), exact=lambda mp, x: mp.hermite(4, x),
       function=lambda x: special.eval_hermite(4, x))  # fmt: skip
define("eval_hermite3", lambda x: 24 * x * x - 12, exact=lambda mp, x: mp.hermite(3, x),
       function=lambda x: special.eval_hermite(3, x))  # fmt: skip
define("eval_legendre", lambda x: (35 * x * x - 15) * x / 2, exact=lambda mp, x: mp.legendre(4, x),
       function=lambda x: special.eval_legendre(4, x))  # fmt: skip
define("eval_laguerre", lambda x: -x * x / 2 + 3 * x - 3, exact=lambda mp, x: mp.laguerre(3, 0, x),
       function=lambda x: special.eval_laguerre(3, x))  # fmt: skip
define("hyp0f1", lambda x: special.hyp0f1(3.5, x) / 2.5, exact=lambda mp, x: mp.hyp0f1(2.5, x),
       function=lambda x: special.hyp0f1(2.5, x), twice=False)  # fmt: skip


def _hyp1f1_slope(x: Any) -> Any:
    far = np.where(x < -50, x, -50.0)  # there SciPy's hyp1f1(2.5, 3.5, x) is 0 too early
    tail = 1.5 * (np.exp(far) - special.hyp1f1(1.5, 2.5, far)) / far
    return np.where(x < -50, tail, special.hyp1f1(2.5, 3.5, x) * 1.5 / 2.5)


define("hyp1f1", _hyp1f1_slope, (None, 700.0),
       lambda mp, x: mp.hyp1f1(1.5, 2.5, x), lambda x: special.hyp1f1(1.5, 2.5, x), edge="open", twice=False,
       beyond="SciPy adds up as many terms as x is large, which at 1e15 ends after hours")  # fmt: skip

# Degrees, and losses
define("sindg", lambda x: pi / 180 * special.cosdg(x), exact=lambda mp, x: mp.sin(x * mp.pi / 180), twice=False)
define("cosdg", lambda x: -pi / 180 * special.sindg(x), exact=lambda mp, x: mp.cos(x * mp.pi / 180), twice=False)
define("tandg", lambda x: pi / 180 / np.square(special.cosdg(x)), (-80.0, 80.0),
       lambda mp, x: mp.tan(x * mp.pi / 180), edge="open", twice=False)  # fmt: skip
define("pseudo_huber", lambda r: r / np.hypot(1, r / 1.5),
       exact=lambda mp, r: mp.mpf(2.25) * (mp.hypot(1, r / 1.5) - 1),
       function=lambda r: special.pseudo_huber(1.5, r))  # fmt: skip
define("huber", lambda r: np.clip(r, -1.5, 1.5), exact=None, function=lambda r: special.huber(1.5, r),
       kinks=[-1.5, 1.5], at_kink="any", twice=False)  # fmt: skip
define(
    "boxcox",
    lambda x: x**1.5,
    POSITIVE,
    lambda mp, x: (x**2.5 - 1) / 2.5,
    lambda x: special.boxcox(x, 2.5),
    edge="open",
)
define("boxcox1p", lambda x: (1 + x) ** 1.5, (-1.0, None), lambda mp, x: ((1 + x) ** 2.5 - 1) / 2.5,
       lambda x: special.boxcox1p(x, 2.5), edge="open")  # fmt: skip
define("inv_boxcox", lambda y, *, result: result / (1 + 2.5 * y), POSITIVE, lambda mp, y: (1 + 2.5 * y) ** mp.mpf(0.4),
       lambda y: special.inv_boxcox(y, 2.5), edge="open")  # fmt: skip
