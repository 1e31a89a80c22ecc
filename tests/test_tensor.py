"""Tensor: data, trainable, names, operators, and what it refuses."""

import math
from typing import Any

import numpy as np
import pytest

import corelib
from corelib import Tensor
from corelib.errors import (
    GradientShape,
    InvalidAxis,
    InvalidIndex,
    InvalidOperand,
    InvalidOperandType,
    NotDifferentiable,
)

tensor: Any = Tensor  # NumPy's stubs do not know Tensors


@pytest.mark.parametrize(
    ("data", "named"),
    [("text", "str"), (None, "NoneType"), ({"a": 1}, "dict"), (np.array(["a"]), "<U1"), (object(), "object"),
     (np.array([None]), "object"), ([[1], [2, 3]], "list"), (np.array("2020-01-01", "M8[D]"), "datetime64")],
)  # fmt: skip
def test_data_that_is_no_array_of_numbers_is_a_type_error_that_names_it(data: object, named: str) -> None:
    with pytest.raises(TypeError, match=named):
        tensor(data)


@pytest.mark.parametrize("data", [3, True, [1, 2], np.arange(3)])
def test_integers_and_booleans_cannot_be_trainable(data: object) -> None:
    with pytest.raises(NotDifferentiable, match="no gradient"):
        tensor(data, trainable=True)
    with pytest.raises(NotDifferentiable):
        corelib.grad(lambda x: x * 2.0)(data)


def test_a_trainable_tensor_owns_its_array_and_another_shares_it() -> None:
    mine = np.ones(3)
    assert tensor(mine).data is mine
    x = tensor(mine, trainable=True)
    assert not np.shares_memory(x.data, mine)
    x.data = mine
    assert not np.shares_memory(x.data, mine)


def test_trainable_is_inherited_by_results() -> None:
    x, c = tensor(2.0, trainable=True), tensor(3.0)
    assert (x * c).trainable
    assert np.exp(x).trainable
    assert not (c * c).trainable
    assert not x.detach().trainable
    with corelib.no_grad():
        assert not (x * c).trainable


def test_a_frozen_tensor_receives_no_gradient_and_can_be_thawed() -> None:
    x, w = tensor(2.0, trainable=True), tensor(3.0, trainable=True)
    x.trainable = False
    (x * w).backward()
    assert x.grad is None
    x.trainable = True
    (x * w).backward()
    assert x.grad == 3.0


def test_no_value_is_stale_after_data_changes() -> None:
    x = tensor(2.0, trainable=True)
    for value in (2.0, 5.0):
        x.data = np.array(value)
        x.cleargrad()
        y = x**2
        y.backward()
        assert (y.item(), x.grad) == (value**2, 2 * value)
    x.data[...] = 7.0
    assert (x**2).item() == 49.0


