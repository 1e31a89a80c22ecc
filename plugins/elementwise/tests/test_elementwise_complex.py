"""Complex numbers: holomorphic slopes, the parts of a number, and PyTorch's convention."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import corelib_elementwise as ops
from corelib import Tensor, grad

random = np.random.default_rng(5)


def points(n: int = 6) -> Any:
    return random.normal(size=n) + 1j * random.normal(size=n)


Z, W, WEIGHT = points(), points(), points()
HOLOMORPHIC = [
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh",
    "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "square", "sqrt", "reciprocal", "negative", "positive", "sigmoid",
    "sinc",
]  # fmt: skip
OF_PARTS = ["absolute", "sign", "real", "imag", "conjugate", "angle"]
BINARY = ["add", "subtract", "multiply", "divide", "power", "float_power"]


def height(result: Any) -> Any:
    """A real function of complex results: a different direction at each entry."""
    return np.sum(np.real(result) * WEIGHT.real + np.imag(result) * WEIGHT.imag)


def ascent(f: Callable[..., Any], z: Any) -> Any:
    """df/dx + i df/dy at each entry, by differences of five points."""

    def along(direction: complex) -> Any:
        h = 1e-3 * direction * np.eye(z.size)
        values = [np.array([float(f(row)) for row in z + step * h]) for step in (1, -1, 2, -2)]
        return (8 * (values[0] - values[1]) - (values[2] - values[3])) / 12e-3

    return along(1) + 1j * along(1j)


def on_arrays(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: np.asarray(getattr(f(*args), "data", f(*args)))


@pytest.mark.parametrize("name", [*HOLOMORPHIC, *OF_PARTS])
def test_gradient_is_the_steepest_ascent(name: str) -> None:
    def f(z: Any) -> Any:
        return height(getattr(ops, name)(z))

    np.testing.assert_allclose(grad(f)(Z), ascent(on_arrays(f), Z), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("name", [*HOLOMORPHIC, *OF_PARTS])
def test_gradient_of_the_gradient_is_the_steepest_ascent(name: str) -> None:
    def f(z: Any) -> Any:
        inner = grad(lambda t: height(getattr(ops, name)(t)))(z)
        return np.sum(np.real(inner) * W.real + np.imag(inner) * W.imag)

    np.testing.assert_allclose(grad(f)(Z), ascent(on_arrays(f), Z), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", BINARY)
def test_gradients_of_two_are_the_steepest_ascents(name: str) -> None:
    def f(z: Any, w: Any) -> Any:
        return height(getattr(ops, name)(z, w))

    of_z, of_w = grad(f, (0, 1))(Z, W)
    np.testing.assert_allclose(of_z, ascent(on_arrays(lambda z: f(z, W)), Z), rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(of_w, ascent(on_arrays(lambda w: f(Z, w)), W), rtol=1e-7, atol=1e-7)


def test_a_real_base_takes_a_complex_exponent() -> None:
    def f(w: Any) -> Any:
        return height(ops.power(-2.0, w)) + height(ops.power(np.array([-3.0]), w))

    np.testing.assert_allclose(grad(f)(W), ascent(on_arrays(f), W), rtol=1e-7)


@pytest.mark.parametrize("name", OF_PARTS)
def test_a_real_argument_has_a_real_gradient(name: str) -> None:
    x = Tensor([2.0, -3.0], trainable=True)
    result = getattr(ops, name)(x)
    result.backward(np.ones(2))
    expected = {"absolute": [1, -1], "real": [1, 1], "conjugate": [1, 1]}.get(name, [0, 0])
    assert x.grad is not None
    assert x.grad.dtype == np.float64
    np.testing.assert_array_equal(x.grad, expected)


@pytest.mark.parametrize("name", ["absolute", "sign", "angle"])
def test_gradient_at_the_origin_is_0(name: str) -> None:
    z = Tensor(np.zeros(1, complex), trainable=True)
    result = getattr(ops, name)(z)
    result.backward(np.ones(1, result.dtype))
    np.testing.assert_array_equal(z.grad, [0])


def test_angle_in_degrees() -> None:
    def turned(z: Any) -> Any:
        return np.sum(np.angle(z, deg=True))

    np.testing.assert_allclose(turned(Tensor(Z)).data, np.sum(np.angle(Z, deg=True)))
    np.testing.assert_allclose(grad(turned)(Z), 180 / np.pi * 1j * Z / abs(Z) ** 2)


@pytest.mark.parametrize("name", ["arcsin", "arccos", "arccosh", "arctanh", "sqrt", "log"])
@pytest.mark.parametrize("z", [complex(-2, 0.0), complex(-2, -0.0), complex(2, 0.0), complex(2, -0.0)])
def test_slope_on_a_cut_is_that_of_the_side_numpy_takes(name: str, z: complex) -> None:
    op, side = getattr(ops, name), np.copysign(1e-9, z.imag)
    on, beside = (Tensor(np.array([p]), trainable=True) for p in (z, complex(z.real, side)))
    for point in (on, beside):
        op(point).backward(np.ones(1, complex))
    np.testing.assert_allclose(on.grad, beside.grad, atol=1e-8)  # type: ignore[arg-type]  # both arrived


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "tan"])
def test_slopes_of_complex_numbers_do_not_overflow(name: str) -> None:
    far = np.array([800 + 1j, -800 + 1j]) * (1j if name == "tan" else 1)
    z = Tensor(far, trainable=True)
    getattr(ops, name)(z).backward(np.ones(2, complex))
    np.testing.assert_array_equal(z.grad, [0, 0])


def test_softplus_and_log_sigmoid_are_real() -> None:
    for op in (ops.softplus, ops.log_sigmoid):
        with pytest.raises(TypeError, match="real numbers only"):
            op(1j)
