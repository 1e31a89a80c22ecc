"""corelib.array and corelib.asarray: arrays of nested lists that hold Tensors."""

from typing import Any

import numpy as np
import pytest

import corelib
from corelib import Tensor
from corelib.errors import InvalidOperand, InvalidOperandType

array: Any = corelib.array
asarray: Any = corelib.asarray
A: Any = Tensor(2.0, trainable=True)
ROW: Any = Tensor([1.0, 3.0], trainable=True)


@pytest.mark.parametrize(
    "data",
    [
        1.5, [1, 2], [[1.0, 2], [3, 4]], [], [[]], np.ones((2, 3), np.float32), [np.ones(2), [3.0, 4.0]], (True, 2j),
        [np.float32(1), np.float32(2)],
    ],
)  # fmt: skip
def test_without_tensors_it_is_numpys_array(data: Any) -> None:
    expected = np.array(data)
    for made in (array(data), asarray(data)):
        assert (made.dtype, made.shape) == (expected.dtype, expected.shape)
        np.testing.assert_array_equal(made.data, expected)


@pytest.mark.parametrize(
    ("data", "plain"),
    [
        ([A, A], [2.0, 2.0]),
        ([[A, 1], [0.5, A]], [[2.0, 1], [0.5, 2.0]]),
        ([ROW, [A, 0]], [[1.0, 3.0], [2.0, 0]]),
        ([[5, 6], ROW], [[5, 6], [1.0, 3.0]]),
        ((np.ones(2), ROW), [np.ones(2), [1.0, 3.0]]),
        ([[[A]], [[1]]], [[[2.0]], [[1]]]),
        ([A * 1j, 1], [2j, 1]),
        (ROW, [1.0, 3.0]),
    ],
)
def test_with_tensors_it_has_numpys_values_and_a_graph(data: Any, plain: Any) -> None:
    expected = np.array(plain)
    made = array(data)
    assert made.trainable
    assert (made.dtype, made.shape) == (expected.dtype, expected.shape)
    np.testing.assert_array_equal(made.data, expected)


def test_each_tensor_gets_the_gradient_of_its_entries() -> None:
    weights = np.array([[3.0, 5.0], [7.0, 11.0]])
    by_a, by_row = corelib.grad(lambda a, r: np.sum(array([r, [a, a]]) * weights), (0, 1))(2.0, np.ones(2))
    np.testing.assert_array_equal(by_a, 18)
    np.testing.assert_array_equal(by_row, [3, 5])


def test_second_derivatives_go_through_it() -> None:
    hessian = corelib.hessian(lambda x: array([[x[0] ** 2, x[1]], [x[1], 1.0]]).T[0, 0] * x[1])
    np.testing.assert_array_equal(hessian(np.array([2.0, 3.0])), [[6, 4], [4, 0]])


def test_what_fits_is_copied_by_array_alone() -> None:
    numbers = np.ones(3)
    assert array(numbers).data is not numbers
    assert asarray(numbers).data is numbers
    assert asarray(ROW) is ROW
    copied = array(ROW)
    assert copied is not ROW
    assert not np.shares_memory(copied.data, ROW.data)
    assert copied.trainable
    assert array(numbers, copy=False).data is numbers
    with pytest.raises(InvalidOperand, match="copy=None"):
        asarray([A, A], copy=False)
    with pytest.raises(InvalidOperand, match="copy=None"):
        array(numbers, np.float32, copy=False)


def test_a_dtype_and_a_number_of_axes_may_be_asked_for() -> None:
    made = array([A, 1], np.float32, ndmin=3)
    assert (made.dtype, made.shape, made.trainable) == (np.float32, (1, 1, 2), True)
    assert not array([A, 1], int).trainable
    assert array([1, 2], np.complex64).dtype == np.complex64


def test_what_is_no_array_of_numbers_is_refused() -> None:
    with pytest.raises(InvalidOperand, match=r"shapes \(2,\) and \(1,\)"):
        array([ROW, [A]])
    with pytest.raises(InvalidOperandType, match="holds numbers"):
        array([A, "x"])
    with pytest.raises(InvalidOperandType, match="none"):
        array("x")
    with pytest.raises(InvalidOperandType, match="no array of numbers"):
        array([[1, 2], [3]])
    endless: list[Any] = [A]
    endless.append(endless)
    with pytest.raises(InvalidOperandType, match="contains itself"):
        array(endless)


def test_numpys_array_says_that_there_is_this_one() -> None:
    for attempt in (lambda: np.array([A, A]), lambda: np.array(ROW), lambda: Tensor([A, A])):
        with pytest.raises(InvalidOperandType, match=r"corelib\.array"):
            attempt()
