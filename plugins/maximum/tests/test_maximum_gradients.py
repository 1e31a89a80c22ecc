"""Maxima, minima, clip and relu: NumPy's values, central differences to second order, PyTorch."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from corelib import Tensor, grad
from corelib_maximum import clip, leaky_relu, max, maximum, min, minimum, relu

X = np.random.default_rng(0).permutation(12).reshape(3, 4) / 4 - 1.4
Y = np.random.default_rng(1).permutation(12).reshape(3, 4) / 4 - 1.3
MASK = np.random.default_rng(2).random((3, 4)) > 0.4
NAN = np.where(MASK, X, np.nan)

Function = Callable[..., Any]
AXES: dict[str, dict[str, Any]] = {
    "": {},
    "axis 0": {"axis": 0},
    "axis -1": {"axis": -1, "keepdims": True},
    "axes": {"axis": (1, 0)},
    "axes kept": {"axis": (0, -1), "keepdims": True},
}


def reductions(keywords: dict[str, Any]) -> dict[str, Function]:
    return {
        "max": partial(np.max, **keywords),
        "amax": partial(np.amax, **keywords),
        "min": partial(np.min, **keywords),
        "amin": partial(np.amin, **keywords),
        "ptp": partial(np.ptp, **keywords),
        "max initial": partial(np.max, initial=0.3, **keywords),
        "min initial": partial(np.min, initial=-0.3, **keywords),
        "max where": partial(np.max, where=MASK, initial=-9.0, **keywords),
        "min where": partial(np.min, where=MASK, initial=0.1, **keywords),
        "nanmax where": partial(np.nanmax, where=MASK, initial=-9.0, **keywords),
    }


CASES: dict[str, Function] = {
    **{f"{op} {name}": f for name, keywords in AXES.items() for op, f in reductions(keywords).items()},
    "maximum": lambda x: np.maximum(x, Y),
    "maximum of two": lambda x: np.maximum(x, 0.37 - x[0]),
    "maximum and a number": lambda x: np.maximum(0, x),
    "maximum and a row": lambda x: np.maximum(x[0], Y),
    "minimum": lambda x: np.minimum(Y, x),
    "fmax": lambda x: np.fmax(x, Y),
    "fmin": lambda x: np.fmin(x, Y[:, :1]),
    "relu": lambda x: relu(x) if isinstance(x, Tensor) else np.maximum(x, 0),
    "leaky_relu": lambda x: leaky_relu(x) if isinstance(x, Tensor) else np.where(x > 0, x, 0.01 * x),
    "leaky_relu steep": lambda x: leaky_relu(x, 1.5) if isinstance(x, Tensor) else np.where(x > 0, x, 1.5 * x),
    "clip": lambda x: np.clip(x, -0.5, 0.5),
    "clip by keyword": lambda x: np.clip(x, a_max=0.5, a_min=-0.5),
    "clip by min and max": lambda x: np.clip(x, min=-0.5, max=0.5),
    "clip from below": lambda x: np.clip(x, -0.5, None),
    "clip from above": lambda x: np.clip(x, None, 0.5),
    "clip by min": lambda x: np.clip(x, min=-0.5),
    "clip by max": lambda x: np.clip(x, max=0.5),
    "clip by nothing": lambda x: np.clip(x, None, None),
    "clip by arrays": lambda x: np.clip(x, Y[:1], Y + 0.6),
    "clip a bound from below": lambda x: np.clip(Y, x, 0.7),
    "clip a bound from above": lambda x: np.clip(Y, -0.7, x),
    "clip all": lambda x: np.clip(Y, x, x[:1] + 0.4),
    "clip a lower bound only": lambda x: np.clip(Y, x, None),
    "clip an upper bound only": lambda x: np.clip(Y, None, x),
    "clip with bounds in the wrong order": lambda x: np.clip(x * 2, x + 0.7, x * x),
}

each_case = pytest.mark.parametrize("function", CASES.values(), ids=CASES)


def scalar(function: Function) -> Function:
    """A number made of all entries of function(x), no two of them with the same slope."""
    weights = np.random.default_rng(1).normal(size=np.shape(function(X)))
    return lambda x: (weights * np.square(function(x))).sum()


def slopes(function: Function, x: Any) -> Any:
    """The gradient of ``function`` by central differences."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        unit = np.zeros_like(x)
        unit[index] = 1e-5
        gradient[index] = (function(x + unit) - function(x - unit)) / 2e-5
    return gradient


@each_case
def test_the_value_is_numpys(function: Function) -> None:
    result, expected = function(Tensor(X)), function(X)
    assert (result.shape, result.dtype) == (np.shape(expected), expected.dtype)
    np.testing.assert_array_equal(result.data, expected)


@each_case
@pytest.mark.parametrize("x", [X, np.asfortranarray(X[::-1])], ids=["C", "reversed"])
def test_the_gradient_agrees_with_differences(function: Function, x: Any) -> None:
    f = scalar(function)
    np.testing.assert_allclose(grad(f)(x), slopes(lambda a: f(Tensor(a)).item(), x), atol=1e-9)


@each_case
def test_the_gradient_of_the_gradient_agrees_with_differences(function: Function) -> None:
    f, v = scalar(function), np.random.default_rng(2).normal(size=X.shape)

    def slope(x: Any) -> Any:
        return (grad(f)(x) * v).sum()

    np.testing.assert_allclose(grad(slope)(X), slopes(slope, X), atol=1e-8)


@each_case
def test_float32_stays_float32_and_agrees(function: Function) -> None:
    f = scalar(function)
    gradient = grad(f)(X.astype(np.float32))
    assert gradient.dtype == np.float32
    np.testing.assert_allclose(gradient, grad(f)(X), atol=1e-5)


TIED = np.array([[0.0, 1, -1, 0], [1, 1, 2, 2], [2, 0, 2, 2]])


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lambda x: maximum(x, x[::-1]), lambda t, x: t.maximum(x, x.flip(0))),
        (lambda x: minimum(x, x[:1]), lambda t, x: t.minimum(x, x[:1])),
        (lambda x: np.fmax(x, x[:1]), lambda t, x: t.maximum(x, x[:1])),
        (lambda x: max(x, axis=1), lambda t, x: x.amax(1)),
        (lambda x: min(x, axis=(0, 1)), lambda t, x: x.amin((0, 1))),
        (lambda x: max(x, axis=0, keepdims=True), lambda t, x: x.amax(0, keepdim=True)),
        (lambda x: clip(x, 0, 1), lambda t, x: x.clamp(0, 1)),
        (lambda x: clip(TIED, x[:1], 1.5), lambda t, x: t.tensor(TIED).clamp(x[:1], t.tensor(1.5))),
        (lambda x: clip(TIED, -0.5, x[:1]), lambda t, x: t.tensor(TIED).clamp(t.tensor(-0.5), x[:1])),
    ],
)
def test_ties_are_shared_as_in_pytorch(ours: Function, theirs: Function) -> None:
    torch = pytest.importorskip("torch")
    t = torch.tensor(TIED, requires_grad=True)
    theirs(torch, t).sum().backward()
    np.testing.assert_array_equal(grad(lambda x: ours(x).sum())(TIED), t.grad.numpy())
