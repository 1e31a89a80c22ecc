"""where, select and nan_to_num, and the ops that return two arrays."""

from typing import Any

import numpy
import pytest

import corelib_elementwise as ops
from corelib import Tensor, elementwise_grad, errors, grad

np: Any = numpy  # whose stubs know no Tensor
inf, nan = np.inf, np.nan


def test_where_of_one_argument_returns_plain_indices() -> None:
    found = np.where(Tensor([0.0, 2.0, 3.0], trainable=True))
    assert isinstance(found, tuple)
    assert type(found[0]) is np.ndarray
    np.testing.assert_array_equal(found[0], [1, 2])


def test_where_sends_each_gradient_to_the_value_that_was_taken() -> None:
    x, y = Tensor(np.ones((2, 1)), trainable=True), Tensor(np.zeros(3), trainable=True)
    condition = np.array([[True, False, True], [False, False, True]])
    np.where(condition, x, y).backward(np.arange(1.0, 7.0).reshape(2, 3))
    np.testing.assert_array_equal(x.grad, [[4], [6]])
    np.testing.assert_array_equal(y.grad, [4, 7, 0])


@pytest.mark.parametrize("propagated", [inf, -inf, nan])
def test_where_keeps_a_gradient_that_is_not_finite_to_itself(propagated: float) -> None:
    x, y = Tensor(np.ones(2), trainable=True), Tensor(np.ones(2), trainable=True)
    ops.where([True, False], x, y).backward(np.array([propagated, 1.0]))
    np.testing.assert_array_equal(x.grad, [propagated, 0])
    np.testing.assert_array_equal(y.grad, [0, 1])


def test_where_keeps_float32_beside_python_numbers() -> None:
    x = Tensor(np.ones(3, np.float32), trainable=True)
    result = ops.where(x > 0, x, 0.0)
    result.backward(np.ones(3, np.float32))
    assert result.dtype == np.float32
    assert x.grad is not None
    assert x.grad.dtype == np.float32


def test_where_broadcasts_its_condition() -> None:
    found = grad(lambda x: np.sum(np.where(np.array([[True], [False]]), x, 0) * np.array([[1.0, 2.0], [3.0, 4.0]])))
    np.testing.assert_array_equal(found(np.ones(2)), [1, 2])


def test_select_takes_the_first_choice_whose_condition_holds() -> None:
    def chosen(x: Tensor) -> Tensor:
        return ops.select([x < 0, x < 2], [x * 10, x * x], 7.0)

    x = np.array([-1.0, 1.0, 3.0])
    np.testing.assert_array_equal(chosen(Tensor(x)).data, np.select([x < 0, x < 2], [x * 10, x * x], 7.0))
    np.testing.assert_array_equal(elementwise_grad(chosen)(x), [10, 2, 0])
    assert isinstance(np.select([x < 0], [Tensor(x)]), Tensor)


def test_select_refuses_choices_without_conditions() -> None:
    with pytest.raises(ValueError, match="as many choices as conditions"):
        ops.select([np.array([True])], [1.0, 2.0])


@pytest.mark.parametrize("keywords", [{}, {"nan": 3.0}, {"posinf": 5.0}, {"neginf": -5.0, "posinf": 2.0, "nan": 1.0}])
def test_nan_to_num_returns_as_numpy_and_has_no_slope_where_it_replaced(keywords: dict[str, float]) -> None:
    x = np.array([1.0, nan, inf, -inf, -2.0])
    np.testing.assert_array_equal(ops.nan_to_num(x, **keywords).data, np.nan_to_num(x, **keywords))
    found = elementwise_grad(lambda t: np.nan_to_num(t, **keywords))(x)
    np.testing.assert_array_equal(found, [1, 0, 0, 0, 1])


def test_nan_to_num_of_complex_numbers_works_part_by_part() -> None:
    z = Tensor(np.array([complex(1, nan), complex(inf, 2), 3 + 4j]), trainable=True)
    ops.nan_to_num(z).backward(np.full(3, 5 + 7j))
    np.testing.assert_array_equal(z.grad, [5, 7j, 5 + 7j])


def test_nan_to_num_in_place_is_refused() -> None:
    with pytest.raises(errors.UnsupportedArgument, match="copy"):
        np.nan_to_num(Tensor([1.0], trainable=True), copy=False)


def test_divmod_is_the_quotient_and_the_remainder() -> None:
    x, y = Tensor([[7.5], [-7.5]], trainable=True), Tensor([2.0, -3.5], trainable=True)
    quotient, remainder = np.divmod(x, y)
    np.testing.assert_array_equal((quotient.data, remainder.data), np.divmod(x.data, y.data))
    (quotient + remainder).backward(np.ones((2, 2)))
    np.testing.assert_array_equal(x.grad, [[2], [2]])
    np.testing.assert_array_equal(y.grad, -np.sum(np.floor(x.data / y.data), 0))


def test_modf_has_the_slope_of_the_fraction() -> None:
    x = np.array([1.25, -2.75])
    np.testing.assert_array_equal(elementwise_grad(lambda t: np.modf(t)[0] * 3)(x), [3, 3])
    np.testing.assert_array_equal(elementwise_grad(lambda t: np.modf(t)[1] * 3)(x), [0, 0])


def test_frexp_and_ldexp_undo_each_other() -> None:
    def twice(x: Tensor) -> Tensor:
        mantissa, exponent = ops.frexp(x)
        return ops.ldexp(mantissa, exponent.data + 1)

    x = np.array([5.0, -0.3, 1e-310, 0.0])
    np.testing.assert_array_equal(twice(Tensor(x)).data, 2 * x)
    np.testing.assert_array_equal(elementwise_grad(twice)(np.array([5.0, -0.3, 0.0])), [2, 2, 2])


def test_ldexp_broadcasts_its_operands() -> None:
    found = grad(lambda x: np.sum(np.ldexp(x, np.array([0, 1, 3]))))(np.float64(1.5))
    np.testing.assert_array_equal(found, 11)


def test_round_takes_decimals() -> None:
    x = np.array([1.2345, -0.5])
    np.testing.assert_array_equal(np.round(Tensor(x), 2).data, np.round(x, 2))
    np.testing.assert_array_equal(np.around(Tensor(x), decimals=1).data, np.around(x, 1))
    np.testing.assert_array_equal(elementwise_grad(lambda t: np.round(t, 1))(x), [0, 0])


def test_operators_go_through_the_ops() -> None:
    x = Tensor([7.0, -7.0], trainable=True)
    for found, expected in [(x // 2, [3, -4]), (x % 3, [1, 2]), (+x, [7, -7]), (abs(x), [7, 7]), (-x, [-7, 7])]:
        assert isinstance(found, Tensor)
        assert found.trainable
        np.testing.assert_array_equal(found.data, expected)
