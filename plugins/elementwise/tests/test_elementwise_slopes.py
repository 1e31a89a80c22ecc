"""Slopes against differences in extended precision, to second order, in every dtype and layout."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import corelib_elementwise as ops
from corelib import Tensor, elementwise_grad

ANY = np.array([-2.7, -1.2, -0.4, 0.3, 0.9, 1.6, 3.1])
INSIDE = np.array([-0.93, -0.5, -0.1, 0.2, 0.6, 0.97])
POSITIVE = np.array([0.05, 0.4, 0.9, 1.3, 2.6, 7.0])

UNARY: dict[str, np.ndarray[Any, Any]] = {
    **dict.fromkeys(
        ["exp", "exp2", "expm1", "sin", "cos", "tan", "arctan", "sinh", "cosh", "tanh", "arcsinh", "sinc", "square",
         "cbrt", "reciprocal", "absolute", "fabs", "negative", "positive", "sigmoid", "softplus", "log_sigmoid",
         "degrees", "rad2deg", "radians", "deg2rad", "floor", "ceil", "rint", "trunc", "fix", "round", "sign",
         "nan_to_num", "real", "imag", "conjugate", "angle"],
        ANY,
    ),
    **dict.fromkeys(["log", "log2", "log10", "sqrt"], POSITIVE),
    "log1p": POSITIVE - 1,
    **dict.fromkeys(["arcsin", "arccos", "arctanh"], INSIDE),
    "arccosh": POSITIVE + 1,
}  # fmt: skip

BINARY: dict[str, tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]] = {
    **dict.fromkeys(
        ["add", "subtract", "multiply", "divide", "hypot", "arctan2", "copysign", "remainder", "fmod", "floor_divide",
         "logaddexp", "logaddexp2", "heaviside"],
        (ANY, np.array([1.3, -0.7, 2.2, -3.1, 0.6, 0.9, -1.7])),
    ),
    **dict.fromkeys(["power", "float_power"], (POSITIVE, np.array([-1.3, 0.7, 2.2, -3.1, 3.0, 1.9]))),
}  # fmt: skip


def difference(f: Callable[[Any], Any], x: Any) -> Any:
    """The slope of f at each entry by five points, in the precision of x."""
    h = np.finfo(x.dtype).eps ** 0.2 * np.maximum(abs(x), 0.1) / 16
    return (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h)


def value(op: Any) -> Callable[..., Any]:
    return lambda *args: op(*args).data


def close(found: Any, expected: Any, rtol: float = 1e-9, atol: float = 1e-11) -> None:
    assert found.shape == expected.shape
    np.testing.assert_allclose(np.asarray(found, complex), np.asarray(expected, complex), rtol=rtol, atol=atol)


@pytest.mark.parametrize("name", UNARY)
def test_unary_slope_agrees_with_differences(name: str) -> None:
    op, x = getattr(ops, name), UNARY[name].astype(np.longdouble)
    close(elementwise_grad(op)(x), difference(value(op), x))


@pytest.mark.parametrize("name", UNARY)
def test_unary_slope_of_the_slope_agrees_with_differences(name: str) -> None:
    slope, x = elementwise_grad(getattr(ops, name)), UNARY[name].astype(np.longdouble)
    close(elementwise_grad(slope)(x), difference(slope, x))


@pytest.mark.parametrize("name", BINARY)
def test_binary_slopes_agree_with_differences(name: str) -> None:
    op = getattr(ops, name)
    x, y = (a.astype(np.longdouble) for a in BINARY[name])
    of_x, of_y = elementwise_grad(op, (0, 1))(x, y)
    close(of_x, difference(lambda t: op(t, y).data, x))
    close(of_y, difference(lambda t: op(x, t).data, y))


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("name", BINARY)
def test_binary_slopes_of_the_slopes_agree_with_differences(name: str, first: int) -> None:
    slope = elementwise_grad(getattr(ops, name), first)
    x, y = (a.astype(np.longdouble) for a in BINARY[name])
    of_x, of_y = elementwise_grad(slope, (0, 1))(x, y)
    close(of_x, difference(lambda t: slope(t, y), x))
    close(of_y, difference(lambda t: slope(x, t), y))


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("order", [3, 4])
def test_unary_slopes_of_higher_order_agree_with_differences(name: str, order: int) -> None:
    slope = getattr(ops, name)
    for _ in range(order - 1):
        slope = elementwise_grad(slope)
    x = UNARY[name].astype(np.longdouble)
    close(elementwise_grad(slope)(x), difference(slope, x), rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("name", UNARY)
def test_unary_ops_keep_the_dtype(name: str, dtype: Any) -> None:
    op, x = getattr(ops, name), UNARY[name].astype(dtype)
    slope = elementwise_grad(op)(x)
    assert op(x).dtype == dtype
    assert slope.dtype == dtype
    precise = elementwise_grad(op)(x.astype(np.float64))
    eps = float(np.finfo(dtype).eps)
    np.testing.assert_allclose(slope.astype(np.float64), precise, rtol=16 * max(eps, 1e-15), atol=eps)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("name", [name for name in BINARY if name != "float_power"])
def test_binary_ops_keep_the_dtype(name: str, dtype: Any) -> None:
    op = getattr(ops, name)
    x, y = (a.astype(dtype) for a in BINARY[name])
    slopes = elementwise_grad(op, (0, 1))(x, y)
    assert [op(x, y).dtype, op(x, 1.5).dtype, op(1.5, y).dtype, *(s.dtype for s in slopes)] == [dtype] * 5


@pytest.mark.parametrize("name", UNARY)
def test_unary_slope_is_the_same_in_every_layout(name: str) -> None:
    slope = elementwise_grad(getattr(ops, name))
    x = UNARY[name][:6]
    expected = slope(x.copy())
    for view in (np.repeat(x, 3)[::3], x[::-1].copy()[::-1], np.asfortranarray(x.reshape(2, 3))):
        close(np.ravel(slope(view)), expected, rtol=1e-15)
    close(np.stack([slope(np.asarray(entry)) for entry in x]), expected, rtol=1e-15)
    assert slope(np.zeros((0, 3))).shape == (0, 3)


@pytest.mark.parametrize("name", BINARY)
def test_binary_slopes_of_broadcast_operands_are_sums(name: str) -> None:
    op = getattr(ops, name)
    x, y = BINARY[name][0][:3, None], BINARY[name][1][:4]
    whole = elementwise_grad(op, (0, 1))(*np.broadcast_arrays(x, y))
    of_x, of_y = elementwise_grad(op, (0, 1))(x, y)
    close(of_x, whole[0].sum(1, keepdims=True), rtol=1e-14)
    close(of_y, whole[1].sum(0), rtol=1e-14)


@pytest.mark.parametrize("name", [*UNARY, *BINARY])
def test_backward_leaves_everything_as_it_was(name: str) -> None:
    points = [UNARY[name]] if name in UNARY else BINARY[name]
    tensors = [Tensor(x, trainable=True) for x in points]
    result = getattr(ops, name)(*tensors)
    before, propagated = result.data.copy(), np.linspace(-1, 1, result.size)
    sent = propagated.copy()
    result.backward(propagated)
    np.testing.assert_array_equal(result.data, before)
    np.testing.assert_array_equal(propagated, sent)
    for tensor, x in zip(tensors, points, strict=True):
        np.testing.assert_array_equal(tensor.data, x)


@pytest.mark.parametrize("name", ["power", "float_power"])
def test_the_mixed_derivative_of_a_power_is_right_where_the_exponent_is_zero(name: str) -> None:
    """d2/dx dy of x**y is x**(y-1) (1 + y log x), which is 1 / x at y = 0; both ways round, and along x = y."""
    op = getattr(ops, name)
    x, y = np.array([0.5, 2.0, 1.5]), np.array([0.0, 0.0, 1.0])
    mixed = [1 / 0.5, 1 / 2.0, 1 + np.log(1.5)]
    by_x_then_y = elementwise_grad(lambda y: elementwise_grad(op)(x, y))(y)
    by_y_then_x = elementwise_grad(lambda x: elementwise_grad(op, 1)(x, y))(x)
    assert np.asarray(by_x_then_y) == pytest.approx(mixed, rel=1e-14)
    assert np.asarray(by_y_then_x) == pytest.approx(mixed, rel=1e-14)
    assert elementwise_grad(op)(np.array([0.0, np.nan]), np.zeros(2)).tolist() == [0.0, 0.0]
