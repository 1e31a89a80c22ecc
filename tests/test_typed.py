"""The typed helpers are NumPy's functions, on arrays and on Tensors."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import corelib
from corelib import typed

X = np.arange(1.0, 7.0).reshape(2, 3)

CALLS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "sum": (lambda x: typed.sum(x, 1, keepdims=True), lambda x: np.sum(x, axis=1, keepdims=True)),
    "prod": (lambda x: typed.prod(x, (0, 1)), lambda x: np.prod(x, axis=(0, 1))),
    "mean": (typed.mean, np.mean),
    "max": (lambda x: typed.max(x, 0), lambda x: np.max(x, axis=0)),
    "min": (lambda x: typed.min(x, -1), lambda x: np.min(x, axis=-1)),
    "matmul": (lambda x: typed.matmul(x, X.T), lambda x: np.matmul(x, X.T)),
    "dot": (lambda x: typed.dot(x, X.T), lambda x: np.dot(x, X.T)),
    "einsum": (lambda x: typed.einsum("ij,ij->i", x, X), lambda x: np.einsum("ij,ij->i", x, X)),
    "take": (lambda x: typed.take(x, [0, 0, 2], 1), lambda x: np.take(x, [0, 0, 2], 1)),
}


def test_every_helper_is_compared() -> None:
    assert sorted(CALLS) == sorted(typed.__all__)


@pytest.mark.parametrize("name", CALLS)
def test_a_helper_is_the_function_of_numpy(name: str) -> None:
    ours, numpys = CALLS[name]
    assert np.array_equal(ours(X), numpys(X))
    t = corelib.Tensor(X, trainable=True)
    assert isinstance(ours(t), corelib.Tensor)
    assert np.array_equal(corelib.grad(lambda x: ours(x).sum())(X), corelib.grad(lambda x: numpys(x).sum())(X))
