"""Losses over chunks: their gradients are NumPy's, and nothing is computed before somebody asks for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

import corelib
from corelib import Tensor
from corelib_dask import plugin

dask: Any = pytest.importorskip("dask", reason="dask is not installed")
da: Any = pytest.importorskip("dask.array", reason="dask is not installed")

ROWS, COLUMNS, HIDDEN = 12, 3, 4


@pytest.fixture(autouse=True)
def provided() -> Iterator[None]:
    """The plugin, also where its distribution is not installed."""
    if "corelib-dask" in [info.distribution for info in corelib.plugins.list()]:
        yield
        return
    with corelib.plugins.registered(plugin):
        yield


@contextmanager
def nothing_computed() -> Iterator[None]:
    def refuse(*args: Any, **keywords: Any) -> Any:
        raise AssertionError("a hidden compute")

    with dask.config.set(scheduler=refuse):
        yield


def chunked(array: Any, chunks: Any = 2) -> Any:
    return da.from_array(np.asarray(array), chunks=chunks)


def squares(w: Any, x: Any, y: Any) -> Any:
    return np.mean((x @ w - y) ** 2)


def logistic(w: Any, x: Any, y: Any) -> Any:
    return np.mean(np.logaddexp(0, x @ w) - y * (x @ w))


def network(w: Any, x: Any, y: Any) -> Any:
    return np.mean((np.tanh(x @ w["first"]) @ w["second"] - y) ** 2)


def drawn(model: Callable[..., Any]) -> tuple[Any, Any, Any]:
    random = np.random.default_rng(7)
    weights: Any = random.normal(size=COLUMNS)
    if model is network:
        weights = {"first": random.normal(size=(COLUMNS, HIDDEN)), "second": random.normal(size=HIDDEN)}
    return weights, random.normal(size=(ROWS, COLUMNS)), random.integers(0, 2, ROWS).astype(float)


def leaves(tree: Any) -> list[Any]:
    return list(tree.values()) if isinstance(tree, dict) else [tree]


@pytest.mark.parametrize("model", [squares, logistic, network])
@pytest.mark.parametrize("of_weights", [False, True], ids=["numpy-weights", "dask-weights"])
def test_a_loss_over_chunks_and_its_gradient_are_numpys_and_computed_by_the_caller(
    model: Callable[..., Any], of_weights: bool
) -> None:
    w, x, y = drawn(model)
    value, gradient = corelib.value_and_grad(model)(w, x, y)
    parameters = w
    if of_weights:
        parameters = {k: chunked(v) for k, v in w.items()} if isinstance(w, dict) else chunked(w)
    with nothing_computed():
        lazy, gradients = corelib.value_and_grad(model)(parameters, chunked(x, (4, 2)), chunked(y, 4))
    for found, expected in zip([lazy, *leaves(gradients)], [value, *leaves(gradient)], strict=True):
        assert isinstance(found, da.Array)
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found.compute(), expected, rtol=1e-12)


@pytest.mark.parametrize("model", [squares, logistic, network])
def test_the_gradient_of_the_data_keeps_its_chunks(model: Callable[..., Any]) -> None:
    w, x, y = drawn(model)
    data = chunked(x, (4, 3))
    with nothing_computed():
        gradient = corelib.grad(model, argnums=1)(w, data, chunked(y, 4))
    assert gradient.chunks == data.chunks
    np.testing.assert_allclose(gradient.compute(), corelib.grad(model, argnums=1)(w, x, y), rtol=1e-12)


def test_second_derivatives_compute_nothing_by_themselves() -> None:
    w, x, y = drawn(logistic)
    direction = np.ones(COLUMNS)
    with nothing_computed():
        found = corelib.hvp(logistic)(w, chunked(x), chunked(y), direction)
    np.testing.assert_allclose(found.compute(), corelib.hvp(logistic)(w, x, y, direction), rtol=1e-12)


def test_backward_of_a_tensor_leaves_gradients_of_dask() -> None:
    x = Tensor(chunked(np.arange(6.0)), trainable=True)
    with nothing_computed():
        (x * x).sum().backward()
    assert isinstance(x.grad, da.Array)
    np.testing.assert_array_equal(x.grad.compute(), 2 * np.arange(6.0))
