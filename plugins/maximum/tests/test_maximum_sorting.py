"""sort, partition, top_k, cummax and cummin: NumPy's values, PyTorch's gradients, ties, NaN, and what is refused."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

from corelib import Tensor, grad, hvp
from corelib.errors import InvalidOperand, UnsupportedArgument
from corelib_maximum import cummax, cummin, max, partition, sort, top_k

NAN: Final = np.nan
X: Final = np.random.default_rng(0).permutation(24).reshape(2, 3, 4) / 4 - 1.4
WEIGHTS: Final = np.random.default_rng(1).normal(size=24)
RULES: Final[dict[str, tuple[Callable[..., Any], Callable[..., Any]]]] = {
    "sort": (lambda x: sort(x, 1), lambda t, x: t.sort(x, 1)[0]),
    "sort all": (lambda x: sort(x, None), lambda t, x: t.sort(x.flatten())[0]),
    "top_k": (lambda x: top_k(x, 2)[0], lambda t, x: t.topk(x, 2)[0]),
    "top_k along axis 0": (lambda x: top_k(x, 1, 0)[0], lambda t, x: t.topk(x, 1, 0)[0]),
    "cummax": (lambda x: cummax(x, 1), lambda t, x: t.cummax(x, 1)[0]),
    "cummin": (lambda x: cummin(x, -1), lambda t, x: t.cummin(x, -1)[0]),
}


def weighted(y: Any) -> Any:
    return (y.reshape(-1) ** 2 * WEIGHTS[: y.size]).sum()


@pytest.mark.parametrize("name", RULES)
def test_values_gradients_and_second_slopes_are_those_of_pytorch(name: str) -> None:
    torch = pytest.importorskip("torch", reason="the peer is not installed")
    ours, theirs = RULES[name]
    x = torch.tensor(X, requires_grad=True)
    y = theirs(torch, x)
    np.testing.assert_array_equal(ours(X).data, y.detach().numpy())
    total = (y.flatten().square() * torch.tensor(WEIGHTS[: y.numel()])).sum()
    (gradient,) = torch.autograd.grad(total, x, create_graph=True)
    np.testing.assert_allclose(grad(lambda x: weighted(ours(x)))(X), gradient.detach().numpy(), rtol=1e-13, atol=1e-13)
    v = np.arange(24.0).reshape(X.shape)
    (second,) = torch.autograd.grad((gradient * torch.tensor(v)).sum(), x)
    np.testing.assert_allclose(hvp(lambda x: weighted(ours(x)))(X, v), second.numpy(), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("axis", [0, -1, None])
def test_sort_and_partition_have_the_gradients_of_jax(axis: int | None) -> None:
    jax = pytest.importorskip("jax", reason="the peer is not installed")
    jax.config.update("jax_enable_x64", True)
    theirs = jax.grad(lambda x: weighted(jax.numpy.sort(x, axis)))(X)
    np.testing.assert_allclose(grad(lambda x: weighted(np.sort(x, axis)))(X), theirs, rtol=1e-13)
    kth = list(range(24 if axis is None else X.shape[axis]))
    np.testing.assert_allclose(grad(lambda x: weighted(np.partition(x, kth, axis)))(X), theirs, rtol=1e-13)


@pytest.mark.parametrize("length", [1, 2, 7, 600])
def test_the_gradient_of_a_partition_goes_to_the_entries_that_numpy_put_there(length: int) -> None:
    x = np.random.default_rng(2).permutation(length) * 1.0
    weights = np.arange(1.0, length + 1)
    found = grad(lambda x: (np.partition(x, length // 2) * weights).sum())(x)
    np.testing.assert_array_equal(found[np.argsort(x)], weights[np.argsort(np.partition(x, length // 2))])


def test_ties_share_the_gradients_of_their_places_equally() -> None:
    x, weights = np.array([3.0, 1, 2, 1, 5, 1]), np.arange(1.0, 7)
    shared = [5, 2, 4, 2, 6, 2]
    np.testing.assert_array_equal(grad(lambda x: (np.sort(x) * weights).sum())(x), shared)
    np.testing.assert_array_equal(grad(lambda x: (np.sort(x, kind="stable") * weights).sum())(x), shared)
    found = grad(lambda x: (np.partition(x, [1, 3]) * weights).sum())(x)
    np.testing.assert_array_equal(found[[1, 3, 5]], [2, 2, 2])
    both = np.stack([x, x[::-1]])
    rows = grad(lambda x: (np.sort(x, 0)[0]).sum())(both)
    np.testing.assert_array_equal(rows, (both == both.min(0)) / (both == both.min(0)).sum(0))


def test_the_largest_of_top_k_is_max_where_entries_tie() -> None:
    x = np.array([[2.0, 5, 5, 1], [3, 3, 3, 3]])
    np.testing.assert_array_equal(grad(lambda x: top_k(x, 1)[0].sum())(x), grad(lambda x: max(x, axis=1).sum())(x))


def test_infinite_entries_tie_too() -> None:
    x = np.array([np.inf, 1.0, np.inf, -np.inf])
    np.testing.assert_array_equal(grad(lambda x: (top_k(x, 2)[0] * [1.0, 3.0]).sum())(x), [2, 0, 2, 0])


def test_top_k_returns_the_positions_too() -> None:
    values, positions = top_k(np.array([[2.0, 9, 5], [1, 0, 7]]), 2)
    np.testing.assert_array_equal(values.data, [[9, 5], [7, 1]])
    np.testing.assert_array_equal(positions.data, [[1, 2], [2, 0]])
    assert top_k(X, 0)[0].shape == (2, 3, 0)


def test_entries_that_tie_share_the_gradient_of_the_largest_so_far() -> None:
    x, weights = np.array([1.0, 3, 3, 2, 3, 4]), np.arange(1.0, 7)
    expected = [1, 2 + 3 / 2 + 4 / 2 + 5 / 3, 3 / 2 + 4 / 2 + 5 / 3, 0, 5 / 3, 6]
    np.testing.assert_allclose(grad(lambda x: (cummax(x) * weights).sum())(x), expected)
    np.testing.assert_allclose(grad(lambda x: (cummin(-x) * -weights).sum())(x), expected)


def test_nan_goes_last_and_takes_its_gradient_along() -> None:
    x, weights = np.array([NAN, 1.0, 0.0]), np.array([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(grad(lambda x: (np.sort(x) * weights).sum())(x), [3, 2, 1])


def test_nan_spoils_the_largest_so_far_at_its_own_entry_only() -> None:
    x = np.array([1.0, NAN, 3.0])
    np.testing.assert_array_equal(cummax(x).data, [1, NAN, NAN])
    np.testing.assert_array_equal(grad(lambda x: cummax(x).sum())(x), [1, NAN, 0])


def test_single_precision_and_integers_stay_what_they_are() -> None:
    tied = np.array([1, 1, 0], np.float32)
    functions: list[Any] = [np.sort, lambda x: np.partition(x, 1), lambda x: top_k(x, 2)[0], cummax]
    for function in functions:
        assert grad(lambda x, f=function: f(x).sum())(tied).dtype == np.float32
        assert function(Tensor([3, 1, 2])).dtype == np.array([1]).dtype


def test_empty_arrays_have_empty_gradients() -> None:
    functions: list[Any] = [np.sort, cummax]
    for function in functions:
        assert grad(lambda x, f=function: f(x).sum())(np.zeros((3, 0))).shape == (3, 0)


def test_what_does_not_fit_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedArgument, match="order"):
        np.sort(Tensor([1.0]), order="a")  # type: ignore[call-overload]  # an op stands for it
    with pytest.raises(InvalidOperand, match="axis 2"):
        sort(X[0], 2)
    with pytest.raises(InvalidOperand, match="kth"):
        partition(X, 9)
    with pytest.raises(InvalidOperand, match="k is 5"):
        top_k(X, 5)