def test_operators_work_in_both_directions() -> None:
    x, a = tensor(np.array([1.0, 2.0]), trainable=True), np.array([3.0, 4.0])
    pairs = [
        (a + x, a + x.data), (x + a, x.data + a), (a - x, a - x.data), (x - a, x.data - a), (a * x, a * x.data),
        (a / x, a / x.data), (x / a, x.data / a), (a**x, a**x.data), (x**a, x.data**a), (a @ x, a @ x.data),
        (x @ a, x.data @ a), (np.float64(2) * x, 2 * x.data), (2 - x, 2 - x.data), (2**x, 2**x.data),
        (a % x, a % x.data), (a // x, a // x.data), (-x, -x.data), (+x, x.data), (abs(x), x.data), (1 / x, 1 / x.data),
    ]  # fmt: skip
    for result, expected in pairs:
        assert isinstance(result, Tensor)
        assert np.array_equal(result.data, expected)


def test_python_numbers_keep_float32() -> None:
    x = tensor(np.ones(2, np.float32), trainable=True)
    results = [x + 1, 2.0 * x, x / 3, x**2, 1 - x, np.maximum(x, 0.0), np.where(x > 0, x, 0.0)]
    assert {r.dtype for r in results} == {np.dtype(np.float32)}


def test_comparisons_give_plain_boolean_arrays() -> None:
    x = tensor([1.0, 2.0, 3.0], trainable=True)
    for truths in (x > 2, x >= 2, x < 2, x <= x + 1, x == 2.0, x != 2.0, np.array([2.0, 2, 2]) < x, np.isnan(x)):
        assert type(truths) is np.ndarray
        assert truths.dtype == bool
    assert len({x, x}) == 1


def test_asarray_refuses_to_drop_out_of_the_graph() -> None:
    x = tensor([1.0, 2.0], trainable=True)
    drops: list[Any] = [np.asarray, np.array, lambda t: np.array([t, t])]
    for drop in drops:
        with pytest.raises(TypeError, match=r"\.data"):
            drop(x)
    with pytest.raises(TypeError, match=r"\.item\(\)"):
        math.sin(tensor(1.0, trainable=True))
    assert float(tensor(1.5)) == 1.5


def test_indexing_and_iteration_stay_in_the_graph() -> None:
    x = tensor([1.0, 2.0, 3.0], trainable=True)
    first, *_, last = x
    (first * last + x[1:].sum() + x[np.array([0, 0])].sum()).backward()
    assert np.array_equal(x.grad, [3 + 2, 1, 1 + 1])
    assert len(x) == 3
    with pytest.raises(InvalidIndex, match="getitem"):
        x[5]


def test_the_methods_people_reach_for() -> None:
    x = tensor(np.arange(6.0).reshape(2, 3), trainable=True)
    a = x.data
    pairs = [
        (x.sum(), a.sum()), (x.sum(axis=1, keepdims=True), a.sum(axis=1, keepdims=True)), (x.mean(0), a.mean(0)),
        (x.max(axis=1), a.max(axis=1)), (x.min(), a.min()), (x.reshape(3, 2), a.reshape(3, 2)),
        (x.reshape((3, -1)), a.reshape(3, -1)), (x.transpose(), a.T), (x.transpose(1, 0), a.T), (x.T, a.T),
        (x.astype(np.float32), a.astype(np.float32)),
    ]  # fmt: skip
    for result, expected in pairs:
        assert result.trainable
        assert np.array_equal(result.data, expected)
        assert result.dtype == expected.dtype
    assert (x.shape, x.ndim, x.size, x.dtype, x[1, 2].item()) == ((2, 3), 2, 6, np.float64, 5.0)


def test_a_gradient_is_assigned_in_its_shape_only() -> None:
    x = tensor([1.0, 2.0], trainable=True)
    x.grad = np.array([5.0, 6.0])
    (x * 1.0).backward(np.ones(2))
    assert np.array_equal(x.grad, [6, 7])
    with pytest.raises(GradientShape):
        x.grad = np.ones(3)


def test_an_op_that_cannot_take_its_operands_says_which_and_why() -> None:
    x = tensor(np.ones((2, 3)), trainable=True)
    with pytest.raises(InvalidOperand, match=r"multiply\(float64 \(2, 3\), float64 \(4,\)\)"):
        x * np.ones(4)
    with pytest.raises(InvalidOperand, match=r"matmul\(float64 \(2, 3\), float64 \(2, 3\)\)"):
        x @ x
    with pytest.raises(InvalidAxis, match=r"sum\(axis=5\)"):
        np.sum(x, axis=5)
    with pytest.raises(InvalidOperandType, match="str"):
        x + "text"


def test_repr_shows_values_dtype_and_trainable() -> None:
    assert repr(tensor([1.0, 2.0], trainable=True, name="w")) == (
        "Tensor([1., 2.], dtype=float64, trainable=True, name='w')"
    )
    assert f"{tensor(0.125, trainable=True):.2f}" == "0.12"


class Unit(np.ndarray):
    """A subclass of ndarray, in the place of anything that speaks NumPy's protocols."""


def test_data_may_be_another_kind_of_array() -> None:
    x = tensor(np.ones(3).view(Unit), trainable=True)
    y = np.sum(np.exp(x * 2.0))
    y.backward()
    assert type(x.data) is Unit
    assert x.grad == pytest.approx(2 * np.exp(2) * np.ones(3))
