"""Slopes far from the origin: what is wrong there is found, and what is right raises no alarm."""

import sys
from typing import Any

import numpy as np
import pytest

from corelib import elementwise
from corelib.conformance import OpSpec, run, subject_of
from corelib.conformance.numerics.precise import truth
from corelib.conformance.numerics.relative import slopes
from corelib.conformance.sampling.magnitudes import points


def failed(made: Any, spec: OpSpec | None = None) -> set[str]:
    found = run([subject_of(made, spec)], "default", checks=["magnitudes", "precise"])
    return {r.check for r in found.failures}


def _expit(x: Any) -> Any:
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


EXPIT = OpSpec("expit", kind="elementwise", domain=(None, None), precise=lambda mp, x: 1 / (1 + mp.exp(-x)))


def test_a_slope_that_loses_its_digits_in_the_tail_is_found_by_the_precise_reference() -> None:
    assert failed(elementwise(_expit, lambda x, *, result: result * (1 - result)), EXPIT) == {"magnitudes", "precise"}
    kept = elementwise(_expit, lambda x: np.exp(-np.absolute(x)) / np.square(1 + np.exp(-np.absolute(x))))
    assert not failed(kept, EXPIT)


def test_a_slope_that_is_lost_beyond_fifty_is_found_by_relative_differences() -> None:
    wrong = elementwise(np.cbrt, lambda x, *, result: (x < 50) / (3 * np.square(result)))
    assert failed(wrong, OpSpec("cbrt", singular=[0.0])) == {"magnitudes"}


@pytest.mark.parametrize("power", [1e-200, 1e-30, 1e30, 1e200])
def test_a_slope_that_is_wrong_at_one_magnitude_alone_is_found(power: float) -> None:
    def slope(x: Any) -> Any:
        return np.where(np.abs(np.log10(np.where(x > 0, x / power, 1))) < 15, 2.0, 1.0) / x

    assert failed(elementwise(np.log, slope)) == {"magnitudes"}


@pytest.mark.parametrize("size", [1e-6, 1e-3, 1e3, 1e6])
def test_a_slope_that_is_wrong_at_one_size_of_the_other_argument_is_found(size: float) -> None:
    def slope(x: Any, y: Any) -> Any:
        return y * np.where((np.abs(y) >= size) & (np.abs(y) < 2 * size), 1.001, 1.0)

    assert failed(elementwise(np.multiply, slope, lambda x, y: x)) == {"magnitudes"}


@pytest.mark.parametrize("place", [lambda x: x == np.round(x), lambda x: (x % 1 == 0.5) & (x > 1000)])
def test_a_slope_that_is_wrong_at_integers_or_large_halves_is_found(place: Any) -> None:
    wrong = elementwise(np.square, lambda x: 2 * x * np.where(place(x), 1.01, 1.0))
    assert failed(wrong) == {"magnitudes"}


def test_a_second_slope_of_nan_in_the_tail_is_found() -> None:
    assert failed(elementwise(np.tanh, lambda x: 1 / np.square(np.cosh(x)))) == {"magnitudes"}


def test_a_slope_whose_terms_cancel_is_found() -> None:
    """1 / (sqrt(1 + x**2) + x) is sqrt(1 + x**2) - x: written so, its slope loses its digits."""
    spec = OpSpec("tail", domain=(0.0, None), precise=lambda mp, x: 1 / (mp.sqrt(1 + x * x) + x))
    wrong = elementwise(lambda x: 1 / (np.hypot(1, x) + x), lambda x: x / np.hypot(1, x) - 1)
    assert failed(wrong, spec) == {"magnitudes", "precise"}


def test_a_sine_of_many_periods_has_no_known_slope_and_raises_no_alarm() -> None:
    known = slopes(lambda x, lines: np.sin(x), np.array([1.5, 1e3, 1e40, 1e300]), np.full(4, np.inf))
    assert np.isfinite(known.bound).tolist() == [True, True, False, False]
    np.testing.assert_allclose(known.value[:2], np.cos([1.5, 1e3]), rtol=1e-7)
    assert not failed(elementwise(np.sin, np.cos))


def test_a_flat_tail_has_the_slope_zero() -> None:
    known = slopes(lambda x, lines: np.tanh(x), np.array([1e3, -1e9]), np.full(2, np.inf))
    assert np.all(known.value == 0)
    assert np.all(known.bound < 1e-15)


