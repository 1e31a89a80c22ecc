"""broadcast_to, sum_to and broadcast_arrays: values, gradients of gradients, and what they refuse."""

from typing import Any

import numpy as np
import pytest

import corelib
from corelib import Tensor, errors
from corelib_broadcast import broadcast_arrays, broadcast_to, sum_to

generator = np.random.default_rng(8)

BROADCASTS: list[tuple[tuple[int, ...], Any]] = [
    ((), ()), ((), 4), ((), (2, 3)), ((3,), (3,)), ((3,), (2, 3)), ((1,), (3,)), ((2, 1), (2, 3)), ((1, 3), (5, 2, 3)),
    ((2, 1, 3), (4, 2, 5, 3)), ((1, 1), (1, 1, 1)), ((1,), (0,)), ((3,), (0, 3)), ((0,), (2, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "target"), BROADCASTS)
@pytest.mark.parametrize("dtype", ["float64", "float32", "complex64"])
def test_broadcasting_and_summing_are_adjoint(shape: tuple[int, ...], target: Any, dtype: str) -> None:
    x = np.asarray(generator.normal(size=shape), dtype)
    y, pullback = corelib.vjp(lambda x: broadcast_to(x, target), x)
    np.testing.assert_array_equal(y, np.broadcast_to(x, target))
    g = np.asarray(generator.normal(size=y.shape), dtype)
    total, back = corelib.vjp(lambda g: sum_to(g, shape), g)
    np.testing.assert_allclose(np.vdot(g, y), np.vdot(total, x), rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(pullback(g), total)
    np.testing.assert_array_equal(back(x), y)
    assert total.shape == x.shape
    assert total.dtype == x.dtype


@pytest.mark.parametrize(("shape", "target"), BROADCASTS)
def test_a_gradient_of_a_gradient_broadcasts_and_sums_again(shape: tuple[int, ...], target: Any) -> None:
    x, v = generator.normal(size=(2, *shape))
    weights = generator.normal(size=np.broadcast_to(x, target).shape)
    slopes = corelib.hvp(lambda x: np.sum(weights * np.broadcast_to(x, target) ** 3))(x, v)
    np.testing.assert_allclose(slopes, 6 * x * v * sum_to(weights, shape).data, rtol=1e-10, atol=1e-12)

    y, u = generator.normal(size=(2, *weights.shape))
    slopes = corelib.hvp(lambda y: (sum_to(weights * y, shape) ** 3).sum())(y, u)
    expected = 6 * weights * sum_to(weights * y, shape).data * sum_to(weights * u, shape).data
    np.testing.assert_allclose(slopes, expected, rtol=1e-10, atol=1e-12)


def test_numpy_finds_the_ops() -> None:
    x: Any = Tensor(np.ones(3), trainable=True)
    y: Any = np.broadcast_to(x, (2, 3), subok=True)
    y.backward(np.ones((2, 3)))
    np.testing.assert_array_equal(np.asarray(x.grad), [2, 2, 2])


def test_a_broadcast_array_is_no_copy() -> None:
    x: Any = Tensor(np.ones(3))
    assert np.shares_memory(broadcast_to(x, (1000, 3)).data, x.data)


@pytest.mark.parametrize("subok", [False, True])
def test_broadcast_arrays_returns_a_tuple_of_tensors(subok: bool) -> None:
    x: Any = Tensor(np.arange(3.0), trainable=True)
    y: Any = Tensor([[1.0], [2.0]], trainable=True)
    results = np.broadcast_arrays(x, y, 5.0, subok=subok)
    expected = np.broadcast_arrays(x.data, y.data, 5.0)
    assert type(results) is tuple
    for result, array in zip(results, expected, strict=True):
        assert isinstance(result, Tensor)
        np.testing.assert_array_equal(result.data, array)
    np.sum(results[0] * results[1] ** 2).backward()
    np.testing.assert_array_equal(np.asarray(x.grad), [5, 5, 5])
    np.testing.assert_array_equal(np.asarray(y.grad), [[6], [12]])


def test_broadcast_arrays_has_second_derivatives() -> None:
    def loss(x: Any, y: Any) -> Any:
        u, v = np.broadcast_arrays(x, y)
        return np.sum(u**2 * v)

    x, y = generator.normal(size=3), generator.normal(size=(2, 1))
    of_x, mixed = corelib.jacobian(corelib.grad(loss), (0, 1))(x, y)
    np.testing.assert_allclose(of_x, np.diag(np.full(3, 2 * y.sum())))
    np.testing.assert_allclose(mixed, np.broadcast_to(2 * x[:, None, None], (3, 2, 1)))


def test_broadcast_arrays_of_one_or_of_none() -> None:
    (alone,) = broadcast_arrays([1.0, 2.0])
    np.testing.assert_array_equal(alone.data, [1, 2])
    assert broadcast_arrays() == ()


def test_shapes_that_do_not_fit_are_refused() -> None:
    x: Any = Tensor(np.ones(3))
    with pytest.raises(errors.InvalidOperand, match=r"broadcast_to\(shape=\(2, 2\)\)\(float64 \(3,\)\)"):
        np.broadcast_to(x, (2, 2))
    with pytest.raises(
        errors.InvalidOperand, match=r"broadcast_arrays\(float64 \(3,\), float64 \(2,\)\): shape mismatch"
    ):
        np.broadcast_arrays(x, np.ones(2))
    with pytest.raises(errors.InvalidOperand, match=r"shape \(2,\) does not broadcast to \(3,\)"):
        sum_to(x, 2)
    with pytest.raises(errors.InvalidOperand, match=r"shape \(1, 3\) does not broadcast to \(3,\)"):
        sum_to(x, (1, 3))
    with pytest.raises(errors.UnsupportedArgument, match="order"):
        broadcast_to(x, (2, 3), order="C")  # type: ignore[call-arg]  # refused by mypy and at run time


@pytest.mark.parametrize("order", ["C", "F", "strided"])
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "complex128"])
@pytest.mark.parametrize("shape", [(7,), (5, 7), (1, 1, 7), (4, 1, 1), (4, 5, 1), (1, 5, 7), (1, 5, 1), (4, 1, 7), ()])
def test_a_sum_by_a_product_with_ones_is_the_sum(shape: tuple[int, ...], dtype: str, order: str) -> None:
    x: Any = (generator.normal(size=(8, 10, 14)) * 100).astype(dtype)[::2, ::2, ::2]
    x = x if order == "strided" else np.array(x, order="C" if order == "C" else "F")
    axes = tuple(i for i in range(3) if i < 3 - len(shape) or shape[i - 3] == 1)
    total = sum_to(x, shape).data
    assert (total.shape, total.dtype) == (shape, x.dtype)
    np.testing.assert_allclose(total, x.sum(axes).reshape(shape), rtol=50 * float(np.finfo(dtype).eps), atol=1e-3)


def test_a_sum_over_many_rows_is_the_sum() -> None:
    x = generator.normal(size=(20_000, 3))
    np.testing.assert_allclose(sum_to(x, (3,)).data, x.sum(0), rtol=1e-10)


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_a_sum_meets_infinities_as_numpy_does(bad: float) -> None:
    x = np.ones((6, 5))
    x[2, 3] = bad
    np.testing.assert_array_equal(sum_to(x, (5,)).data, x.sum(0))
    np.testing.assert_array_equal(sum_to(x, (6, 1)).data, x.sum(1, keepdims=True))
