"""NumPy's own functions on Tensors: right, or refused by one clear error."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from corelib import Tensor
from corelib.errors import NotDifferentiable, OpNotFound, UnsupportedArgument

tensor: Any = Tensor  # NumPy's stubs do not know Tensors

X = tensor(np.array([[1.0, 2.0], [3.0, 4.0]]), trainable=True)
A = X.data


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.add(x, 1.0), lambda x: np.sum(x, 1), lambda x: np.sum(x, axis=-1, keepdims=True),
        lambda x: np.sum(a=x, axis=0), lambda x: np.reshape(x, (4,)), lambda x: np.reshape(x, shape=4),
        lambda x: np.concatenate([x, A], axis=1), lambda x: np.where(A > 2, x, 0.0), lambda x: np.mean(x, out=None),
        lambda x: np.max(x, axis=0, initial=2.5), lambda x: np.clip(x, 1.5, None), lambda x: np.transpose(x, (1, 0)),
        lambda x: np.sum(x, dtype=None, where=A > 1.5),
    ],
)  # fmt: skip
def test_a_function_on_a_tensor_returns_what_it_returns_on_the_array(call: Callable[[object], Any]) -> None:
    result = call(X)
    assert isinstance(result, Tensor)
    assert result.trainable
    assert np.array_equal(result.data, call(A))


@pytest.mark.parametrize(
    "call",
    [
        lambda: np.add(X, 1.0, out=np.zeros((2, 2))), lambda: np.exp(X, where=A > 2), lambda: np.add.reduce(X),
        lambda: np.add.accumulate(X), lambda: np.multiply.outer(X, X), lambda: np.add.at(A, 0, X),
        lambda: np.exp(X, dtype=np.float32), lambda: np.exp(X, casting="unsafe"), lambda: np.sum(X, out=np.zeros(2)),
        lambda: np.multiply.reduceat(X, [0]),
    ],
)  # fmt: skip
def test_what_an_op_does_not_know_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(UnsupportedArgument, match="numpy"):
        call()


def test_an_array_is_never_written_to_by_a_tensor() -> None:
    a = np.ones(2)
    with pytest.raises(UnsupportedArgument, match=r"array = array \+ tensor"):
        a += tensor([1.0, 1.0], trainable=True)
    assert np.array_equal(a, [1, 1])


def test_functions_without_a_slope_return_plain_values() -> None:
    assert np.argmax(X) == 3
    assert np.shape(X) == (2, 2)
    assert np.isfinite(X).all()
    assert np.allclose(X, A)
    assert type(np.zeros_like(X)) is np.ndarray
    assert type(np.argsort(X, axis=0)) is np.ndarray


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: np.full_like(X, X[0, 0]), "fill_value"),
        (lambda: np.bincount(np.array([0, 1]), X[0]), "weights"),
        (lambda: np.bincount(np.array([0, 1]), weights=X[0]), "weights"),
        (lambda: np.histogram(A[0], weights=X[0]), "weights"),
    ],
)
def test_a_slope_that_would_be_lost_without_a_word_is_refused(call: Callable[[], object], name: str) -> None:
    with pytest.raises(NotDifferentiable, match=f"no gradient in {name}, and this one is trainable"):
        call()


def test_new_arrays_may_be_like_a_tensor() -> None:
    like: Any = X  # NumPy's stubs do not know Tensors
    assert np.array_equal(np.zeros(3, like=like), np.zeros(3))
    assert np.array_equal(np.full_like(like, Tensor(2.0)), np.full((2, 2), 2.0))


def test_a_function_that_nobody_differentiates_says_so() -> None:
    with pytest.raises(OpNotFound, match=r"numpy\.poly"):
        np.poly(X)


@pytest.mark.parametrize(
    "function",
    [
        np.histogram,
        lambda t: np.histogram(t, 3),
        lambda t: np.histogram(t, bins="auto"),
        lambda t: np.histogram([1.0, 2.0], bins=t),
        np.histogram_bin_edges,
        lambda t: np.histogram_bin_edges([1.0, 2.0], t),
        lambda t: np.histogram([1.0, 2.0], [0.0, 1.0, 2.0], None, None, t),
    ],
)
def test_the_edges_of_a_histogram_do_not_lose_a_slope(function: Callable[[Any], Any]) -> None:
    with pytest.raises(NotDifferentiable, match=r"numpy\.histogram.* has no gradient in .*=tensor\.data"):
        function(Tensor([1.0, 2.0], trainable=True))


def test_the_counts_of_a_histogram_between_given_edges_are_plain() -> None:
    t: Any = Tensor([1.0, 2.0], trainable=True)
    assert list(np.histogram(t, bins=[0.0, 1.5, 3.0])[0]) == [1, 1]
    assert len(np.histogram(t.detach())[0]) == 10
