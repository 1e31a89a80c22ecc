"""Values and gradients beside those of JAX and PyTorch, to 1e-10."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

import corelib.ops
from corelib import vjp

ops: Any = corelib.ops
A, B = np.random.default_rng(0).uniform(1, 3, size=(2, 2, 3))
X = np.random.default_rng(1).normal(size=(3, 4))
ROWS: Final = np.array([0, 2, 0])
TARGETS: Final = np.array([[1, 0], [3, 2], [2, 0]])


def agree(ours: Callable[..., Any], theirs: Callable[..., Any], *args: Any) -> None:
    """Compare with what JAX computes of the same arrays, and with its gradients."""
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    jax.config.update("jax_enable_x64", True)
    value, pullback = vjp(ours, *args)
    expected, their_pullback = jax.vjp(theirs, *args)
    np.testing.assert_allclose(value, expected, rtol=1e-10, atol=1e-12)
    cotangent = np.cos(np.arange(value.size)).reshape(value.shape)
    found = pullback(cotangent)
    for ours_, theirs_ in zip(found if len(args) > 1 else (found,), their_pullback(cotangent), strict=True):
        np.testing.assert_allclose(ours_, theirs_, rtol=1e-10, atol=1e-12)


PAIRS: dict[str, tuple[Callable[[Any], Callable[..., Any]], tuple[Any, ...]]] = {
    "linspace": (lambda np: lambda a, b: np.linspace(a, b, 5), (A, B)),
    "linspace, an axis": (lambda np: lambda a, b: np.linspace(a, b, 4, endpoint=False, axis=-1), (A, B[0])),
    "logspace": (lambda np: lambda a, b: np.logspace(a, b, 5, base=2.5), (A, B)),
    "geomspace": (lambda np: lambda a, b: np.geomspace(a, b, 5), (A, B)),
    "choose": (lambda np: lambda a, b: np.choose(np.array([[1, 0, 1]]), [a, b], mode="clip"), (A, B)),
    "compress": (lambda np: lambda a: np.compress(np.array([True, False, True]), a, axis=0), (X,)),
    "extract": (lambda np: lambda a: np.extract(X > 0, a), (X,)),
    "piecewise": (lambda np: lambda a: np.piecewise(a, [a < 0, a > 0.5], [np.sin, np.cos, np.square]), (X,)),
    "resize": (lambda np: lambda a: np.resize(a, (5, 7)), (X,)),
    "vander": (lambda np: lambda a: np.vander(a[0], 5), (X,)),
    "apply_along_axis": (lambda np: lambda a: np.apply_along_axis(lambda row: row * row[0], 0, a), (X,)),
    "apply_over_axes": (lambda np: lambda a: np.apply_over_axes(np.sum, a, [0, 1]), (X,)),
    "insert": (lambda np: lambda a, b: np.insert(a, 1, b, axis=1), (X, X[:, 0])),
    "insert several": (lambda np: lambda a, b: np.insert(a, np.array([1, 3]), b, axis=1), (X, X[:, :2])),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_function_that_numpy_and_jax_both_have_agrees(name: str) -> None:
    jnp: Any = pytest.importorskip("jax.numpy", reason="JAX is not installed")
    made, args = PAIRS[name]
    agree(made(np), made(jnp), *args)


def test_updates_agree_with_those_of_jax() -> None:
    agree(lambda x, v: ops.index_set(x, 1, v), lambda x, v: x.at[1].set(v), X, X[0])
    agree(lambda x, v: ops.index_set(x, np.s_[:, 1:3], v), lambda x, v: x.at[:, 1:3].set(v), X, X[:, :1])
    agree(lambda x, v: ops.index_add(x, ROWS, v), lambda x, v: x.at[ROWS].add(v), X, X)
    agree(lambda x, v: ops.index_add(x, (ROWS, 1), v), lambda x, v: x.at[ROWS, 1].add(v), X, X[:, 0])
    agree(lambda v: ops.full((2, 3, 4), v), lambda v: v * np.ones((2, 3, 4)), X)


def test_updates_agree_with_those_of_pytorch() -> None:
    torch: Any = pytest.importorskip("torch", reason="PyTorch is not installed")
    values = X[:, :2] ** 2
    x, v, where = *(torch.tensor(array, requires_grad=True) for array in (X, values)), torch.tensor(TARGETS)
    index = np.arange(3)[:, None], TARGETS
    pairs: list[tuple[Any, Any]] = [
        (lambda x, v: ops.put_along_axis(x, TARGETS, v, 1), x.scatter(1, where, v)),
        (lambda x, v: ops.index_add(x, index, v), x.index_put((torch.arange(3)[:, None], where), v, accumulate=True)),
    ]
    for ours, result in pairs:
        value, pullback = vjp(ours, X, values)
        np.testing.assert_allclose(value, result.detach().numpy(), rtol=1e-10)
        theirs = torch.autograd.grad(result, (x, v), result.detach())
        for found, expected in zip(pullback(value), theirs, strict=True):
            np.testing.assert_allclose(found, expected.numpy(), rtol=1e-10)
