"""NumPy's own functions on Tensors: right, or refused by one clear error."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from corelib import Tensor
from corelib.errors import OpNotFound, UnsupportedArgument

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
def test_a_function_on_a_tensor_answers_what_it_answers_on_the_array(call: Callable[[object], Any]) -> None:
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


def test_functions_without_a_slope_answer_plain_values() -> None:
    assert np.argmax(X) == 3
    assert np.shape(X) == (2, 2)
    assert np.isfinite(X).all()
    assert np.allclose(X, A)
    assert type(np.zeros_like(X)) is np.ndarray
    assert type(np.argsort(X, axis=0)) is np.ndarray


def test_a_function_that_nobody_differentiates_says_so() -> None:
    with pytest.raises(OpNotFound, match="spacing"):
        np.spacing(X)
