"""Ties, NaN, infinities, nothing at all, and what is refused."""

from typing import Any

import numpy as np
import pytest

from corelib import Tensor, elementwise_grad, grad
from corelib.errors import InvalidOperand, UnsupportedArgument
from corelib_maximum import clip, fmax, fmin, leaky_relu, max, maximum, min, minimum, nanmax, nanmin, ptp, relu

NAN = np.nan
INF = np.inf


def both(function: Any, x: Any, y: Any) -> Any:
    """The slopes of ``function`` in each of its two arguments, side by side."""
    return np.stack(elementwise_grad(function, (0, 1))(np.array(x, float), np.array(y, float)))


@pytest.mark.parametrize("function", [maximum, minimum, fmax, fmin], ids=lambda f: f.name)
def test_ties_share_equally_and_infinities_tie_too(function: Any) -> None:
    tied = [0.0, -1.5, INF, -INF]
    np.testing.assert_array_equal(both(function, tied, tied), np.full((2, 4), 0.5))


def test_nan_spoils_the_slopes_of_its_own_entry_only() -> None:
    x, y = [NAN, 1, 2, NAN], [0, NAN, 1, NAN]
    np.testing.assert_array_equal(both(maximum, x, y), [[NAN, NAN, 1, NAN], [NAN, NAN, 0, NAN]])
    np.testing.assert_array_equal(both(minimum, x, y), [[NAN, NAN, 0, NAN], [NAN, NAN, 1, NAN]])


def test_fmax_and_fmin_pass_nan_by() -> None:
    x, y = [NAN, 1, 2, NAN], [0, NAN, 1, NAN]
    np.testing.assert_array_equal(both(fmax, x, y), [[0, 1, 1, NAN], [1, 0, 0, NAN]])
    np.testing.assert_array_equal(both(fmin, x, y), [[0, 1, 0, NAN], [1, 0, 1, NAN]])


def test_relu_at_zero_is_what_maximum_says() -> None:
    x = np.array([-2.0, -0.0, 0.0, 3.0, NAN])
    np.testing.assert_array_equal(elementwise_grad(relu)(x), [0, 0.5, 0.5, 1, NAN])
    np.testing.assert_array_equal(elementwise_grad(relu)(x), elementwise_grad(lambda x: maximum(x, 0))(x))


def test_where_gives_the_relu_of_pytorch() -> None:
    x = np.array([-2.0, 0.0, 3.0])
    np.testing.assert_array_equal(elementwise_grad(lambda x: np.where(x > 0, x, 0))(x), [0, 0, 1])


def test_leaky_relu_at_zero_is_the_mean_of_its_slopes() -> None:
    x = np.array([-2.0, 0.0, 3.0])
    np.testing.assert_array_equal(elementwise_grad(leaky_relu)(x), [0.01, 0.505, 1])
    np.testing.assert_array_equal(elementwise_grad(lambda x: leaky_relu(x, slope=2))(x), [2, 1.5, 1])
    np.testing.assert_array_equal(leaky_relu(x, 2).data, [-4, 0, 3])


def test_relu_keeps_its_argument_and_nothing_else() -> None:
    x = Tensor(np.ones(3), trainable=True)
    node = relu(x).creator
    assert node is not None
    assert node.result is None
    assert node.args is not None
    assert len(node.args) == 1
    assert node.args[0] is x.data


@pytest.mark.parametrize("function", [max, min], ids=lambda f: f.name)
@pytest.mark.parametrize("shape", [(5,), (2, 3), (1,), (2, 1, 3)])
def test_the_shares_of_a_tie_add_up_to_one(function: Any, shape: tuple[int, ...]) -> None:
    x = np.full(shape, 7.0)
    np.testing.assert_allclose(grad(function)(x), np.full(shape, 1 / x.size))
    np.testing.assert_allclose(grad(lambda x: function(x, axis=-1).sum())(x), np.full(shape, 1 / shape[-1]))


def test_initial_takes_its_share_of_a_tie() -> None:
    x = np.array([2.0, 5.0, 5.0])
    np.testing.assert_allclose(grad(lambda x: max(x, initial=5.0))(x), [0, 1 / 3, 1 / 3])
    np.testing.assert_array_equal(grad(lambda x: max(x, initial=9.0))(x), [0, 0, 0])
    np.testing.assert_array_equal(grad(lambda x: min(x, initial=2.0))(x), [0.5, 0, 0])


def test_where_leaves_entries_out_of_a_tie() -> None:
    x, where = np.array([[5.0, 5.0, 5.0], [NAN, 1.0, 0.0]]), np.array([[True, False, True], [False, True, True]])
    slopes = grad(lambda x: max(x, axis=1, where=where, initial=-1.0).sum())(x)
    np.testing.assert_array_equal(slopes, [[0.5, 0, 0.5], [0, 1, 0]])


