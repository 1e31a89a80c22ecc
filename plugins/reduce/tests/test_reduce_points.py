"""Functions known at points, convolutions and covariances: NumPy's values, edges, and what is refused."""

from typing import Any, Final

import numpy as np
import pytest

from corelib import Tensor, grad, vjp
from corelib.errors import InvalidOperand, InvalidOperandType
from corelib_reduce import (
    convolve,
    corrcoef,
    correlate,
    cov,
    ediff1d,
    gradient,
    interp,
    nanprod,
    nanstd,
    nanvar,
    trapezoid,
    unwrap,
)

GENERATOR: Final = np.random.default_rng(0)
X: Final = GENERATOR.normal(size=(4, 5))
Y: Final = GENERATOR.normal(size=(3, 5))
PLACES: Final = np.array([-2.0, -1.0, 0.5, 0.75, 2.0])
COUNTS: Final = np.array([1, 2, 1, 3, 1])
WEIGHTS: Final = np.array([0.5, 1.0, 2.0, 0.25, 1.5])
CALLS: Final[list[tuple[Any, tuple[Any, ...], dict[str, Any]]]] = [
    (np.trapezoid, (X, PLACES), {}),
    (np.trapezoid, (X, X + np.arange(4)[:, None]), {"axis": 0}),
    (np.trapezoid, (X,), {"dx": 0.5, "axis": 0}),
    (np.gradient, (X, 0.5), {"axis": (0,)}),
    (np.gradient, (X[0], PLACES), {"edge_order": 2}),
    (np.gradient, (X, PLACES), {"axis": 1}),
    (np.gradient, (X[:, :2],), {"axis": 1}),
    (np.ediff1d, (X,), {"to_end": [1, 2], "to_begin": np.ones((2, 2))}),
    (np.unwrap, (4 * X,), {}),
    (np.unwrap, (4 * X,), {"axis": 0, "period": 3.0, "discont": 2.0}),
    (np.interp, (X, PLACES, Y[0]), {}),
    (np.interp, (PLACES, PLACES, Y[0]), {}),
    (np.interp, (3 * X, PLACES, Y[0]), {"left": 1.0, "right": -1.0}),
    (np.interp, (9 * X, PLACES[::-1], Y[0]), {"period": -2.7}),
    (np.interp, (X, PLACES, Y[0] + 1j * Y[1]), {}),
    (np.interp, (X, PLACES[:1], Y[0, :1]), {}),
    (np.interp, (PLACES, PLACES, np.array([0, np.inf, 1, 2, np.inf])), {}),
    *[
        (np.convolve, (X[0, :n], Y[0, :m]), {"mode": mode})
        for mode in ("full", "same", "valid")
        for n in (1, 2, 5)
        for m in (2, 5)
    ],
    *[
        (np.correlate, (X[0, :n], Y[0, :m] * 1j), {"mode": mode})
        for mode in ("full", "same", "valid")
        for n in (1, 2, 5)
        for m in (2, 5)
    ],
    (np.correlate, (X[0], Y[0]), {}),
    (np.polyval, (X[0], Y), {}),
    (np.polyadd, (X[0], Y[0, :3]), {}),
    (np.polysub, (X[0, :2], Y[0]), {}),
    (np.polymul, (X[0], Y[0, :3]), {}),
    (np.polymul, (np.array([0.0, 0.0, 1.0]), np.zeros(3)), {}),
    (np.polyder, (X[0].astype(np.float32),), {"m": 2}),
    (np.polyint, (X[0],), {"m": 3, "k": [1.0, 2.0, 3.0, 4.0]}),
    (np.polyint, (X[0].astype(np.float32),), {"m": 2, "k": 1.5}),
    (np.polyint, (np.array([1, 2]),), {}),
    (np.cov, (X, Y), {}),
    (np.cov, (X.T, Y.T), {"rowvar": False, "bias": True}),
    (np.cov, (X,), {"fweights": COUNTS, "aweights": WEIGHTS, "ddof": 2}),
    (np.cov, (X,), {"fweights": COUNTS}),
    (np.cov, (X,), {"aweights": WEIGHTS}),
    (np.cov, (X[0],), {"aweights": WEIGHTS, "bias": True}),
    (np.cov, (X[0], X[1] + 1j * X[2]), {}),
    (np.cov, (X.astype(np.float32),), {}),
    (np.cov, (X.astype(np.float32),), {"dtype": np.float32}),
    (np.corrcoef, (X, Y), {}),
    (np.corrcoef, (X[:, :4].T + 1j * X[:, 1:].T,), {"rowvar": False}),
    (np.corrcoef, (X[0],), {}),
    (np.nanvar, (np.where(X > 0.3, np.nan, X),), {"axis": 1, "ddof": 0.5}),
    (np.nanstd, (np.where(X > 0.3, np.nan, X),), {"keepdims": True, "where": X > -1}),
    (np.nanprod, (np.where(X > 0.3, np.nan, X),), {"axis": 1, "initial": 2.0}),
    (np.nancumsum, (np.where(X > 0.3, np.nan, X),), {}),
    (np.nancumprod, (np.where(X > 0.3, np.nan, X),), {"axis": 0}),
]


