"""What the table of gradients cannot say: methods, dtypes, results together, and what is refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from corelib import Tensor, grad, vjp
from corelib.errors import CorelibError, InvalidIndex, InvalidOperand
from corelib_shape import array_split, astype, atleast_2d, concatenate, getitem, pad, place, reshape, split, stack

X = np.arange(6.0).reshape(2, 3)
untyped: Any = np


def test_a_tensor_has_the_methods_of_an_array() -> None:
    x = Tensor(X)
    assert x.reshape(3, 2).shape == x.reshape((3, 2)).shape == x.reshape(3, -1).shape == (3, 2)
    assert x.reshape(-1).shape == (6,)
    for turned in (x.T, x.transpose(), x.transpose(1, 0), x.transpose((1, 0)), x.transpose(None)):
        np.testing.assert_array_equal(turned.data, X.T)


def test_gradients_of_repeated_entries_add_up() -> None:
    index = np.array([0, 0, 0, 1])
    np.testing.assert_array_equal(grad(lambda x: x[index].sum())(np.ones(3)), [3, 1, 0])


def test_a_basic_index_returns_a_view() -> None:
    assert np.shares_memory(getitem(X, np.s_[1:, ::2]).data, X)


def test_place_is_the_adjoint_of_getitem() -> None:
    index = (np.array([1, 1, 0]), slice(None, None, 2))
    values = np.random.default_rng(0).normal(size=X[index].shape)
    assert np.vdot(X[index], values) == pytest.approx(np.vdot(X, place(values, index, X.shape).data), rel=1e-14)


def test_all_results_of_a_split_share_one_call() -> None:
    x = Tensor(X, trainable=True)
    parts = split(x, 3, axis=1)
    assert isinstance(parts, list)
    assert len({id(part.creator) for part in parts}) == 1
    (parts[0] + 2 * parts[2]).sum().backward()
    np.testing.assert_array_equal(x.grad, [[1, 0, 2]] * 2)


@pytest.mark.parametrize(
    "taken_apart",
    [
        lambda x: np.split(x, 2), lambda x: np.split(x, [1]), lambda x: np.array_split(x, 3),
        lambda x: np.array_split(x, [2, 1]), lambda x: np.hsplit(x, 2), lambda x: np.vsplit(x, 2),
        lambda x: np.dsplit(x, 2), lambda x: np.unstack(x, axis=1), lambda x: np.broadcast_arrays(x, x),
        lambda x: np.meshgrid(x[0, 0], x[0, 0]), lambda x: np.atleast_1d(x, x), lambda x: np.divmod(x, 2.0),
    ],
)  # fmt: skip
def test_several_results_come_in_the_kind_of_sequence_that_numpy_returns(taken_apart: Callable[[Any], Any]) -> None:
    x = np.arange(16.0).reshape(2, 2, 4)
    assert type(taken_apart(Tensor(x, trainable=True))) is type(taken_apart(x))
    value, pullback = vjp(taken_apart, x)
    assert type(value) is type(taken_apart(x))
    assert [type(part) for part in value] == [np.ndarray] * len(value)
    assert pullback(value).shape == x.shape


def test_a_conversion_to_integers_leaves_the_graph() -> None:
    x = Tensor(X, trainable=True)
    assert not astype(x, np.int32).trainable
    assert not astype(x, bool).trainable
    assert astype(x, np.complex128).trainable


def test_a_conversion_to_its_own_dtype_shares_the_array_where_that_is_asked_for() -> None:
    x = Tensor(X, trainable=True)
    assert np.shares_memory(x.astype(float, copy=False).data, x.data)
    assert not np.shares_memory(x.astype(float).data, x.data)


def test_a_conversion_has_the_gradient_of_the_identity_in_the_argument_s_dtype() -> None:
    x = Tensor(X.astype(np.float32), trainable=True)
    (x.astype(np.float64) * 2).sum().backward()
    assert x.grad is not None
    assert x.grad.dtype == np.float32
    np.testing.assert_array_equal(x.grad, np.full((2, 3), 2))


def test_the_gradient_through_complex_numbers_of_a_real_array_is_real() -> None:
    def length(x: Any) -> Any:
        z = x.astype(np.complex128) * 1j
        return np.real(z * np.conj(z)).sum()

    gradient = grad(length)(X)
    assert gradient.dtype == np.float64
    np.testing.assert_array_equal(gradient, 2 * X)


def test_each_array_of_a_concatenation_gets_its_own_dtype() -> None:
    x, y = Tensor(X.astype(np.float32), trainable=True), Tensor(X, trainable=True)
    joined = concatenate([x, y], axis=1)
    assert joined.dtype == np.float64
    joined.sum().backward()
    assert x.grad is not None
    assert x.grad.dtype == np.float32


def test_an_array_may_occur_twice_in_a_stack() -> None:
    x = Tensor(X, trainable=True)
    (stack([x, x]) * np.array([1.0, 2.0])[:, None, None]).sum().backward()
    np.testing.assert_array_equal(x.grad, np.full((2, 3), 3))


def test_pad_with_a_constant_and_atleast_of_several() -> None:
    padded = pad(Tensor(X), 1, constant_values=7)
    np.testing.assert_array_equal(padded.data, np.pad(X, 1, constant_values=7))
    several = atleast_2d(Tensor(1.0), Tensor(X))
    assert [t.shape for t in several] == [(1, 1), (2, 3)]


def test_empty_arrays_have_empty_gradients() -> None:
    empty = np.zeros((0, 3))
    assert grad(lambda x: x[:, [1, 1]].sum())(empty).shape == (0, 3)
    assert grad(lambda x: np.concatenate([x, x]).sum())(empty).shape == (0, 3)
    assert grad(lambda x: x.reshape(3, 0).T.sum())(empty).shape == (0, 3)


def test_what_does_not_fit_is_refused_by_name() -> None:
    x = Tensor(X)
    with pytest.raises(InvalidIndex, match="getitem"):
        x[5]
    with pytest.raises(InvalidOperand, match="reshape"):
        x.reshape(4, 2)
    with pytest.raises(InvalidOperand, match="concatenate"):
        concatenate([X, X[:, :2]])
    with pytest.raises(InvalidOperand, match="array_split would"):
        split(X, 2, axis=1)
    with pytest.raises(InvalidOperand, match="layout in memory"):
        reshape(X, -1, order="A")  # type: ignore[arg-type]  # what a user may try


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.delete(x, (0, 1), 0), lambda x: np.delete(x, [], 0), lambda x: np.take(x, [], 0),
        lambda x: np.take(x, [True], 1), lambda x: np.tile(x, np.array([2, 1])), lambda x: np.tile(x, True),
        lambda x: np.repeat(x, np.int64(2), 0), lambda x: np.delete(x, [True, False], 0),
    ],
)  # fmt: skip
def test_unusual_spellings_are_numpys(call: Callable[[Any], Any]) -> None:
    np.testing.assert_array_equal(call(Tensor(X)).data, call(X))


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.delete(x, True, 0), lambda x: np.delete(x, [True], 0), lambda x: untyped.insert(x, 1.0, 7.0, 0),
        lambda x: untyped.meshgrid(x, indexing="zz"), lambda x: np.take_along_axis(x, np.array([0]), 0),
    ],
)  # fmt: skip
def test_what_numpy_refuses_is_refused(call: Callable[[Any], Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        call(X)
    with pytest.raises(CorelibError):
        call(Tensor(X))


def test_an_array_is_not_split_into_parts_without_end() -> None:
    with pytest.raises(InvalidOperand, match="almost all of them empty"):
        array_split(Tensor(np.ones(4)), 2**70)


def test_an_array_is_split_into_more_parts_than_it_has_entries() -> None:
    assert [len(part) for part in array_split(Tensor(np.ones(2)), 5)] == [1, 1, 0, 0, 0]
