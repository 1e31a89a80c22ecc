"""Slopes over the whole domain, from tiny to huge numbers and near poles, as mpmath has them.

mpmath's are central differences whose steps are 1e-20 of the number.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pytest

import corelib
import corelib_scipy.special
from corelib_scipy.special.polygamma_differences import polygamma_difference

mpmath = pytest.importorskip("mpmath", reason="mpmath is the reference")
Exact = Callable[..., Any]
TINY = (1e-300, 1e-20, 1e-5, 0.01)
USUAL = (0.3, 1.0, 1.4616321449683622, 2.5, 9.7)
LARGE = (30.0, 171.0, 1e4, 1e10)
LEFT = (-0.3, -0.999999, -1.5, -20.25, -1000.5, -1234567.75)


class Slope(NamedTuple):
    """An op with its function in mpmath, points, and the digits that the differences need."""

    name: str
    exact: Exact
    points: tuple[tuple[float, ...], ...]
    digits: int = 60


def each(*numbers: float) -> tuple[tuple[float, ...], ...]:
    return tuple([(x,) for x in numbers])


def pairs(first: tuple[float, ...], second: tuple[float, ...]) -> tuple[tuple[float, ...], ...]:
    return tuple([(x, y) for x in first for y in second])


def _normal(mp: Any, x: Any) -> Any:
    return mp.erfc(-x / mp.sqrt(2)) / 2


def _lower(mp: Any, a: Any, x: Any) -> Any:
    return mp.gammainc(a, 0, x, regularized=True)


def _beta(mp: Any, a: Any, b: Any, x: Any) -> Any:
    return mp.betainc(a, b, 0, x, regularized=True)


SIDES = tuple([
    (a, b, x) for a in (1e-4, 0.3, 1.0, 7.5, 60.0) for b in (1e-4, 0.6, 1.0, 4.0, 45.0) for x in (1e-9, 0.05, 0.45, 0.7)
])  # fmt: skip
SHAPES = (1e-12, 0.01, 0.7, 1.0, 3.25, 11.9, 12.1, 40.0, 300.0)
RATIOS = (1e-8, 0.02, 0.6, 0.97, 1.0, 1.02, 1.6, 5.0)
PLACES = tuple([(a, a * r if a > 0.5 else 2 * r) for a in SHAPES for r in RATIOS])
BOTH = (1e-10, 0.02, 1.0, 3.5, 80.0, 1e6)
SLOPES = (
    Slope("gammaln", lambda mp, x: mp.log(abs(mp.gamma(x))), each(*TINY, *USUAL, 30.0, 171.0, 1e4, *LEFT)),
    Slope("digamma", lambda mp, x: mp.psi(0, x), each(*TINY, *USUAL, *LARGE, *LEFT)),
    Slope("gamma", lambda mp, x: mp.gamma(x), each(1e-100, *TINY[1:], *USUAL, 30.0, 171.0, *LEFT[:4])),
    Slope("rgamma", lambda mp, x: mp.rgamma(x), each(*TINY, *USUAL, 30.0, 150.0, *LEFT[:4])),
    Slope("beta", lambda mp, a, b: mp.beta(a, b), pairs(BOTH[:-1], BOTH[:-1])),
    Slope("betaln", lambda mp, a, b: mp.log(mp.beta(a, b)), pairs(BOTH, BOTH)),
    Slope("poch", lambda mp, z, m: mp.rf(z, m), pairs(BOTH[:-1], BOTH[:-2])),
    Slope("gammainc", _lower, PLACES, 400),
    Slope("betainc", _beta, SIDES),
    Slope("k0", lambda mp, x: mp.besselk(0, x), each(*TINY[1:], *USUAL, 30.0, 600.0)),
    Slope("k1", lambda mp, x: mp.besselk(1, x), each(1e-100, *TINY[1:], *USUAL, 30.0, 600.0)),
    Slope("k0e", lambda mp, x: mp.besselk(0, x) * mp.exp(x), each(*TINY[1:], *USUAL, 29.9, 30.1, 600.0, 1e4)),
    Slope("k1e", lambda mp, x: mp.besselk(1, x) * mp.exp(x), each(*TINY[1:], *USUAL, 29.9, 30.1, 600.0, 1e4)),
    Slope("i0e", lambda mp, x: mp.besseli(0, x) * mp.exp(-x), each(*TINY[1:], *USUAL, 29.9, 30.1, 600.0, 1e4)),
    Slope("i1e", lambda mp, x: mp.besseli(1, x) * mp.exp(-x), each(*TINY[1:], *USUAL, 29.9, 30.1, 600.0, 1e4)),
    Slope("y0", lambda mp, x: mp.bessely(0, x), each(*TINY[1:], *USUAL, 30.0)),
    Slope("y1", lambda mp, x: mp.bessely(1, x), each(1e-100, *TINY[1:], *USUAL, 30.0)),
    Slope("expi", lambda mp, x: mp.ei(x), each(1e-100, *TINY[1:], *USUAL, -0.5, -30.0, 300.0), 200),
    Slope("spence", lambda mp, x: mp.polylog(2, 1 - x).real, each(1e-20, 0.01, 0.3, 0.999, 1.001, 1.7, 30.0)),
    Slope("boxcox", lambda mp, x, y: mp.powm1(x, y) / y, pairs((1e-5, 0.7, 1.3, 40.0), (-2.5, -1e-9, 1e-3, 0.8, 3.0))),
    Slope(
        "inv_boxcox",
        lambda mp, x, y: mp.exp(mp.log1p(x * y) / y),
        pairs((1e-5, 0.7, 40.0, 1e6), (1e-9, 1e-3, 0.8, 3.0)),
    ),
    Slope("exprel", lambda mp, x: mp.expm1(x) / x, each(*TINY[1:], *USUAL, 2.99, 3.01, 600.0, -0.99, -1.01, -30.0)),
    Slope("erf", lambda mp, x: mp.erf(x), each(*TINY, *USUAL[:-1], 9.7, 20.0, -20.0, -3.0), 400),
    Slope("erfc", lambda mp, x: mp.erfc(x), each(*TINY, *USUAL, 26.0, -20.0, -3.0), 400),
    Slope("ndtr", _normal, each(*TINY, *USUAL, 30.0, -37.0, -3.0), 400),
    Slope("log_ndtr", lambda mp, x: mp.log(_normal(mp, x)), each(*TINY, *USUAL, -37.0, -1e3, -3.0), 400),
)


def truth(function: Exact, point: Sequence[float], i: int, digits: int) -> float:
    """The slope of ``function(mp, *numbers)`` in number ``i``."""
    with mpmath.workdps(digits):
        numbers = [mpmath.mpf(x) for x in point]
        step = abs(numbers[i]) * mpmath.mpf(10) ** -20
        sides = [[*numbers[:i], numbers[i] + side * step, *numbers[i + 1 :]] for side in (1, -1)]
        up, down = (function(mpmath.mp, *side) for side in sides)
        return float(mpmath.re(up - down) / (2 * step))


def misfit(op: Any, function: Exact, points: Sequence[Sequence[float]], i: int, digits: int = 60) -> float:
    """The largest error of the slope in argument ``i``, relative to the slope, or to what rounding the numbers changes.

    That is a unit in the last place of a number, times the second slope.
    """
    columns = [np.array(column) for column in zip(*points, strict=True)]
    found = np.asarray(corelib.elementwise_grad(op, argnums=i)(*columns))
    worst = 0.0
    for point, slope in zip(points, found.tolist(), strict=True):
        exact = truth(function, point, i, digits)
        moved = sum(abs(x * _second(function, point, i, k, digits)) for k, x in enumerate(point)) * 2.0**-52
        worst = max(worst, abs(slope - exact) / max(abs(exact), 1e10 * moved, 1e-300))
    return worst


def _second(function: Exact, point: Sequence[float], i: int, k: int, digits: int) -> float:
    """The change of the slope in ``i`` with number ``k``."""
    step = abs(point[k]) * 1e-6
    sides = [[*point[:k], point[k] + side * step, *point[k + 1 :]] for side in (1, -1)]
    up, down = map(partial(truth, function, i=i, digits=digits), sides)
    return (up - down) / (2 * step) if step else 0.0


@pytest.mark.parametrize("slope", SLOPES, ids=lambda slope: slope.name)
def test_a_slope_is_that_of_mpmath(slope: Slope) -> None:
    op = getattr(corelib_scipy.special, slope.name)
    for i in range(len(slope.points[0])):
        assert misfit(op, slope.exact, slope.points, i, slope.digits) < 1e-10


def test_a_density_keeps_its_digits_where_it_is_a_small_number_over_a_smaller_one() -> None:
    for a, x in ((2.091957529895822, 2.257904256108192e-152), (2.0, 1e-161), (0.5, 1e-300)):
        exact = float(mpmath.mpf(x) ** (mpmath.mpf(a) - 1) / mpmath.gamma(a))
        assert np.isclose(corelib.grad(corelib_scipy.special.gammainc, argnums=1)(a, x), exact, rtol=1e-12, atol=0)
        exact = float(mpmath.mpf(x) ** (mpmath.mpf(a) - 1) / mpmath.beta(a, 3))
        found = corelib.grad(corelib_scipy.special.betainc, argnums=2)(a, 3.0, x)
        assert np.isclose(found, exact, rtol=1e-12, atol=0)


def test_a_difference_of_polygammas_keeps_its_digits() -> None:
    for n in (0, 1, 2, 3):
        for x, d in pairs((0.01, 0.8, 7.0, 40.0, 1e5), (1e-12, 1e-4, 0.3)):
            with mpmath.workdps(50):
                exact = float(mpmath.psi(n, mpmath.mpf(x) + mpmath.mpf(d)) - mpmath.psi(n, mpmath.mpf(x)))
            assert np.isclose(polygamma_difference(n, x, d), exact, rtol=2e-13, atol=0)


def test_polygamma_is_right_left_of_zero() -> None:
    for n in (1, 2, 3, 5):
        for x in (-0.4, -3.25, -77.3):
            with mpmath.workdps(50):
                exact = float(mpmath.diff(lambda x, n=n: mpmath.psi(n - 1, x), mpmath.mpf(x)))
            assert np.isclose(corelib_scipy.special.polygamma(n, x).item(), exact, rtol=1e-11, atol=0)


def test_parameters_of_betainc_whose_derivative_has_no_digits_are_refused() -> None:
    density = corelib.grad(corelib_scipy.special.betainc, argnums=2)(1e-6, 3.0, 0.5)
    assert np.isclose(density, 5.0000040342626e-7, rtol=1e-12)
    with pytest.raises(corelib.errors.NotDifferentiable, match=r"parameters below 0\.0001"):
        corelib.grad(corelib_scipy.special.betainc)(1e-6, 3.0, 0.5)
