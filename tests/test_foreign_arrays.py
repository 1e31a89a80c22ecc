"""Arrays that are not NumPy's, but speak its protocols, stay what they are: forward, backward and as gradients."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

from corelib import Tensor, grad, hessian, jacobian, ops


class Foreign(np.lib.mixins.NDArrayOperatorsMixin):
    """An array of somebody else's: it computes by NumPy's protocols, and may not be turned into NumPy's own."""

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(values)

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("somebody made an array of NumPy's of it")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        return wrapped(getattr(ufunc, method)(*unwrapped(inputs), **unwrapped(keywords)))

    def __array_function__(self, function: Any, types: Any, args: Any, keywords: Any) -> Any:
        return wrapped(function(*unwrapped(args), **unwrapped(keywords)))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # and no other way to an array of NumPy's
        found = getattr(self.values, name)
        return (lambda *args, **keywords: wrapped(found(*args, **keywords))) if callable(found) else wrapped(found)

    def __getitem__(self, index: Any) -> Any:
        return wrapped(self.values[index])

    def __setitem__(self, index: Any, value: Any) -> None:
        self.values[index] = unwrapped(value)

    def __len__(self) -> int:
        return len(self.values)


def unwrapped(value: Any) -> Any:
    if isinstance(value, Foreign):
        return value.values
    if isinstance(value, dict):
        return {name: unwrapped(entry) for name, entry in value.items()}
    return type(value)(map(unwrapped, value)) if isinstance(value, (tuple, list)) else value


def wrapped(value: Any) -> Any:
    if isinstance(value, (tuple, list)) and any(isinstance(entry, np.ndarray) for entry in value):
        return type(value)(map(wrapped, value))
    is_number = not isinstance(value, (np.ndarray, np.floating)) or value.dtype == bool
    return value if is_number else Foreign(value)


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
    return Foreign(values) if isinstance(x.data, Foreign) else values


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_foreign_array_has_the_gradient_of_numpys_in_an_array_of_its_own_kind(name: str) -> None:
    gradients = []
    for data in (X, Foreign(X)):
        x: Any = Tensor(data, trainable=True)
        y = np.sum(FUNCTIONS[name](x))
        assert isinstance(y.data, type(data))
        y.backward()
        gradients.append(x.grad)
    ours, foreign = gradients
    assert isinstance(foreign, Foreign)
    assert np.allclose(foreign.values, ours, rtol=1e-15, atol=0)  # nobody looks where a slope is finite


def test_the_transforms_take_foreign_arrays() -> None:
    def f(x: Any) -> Any:
        return np.sum(np.sin(x) * x)

    point = X[0]
    for transform in (grad, hessian):
        assert np.array_equal(transform(f)(Foreign(point)).values, transform(f)(point))
    assert np.array_equal(jacobian(np.sin)(Foreign(point)).values, jacobian(np.sin)(point))
