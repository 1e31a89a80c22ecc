"""Quantiles: NumPy's values by every method, ties, NaN, weights, and what is refused."""

from typing import Any, Final

import numpy as np
import pytest

from corelib import Tensor, grad
from corelib.errors import InvalidOperand, InvalidOperandType, NotDifferentiable
from corelib_reduce import median, nanmedian, nanquantile, percentile, quantile
from corelib_reduce.quantile_places import PARAMETERS, ROUNDED

X: Final = np.random.default_rng(0).normal(size=(3, 4, 5))
GAPS: Final = np.where(np.random.default_rng(1).random(X.shape) < 0.3, np.nan, X)
METHODS: Final = (
    "linear", "midpoint", "inverted_cdf", "averaged_inverted_cdf", "closest_observation", *PARAMETERS, *ROUNDED,
)  # fmt: skip
SHARES: Final[tuple[Any, ...]] = (0, 0.25, 1.0, [0.0, 0.1, 0.5, 0.73, 1.0], [[0.2, 0.4], [0.6, 0.8]])


def test_every_method_of_numpy_is_known() -> None:
    from numpy.lib import _function_base_impl as numpys  # the table that np.quantile looks in

    assert set(METHODS) == set(numpys._QuantileMethods)  # type: ignore[attr-defined]  # private


def of_numpys(function: Any, x: Any, q: Any, **keywords: Any) -> Any:
    """What NumPy returns, row by row of a table of q: np.nanquantile mixes up its axes there."""
    if np.ndim(q) < 2:
        return function(x, q, **keywords)
    return np.stack([function(x, row, **keywords) for row in q])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("axis", [None, 1, (0, -1)], ids=str)
def test_the_values_are_numpys(method: Any, axis: Any) -> None:
    for q in SHARES:
        for keepdims in (False, True):
            keywords: Any = {"axis": axis, "method": method, "keepdims": keepdims}
            pairs: list[Any] = [(np.quantile, X), (np.nanquantile, GAPS), (np.quantile, GAPS)]
            for function, x in pairs:
                found, expected = function(Tensor(x), q, **keywords), of_numpys(function, x, q, **keywords)
                assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
                np.testing.assert_allclose(found.data, expected, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("q", SHARES, ids=str)
def test_weighted_quantiles_are_numpys(q: Any) -> None:
    weights = np.round(np.random.default_rng(2).random(X.shape) * 4)
    pairs: list[Any] = [(np.quantile, X), (np.nanquantile, GAPS), (np.nanquantile, X), (np.quantile, GAPS)]
    for function, x in pairs:
        for axis in (None, 1):
            keywords: Any = {"axis": axis, "method": "inverted_cdf", "weights": weights + (function is np.nanquantile)}
            found = function(Tensor(x), q, **keywords)
            np.testing.assert_array_equal(found.data, function(x, q, **keywords))
    row: Any = {"axis": 2, "method": "inverted_cdf", "weights": [1.0, 0.0, 2.0, 0.5, 3.0]}
    np.testing.assert_array_equal(quantile(X, q, **row).data, np.quantile(X, q, **row))


def test_single_precision_stays_what_numpy_makes_of_it() -> None:
    x = X.astype(np.float32)
    for q in (0.3, np.float64(0.3), np.float32(0.3), np.array([0.3, 0.4], np.float32), [0, 1], 1):
        assert quantile(x, q).dtype == np.quantile(x, q).dtype
        assert grad(lambda x, q=q: quantile(x, q).sum())(x).dtype == np.float32


def test_entries_that_tie_share_the_gradient() -> None:
    x = np.array([1.0, 2, 2, 3])
    np.testing.assert_allclose(grad(lambda x: quantile(x, 0.4))(x), [0, 0.5, 0.5, 0])
    np.testing.assert_allclose(grad(lambda x: quantile(x, 0.5))(x), grad(median)(x))
    np.testing.assert_allclose(grad(nanmedian)(np.array([3.0, 1, np.nan, 2, 1])), [0, 0.25, 0, 0.5, 0.25])


@pytest.mark.parametrize("steps", [3, 1000000])
def test_the_gradient_is_that_of_sorted_entries(steps: int) -> None:
    x = np.round(np.random.default_rng(3).normal(size=(4, 500)) * steps) / steps
    weights = np.arange(1.0, 5)
    found = grad(lambda x: (quantile(x, 0.301, axis=1) * weights).sum())(x)
    onwards = 0.301 * 499 - 150
    sorted_ = np.sort(x, axis=1)
    for row, entries, ends, weight in zip(found, x, sorted_[:, 150:152], weights, strict=True):
        low, high = [(entries == end) / np.count_nonzero(entries == end) for end in ends]
        np.testing.assert_allclose(row, weight * ((1 - onwards) * low + onwards * high), rtol=1e-10)


def test_an_entry_of_no_weight_gets_no_gradient_though_it_ties() -> None:
    x = np.array([2.0, 2.0, 1.0, 3.0])
    found = grad(lambda x: quantile(x, 0.5, weights=[0.0, 2.0, 1.0, 1.0], method="inverted_cdf"))(x)
    np.testing.assert_array_equal(found, [0, 1, 0, 0])


def test_nan_spoils_a_quantile_at_its_own_entry_only() -> None:
    x = np.array([[1.0, np.nan, 3.0], [2.0, 4.0, 3.0], [np.nan] * 3])
    rows = grad(lambda x: quantile(x, 0.5, axis=1).sum())(x)
    np.testing.assert_array_equal(rows[:2], [[0, np.nan, 0], [0, 0, 1]])
    np.testing.assert_array_equal(
        grad(lambda x: nanquantile(x, 0.5, axis=1).sum())(x), [[0.5, 0, 0.5], [0, 0, 1], [0, 0, 0]]
    )


def test_what_makes_no_sense_is_refused_by_name() -> None:
    with pytest.raises(InvalidOperand, match="lie in"):
        percentile(X, 101)
    with pytest.raises(InvalidOperand, match="method"):
        quantile(X, 0.5, method="mean")  # type: ignore[arg-type]  # that is the point
    with pytest.raises(InvalidOperand, match="inverted_cdf"):
        quantile(X, 0.5, weights=np.ones(X.shape))
    with pytest.raises(InvalidOperandType, match="complex"):
        quantile(X + 1j, 0.5)
    with pytest.raises(InvalidOperand, match="no entries"):
        quantile(np.zeros((2, 0)), 0.5, axis=1)
    with pytest.raises(InvalidOperand, match="axis 3"):
        quantile(X, 0.5, axis=3)
    with pytest.raises(NotDifferentiable, match="no gradient in q"):
        grad(lambda q: quantile(X, q))(0.5)
    with pytest.raises(InvalidOperand, match="zero"):
        quantile(X, 0.5, weights=np.zeros(X.shape), method="inverted_cdf")
    with pytest.raises(InvalidOperand, match="negative"):
        quantile(X, 0.5, weights=-np.ones(X.shape), method="inverted_cdf")