@pytest.mark.parametrize("i", range(len(CALLS)), ids=lambda i: f"{CALLS[i][0].__name__}{i}")
@pytest.mark.filterwarnings("ignore:invalid value")
def test_the_values_are_numpys(i: int) -> None:
    function, args, keywords = CALLS[i]
    found, expected = function(*[Tensor(x) if np.ndim(x) else x for x in args], **keywords), function(*args, **keywords)
    assert (found.shape, found.dtype) == (np.shape(expected), expected.dtype)
    np.testing.assert_allclose(found.data, expected, rtol=1e-13, atol=1e-14)


def test_the_gradient_along_several_axes_is_an_array_for_each() -> None:
    found = gradient(Tensor(X), 0.5, PLACES, edge_order=2)
    for ours, numpys in zip(found, np.gradient(X, 0.5, PLACES, edge_order=2), strict=True):
        np.testing.assert_allclose(ours.data, numpys, rtol=1e-13, atol=1e-14)


def test_equal_distances_have_gradients_of_their_own() -> None:
    places = np.arange(5.0)
    found = vjp(lambda x: gradient(np.square(PLACES), x), places)[1](np.array([0, 0, 1.0, 0, 0]))
    step = np.eye(5) * 1e-6
    expected = [(np.gradient(PLACES**2, places + h)[2] - np.gradient(PLACES**2, places - h)[2]) / 2e-6 for h in step]
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-8)


def test_the_slope_of_a_line_is_that_of_the_one_that_begins_there() -> None:
    x, fp = np.array([-3.0, -2.0, -1.0, 2.0, 3.0, np.nan]), np.array([0.0, 1.0, 4.0, 5.0, 9.0])
    slopes = vjp(lambda x: interp(x, PLACES, fp), x)[1](np.ones(6))
    np.testing.assert_allclose(slopes, [0, 1, 2, 3.2, 0, 3.2])


def test_the_ends_of_an_interpolation_have_gradients() -> None:
    slopes = grad(lambda left: interp(np.array([-3.0, -4.0, 0.0]), PLACES, PLACES, left=left).sum())(1.5)
    assert slopes == 2


def test_correlations_of_a_variable_with_itself_have_no_slope() -> None:
    slopes = vjp(corrcoef, X)[1](np.eye(4))
    np.testing.assert_array_equal(slopes, np.zeros_like(X))


def test_no_degrees_of_freedom_warn_as_numpys() -> None:
    with pytest.warns(RuntimeWarning):
        found = cov(Tensor(X[:, :1]))
    with pytest.warns(RuntimeWarning):
        np.testing.assert_array_equal(found.data, np.cov(X[:, :1]))


def test_the_std_of_equal_entries_and_nan_has_the_slope_zero() -> None:
    np.testing.assert_array_equal(grad(nanstd)(np.array([0.1, np.nan, 0.1, 0.1])), np.zeros(4))


def test_rows_of_nan_have_no_gradient() -> None:
    gaps = np.array([[np.nan, np.nan], [1.0, 3.0]])
    np.testing.assert_array_equal(grad(lambda x: nanprod(x, axis=1).sum())(gaps), [[0, 0], [3, 1]])
    with pytest.warns(RuntimeWarning):
        value = nanvar(Tensor(gaps), axis=1)
    np.testing.assert_array_equal(value.data, [np.nan, 1])


def test_what_does_not_fit_is_refused_by_name() -> None:
    for message, call in {
        "edge_order": lambda: gradient(X, edge_order=3),
        "3 distances": lambda: gradient(X, 1.0, 2.0, 3.0),
        "row of as many places": lambda: gradient(X, PLACES[:3], axis=0),
        "needs? 3": lambda: gradient(X[:2], axis=0, edge_order=2),
        "as many points": lambda: interp(X, PLACES, PLACES[:3]),
        "period": lambda: interp(X, PLACES, PLACES, period=0.0),
        "complex": lambda: interp(X + 1j, PLACES, PLACES),
        "whole number": lambda: cov(X, ddof=1.5),  # type: ignore[arg-type]  # that is the point
        "observations": lambda: cov(X, aweights=np.ones(3)),
        "negative": lambda: cov(X, aweights=-WEIGHTS),
        "2 axes": lambda: cov(np.ones((2, 2, 2))),
        "same_kind|do not go": lambda: ediff1d(Tensor([1, 2]), to_end=0.5),
        "axis 2": lambda: trapezoid(X, axis=2),
        "unwrap": lambda: unwrap(X, axis=2),
        "convolve": lambda: convolve(X, X),
        "too deep": lambda: correlate(X, X[0]),
    }.items():
        with pytest.raises((InvalidOperand, InvalidOperandType), match=message):
            call()  # type: ignore[no-untyped-call]
