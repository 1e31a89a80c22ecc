"""Kinks, singular points, tails, and numbers at the ends of the range of floats."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import corelib_elementwise as ops
from corelib import Tensor, elementwise_grad

inf, nan = np.inf, np.nan


def slope(op: Callable[..., Any], *at: float, of: int = 0) -> float:
    """The slope at one point; what the forward pass warns of is not the question."""
    tensors = [Tensor(np.array([x]), trainable=i == of) for i, x in enumerate(at)]
    with np.errstate(all="ignore"):
        result = op(*tensors)
    result.backward(np.ones(1))
    gradient = tensors[of].grad
    assert gradient is not None
    return float(gradient[0])


@pytest.mark.parametrize(
    ("name", "x", "expected"),
    [
        ("sigmoid", -700.0, np.exp(-700.0)),
        ("softplus", -40.0, np.exp(-40.0)),
        ("log_sigmoid", 40.0, np.exp(-40.0)),
        ("expm1", -40.0, np.exp(-40.0)),
        ("log1p", -1 + 2.0**-50, 2.0**50),
        ("arcsin", 1 - 2.0**-50, 1 / np.sqrt(2.0**-49 - 2.0**-100)),
        ("arctanh", 1 - 2.0**-50, 1 / (2.0**-49 - 2.0**-100)),
        ("arctan", 1e150, 1e-300),
        ("arcsinh", -1e200, 1e-200),
        ("arccosh", 1e200, 1e-200),
        ("sinc", 1e-9, -(np.pi**2) * 1e-9 / 3),
        ("cbrt", 1e-300, 1e200 / 3),
    ],
)
def test_slope_is_accurate_in_the_tails(name: str, x: float, expected: float) -> None:
    np.testing.assert_allclose(slope(getattr(ops, name), x), expected, rtol=4e-15)


@pytest.mark.parametrize(
    ("name", "at", "expected"),
    [
        ("hypot", (3e200, 4e200), (0.6, 0.8)),
        ("hypot", (3e-200, 4e-200), (0.6, 0.8)),
        ("arctan2", (3e200, 4e200), (1.6e-201, -1.2e-201)),
        ("logaddexp", (1000.0, 1000.0), (0.5, 0.5)),
        ("logaddexp", (-800.0, 800.0), (0.0, 1.0)),
        ("logaddexp", (-1e308, 1e308), (0.0, 1.0)),
        ("logaddexp", (-inf, -inf), (0.5, 0.5)),
        ("logaddexp", (-inf, 3.0), (0.0, 1.0)),
        ("logaddexp2", (1001.0, 1000.0), (2 / 3, 1 / 3)),
        ("divide", (1e-200, 1e-150), (1e150, -1e100)),
    ],
)
def test_slopes_do_not_overflow(name: str, at: tuple[float, float], expected: tuple[float, float]) -> None:
    found = [slope(getattr(ops, name), *at, of=i) for i in (0, 1)]
    np.testing.assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("name", "at", "expected"),
    [
        ("absolute", (0.0,), 0.0),
        ("absolute", (-0.0,), 0.0),
        ("fabs", (0.0,), 0.0),
        ("sign", (0.0,), 0.0),
        ("hypot", (0.0, 0.0), 0.0),
        ("arctan2", (0.0, 0.0), 0.0),
        ("arctan2", (1.0, inf), 0.0),
        ("copysign", (0.0, -1.0), 0.0),
        ("copysign", (2.0, -0.0), -1.0),
        ("floor", (2.0,), 0.0),
        ("remainder", (6.0, 3.0), 1.0),
        ("sinc", (0.0,), 0.0),
        ("sqrt", (0.0,), inf),
        ("cbrt", (0.0,), inf),
        ("log", (0.0,), inf),
        ("log2", (0.0,), inf),
        ("log1p", (-1.0,), inf),
        ("arcsin", (1.0,), inf),
        ("arccos", (-1.0,), -inf),
        ("arccosh", (1.0,), inf),
        ("arctanh", (1.0,), inf),
        ("reciprocal", (0.0,), -inf),
        ("divide", (1.0, 0.0), inf),
    ],
)
def test_slope_at_a_kink_is_0_and_at_a_singular_point_infinite(
    name: str, at: tuple[float, ...], expected: float
) -> None:
    assert slope(getattr(ops, name), *at) == expected


@pytest.mark.parametrize("name", ["sqrt", "cbrt", "log", "log2", "log10", "reciprocal"])
def test_a_gradient_of_0_stays_0_at_a_singular_point(name: str) -> None:
    def masked(x: Any) -> Any:
        with np.errstate(all="ignore"):
            return np.where(x.data > 0, getattr(ops, name)(x), 0)

    found = elementwise_grad(masked)(np.array([0.0, 1.0]))
    assert found[0] == 0
    assert np.isfinite(found[1])


def test_a_gradient_of_0_stays_0_where_a_quotient_has_no_value() -> None:
    def masked(x: Any, y: Any) -> Any:
        with np.errstate(all="ignore"):
            return np.where(y.data != 0, x / y, 0)

    of_x, of_y = elementwise_grad(masked, (0, 1))(np.array([1.0, 1.0, 0.0]), np.array([0.0, 2.0, 0.0]))
    np.testing.assert_array_equal(of_x, [0, 0.5, 0])
    np.testing.assert_array_equal(of_y, [0, -0.25, 0])


def test_division_by_the_python_number_0_is_no_error() -> None:
    assert slope(lambda x: x / 0.0, 1.0) == inf
    assert slope(lambda x: x / 0, 1.0) == inf
    assert slope(lambda x: x / -0.0, 1.0) == -inf


@pytest.mark.parametrize("kind", ["array", "number"])
@pytest.mark.parametrize(
    ("x", "y", "of_x", "of_y"),
    [
        (0.0, 0.0, 0.0, 0.0),
        (0.0, 1.0, 1.0, 0.0),
        (-0.0, 2.0, 0.0, 0.0),
        (0.0, 0.5, inf, 0.0),
        (0.0, -1.0, -inf, -inf),
        (-2.0, 0.0, 0.0, nan),
        (-2.0, 1.0, 1.0, nan),
        (-2.0, 2.0, -4.0, nan),
        (-2.0, 3.0, 12.0, nan),
        (-2.0, -1.0, -0.25, nan),
        (2.0, 0.5, 0.35355339059327373, 0.9802581434685472),
        (inf, 0.0, 0.0, inf),
        (1e150, 2.0, 2e150, 1e300 * np.log(1e150)),
    ],
)
def test_power_at_the_edges(x: float, y: float, of_x: float, of_y: float, kind: str) -> None:
    if kind == "array":
        found = slope(np.power, x, y), slope(np.power, x, y, of=1)
    else:
        found = slope(lambda t: t**y, x), slope(lambda t: x**t, y)
    np.testing.assert_allclose(found, (of_x, of_y), rtol=1e-15)


def test_power_by_an_int_has_all_its_derivatives_at_0() -> None:
    derivative: Any = lambda x: x**3  # noqa: E731  # a function that is replaced step by step
    found = []
    for _ in range(4):
        derivative = elementwise_grad(derivative)
        found.append(float(derivative(np.array([0.0]))[0]))
    assert found == [0, 0, 6, 0]


@pytest.mark.parametrize("dtype", ["?", "i1", "u1", "i8", "f2", "f4", "f8", "g", "c8", "c16"])
@pytest.mark.parametrize("exponent", [0, 1, 2, 3, 0.5, -0.5, 2.0, True, np.float64(2), np.array([2, 1, 3])])
def test_power_has_the_dtype_that_numpy_gives_it(dtype: str, exponent: Any) -> None:
    x = np.array([1, 2, 3]).astype(dtype)
    found, expected = (ops.power(x, exponent).data, np.power(x, exponent))
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found, expected, rtol=4e-16 if found.dtype.itemsize >= 8 else 1e-3)


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "sinc"])
def test_higher_derivatives_are_right_at_0(name: str) -> None:
    expected: dict[str, list[float]] = {
        "tanh": [1, 0, -2, 0, 16],
        "sigmoid": [1 / 4, 0, -1 / 8, 0, 1 / 4],
        "sinc": [0, -(np.pi**2) / 3, 0, np.pi**4 / 5, 0],
    }
    derivative, found = getattr(ops, name), []
    for _ in range(5):
        derivative = elementwise_grad(derivative)
        found.append(derivative(np.zeros(1))[0])
    np.testing.assert_allclose(found, expected[name], rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize(
    ("name", "at", "expected"),
    [("arcsin", 1.0, inf), ("arccos", 1.0, -inf), ("arccosh", 1.0, -inf), ("sqrt", 0.0, -inf), ("cbrt", 0.0, -inf)],
)
def test_the_second_derivative_is_infinite_where_the_first_is(name: str, at: float, expected: float) -> None:
    with np.errstate(all="ignore"):
        assert elementwise_grad(elementwise_grad(getattr(ops, name)))(np.array([at]))[0] == expected


UNARY = [
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh",
    "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "sinc", "square", "sqrt", "cbrt", "reciprocal", "absolute", "fabs",
    "sigmoid", "softplus", "log_sigmoid", "degrees", "radians", "rint", "sign", "angle", "nan_to_num",
]  # fmt: skip
BINARY = [
    "add", "subtract", "multiply", "divide", "power", "hypot", "arctan2", "copysign", "remainder", "fmod",
    "floor_divide", "logaddexp", "logaddexp2", "heaviside",
]  # fmt: skip
POSITIVE = [0.0, 5e-324, 1e-150, 0.5, 1.0, 30.0, 800.0, 1e150, 1e308]
EXTREMES = [*POSITIVE, *(-x for x in POSITIVE)]


@pytest.mark.parametrize("name", UNARY)
def test_backward_is_silent_and_no_nan_where_forward_is_finite(name: str) -> None:
    op = getattr(ops, name)
    with np.errstate(all="ignore"):
        points = [x for x in EXTREMES if np.isfinite(op(x).data)]
    for x in points:
        assert not np.isnan(slope(op, x)), x


@pytest.mark.parametrize("name", BINARY)
def test_backward_of_two_is_silent_and_no_nan_where_forward_is_finite(name: str) -> None:
    op = getattr(ops, name)
    for x in EXTREMES:
        for y in EXTREMES:
            with np.errstate(all="ignore"):
                finite = np.isfinite(op(x, y).data)
            for of in (0, 1):
                if finite and not (name == "power" and of == 1 and x < 0):
                    assert not np.isnan(slope(op, x, y, of=of)), (x, y, of)


@pytest.mark.parametrize("name", [name for name in UNARY if name not in ("rint", "sign", "nan_to_num", "angle")])
def test_nan_stays_where_it_is(name: str) -> None:
    with np.errstate(divide="ignore"):  # arctanh(1)
        found = elementwise_grad(getattr(ops, name))(np.array([1.0, nan, 1.0]))
    if name not in ("degrees", "radians"):  # whose slope is the same everywhere
        assert np.isnan(found[1])
    assert not np.isnan(found[[0, 2]]).any()


@pytest.mark.parametrize(
    ("name", "x", "expected"), [("tanh", 20.0, 1.7e-17), ("tanh", -350.0, 0), ("sigmoid", 37.43, 5.6e-17)]
)
def test_slopes_made_from_the_result_are_within_eps_in_its_flat_tails(name: str, x: float, expected: float) -> None:
    """They keep one array and cost two NumPy calls; 1 - y cannot say how far y is from 1 beyond eps."""
    np.testing.assert_allclose(slope(getattr(ops, name), x), expected, atol=np.finfo(float).eps)
