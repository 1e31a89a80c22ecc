"""Reductions at their edges: ties, constants, NaN, nothing at all, and what is refused."""

from typing import Any

import numpy as np
import pytest

from corelib import Tensor, grad
from corelib.errors import InvalidOperand, UnsupportedArgument
from corelib_reduce import average, cumulative_sum, diff, mean, median, std, sum, var

X = np.arange(6.0).reshape(2, 3)


def test_a_tensor_has_the_methods_of_an_array() -> None:
    x = Tensor(X)
    assert x.sum().item() == 15
    assert x.mean(axis=1, keepdims=True).shape == (2, 1)
    assert x.sum((0, 1), keepdims=True).shape == (1, 1)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e8, -7.3])
@pytest.mark.parametrize("keywords", [{}, {"axis": 0}, {"axis": 1, "ddof": 1}, {"where": X > 1}], ids=str)
def test_the_gradient_of_the_std_of_a_constant_is_zero(value: float, keywords: Any) -> None:
    x = np.full((2, 3), value)
    np.testing.assert_array_equal(grad(lambda x: np.std(x, **keywords).sum())(x), np.zeros((2, 3)))


def test_a_tiny_spread_is_not_a_constant() -> None:
    x = np.array([1.0, 1.0 + 1e-12, 1.0 - 1e-12])
    np.testing.assert_allclose(grad(std)(x), [0, 1 / np.sqrt(6), -1 / np.sqrt(6)], rtol=1e-3, atol=1e-3)


def test_one_constant_column_leaves_the_others_alone() -> None:
    x = np.array([[1.0, 0.1], [3.0, 0.1], [5.0, 0.1]])
    expected = grad(std)(x[:, 0])
    np.testing.assert_allclose(grad(lambda x: std(x, axis=0).sum())(x)[:, 0], expected)


def test_entries_that_tie_share_the_gradient_of_the_median() -> None:
    np.testing.assert_array_equal(grad(median)(np.array([1.0, 2, 2, 3])), [0, 0.5, 0.5, 0])
    np.testing.assert_array_equal(grad(median)(np.array([1.0, 2, 2, 4, 2])), [0, 1 / 3, 1 / 3, 0, 1 / 3])
    np.testing.assert_array_equal(grad(median)(np.array([3.0, 1, 2, 1])), [0, 0.25, 0.5, 0.25])


def test_nan_stays_where_it_is_left_out() -> None:
    x = np.array([[1.0, np.nan, 3.0], [2.0, 2.0, 5.0]])
    np.testing.assert_array_equal(grad(lambda x: np.nansum(x, axis=0).sum())(x), ~np.isnan(x))
    np.testing.assert_array_equal(grad(lambda x: np.nanmean(x, axis=1).sum() * 6)(x), [[3, 0, 3], [2, 2, 2]])


def test_nan_stays_in_its_own_median() -> None:
    x = np.array([[1.0, np.nan, 3.0], [2.0, 4.0, 3.0]])
    np.testing.assert_array_equal(grad(lambda x: median(x, axis=1).sum())(x), [[0, np.nan, 0], [0, 0, 1]])


def test_the_mean_of_nothing_warns_like_numpys_and_has_an_empty_gradient() -> None:
    x = Tensor(np.zeros((0, 3)), trainable=True)
    with pytest.warns(RuntimeWarning):
        result = mean(x, axis=0)
    assert np.all(np.isnan(result.data))
    result.backward(np.ones(3))
    assert x.grad is not None
    assert x.grad.shape == (0, 3)


@pytest.mark.parametrize("function", [np.sum, np.prod, np.cumsum, np.cumprod], ids=lambda f: f.__name__)
def test_empty_arrays_have_empty_gradients(function: Any) -> None:
    assert grad(lambda x: function(x).sum())(np.zeros((0, 3))).shape == (0, 3)


@pytest.mark.parametrize("function", [np.sum, np.mean, np.prod, np.median, np.average], ids=lambda f: f.__name__)
def test_a_single_number_is_its_own_reduction(function: Any) -> None:
    assert grad(function)(np.array(2.5)) == 1


def test_no_degrees_of_freedom_are_nan_in_value_and_gradient() -> None:
    x = Tensor(np.array([1.0]), trainable=True)
    with pytest.warns(RuntimeWarning):
        result = var(x, ddof=1)
    result.backward()
    assert x.grad is not None
    assert np.isnan(x.grad).all()


def test_a_large_reduction_spreads_without_a_copy_and_owns_its_gradient() -> None:
    x = Tensor(np.ones((100, 100)), trainable=True)
    x.mean().backward()
    assert x.grad is not None
    assert x.grad.base is None
    np.testing.assert_array_equal(x.grad, np.full((100, 100), 1e-4))


def test_integers_are_averaged_and_summed_without_a_graph() -> None:
    x = Tensor(np.array([1, 2, 4]))
    assert sum(x).dtype == np.array([1]).sum().dtype
    assert mean(x).item() == pytest.approx(7 / 3)


def test_average_returns_the_sum_of_its_weights() -> None:
    middle, total = average(Tensor(X), 1, [1.0, 2.0, 3.0], returned=True)
    expected = np.average(X, 1, [1.0, 2.0, 3.0], returned=True)
    np.testing.assert_allclose(middle.data, expected[0])
    np.testing.assert_array_equal(total.data, expected[1])


def test_the_dtype_is_that_of_the_result_only() -> None:
    x = Tensor(X.astype(np.float32), trainable=True)
    total = sum(x, dtype=np.float64)
    assert total.dtype == np.float64
    total.backward()
    assert x.grad is not None
    assert x.grad.dtype == np.float32


def test_what_does_not_fit_is_refused_by_name() -> None:
    x = Tensor(X)
    with pytest.raises(UnsupportedArgument, match="out"):
        np.sum(x, out=np.zeros(()))  # type: ignore[call-overload]  # an op stands for it
    with pytest.raises(InvalidOperand, match="cumulative_sum"):
        cumulative_sum(x)
    with pytest.raises(InvalidOperand, match="diff"):
        diff(x, -1)
    with pytest.raises(InvalidOperand, match="weights of shape"):
        average(x, 1, [1.0, 2.0])
    with pytest.raises(InvalidOperand, match="axis 2"):
        x.sum(axis=2)


def test_differences_end_where_nothing_is_left() -> None:
    assert diff(Tensor([[1.0, 4.0, 9.0]]), n=2**70).shape == (1, 0)
