"""The derivatives of the incomplete beta function in its parameters, as integrals of terms of one sign.

With f = x**a c**b / beta(a, b), c = 1 - x, e = psi(a) - psi(a + b) and integrals over s > 0, that in a is f times

    the integral of exp(-a s) W (log(x) - s - e) / c, where W = (1 + (1 - exp(-s)) x / c)**(b - 1), or by parts
    the integral of exp(-a s) (W (log(x) - e - 1 / a) - s W' / a) / c, and minus
    the integral of exp(-b s) (1 + w)**(a - 1) (log(x) + log(1 + w) - e) / x, where w = (1 - exp(-s)) c / x.

The first is used where log(x) < e, the second where log(x) < e + 1 / a (of b < 1: where x < 1 / 2), and the third
elsewhere: nothing cancels. The trapezoidal rule in log(s) has its digits whatever the scales of the integrand are.
"""

from typing import Any, Final

import numpy as np
import scipy.special

from corelib.errors import NotDifferentiable
from corelib_scipy.special.polygamma_differences import polygamma_difference

special: Final[Any] = scipy.special
DEPTH: Final = 42.0
STEP: Final = 0.14
LOGS: Final = np.arange(-39.0, 0.5, STEP)
SCALES: Final = np.exp(LOGS)
WEIGHTS: Final = np.where(LOGS[0] == LOGS, STEP / -np.expm1(-STEP), STEP) * SCALES
"""The first stands for all before it, where the integrand is constant."""
PART: Final = 64
LEAST: Final = 1e-4
"""At 1e-4 the mixed second derivative has nine digits, at 1e-6 five and at 1e-8 none (beside mpmath)."""


def _end(a: Any, b: Any, odds: Any) -> Any:
    """Where exp(-a s) (1 + w)**(b - 1) is exp(-42), or less: by Newton's method, for b > 1."""
    s = DEPTH / a
    large = b > 1
    if not np.any(large):
        return s
    a, b, odds, t = a[large], b[large], odds[large], s[large]
    for _ in range(60):
        fall = np.exp(-t)
        w = -odds * np.expm1(-t)
        rate = a - (b - 1) * odds * fall / (1 + w)
        step = (a * t - (b - 1) * np.log1p(w) - DEPTH) / rate
        t = np.maximum(t - step, t / 8)
        if np.all(np.abs(step) <= 0.1 * t):
            break
    s[large] = t
    return s


def _moments(a: Any, b: Any, odds: Any) -> tuple[Any, Any, Any]:
    """Nodes s, log(1 + w), and weights of the integrals of exp(-a s) (1 + w)**(b - 1)."""
    end = _end(a, b, odds)[:, None]
    s = end * SCALES
    rise = np.log1p(-odds[:, None] * np.expm1(-s))
    weights = end * WEIGHTS * np.exp(-a[:, None] * s + (b[:, None] - 1) * rise)
    return s, rise, weights


def _logs(x: Any, c: Any) -> tuple[Any, Any]:
    """log(x) and log(c), where the smaller one of both has its digits."""
    small = x < c
    log_x = np.where(small, np.log(x), np.log1p(np.where(small, -0.5, -c)))
    return log_x, np.where(small, np.log1p(np.where(small, -x, -0.5)), np.log(c))


def _inner(a: Any, b: Any, log_x: Any) -> tuple[Any, Any]:
    """log(x) - e - 1 / a, and psi'(a) - psi'(a + b) - 1 / a**2."""
    return log_x + polygamma_difference(0, a + 1, b - 1), special.zeta(2.0, a + 1) - special.zeta(2.0, a + b)


def _sums(weights: Any, scale: Any, *terms: Any) -> Any:
    return scale * np.array([np.sum(weights * term, axis=1) for term in terms])


def _columns(*rows: Any) -> list[Any]:
    return [row[:, None] for row in rows]


def _by_parts(a: Any, b: Any, x: Any, c: Any) -> Any:
    log_x, log_c = _logs(x, c)
    less, spread = _columns(*_inner(a, b, log_x))
    s, rise, weights = _moments(a, b, x / c)
    of_c = rise + (log_c + polygamma_difference(0, b, a))[:, None]
    shared, a_, odds, power = _columns(special.zeta(2.0, a + b), a, x / c, b - 1)
    rate = odds * np.exp(-s - rise)  # of log(1 + w): W' is (b - 1) rate W
    slope = power * rate
    return _sums(
        weights, 1 / c,
        less - s * slope / a_,
        less * less - spread + (s - 2 * less) * s * slope / a_,
        less * of_c + shared - s / a_ * (slope * of_c + rate),
    )  # fmt: skip


def _below(a: Any, b: Any, x: Any, c: Any) -> Any:
    log_x, log_c = _logs(x, c)
    s, rise, weights = _moments(a, b, x / c)
    of_x = (log_x + polygamma_difference(0, a, b))[:, None] - s
    of_c = rise + (log_c + polygamma_difference(0, b, a))[:, None]
    change, shared = _columns(polygamma_difference(1, a, b), special.zeta(2.0, a + b))
    return _sums(weights, 1 / c, of_x, of_x * of_x + change, of_x * of_c + shared)


def _above(a: Any, b: Any, x: Any, c: Any) -> Any:
    log_x, log_c = _logs(x, c)
    less, spread = _columns(*_inner(a, b, log_x))
    s, rise, weights = _moments(b, a, c / x)
    of_x = rise + (log_x + polygamma_difference(0, a, b))[:, None]
    of_c = (log_c + polygamma_difference(0, b, a))[:, None] - s
    change, shared, a_ = _columns(polygamma_difference(1, a, b), special.zeta(2.0, a + b), a)
    small = np.square(less + rise) + 2 * (less + rise) / a_ - spread
    return _sums(weights, -1 / x, of_x, np.where(a_ < 1, small, of_x * of_x + change), of_x * of_c + shared)


def _part(a: Any, b: Any, x: Any, c: Any) -> Any:
    """The derivatives in a, in a twice, and in a and b, over f."""
    log_x = _logs(x, c)[0]
    parts = np.where(b >= 1, _inner(a, b, log_x)[0] <= 0, x < 0.5)
    below = ~parts & (log_x + polygamma_difference(0, a, b) <= 0)
    found = np.empty((3, *x.shape))
    for where, way in ((parts, _by_parts), (below, _below), (~parts & ~below, _above)):
        if np.any(where):
            found[:, where] = way(a[where], b[where], x[where], c[where])
    return found


def parameter_ratios(a: Any, b: Any, x: Any, c: Any) -> Any:
    """The derivatives of betainc in a, in a twice, and in a and b, over f; NaN where a parameter is not positive.

    Raises NotDifferentiable for parameters below 1e-4: the rule has no nodes where their integrands vary.
    """
    found = np.full((3, *x.shape), np.nan)
    good = (a > 0) & (b > 0) & (x > 0) & (c > 0) & np.isfinite(a) & np.isfinite(b)
    given = [v[good] for v in (a, b, x, c)]
    if any(np.any(v < LEAST) for v in given[:2]):
        raise NotDifferentiable(
            f"betainc has no gradient in parameters below {LEAST:g}: its integral has no digits there"
        )
    parts = [_part(*[v[i : i + PART] for v in given]) for i in range(0, given[0].size, PART)]
    if parts:
        found[:, good] = np.concatenate(parts, axis=1)
    return found
