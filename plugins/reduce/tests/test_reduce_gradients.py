"""Every reduction: NumPy's values, central differences to second order, PyTorch where it has the op."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from corelib import Tensor, grad, hessian

X = np.random.default_rng(0).normal(size=(3, 4))
ZEROS = X.copy()
ZEROS[0, 1] = ZEROS[1, 0] = ZEROS[1, 1] = 0
MASK = X > -0.3
MASK[2] = True  # no column is left without an entry
WEIGHTS = np.arange(1.0, 13).reshape(3, 4)

Function = Callable[[Any], Any]


def around_its_mean(function: Any, x: Any, **keywords: Any) -> Any:
    return function(x, mean=np.mean(x, keepdims=True, axis=keywords.get("axis")), **keywords)


def with_weights_of_its_own(x: Any, **keywords: Any) -> Any:
    return np.average(x, weights=np.exp(x), **keywords)


def without_nan(function: Any, x: Any, **keywords: Any) -> Any:
    return function(np.where(MASK, x, np.nan), **keywords)


def cases_of_axes(keywords: dict[str, Any]) -> dict[str, Function]:
    whole = {f.__name__: partial(f, **keywords) for f in (np.sum, np.mean, np.prod, np.var, np.std)}
    masked = {f"{name} where": partial(f, where=MASK) for name, f in whole.items()}
    return {
        **whole,
        **masked,
        "sum initial": partial(np.sum, initial=2.0, **keywords),
        "prod initial": partial(np.prod, initial=2.0, **keywords),
        "prod initial where": partial(np.prod, initial=2.0, where=MASK, **keywords),
        "var ddof": partial(np.var, ddof=1, **keywords),
        "std correction": partial(np.std, correction=1, **keywords),
        "std ddof where": partial(np.std, ddof=0.5, where=MASK, **keywords),
        "var mean": partial(around_its_mean, np.var, **keywords),
        "std mean": partial(around_its_mean, np.std, **keywords),
        "average": partial(np.average, **keywords),
        "average weights": partial(with_weights_of_its_own, **keywords),
        "median": partial(np.median, **keywords),
        "nansum": partial(without_nan, np.nansum, **keywords),
        "nanmean": partial(without_nan, np.nanmean, **keywords),
    }


def cases_along(axis: int) -> dict[str, Function]:
    return {
        "cumsum": partial(np.cumsum, axis=axis),
        "cumprod": partial(np.cumprod, axis=axis),
        "cumulative_sum": partial(np.cumulative_sum, axis=axis, include_initial=True),
        "cumulative_prod": partial(np.cumulative_prod, axis=axis, include_initial=True),
        "diff": partial(np.diff, axis=axis),
        "diff twice": partial(np.diff, n=2, axis=axis, prepend=1.0, append=np.ones((3, 4))),
        "average of rows": partial(np.average, axis=axis, weights=np.arange(1.0, 1 + X.shape[axis])),
    }


AXES: dict[str, dict[str, Any]] = {
    "": {},
    "axis 0": {"axis": 0},
    "axis -1": {"axis": -1, "keepdims": True},
    "axes": {"axis": (1, 0)},
    "axes kept": {"axis": (0, -1), "keepdims": True},
}
CASES: dict[str, Function] = {
    **{f"{op} {name}": f for name, keywords in AXES.items() for op, f in cases_of_axes(keywords).items()},
    **{f"{op} {axis}": f for axis in (0, 1, -1) for op, f in cases_along(axis).items()},
    "cumsum": np.cumsum,
    "cumprod": np.cumprod,
    "average axes with weights": partial(np.average, axis=(1, 0), weights=WEIGHTS.T),
}

each_case = pytest.mark.parametrize("function", CASES.values(), ids=CASES)


def scalar(function: Function) -> Function:
    """A number made of all entries of function(x), no two of them with the same slope."""
    weights = np.random.default_rng(1).normal(size=np.shape(function(X)))
    return lambda x: (weights * np.square(function(x))).sum()


def slopes(function: Function, x: Any, step: float = 1e-5) -> Any:
    """The gradient of ``function`` by central differences of fourth order."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        unit = np.zeros_like(x)
        unit[index] = step * 10
        near, far = (function(x + n * unit) - function(x - n * unit) for n in (1, 2))
        gradient[index] = (8 * near - far) / (12 * step * 10)
    return gradient


@each_case
def test_the_value_is_numpys(function: Function) -> None:
    result, expected = function(Tensor(X)), function(X)
    assert (result.shape, result.dtype) == (np.shape(expected), expected.dtype)
    np.testing.assert_allclose(result.data, expected, rtol=1e-15, atol=1e-15)


@each_case
@pytest.mark.parametrize("x", [X, np.asfortranarray(X[::-1])], ids=["C", "reversed"])
def test_the_gradient_agrees_with_differences(function: Function, x: Any) -> None:
    f = scalar(function)
    np.testing.assert_allclose(grad(f)(x), slopes(f, x), rtol=1e-7, atol=1e-8)


@each_case
def test_the_gradient_of_the_gradient_agrees_with_differences(function: Function) -> None:
    f, v = scalar(function), np.random.default_rng(2).normal(size=X.shape)

    def slope(x: Any) -> Any:
        return (grad(f)(x) * v).sum()

    np.testing.assert_allclose(grad(slope)(X), slopes(slope, X), rtol=1e-6, atol=1e-7)


@each_case
def test_float32_stays_float32_and_agrees(function: Function) -> None:
    f = scalar(function)
    gradient = grad(f)(X.astype(np.float32))
    assert gradient.dtype == np.float32
    expected = grad(f)(X)
    np.testing.assert_allclose(gradient, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("name", [n for n in CASES if "prod" in n and "where" not in n])
def test_products_with_zeros_are_exact_to_second_order(name: str) -> None:
    f = scalar(CASES[name])
    np.testing.assert_allclose(grad(f)(ZEROS), slopes(f, ZEROS), rtol=1e-7, atol=1e-9)
    v = np.random.default_rng(3).normal(size=X.shape)

    def slope(x: Any) -> Any:
        return (grad(f)(x) * v).sum()

    np.testing.assert_allclose(grad(slope)(ZEROS), slopes(slope, ZEROS), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("zeros", [0, 1, 2, 3])
def test_the_hessian_of_a_product_is_the_product_of_the_rest(zeros: int) -> None:
    x = np.array([0.0] * zeros + [2.0, -3.0, 5.0, 7.0, 0.5][zeros:])
    rest = [[0 if i == j else np.prod(np.delete(x, [i, j])) for j in range(5)] for i in range(5)]
    np.testing.assert_allclose(hessian(np.prod)(x), rest, rtol=1e-14)


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "var", "std", "cumsum", "cumprod"])
def test_complex_gradients_are_those_of_pytorch(name: str) -> None:
    torch = pytest.importorskip("torch")
    z = X[0] + 1j * X[1]
    ours = grad(lambda z: np.real(X[2] * getattr(np, name)(z, axis=0) * (2 - 1j)).sum())(z)
    t = torch.tensor(z, requires_grad=True)
    options = {"correction": 0} if name in ("var", "std") else {}
    (torch.as_tensor(X[2]) * getattr(torch, name)(t, dim=0, **options) * (2 - 1j)).real.sum().backward()
    np.testing.assert_allclose(ours, t.grad.numpy(), rtol=1e-12)
