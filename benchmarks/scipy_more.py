"""More of scipy.special: scaled functions, distributions with fixed parameters, and functions of several results."""

from math import log, pi, sqrt
from typing import Any, Final

import numpy as np

from benchmarks.scipy_special import NORMAL
from benchmarks.scipy_table import POSITIVE, UNIT, define, define_several, special

RADIAN: Final = pi / 180
OPEN: Final[dict[str, Any]] = {"edge": "open", "twice": False}

FAR: Final[dict[str, Any]] = {"edge": "open", "beyond": "SciPy, or the difference of two terms, has lost its digits"}


def _near_zero(x: Any, near: Any, far: Any, width: float) -> Any:
    """One formula near 0, where the other cancels."""
    small = np.absolute(x) < width
    return np.where(small, near(np.where(small, x, 0.0)), far(np.where(small, 1.0, x))).astype(x.dtype)


def _exprel_slope(x: Any) -> Any:
    return _near_zero(
        x, lambda x: 0.5 + x * (1 / 3 + x * (1 / 8 + x * (1 / 30 + x * (1 / 144 + x / 840)))),
        lambda x: (np.exp(x) - special.exprel(x)) / x, 0.02,
    )  # fmt: skip


def _owens_h(h: Any, a: Any) -> Any:
    with np.errstate(over="ignore"):  # exp(-inf) is the 0 that it should be
        return -NORMAL / 2 * np.exp(-h * h / 2) * special.erf(a * h / sqrt(2))


def _owens_a(h: Any, a: Any) -> Any:
    with np.errstate(over="ignore"):
        return np.exp(-np.square(h * np.hypot(1, a)) / 2) / (2 * pi) / np.square(np.hypot(1, a))


# Scaled by exponentials
define("i0e", lambda x: special.i1e(x) - np.sign(x) * special.i0e(x), (-30.0, 30.0),
       exact=lambda mp, x: mp.exp(-abs(x)) * mp.besseli(0, x), kinks=[0.0], at_kink=0.0, twice=False,
       **FAR)  # fmt: skip
define("k0e", lambda x: special.k0e(x) - special.k1e(x), (0.0, 30.0), lambda mp, x: mp.exp(x) * mp.besselk(0, x),
       twice=False, **FAR)  # fmt: skip
define("exprel", _exprel_slope, exact=lambda mp, x: mp.expm1(x) / x, twice=False)
define("powm1", lambda x: 2.5 * x**1.5, POSITIVE, lambda mp, x: x**2.5 - 1, lambda x: special.powm1(x, 2.5), **OPEN)
define("ndtri_exp", lambda y, *, result: np.exp(y + result * result / 2) / NORMAL, (-300.0, 0.0), twice=False, **FAR)

# Distributions with fixed parameters, their inverses
define("betaincc", lambda x: -(x**1.5) * (1 - x) ** 0.5 / float(special.beta(2.5, 1.5)), UNIT,
       lambda mp, x: mp.betainc(2.5, 1.5, x, 1, regularized=True), lambda x: special.betaincc(2.5, 1.5, x),
       **OPEN)  # fmt: skip
define("gdtr", lambda x: 2 * np.exp(1.5 * np.log(2 * x) - 2 * x - float(special.gammaln(2.5))), POSITIVE,
       lambda mp, x: mp.gammainc(2.5, 0, 2 * x, regularized=True), lambda x: special.gdtr(2.0, 2.5, x),
       **OPEN)  # fmt: skip
define("pdtr", lambda m: -np.exp(3 * np.log(m) - m - log(6)), POSITIVE,
       lambda mp, m: mp.gammainc(4, m, regularized=True), lambda m: special.pdtr(3.0, m), **OPEN)  # fmt: skip
define("pdtrc", lambda m: np.exp(3 * np.log(m) - m - log(6)), POSITIVE,
       lambda mp, m: mp.gammainc(4, 0, m, regularized=True), lambda m: special.pdtrc(3.0, m), **OPEN)  # fmt: skip
define("gammaincinv", lambda p, *, result: np.exp(result - 1.5 * np.log(result) + float(special.gammaln(2.5))), UNIT,
       function=lambda p: special.gammaincinv(2.5, p), **OPEN)  # fmt: skip
define("betaincinv", lambda p, *, result: float(special.beta(2.5, 1.5)) / (result**1.5 * (1 - result) ** 0.5), UNIT,
       function=lambda p: special.betaincinv(2.5, 1.5, p), **OPEN)  # fmt: skip