def test_the_truth_has_all_digits_where_double_precision_has_none() -> None:
    found = truth(lambda mp, x: mp.tanh(x), [np.array([0.5, 20.0, 200.0])])
    x = np.array([0.5, 20.0, 200.0])
    np.testing.assert_allclose(found.first[0], 1 / np.cosh(x) ** 2, rtol=1e-14)
    np.testing.assert_allclose(found.second[0, 0], -2 * np.tanh(x) / np.cosh(x) ** 2, rtol=1e-14)
    mixed = truth(lambda mp, x, y: x * mp.log(y), [np.array([1e-200]), np.array([1e200])])
    np.testing.assert_allclose(mixed.second[0, 1], 1e-200, rtol=1e-14)


def test_where_precisions_do_not_agree_nothing_is_claimed() -> None:
    found = truth(lambda mp, x: mp.sqrt(x), [np.array([-1.0, 4.0])])
    assert np.isnan(found.first[0, 0])
    assert found.first[0, 1] == 0.25


def test_the_precise_reference_is_skipped_with_a_reason_where_mpmath_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "mpmath.ctx_mp", None)
    found = run([subject_of(elementwise(_expit, lambda x: 1.0 * x), EXPIT)], "default", checks=["precise"])
    assert [(r.status, "corelib[conformance]" in r.detail) for r in found.results] == [("skip", True)]


def test_points_lie_in_the_domain_and_have_all_magnitudes_and_sizes() -> None:
    power = elementwise(np.power, lambda x, y: y * x ** (y - 1), lambda x, y, *, result: result * np.log(x))
    of_x, of_y = points(subject_of(power, OpSpec("power", domain=((0.0, None), (None, None)))), 0)
    assert np.all(of_x[0] > 0)
    assert (np.min(of_x[0]) < 1e-299, np.max(of_x[0]) > 1e300) == (True, True)
    assert np.min(np.abs(of_x[1])) < 2e-6
    assert np.max(np.abs(of_x[1])) >= 1e6
    assert {-1.0, 1.0} == set(np.sign(of_y[1]))
    assert np.any(of_y[1] == 100.5)


@pytest.mark.parametrize(("far", "found"), [(1.0, set()), (2.0, {"magnitudes"})])
def test_a_complex_result_of_real_numbers_raises_no_alarm_and_its_faults_are_found(far: float, found: set[str]) -> None:
    def slope(x: Any, *, result: Any) -> Any:
        return 1j * result * np.where(np.absolute(x) > 50, far, 1.0)

    assert failed(elementwise(lambda x: np.exp(1j * x), slope, name="cis")) == found


def test_a_slope_that_oscillates_within_every_step_is_not_taken_for_its_mean() -> None:
    """Far out the differences of 2 x + sin(x) know the slope 2 alone."""
    drifting = elementwise(lambda x: 2 * x + np.sin(x), lambda x: 2 + np.cos(x), name="drifting")
    for seed in range(3):
        report = run([subject_of(drifting, seed=seed)], "default")
        assert not report.failures, report.failures[0].detail


@pytest.mark.parametrize("ndim", [0, 1])
def test_a_slope_that_is_wrong_in_a_tail_for_one_number_of_axes_is_found(ndim: int) -> None:
    def slope(x: Any, *, result: Any) -> Any:
        tail = np.exp(-2 * np.absolute(x))
        return 1 - result * result if x.ndim == ndim else 4 * tail / np.square(1 + tail)

    assert failed(elementwise(np.tanh, slope)) == {"magnitudes"}


def over_square(x: Any, other: Any, least: float, most: float) -> Any:
    """x / (x**2 + other**2), by another way where a square lies between two numbers in all entries."""
    with np.errstate(over="ignore"):
        square = np.square(x) + np.square(other)
    return x / square if np.all((square > least) & (square < most)) else x / np.hypot(x, other) / np.hypot(x, other)


@pytest.mark.parametrize(
    ("least", "most", "found"),
    [(1e-154, 1e154, set()), (1e-307, 1e154, {"magnitudes"}), (1e-154, 1e307, {"magnitudes"})],
)
def test_second_slopes_of_large_and_small_arguments_by_themselves_are_seen(
    least: float, most: float, found: set[str]
) -> None:
    made = elementwise(
        np.arctan2, lambda y, x: over_square(x, y, least, most), lambda y, x: -over_square(y, x, least, most)
    )
    assert failed(made, OpSpec("arctan2", domain=((None, None), (0.0, None)), beyond="its cut")) == found