def test_nan_spoils_a_maximum_at_its_own_entry_only() -> None:
    x = np.array([[1.0, NAN, 3.0], [4.0, 4.0, 0.0]])
    np.testing.assert_array_equal(grad(lambda x: max(x, axis=1).sum())(x), [[0, NAN, 0], [0.5, 0.5, 0]])
    np.testing.assert_array_equal(grad(lambda x: nanmax(x, axis=1).sum())(x), [[0, 0, 1], [0.5, 0.5, 0]])
    np.testing.assert_array_equal(grad(lambda x: nanmin(x, axis=1).sum())(x), [[1, 0, 0], [0, 0, 1]])


def test_ptp_of_a_constant_has_the_slope_zero() -> None:
    np.testing.assert_array_equal(grad(ptp)(np.full(4, 2.0)), np.zeros(4))


def test_clip_passes_the_gradient_on_its_closed_interval() -> None:
    x = np.array([-1.0, 0.0, 0.5, 1.0, 2.0, NAN])
    np.testing.assert_array_equal(elementwise_grad(lambda x: clip(x, 0, 1))(x), [0, 1, 1, 1, 0, NAN])
    np.testing.assert_array_equal(elementwise_grad(lambda x: clip(x, 0))(x), [0, 1, 1, 1, 1, NAN])
    np.testing.assert_array_equal(elementwise_grad(lambda x: clip(x, max=1))(x), [1, 1, 1, 1, 0, NAN])


@pytest.mark.parametrize(
    ("x", "low", "high", "slopes"),
    [
        (0.5, 0, 1, (1, 0, 0)),
        (0.0, 0, 1, (1, 0, 0)),
        (1.0, 0, 1, (1, 0, 0)),
        (-1.0, 0, 1, (0, 1, 0)),
        (2.0, 0, 1, (0, 0, 1)),
        (-1.0, 1, 0, (0, 0, 1)),  # the upper bound wins over a lower one above it
        (2.0, 1, 0, (0, 0, 1)),
        (-1.0, 1, 1, (0, 0.5, 0.5)),
        (1.0, 1, 1, (1, 0, 0)),
        (2.0, 1, 1, (0, 0, 1)),
    ],
)
def test_the_slopes_of_clip_add_up_to_one(x: float, low: float, high: float, slopes: tuple[float, ...]) -> None:
    got = grad(clip, (0, 1, 2))(x, float(low), float(high))
    assert tuple(float(g) for g in got) == slopes


def test_a_large_array_without_ties_is_masked_by_booleans() -> None:
    x = np.random.default_rng(0).normal(size=(100, 100)).astype(np.float32)
    gradient = grad(lambda x: relu(x).sum())(x)
    assert gradient.dtype == np.float32
    np.testing.assert_array_equal(gradient, x > 0)


def test_a_tensor_has_the_methods_of_an_array() -> None:
    x = Tensor([[1.0, 2.0], [4.0, 3.0]])
    assert (x.max().item(), x.min().item()) == (4, 1)
    np.testing.assert_array_equal(x.max(axis=1, keepdims=True).data, [[2], [4]])
    np.testing.assert_array_equal(x.min((0, 1)).data, 1)


def test_empty_arrays_have_empty_gradients_where_there_is_a_maximum() -> None:
    empty = np.zeros((0, 3))
    assert grad(lambda x: relu(x).sum())(empty).shape == (0, 3)
    assert grad(lambda x: max(x, axis=1).sum())(empty).shape == (0, 3)
    assert grad(lambda x: max(x, axis=0, initial=1.0).sum())(empty).shape == (0, 3)


def test_integers_stay_integers() -> None:
    x = Tensor([-1, 0, 2])
    assert relu(x).dtype == x.dtype
    assert clip(x, 0, None).dtype == x.dtype
    assert max(x).item() == 2


def test_what_does_not_fit_is_refused_by_name() -> None:
    x = Tensor([1.0, 2.0])
    with pytest.raises(InvalidOperand, match="max"):
        max(np.zeros(0))
    with pytest.raises(InvalidOperand, match="axis 3"):
        x.max(axis=3)
    with pytest.raises(UnsupportedArgument, match="both"):
        clip(x, 0, 1, max=2)
    with pytest.raises(UnsupportedArgument, match="dtype"):
        np.clip(x, 0, 1, dtype=np.float32)  # type: ignore[call-overload]  # an op stands for it


def test_leaky_relu_takes_numbers_of_either_byte_order() -> None:
    x = np.array([-2.0, 0.0, 3.0], ">f8")
    np.testing.assert_array_equal(elementwise_grad(leaky_relu)(x), elementwise_grad(leaky_relu)(x.astype("<f8")))