define("owens_t", (_owens_h, _owens_a), twice=False)

# Elliptic integrals in their amplitude, and Struve's function
define("ellipkinc", lambda x: 1 / np.sqrt(1 - 0.3 * np.square(np.sin(x))),
       exact=lambda mp, x: mp.ellipf(x, mp.mpf(0.3)),
       function=lambda x: special.ellipkinc(x, 0.3))  # fmt: skip
define("ellipeinc", lambda x: np.sqrt(1 - 0.3 * np.square(np.sin(x))),
       exact=lambda mp, x: mp.ellipe(x, mp.mpf(0.3)),
       function=lambda x: special.ellipeinc(x, 0.3))  # fmt: skip
define("struve", lambda x: 2 / pi - special.struve(1.0, x), exact=lambda mp, x: mp.struveh(0, x),
       function=lambda x: special.struve(0.0, x), twice=False)  # fmt: skip
define("expn", lambda x: -special.expn(2, x), POSITIVE, lambda mp, x: mp.expint(3, x), lambda x: special.expn(3, x),
       **OPEN)  # fmt: skip
define("cotdg", lambda x: -RADIAN / np.square(special.sindg(x)), (10.0, 170.0), lambda mp, x: mp.cot(x * mp.pi / 180),
       beyond="the slope is written for one branch", **OPEN)  # fmt: skip


# Functions of several results
define_several("fresnel", lambda x: (np.sin(pi / 2 * x * x), np.cos(pi / 2 * x * x)),
               exact=lambda mp, x: (mp.fresnels(x), mp.fresnelc(x)))  # fmt: skip


def _ellipj_slopes(u: Any) -> Any:
    sn, cn, dn, _ = special.ellipj(u, 0.3)
    return cn * dn, -sn * dn, -0.3 * sn * cn, dn


def _of_mpmath(mp: Any, u: Any) -> tuple[Any, ...]:
    sn, cn, dn = [mp.ellipfun(kind, u, m=mp.mpf(0.3)) for kind in ("sn", "cn", "dn")]
    return sn, cn, dn, mp.atan2(sn, cn)  # the amplitude, on this branch


define_several("ellipj", _ellipj_slopes, function=lambda u: special.ellipj(u, 0.3),
               exact=_of_mpmath)  # fmt: skip


def _airy_slopes(x: Any) -> Any:
    ai, aip, bi, bip = special.airy(x)
    return aip, x * ai, bip, x * bi


define_several("airy", _airy_slopes, exact=lambda mp, x: (
    mp.airyai(x), mp.airyai(x, derivative=1), mp.airybi(x), mp.airybi(x, derivative=1)),
    extreme=[-800.0, 30.0])  # fmt: skip


def _sinhc(x: Any) -> Any:
    """sinh(x) / x, and 1 at 0."""
    return np.where(x == 0, 1.0, np.sinh(x) / np.where(x == 0, 1.0, x)).astype(x.dtype)


# The sine and cosine integrals, and the hyperbolic ones: at 0 the slope of the first is 1, of the second infinite
ODD: Final[dict[str, Any]] = {"edge": "open", "beyond": "the first is odd, and the second has a branch cut"}
define_several("sici", lambda x: (np.sinc(x / pi), np.cos(x) / x), POSITIVE, exact=lambda mp, x: (mp.si(x), mp.ci(x)),
               extreme=[1e-300, 1e15], **ODD)  # fmt: skip
define_several("shichi", lambda x: (_sinhc(x), np.cosh(x) / x), POSITIVE, exact=lambda mp, x: (mp.shi(x), mp.chi(x)),
               extreme=[1e-300, 700.0], **ODD)  # fmt: skip


def _student_inverse(mp: Any, p: Any) -> Any:
    """Where Student's distribution of three degrees of freedom reaches p."""
    root = mp.sqrt(3)
    return mp.findroot(
        lambda t: mp.mpf(1) / 2 + (t / root / (1 + t * t / 3) + mp.atan(t / root)) / mp.pi - p,
        float(special.stdtrit(3.0, float(p))),
    )


define("stdtrit", lambda p, *, result: pi * sqrt(3) / 2 * np.square(1 + result * result / 3), UNIT, _student_inverse,
       lambda p: special.stdtrit(3.0, p), edge="open", twice=False, expected_failures={
           "magnitudes": "SciPy returns half of the quantile at 1e-200, and inf at 1e-300"})  # fmt: skip
