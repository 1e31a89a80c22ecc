"""Transforms within transforms, on any thread, and around trainable Tensors: what is returned is connected to them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import numpy as np
import pytest

from corelib import Tensor, checkpoint, elementwise_grad, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp

T: Final = np.arange(1.0, 4.0)


def softmax(z: Any) -> Any:
    e = np.exp(z)
    return e / np.sum(e)


P: Final = softmax(1.3 * np.arange(3.0))
MEAN: Final = P @ np.arange(3.0)
VARIANCE: Final = P @ np.arange(3.0) ** 2 - MEAN**2

BROADCAST: Final[dict[str, tuple[Callable[..., Any], float]]] = {
    "a quotient": (lambda x: np.sum(np.array([0.5, 1.5]) / x), 4 / 1.3**3),
    "a softmax": (lambda x: softmax(x * np.arange(3.0))[0], P[0] * (MEAN**2 - VARIANCE)),
    "hypot": (lambda x: np.sum(np.hypot(np.array([3.0, 4.0]), x)), 9 / (9 + 1.69) ** 1.5 + 16 / (16 + 1.69) ** 1.5),
    "a remainder": (lambda x: np.sum(np.fmod(np.array([5.0, 7.0]), x) * x), 2 * -(3 + 5)),
}


@pytest.mark.parametrize("name", BROADCAST)
def test_a_second_derivative_through_a_broadcast_operand(name: str) -> None:
    f, expected = BROADCAST[name]
    twice = grad(grad(f))(1.3)
    assert twice == pytest.approx(expected, rel=1e-12)
    assert twice == pytest.approx(hessian(f)(1.3), rel=1e-12)


def test_a_gradient_of_a_gradient_in_another_variable_through_a_broadcast() -> None:
    def inner(p: Any) -> Any:
        return grad(lambda t: np.sum(np.sin(p * t) + np.cos(p * t)))(T)

    expected = np.sum((np.cos(2 * T) - np.sin(2 * T)) - 2 * T * (np.sin(2 * T) + np.cos(2 * T)))
    assert grad(lambda p: np.sum(inner(p)))(2.0) == pytest.approx(expected, rel=1e-12)
    assert expected == pytest.approx(0.588255, abs=1e-6)


def test_a_transform_on_another_thread_is_connected_to_the_one_around_it() -> None:
    with ThreadPoolExecutor(1) as pool:
        outer = grad(lambda x: x * pool.submit(lambda: grad(lambda y: x * y)(2.0)).result())
        assert outer(3.0) == 6.0
        both = value_and_grad(lambda x: x * pool.submit(lambda: grad(lambda y: x * y * y)(2.0)).result())
        assert both(3.0) == (36.0, 24.0)


def test_a_transform_on_another_thread_alone_returns_plain_arrays() -> None:
    def kinds_at(x: float) -> Any:
        return type(grad(lambda y: y * y)(x)), type(jvp(np.sin, (x,), (1.0,))[1])

    with ThreadPoolExecutor(4) as pool:
        kinds = list(pool.map(kinds_at, np.linspace(0, 1, 50)))
    assert set(kinds) == {(np.ndarray, np.ndarray)}


PENALTIES: Final[dict[str, Callable[[Any], Any]]] = {
    "grad": lambda w: grad(lambda x: w * x * x)(2.0),
    "value_and_grad": lambda w: value_and_grad(lambda x: w * x * x)(2.0)[1],
    "elementwise_grad": lambda w: elementwise_grad(lambda x: w * x * x)(2.0),
    "vjp": lambda w: vjp(lambda x: w * x * x, 2.0)[1](1.0),
    "jvp": lambda w: jvp(lambda x: w * x * x, (2.0,), (1.0,))[1],
    "jacobian": lambda w: jacobian(lambda x: w * x * x)(2.0),
    "hvp": lambda w: hvp(lambda x: w * x * x * x / 3)(2.0, 1.0),
    "hessian": lambda w: hessian(lambda x: w * x * x * x / 3)(2.0),
    "a pullback called twice": lambda w: ((pullback := vjp(lambda x: w * x * x, 2.0)[1])(1.0) + pullback(1.0)) / 2,
    "a checkpoint inside": lambda w: grad(lambda x: checkpoint(lambda x, w: w * x * x)(x, w))(2.0),
}


@pytest.mark.parametrize("name", PENALTIES)
def test_a_gradient_penalty_reaches_the_weights_that_the_function_closes_over(name: str) -> None:
    w = Tensor(3.0, trainable=True)
    loss = w * 1.0 + PENALTIES[name](w)
    loss.backward()
    assert w.grad == 5.0
    assert loss.item() == 15.0


def test_what_does_not_depend_on_a_closed_over_weight_stays_a_plain_array() -> None:
    w = Tensor(3.0, trainable=True)
    value, (of_x, of_y) = value_and_grad(lambda x, y: w * x + y * y, (0, 1))(2.0, 5.0)
    assert isinstance(value, Tensor)
    assert isinstance(of_x, Tensor)
    assert type(of_y) is np.ndarray
    assert of_y == 10.0


def test_an_inner_result_that_depends_on_nothing_outside_is_a_plain_array() -> None:
    kinds = []

    def f(x: Any) -> Any:
        inner = grad(lambda y: y * y)(3.0)
        kinds.append(type(inner))
        return x * inner

    assert grad(f)(2.0) == 6.0
    assert kinds == [np.ndarray]


def test_a_pullback_made_outside_is_differentiated_inside_in_its_cotangent() -> None:
    _, pullback = vjp(lambda x: np.sin(x) * x, T)
    slope = np.cos(T) * T + np.sin(T)
    outer = np.asarray(grad(lambda u: np.sum(pullback(u * u)))(np.ones(3)))
    np.testing.assert_allclose(outer, 2 * slope, rtol=1e-12)
    np.testing.assert_allclose(jacobian(pullback)(T), np.diag(slope), rtol=1e-12)


def test_a_jvp_of_a_function_with_constant_parts() -> None:
    value, tangent = jvp(lambda x: [x * x, 3.0, np.argmax(x * np.ones(2))], (2.0,), (1.0,))
    assert value == [4.0, 3.0, 0]
    assert tangent == [4.0, 0.0, 0.0]
    assert jvp(lambda x: (), (1.0,), (1.0,)) == ((), ())


@pytest.mark.parametrize(
    ("f", "slope"),
    [
        (np.sqrt, np.inf),
        (np.log, np.inf),
        (np.cbrt, np.inf),
        (lambda x: np.where(x > 0.2, 1 / x, 0.0), 0.0),
        (lambda x: np.where(x > 0.2, np.sqrt(x), x), 1.0),
        (lambda x: (np.sqrt(x), -np.sqrt(x))[0], np.inf),
    ],
)
def test_a_forward_derivative_at_a_singular_point_is_that_of_the_reverse(f: Callable[..., Any], slope: float) -> None:
    with np.errstate(all="ignore"):
        pushed = jvp(f, (np.array([0.0, 4.0]),), (np.ones(2),))[1]
        reverse = elementwise_grad(f)(np.array([0.0, 4.0]))
    assert pushed[0] == slope == reverse[0]
    assert pushed[1] == pytest.approx(reverse[1])


def test_a_third_derivative_through_threads_and_closures() -> None:
    with ThreadPoolExecutor(1) as pool:

        def second(x: Any) -> Any:
            return pool.submit(lambda: hessian(lambda y: x * y * y * y)(2.0)).result()

        assert grad(second)(5.0) == 12.0
    assert grad(lambda x: grad(lambda y: grad(lambda z: x * y * y * z)(1.0))(3.0))(2.0) == 6.0
