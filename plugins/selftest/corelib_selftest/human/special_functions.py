"""Special functions of one argument, as an author writes them over SciPy, and slopes that are wrong somewhere."""

from math import pi, sqrt
from typing import Any, Final

import numpy as np
from scipy import special

from corelib.conformance.spec import OpSpec
from corelib.core.tensor import Array
from corelib.primitives.factories import elementwise
from corelib_selftest.human.honest import HonestSlopes, Method, entries_of, recordable

logistic: Final[Method] = recordable(special.expit, lambda: EXPIT.op)
EXPIT: Final[HonestSlopes] = HonestSlopes(
    special.expit,
    lambda x, *, result: result * logistic(-x),
    spec=OpSpec("expit", reference=special.expit, precise=lambda mp, x: 1 / (1 + mp.exp(-x))),
)
EXPIT.mistake("expit: result * (1 - result) is 0 from 37 on", lambda x, *, result: result * (1 - result))
EXPIT.mistake("expit: zero beyond 30", lambda x, *, result: np.where(np.abs(x) > 30, 0, result * logistic(-x)))
EXPIT.mistake("expit: clipped to 50", lambda x: logistic(np.clip(x, -50, 50)) * logistic(-np.clip(x, -50, 50)))
EXPIT.mistake("expit: zero beyond 700", lambda x, *, result: np.where(np.abs(x) > 700, 0, result * logistic(-x)))
EXPIT.mistake(
    "expit: the second derivative overflows beyond 400", lambda x: 0.25 / np.cosh(np.clip(x, -700, 700) / 2) ** 2
)
EXPIT.mistake("expit: exp(800) overflows", lambda x, *, result: result * result * np.exp(-x))


CBRT: Final = HonestSlopes(
    np.cbrt,
    lambda x, *, result: 1 / (3 * result * result),
    spec=OpSpec("cbrt", singular=[0.0], reference=np.cbrt),
    singular=True,
)
CBRT.mistake("cbrt: zero from 50 on", lambda x, *, result: (x < 50) / (3 * result * result))
CBRT.mistake("cbrt: zero from 1e4 on", lambda x, *, result: (np.abs(x) < 1e4) / (3 * result * result))
CBRT.mistake("cbrt: NaN where negative", lambda x: x ** (-2 / 3) / 3)
CBRT.mistake("cbrt: guarded below 1e-12", lambda x, *, result: 1 / (3 * np.maximum(result * result, 1e-8)))
CBRT.mistake("cbrt: 0 / 0 at 0", lambda x, *, result: result / (3 * x))
CBRT.mistake("cbrt: x * x overflows from 1e154 on", lambda x: 1 / (3 * np.cbrt(x * x)))


def zeta(order: int, x: Array) -> Array:
    return np.asarray(special.zeta(float(order), x))


trigamma: Final[Any] = elementwise(lambda x: zeta(2, x), lambda x: -2 * zeta(3, entries_of(x)), name="trigamma")
digamma: Final[Any] = elementwise(special.psi, recordable(lambda x: zeta(2, x), lambda: trigamma), name="digamma")
psi: Final[Method] = recordable(special.psi, lambda: digamma)
asymptotic: Final[Any] = elementwise(special.psi, lambda x: 1 / x + 1 / (2 * x * x), name="digamma")
GAMMALN: Final = HonestSlopes(
    special.gammaln,
    psi,
    spec=OpSpec("gammaln", domain=(0, None), reference=special.gammaln),
    singular=True,
)
GAMMALN.mistake("gammaln: log(x) from 100 on", lambda x: np.where(x > 100, np.log(x), psi(x)))
GAMMALN.mistake("gammaln: off by one at integers from 5 on", lambda x: psi(x + ((x >= 5) & (x == np.rint(x)))))
GAMMALN.mistake("gammaln: the pole is cut at 1e-6", lambda x: psi(np.maximum(x, 1e-6)))
GAMMALN.mistake("gammaln: Stirling from 1e3 on, a sign wrong", lambda x: np.where(x > 1e3, np.log(x) + 0.5 / x, psi(x)))
GAMMALN.mistake("gammaln: the second derivative is asymptotic", recordable(special.psi, lambda: asymptotic))


