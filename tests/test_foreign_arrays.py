"""Arrays that are not NumPy's, but speak its protocols, stay what they are: forward, backward and as gradients.

They are the suite's guarded arrays, which refuse what CuPy refuses.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

from corelib import Tensor, grad, hessian, jacobian, ops
from corelib.conformance.guarded import GUARDED, GuardedArray, counted

RNG: Final = np.random.default_rng(0)
X: Final = RNG.normal(size=(3, 4))
ROW: Final = RNG.normal(size=4)
FUNCTIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "exp": np.exp,
    "tanh": np.tanh,
    "abs": np.abs,
    "log": lambda x: np.log(x * x),
    "arctan2": lambda x: np.arctan2(x, 2.0),
    "power": lambda x: (x * x) ** 1.5,
    "divide": lambda x: 1.0 / (x * x + 2),
    "subtract": lambda x: 3.0 - x,
    "sign": lambda x: np.sign(x) + x,
    "sigmoid": ops.sigmoid,
    "softplus": ops.softplus,
    "relu": ops.relu,
    "clip": lambda x: np.clip(x, -1, 1),
    "broadcast": lambda x: x + Tensor(like(x, ROW)),
    "matmul": lambda x: x @ Tensor(like(x, ROW)),
    "sum": lambda x: np.sum(x, axis=1),
    "mean": lambda x: np.mean(x, axis=0, keepdims=True) * x,
    "max": lambda x: np.max(x, axis=1),
    "var": lambda x: np.var(x, axis=0),
    "prod": lambda x: np.prod(x, axis=0),
    "cumsum": lambda x: np.cumsum(x, axis=0),
    "reshape": lambda x: np.reshape(x, (4, 3)),
    "transpose": lambda x: x.T,
    "getitem": lambda x: x[1:, ::2],
    "concatenate": lambda x: np.concatenate([x, 2.0 * x]),
    "stack": lambda x: np.stack([x, x]),
    "split": lambda x: np.split(x, 2, axis=1)[0],
}


def like(x: Any, values: Any) -> Any:
    """``values`` in an array of the kind that the Tensor ``x`` holds."""
    return GUARDED.from_host(values) if isinstance(x.data, GuardedArray) else values


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_foreign_array_has_the_gradient_of_numpys_in_an_array_of_its_own_kind(name: str) -> None:
    gradients = []
    for data in (X, GUARDED.from_host(X)):
        x: Any = Tensor(data, trainable=True)
        with counted() as looks:
            y = np.sum(FUNCTIONS[name](x))
            assert isinstance(y.data, type(data))
            y.backward()
        assert looks == []  # on a GPU nothing waits
        gradients.append(x.grad)
    ours, foreign = gradients
    assert type(foreign) is GuardedArray
    assert np.allclose(GUARDED.to_host(foreign), ours, rtol=1e-14, atol=0)  # nobody looks where a slope is finite


def test_the_transforms_take_foreign_arrays() -> None:
    def f(x: Any) -> Any:
        return np.sum(np.sin(x) * x)

    point = X[0]
    for transform in (grad, hessian):
        assert np.array_equal(GUARDED.to_host(transform(f)(GUARDED.from_host(point))), transform(f)(point))
    assert np.array_equal(GUARDED.to_host(jacobian(np.sin)(GUARDED.from_host(point))), jacobian(np.sin)(point))
