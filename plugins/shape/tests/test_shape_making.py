"""Ops that make new entries: NumPy's values and dtypes, gradients, and what is refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import corelib.ops
from corelib import Tensor, grad, jacobian
from corelib.conformance import check_grads
from corelib.errors import InvalidIndex, InvalidOperand, InvalidOperandType, NotDifferentiable, UnsupportedArgument

ops: Any = corelib.ops
X = np.random.default_rng(0).normal(size=(3, 4))
SMALL = np.array([[1.5], [2.0]], np.float32)

RANGES: dict[str, Callable[[Any], Any]] = {
    "linspace": lambda x: np.linspace(x, 3.0, 5),
    "linspace of rows": lambda x: np.linspace([1, 2, 3], x, 4, axis=-1),
    "linspace without its end": lambda x: np.linspace(x, 7, 4, endpoint=False),
    "linspace of one": lambda x: np.linspace(x, 7, 1),
    "linspace of none": lambda x: np.linspace(x, 7, 0),
    "linspace of a dtype": lambda x: np.linspace(x, 7, 3, dtype=np.complex64),
    "linspace with its step": lambda x: np.linspace(x, 7, 3, retstep=True)[1],
    "linspace with a step of none": lambda x: np.linspace(x, 7, 1, retstep=True)[1],
    "geomspace": lambda x: np.geomspace(x, 3.0, 5),
    "geomspace of negative numbers": lambda x: np.geomspace(-x, -30, 5, endpoint=False),
    "geomspace to a complex number": lambda x: np.geomspace(x, 3j, 5, axis=-1),
    "logspace": lambda x: np.logspace(x, 3.0, 5),
    "logspace of a base": lambda x: np.logspace(x, 3.0, 5, base=2.0, dtype=np.float64),
    "logspace of several bases": lambda x: np.logspace(x, 3.0, 5, base=[2.0, 3.0], axis=-1),
}


@pytest.mark.parametrize("name", RANGES)
def test_a_range_has_numpys_values_to_the_bit(name: str) -> None:
    for x in (SMALL, SMALL.astype(float), np.float64(1.25), np.array([[1], [2]])):
        found, expected = RANGES[name](Tensor(x)), np.asarray(RANGES[name](x))
        assert (found.shape, found.dtype) == (np.shape(expected), expected.dtype)
        np.testing.assert_array_equal(found.data, expected)


@pytest.mark.parametrize("name", [name for name in RANGES if "none" not in name and "dtype" not in name])
def test_the_gradients_of_a_range_agree_with_differences(name: str) -> None:
    check_grads(lambda x: np.sum(np.abs(RANGES[name](x)) ** 2), order=2)(SMALL.astype(float))


def test_a_range_of_nothing_has_a_gradient_of_zero() -> None:
    np.testing.assert_array_equal(grad(lambda x: np.sum(np.linspace(x, 7, 0)))(SMALL), np.zeros((2, 1)))


def test_a_range_of_integers_leaves_the_graph() -> None:
    numbers: Any = ops.linspace(Tensor(1.0, trainable=True), 4.5, 4, dtype=int)
    np.testing.assert_array_equal(numbers.data, np.linspace(1.0, 4.5, 4, dtype=int))
    assert not numbers.trainable


def test_an_array_filled_with_a_tensor_has_the_sum_as_its_gradient() -> None:
    value = np.array([1.0, 2.0, 3.0], np.float32)
    filled = ops.full((2, 3), Tensor(value))
    np.testing.assert_array_equal(filled.data, np.full((2, 3), value))
    assert filled.dtype == np.float32
    np.testing.assert_array_equal(jacobian(lambda v: ops.full((2, 3), v))(value), np.stack([np.eye(3)] * 2))
    assert ops.full(3, 1).dtype == int
    assert ops.full((2, 2), 1, np.float32, "F").data.flags.f_contiguous


UPDATES: dict[str, tuple[Any, Any]] = {
    "an entry": ((0, 1), 5.0),
    "a slice": (np.s_[:, 1:3], np.ones((3, 1))),
    "more axes than there are": (np.s_[:2], np.ones((1, 1, 4))),
    "a mask": (X > 0, 7.0),
    "positions": ([2, 0], np.arange(4.0)),
    "positions and None": (np.s_[[2, 0], None], np.arange(8.0).reshape(2, 1, 4)),
    "nothing": ([], 1.0),
    "all": ((), 3.0),
}


@pytest.mark.parametrize("name", UPDATES)
def test_an_update_is_what_an_assignment_would_make(name: str) -> None:
    index, values = UPDATES[name]
    assigned, added = X.copy(), X.copy()
    assigned[index] = values
    added[index] = X[index] + (values[0] if "more axes" in name else values)
    kept = X.copy()
    np.testing.assert_array_equal(ops.index_set(Tensor(X), index, values).data, assigned)
    np.testing.assert_array_equal(ops.index_add(Tensor(X), index, values).data, added)
    np.testing.assert_array_equal(X, kept)


def test_of_several_values_for_one_entry_the_last_one_has_the_gradient() -> None:
    def loss(x: Any, values: Any) -> Any:
        return np.sum(ops.index_set(x, [0, 2, 0], values) * np.array([3.0, 5.0, 7.0]))

    by_x, by_values = grad(loss, (0, 1))(np.ones(3), np.array([1.0, 2.0, 4.0]))
    np.testing.assert_array_equal(by_x, [0, 5, 0])
    np.testing.assert_array_equal(by_values, [0, 7, 3])
    assert ops.index_set(np.ones(3), [0, 2, 0], [1.0, 2.0, 4.0]).data[0] == 4


@pytest.mark.parametrize("order", ["C", "F"])
def test_which_value_is_the_last_does_not_depend_on_strides(order: Any) -> None:
    x, index = np.zeros((2, 2), order=order), np.ix_([0, 0, 1], [1, 1])
    for values in (np.arange(6.0).reshape(3, 2), np.arange(6.0).reshape(2, 3).T):
        new = ops.index_set(x, index, values).data
        by_values = grad(lambda v: np.sum(ops.index_set(x, index, v)))(values)
        assert by_values.sum() == 2
        assert (values * by_values).sum() == new.sum()


def test_several_values_added_to_one_entry_add_up() -> None:
    np.testing.assert_array_equal(ops.index_add(np.zeros(3), [0, 2, 0], [1.0, 2.0, 4.0]).data, [5, 0, 2])
    np.testing.assert_array_equal(
        grad(lambda v: ops.index_add(np.zeros(3), [0, 2, 0], v)[0] * 2)(np.ones(3)), [2, 0, 2]
    )


def test_an_update_has_the_dtype_common_to_both() -> None:
    zeros = np.zeros(3, np.float32)
    assert ops.index_set(zeros, 0, 1.0).dtype == np.float32
    assert ops.index_set(np.zeros(3, int), 0, np.float64(0.5)).data[0] == 0.5
    assert ops.index_add(zeros, 0, np.ones(())).dtype == np.float64
    by_x, by_values = grad(lambda x, v: np.sum(ops.index_set(x, 0, v)), (0, 1))(zeros, np.ones(()))
    assert (by_x.dtype, by_values.dtype) == (np.float32, np.float64)


def test_an_index_may_be_a_tensor() -> None:
    positions = Tensor(np.array([0, 2]))
    np.testing.assert_array_equal(ops.index_set(np.zeros((3, 2)), (positions, 1), 1.0).data, [[0, 1], [0, 0], [0, 1]])


def test_put_along_axis_is_numpys_on_a_copy() -> None:
    for indices, values, axis in (
        (np.array([[0, 0], [1, 2], [3, 3]]), np.arange(6.0).reshape(3, 2), 1),
        (np.array([[2, 1, 0, 0]]), 7.0, 0),
        (np.array([5, 1]), np.ones(2), None),
    ):
        expected = X.copy()
        np.put_along_axis(expected, indices, values, axis)
        np.testing.assert_array_equal(ops.put_along_axis(Tensor(X), indices, values, axis).data, expected)


INSERTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "flat": lambda x, v: np.insert(x, 3, v[0]),
    "flat several": lambda x, v: np.insert(x, [3, 0, 3], v[0, 0]),
    "row": lambda x, v: np.insert(x, 1, v[0], axis=0),
    "column": lambda x, v: np.insert(x, 1, v[:, 0], axis=1),
    "columns": lambda x, v: np.insert(x, 1, v.T, axis=1),
    "columns at [1]": lambda x, v: np.insert(x, [1], v, axis=1),
    "columns at several": lambda x, v: np.insert(x, [1, -1], v[:, :2], axis=1),
    "slice": lambda x, v: np.insert(x, slice(1, None, 2), v[:, :2], axis=-1),
    "mask": lambda x, v: np.insert(x, np.array([True, False, True]), v[:2], axis=0),
    "one of a mask": lambda x, v: np.insert(x, np.array([False, False, True]), v[:2], axis=0),
    "nowhere": lambda x, v: np.insert(x, [], v[:0], axis=0),
    "a number": lambda x, v: np.insert(x, 1, 5, axis=1),
    "at the end": lambda x, v: np.insert(x, 3, v[0], axis=0),
}


@pytest.mark.parametrize("name", INSERTIONS)
def test_an_insertion_is_numpys(name: str) -> None:
    insertion, v = INSERTIONS[name], np.arange(12.0).reshape(3, 4)
    for x in (X, X.astype(np.float32), (10 * X).astype(int)):
        found, expected = insertion(Tensor(x), Tensor(v)), insertion(x, v)
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found.data, expected)
    check_grads(lambda x, v: np.sum(insertion(x, v) ** 2 * 2), order=2)(X, v)


def test_what_does_not_fit_is_refused() -> None:
    x: Any = Tensor(X)
    with pytest.raises(InvalidIndex, match="out of bounds"):
        ops.index_set(x, 5, 1.0)
    with pytest.raises(InvalidOperand, match=r"index_set\(index=0\)"):
        ops.index_set(x, 0, np.ones(3))
    with pytest.raises(InvalidIndex, match="position 13 is out of bounds"):
        np.insert(x, 13, 1.0)
    with pytest.raises(InvalidOperandType, match="imaginary"):
        ops.insert(x, 0, 1j)
    with pytest.raises(InvalidOperand, match="mask along the axis"):
        ops.insert(x, np.array([[1]]), 1.0)
    with pytest.raises(InvalidOperand, match="zero"):
        ops.geomspace(x * 0, 1.0)
    with pytest.raises(UnsupportedArgument, match="device"):
        np.linspace(x, 1.0, device="cpu")
    with pytest.raises(NotDifferentiable, match="dtype=int64"):
        ops.linspace(Tensor(1.0, trainable=True), 2.0, dtype=int).backward(np.ones(50))