ERF: Final = HonestSlopes(
    special.erf,
    lambda x: 2 / sqrt(pi) * np.exp(-(np.minimum(np.abs(x), 40.0) ** 2)),
    spec=OpSpec("erf", reference=special.erf, complex=False),
)
ERF.mistake("erf: seven digits of 2 / sqrt(pi)", lambda x: 1.128379 * np.exp(-(np.minimum(np.abs(x), 40.0) ** 2)))
ERF.mistake("erf: zero beyond 4", lambda x: (np.abs(x) < 4) * 2 / sqrt(pi) * np.exp(-(np.clip(x, -40, 40) ** 2)))
ERF.mistake("erf: x**2 overflows at 1e200", lambda x: 2 / sqrt(pi) * np.exp(-(x**2)))
ERF.mistake(
    "erf: the second derivative is lost", lambda x: 2 / sqrt(pi) * np.exp(-(entries_of(np.clip(x, -40, 40)) ** 2))
)


ENTR: Final = HonestSlopes(
    special.entr,
    lambda x: -np.log(x) - 1,
    spec=OpSpec("entr", domain=(0.0, None), edge="closed", reference=special.entr),
    singular=True,
)
ENTR.mistake("entr: log(x + 1e-10)", lambda x: -np.log(x + 1e-10) - 1)
ENTR.mistake("entr: log(max(x, 1e-7))", lambda x: -np.log(np.maximum(x, 1e-7)) - 1)
ENTR.mistake("entr: 0 at 0, where it is infinite", lambda x: np.where(x > 0, -np.log(np.where(x > 0, x, 1)) - 1, 0))
ENTR.mistake("entr: zero from 1e6 on", lambda x: np.where(x < 1e6, -np.log(x) - 1, 0))


LOGIT: Final = HonestSlopes(
    special.logit,
    lambda x: 1 / (x * (1 - x)),
    spec=OpSpec("logit", domain=(0, 1), reference=special.logit),
    singular=True,
)
LOGIT.mistake("logit: clipped to 1e-6", lambda x: 1 / (np.clip(x, 1e-6, 1 - 1e-6) * (1 - np.clip(x, 1e-6, 1 - 1e-6))))
LOGIT.mistake("logit: guarded by 1e-12", lambda x: 1 / (x * (1 - x) + 1e-12))


EXPM1: Final = HonestSlopes(np.expm1, np.exp, spec=OpSpec("expm1", reference=np.expm1))
EXPM1.mistake("expm1: result + 1 cancels below -20", lambda x, *, result: result + 1)
EXPM1.mistake("expm1: 1 + x near 0", lambda x: np.where(np.abs(x) < 1e-3, 1 + x, np.exp(x)))


SOFTPLUS: Final = HonestSlopes(
    lambda x: np.logaddexp(0, x),
    logistic,
    spec=OpSpec("softplus", reference=lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))), complex=False,
                precise=lambda mp, x: mp.log1p(mp.exp(x)),
                expected_failures={"array_kinds": "its slope is scipy.special.expit, for NumPy's arrays alone"}),
)  # fmt: skip
SOFTPLUS.mistake("softplus: 1 from 15 on", lambda x: np.where(x > 15, 1, logistic(x)))
SOFTPLUS.mistake("softplus: 0 below -15", lambda x: np.where(x < -15, 0, logistic(x)))


def sinpi(x: Array) -> Array:
    """sin(pi x), of the distance to the nearest integer: exact at integers and half-integers of any size."""
    nearest = np.rint(x)
    found: Array = np.sin(pi * (x - nearest)) * (1 - 2 * np.mod(nearest, 2))
    return found


def cospi(x: Array) -> Array:
    found: Array = np.sin(pi * (0.5 - np.abs(x - 2 * np.rint(x / 2))))
    return found


COSPI: Final[Any] = elementwise(cospi, lambda x: -pi * sine(x), name="cospi")
SINPI: Final[HonestSlopes] = HonestSlopes(
    sinpi,
    lambda x: pi * cosine(x),
    spec=OpSpec("sinpi", reference=sinpi, complex=False, precise=lambda mp, x: mp.sinpi(x)),
)
sine: Final[Method] = recordable(sinpi, lambda: SINPI.op)
cosine: Final[Method] = recordable(cospi, lambda: COSPI)
SINPI.mistake("sinpi: cos(pi x) is no 0 at large half-integers", lambda x: pi * np.cos(pi * x))
SINPI.mistake(
    "sinpi: the parity overflows from 2**31 on",
    lambda x: (
        pi
        * np.cos(pi * (x - entries_of(np.rint(x))))
        * (1 - 2 * (np.clip(np.rint(entries_of(x)), -(2**31), 2**31) % 2))
    ),
)
SINPI.mistake(
    "sinpi: zero at integers from 10 on", lambda x: pi * cosine(x) * np.where((x >= 10) & (x == np.rint(x)), 0, 1)
)
