"""The numerics of the suite: as exact as the bounds they give."""

from collections.abc import Callable

import numpy as np
import pytest

from corelib import Array
from corelib.conformance.numerics.differences import (
    Curves,
    closer,
    complex_step,
    derivative,
    first_step,
    kinked,
    one_sided,
)  # fmt: skip

RNG = np.random.default_rng(0)
Function = Callable[[Array], Array]


def curves_of(function: Function, x: Array) -> Curves:
    return lambda t, lines: function(x[lines] + t)[:, None]


def sigmoid(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-x)))


SMOOTH: list[tuple[str, Function, Function, Array, float, float]] = [
    ("exp", np.exp, np.exp, RNG.uniform(-3, 3, 400), 2e-14, 3e-13),
    ("log", np.log, np.reciprocal, RNG.uniform(0.05, 5, 400), 3e-14, 4e-13),
    ("sigmoid", sigmoid, lambda x: sigmoid(x) * sigmoid(-x), RNG.uniform(-6, 6, 400), 7e-14, 1e-11),
    ("sin 50x", lambda x: np.sin(50 * x), lambda x: 50 * np.cos(50 * x), RNG.uniform(-3, 3, 400), 1e-14, 1e-12),
    ("1e6 + sin", lambda x: 1e6 + np.sin(x), np.cos, RNG.uniform(-3, 3, 400), 3e-8, 1e-5),
]

over_smooth = pytest.mark.parametrize(
    ("name", "function", "slope", "x", "median", "largest"), SMOOTH, ids=[case[0] for case in SMOOTH]
)


@over_smooth
def test_ridders_is_as_exact_as_the_reference_page_measured(
    name: str, function: Function, slope: Function, x: Array, median: float, largest: float
) -> None:
    step = first_step(x, x if name == "log" else np.inf)
    estimate = derivative(curves_of(function, x), step)
    error = np.abs(estimate.value[:, 0] - slope(x)) / np.abs(slope(x))
    assert np.median(error) <= median
    assert np.max(error) <= largest


@over_smooth
def test_the_bound_is_honest_even_where_values_cancel(
    name: str, function: Function, slope: Function, x: Array, median: float, largest: float
) -> None:
    estimate = derivative(curves_of(function, x), first_step(x, x if name == "log" else np.inf))
    error = np.abs(estimate.value[:, 0] - slope(x))
    assert np.mean(error <= estimate.bound[:, 0]) > 0.99
    assert np.all(error <= 8 * estimate.bound[:, 0] + 1e-8 * np.abs(slope(x)))


@pytest.mark.parametrize("distance", [0.0, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 5e-2])
def test_no_false_alarm_at_any_distance_from_a_kink(distance: float) -> None:
    x = np.array([distance])
    estimate = derivative(curves_of(np.abs, x), first_step(x))
    if distance == 0:
        assert kinked(curves_of(np.abs, x), estimate.step).all()
    else:
        assert abs(estimate.value[0, 0] - 1) <= 1e-8 + 8 * estimate.bound[0, 0]
        assert estimate.bound[0, 0] < 1e-9


def test_a_symmetric_kink_fools_central_differences_and_is_found_all_the_same() -> None:
    curves = curves_of(lambda x: np.maximum(x, 0), np.array([0.0]))
    estimate = derivative(curves, np.array([0.0625]))
    assert estimate.value[0, 0] == 0.5
    assert estimate.bound[0, 0] < 1e-12
    assert kinked(curves, np.array([0.0625])).all()


def test_smooth_functions_have_no_kinks() -> None:
    x = RNG.uniform(-2, 2, 100)
    for function in (np.exp, np.sin, np.tanh, np.square, lambda x: 3 * x):
        assert not kinked(curves_of(function, x), np.full(100, 2.0**-5)).any()


def test_one_sided_slopes_stay_on_their_side() -> None:
    curves = curves_of(lambda x: np.where(x > 0, np.exp(x), np.cos(x) - 3 * x), np.array([0.0]))
    assert one_sided(curves, np.array([0.03]), 1).value[0, 0] == pytest.approx(1, abs=1e-9)
    assert one_sided(curves, np.array([0.03]), -1).value[0, 0] == pytest.approx(-3, abs=1e-9)


def test_an_infinite_slope_has_a_bound_as_large_as_itself() -> None:
    slope = one_sided(curves_of(np.sqrt, np.array([0.0])), np.array([0.03]), 1)
    assert slope.bound[0, 0] > 0.1 * abs(slope.value[0, 0])


@pytest.mark.parametrize("x", [20.0, 12.0, 1.0, 1e-200, -20.0])
def test_the_complex_step_sees_tails(x: float) -> None:
    exact = 1 / np.cosh(x) ** 2
    assert complex_step(np.tanh, np.array([x]))[0] == pytest.approx(exact, rel=1e-13)


def test_the_step_has_a_power_of_two_and_keeps_inside_the_domain() -> None:
    x = np.array([0.1, 1.0, 5.0, 1e-3])
    step = first_step(x, x)
    assert np.all(step < 0.46 * x)
    assert np.all(np.log2(step) % 1 == 0)


def test_a_nearer_look_sees_the_steps_of_a_staircase() -> None:
    x = np.array([0.08135604858398438])
    curves = curves_of(lambda y: np.floor_divide(1.8259077072143555, y), x)
    estimate = derivative(curves, np.array([0.03125]))
    nearer = closer(curves, estimate, np.zeros((1, 1)))
    assert nearer.value[0, 0] == 0
    wrong = closer(curves, estimate, np.full((1, 1), 3.0))
    assert wrong.value[0, 0] != 3.0
