"""Ops that choose entries or call functions of them: NumPy's values, gradients, and what is refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

import corelib.ops
from corelib import Tensor, grad, jacobian
from corelib.conformance import check_grads
from corelib.errors import InvalidIndex, InvalidOperand, InvalidOperandType, UnsupportedArgument

ops: Any = corelib.ops
X = np.random.default_rng(0).normal(size=(3, 4))

CALLS: dict[str, Callable[[Any], Any]] = {
    "piecewise": lambda x: np.piecewise(x, [x < 0, x > 0.5], [np.square, np.sin]),
    "piecewise with the rest": lambda x: np.piecewise(x, [x < 0, x > 0.5], [np.square, 3.0, lambda v: 2 * v]),
    "piecewise of one condition": lambda x: np.piecewise(x[0], x[0] < 0, [np.square, np.sin]),
    "piecewise, overlapping": lambda x: np.piecewise(x, [x < 0.5, x < 0], [np.cos, lambda v: v * np.sum(v)]),
    "piecewise with arguments": lambda x: np.piecewise(x, [x < 0], [lambda v, k: k * v**2, 0.5], 3.0),
    "piecewise nowhere": lambda x: np.piecewise(x, [x > 9], [np.square, np.exp]),
    "piecewise of a number": lambda x: np.piecewise(x[0, 0], [x[0, 0] > 9, x[0, 0] < 9], [np.square, np.exp]),
    "vander": lambda x: np.vander(x[0]),
    "vander increasing": lambda x: np.vander(x[0], 6, increasing=True),
    "vander of one power": lambda x: np.vander(x[0], 1),
    "vander of none": lambda x: np.vander(x[0], 0),
    "apply_along_axis": lambda x: np.apply_along_axis(lambda row: row * row[0], 0, x),
    "apply_along_axis to a matrix": lambda x: np.apply_along_axis(lambda row: row[:2, None] * row[:3], 1, x),
    "apply_along_axis with an argument": lambda x: np.apply_along_axis(lambda row, k: k * row[0] ** 2, 1, x, 3.0),
    "apply_over_axes": lambda x: np.apply_over_axes(lambda a, axis: np.sum(a * a, axis=axis), x, (0, -1)),
}


@pytest.mark.parametrize("name", CALLS)
def test_it_has_numpys_value_and_a_gradient_that_agrees_with_differences(name: str) -> None:
    found, expected = CALLS[name](Tensor(X)), CALLS[name](X)
    assert (found.shape, found.dtype) == (np.shape(expected), expected.dtype)
    np.testing.assert_array_equal(found.data, expected)
    check_grads(lambda x: np.sum(np.cos(CALLS[name](x))), order=2)(X)


def test_a_piece_that_is_not_taken_sends_no_nan() -> None:
    x = np.array([-1.0, 0.0, 4.0])
    root = grad(lambda x: np.sum(np.piecewise(x, [x > 0, x <= 0], [np.sqrt, 0.0])))
    np.testing.assert_array_equal(root(x), [0, 0, 0.25])


def test_pieces_have_the_dtype_of_the_array() -> None:
    x = Tensor(np.array([-1.0, 2.0], np.float32))
    pieces: Any = np.piecewise(x, [x < 0], [np.float64(2.5), lambda v: v.astype(float) * 3])  # type: ignore[call-overload]  # a Tensor
    assert pieces.dtype == np.float32
    np.testing.assert_array_equal(pieces.data, [2.5, 6])
    with pytest.raises(InvalidOperandType, match="imaginary"):
        ops.piecewise(x, [x < 0], [1j])


def test_windows_are_a_view_that_is_not_written_to() -> None:
    windows = ops.sliding_window_view(X, 2, axis=0)
    assert np.shares_memory(windows.data, X)
    assert not windows.data.flags.writeable


def test_a_moving_average_has_the_gradient_of_a_convolution() -> None:
    weights = np.array([1.0, 3.0, -2.0])
    found = jacobian(lambda x: sliding_window_view(x, 3) @ weights)(np.arange(6.0))
    expected = [[1, 3, -2, 0, 0, 0], [0, 1, 3, -2, 0, 0], [0, 0, 1, 3, -2, 0], [0, 0, 0, 1, 3, -2]]
    np.testing.assert_array_equal(found, expected)


def test_what_does_not_fit_is_refused() -> None:
    x: Any = Tensor(X)
    with pytest.raises(InvalidOperand, match="choose"):
        np.choose([3], [x, x])
    with pytest.raises(InvalidIndex, match="beyond the 3 entries"):
        np.compress([False, False, False, True], x, axis=0)
    with pytest.raises(InvalidOperand, match="one axis"):
        np.compress([[True]], x)
    with pytest.raises(InvalidOperand, match="does not fit"):
        sliding_window_view(x, 4, axis=0)
    with pytest.raises(InvalidOperand, match="1 lengths, for 2 axes"):
        sliding_window_view(x, 2)
    with pytest.raises(UnsupportedArgument, match="writeable"):
        sliding_window_view(x, (1, 1), writeable=True)
    with pytest.raises(InvalidOperand, match="2 conditions"):
        np.piecewise(x, [x < 0, x > 0], [1.0])
    with pytest.raises(InvalidOperand, match="no shape"):
        np.resize(x, (-1, 2))
    with pytest.raises(InvalidOperand, match="have a row"):
        np.apply_along_axis(np.sum, 1, x[:0])
    with pytest.raises(InvalidOperand, match="as many axes"):
        np.apply_over_axes(lambda a, axis: a[0, 0], x, 0)
