"""Transforms: values, nesting, nested arguments, and independence of threads and exceptions."""

import threading
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest

import corelib
from corelib import (
    Tensor,
    checkpoint,
    elementwise_grad,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    no_grad,
    value_and_grad,
    vjp,
)
from corelib.errors import GradientShape, InvalidOperand, NotDifferentiable

tensor: Any = Tensor  # NumPy's stubs do not know Tensors


def rosenbrock(x: Any) -> Any:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def test_the_third_derivative_of_sin() -> None:
    assert grad(grad(grad(np.sin)))(0.3) == pytest.approx(-np.cos(0.3), rel=1e-15)


def test_nested_transforms_do_not_confuse_their_variables() -> None:
    assert grad(lambda x: x * grad(lambda y: x + y)(x))(3.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0) == 6.0
    assert grad(lambda x: grad(lambda y: x**2 * y**3)(x))(2.0) == pytest.approx(3 * 4 * 2.0**3)


def test_transforms_take_and_return_plain_arrays() -> None:
    value, slope = value_and_grad(lambda x: np.sum(x**2))(np.array([1.0, 2.0]))
    assert type(value) is np.ndarray
    assert type(slope) is np.ndarray
    assert value == 5.0
    assert list(slope) == [2.0, 4.0]


def test_arguments_are_chosen_by_argnums() -> None:
    def f(x: Any, y: Any, *, scale: float) -> Any:
        return scale * x * y**2

    assert grad(f, 1)(2.0, 3.0, scale=10.0) == 120.0
    assert grad(f, (0, -1))(2.0, 3.0, scale=1.0) == (9.0, 12.0)
    with pytest.raises(InvalidOperand, match="names argument 5, and 2 were passed"):
        grad(f, 5)(2.0, 3.0, scale=1.0)


class Pair(NamedTuple):
    w: Any
    b: Any


@dataclass
class Layer:
    w: Any
    rest: Any


def test_arguments_may_be_nested() -> None:
    params = {"first": Pair(np.ones((2, 3)), np.zeros(3)), "then": [Layer(np.full((3, 1), 2.0), (np.ones(1),))]}

    def loss(p: Any) -> Any:
        last = p["then"][0]
        return np.sum(np.tanh(np.ones((4, 2)) @ p["first"].w + p["first"].b) @ last.w + last.rest[0])

    slopes = grad(loss)(params)
    assert slopes["first"].w.shape == (2, 3)
    assert type(slopes["first"]) is Pair
    assert type(slopes["then"][0]) is Layer
    assert slopes["then"][0].rest[0] == 4.0
    assert slopes["first"].b == pytest.approx(4 * 2 * (1 - np.tanh(2) ** 2) * np.ones(3))


def test_jacobian_and_hessian_against_formulas() -> None:
    m = np.arange(6.0).reshape(2, 3)
    x = np.array([0.1, 0.2, 0.3])
    assert np.array_equal(jacobian(lambda v: m @ v)(x), m)
    assert jacobian(np.sin)(x) == pytest.approx(np.diag(np.cos(x)))
    assert hessian(lambda v: np.sum(v**3) + v[0] * v[1])(x) == pytest.approx(
        np.diag(6 * x) + np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]])
    )
    assert jacobian(lambda a, b: a * b, (0, 1))(2.0, 3.0) == (3.0, 2.0)


def test_hvp_of_a_tanh_network_is_the_hessian_times_the_vector() -> None:
    rng = np.random.default_rng(0)
    inputs, weights, vector = rng.normal(size=(5, 3)), rng.normal(size=(3, 2)), rng.normal(size=(3, 2))

    def loss(w: Any) -> Any:
        return np.mean(np.tanh(inputs @ w) ** 2)

    full = hessian(loss)(weights).reshape(6, 6) @ vector.ravel()
    assert hvp(loss)(weights, vector).ravel() == pytest.approx(full, rel=1e-12)


def test_vjp_and_jvp_are_adjoint() -> None:
    rng = np.random.default_rng(1)
    x, v, u = rng.normal(size=4), rng.normal(size=4), rng.normal(size=4)

    def f(x: Any) -> Any:
        return np.sin(x) * np.sum(x**2)

    value, pullback = vjp(f, x)
    same, pushed = jvp(f, (x,), (v,))
    assert value == pytest.approx(same)
    assert u @ pushed == pytest.approx(pullback(u) @ v, rel=1e-12)
    assert pushed == pytest.approx(jacobian(f)(x) @ v, rel=1e-12)


def test_a_pullback_is_called_again_and_again_and_differentiated() -> None:
    _, pullback = vjp(np.sin, 0.5)
    assert pullback(1.0) == pullback(1.0) == pytest.approx(np.cos(0.5))
    assert grad(lambda u: pullback(u) * 3.0)(2.0) == pytest.approx(3 * np.cos(0.5))


def test_elementwise_grad_gives_the_slope_at_each_entry() -> None:
    x = np.linspace(-1, 1, 5)
    assert elementwise_grad(elementwise_grad(np.tanh))(x) == pytest.approx(-2 * np.tanh(x) / np.cosh(x) ** 2)


def test_a_gradient_of_what_does_not_depend_is_zero() -> None:
    assert grad(lambda x: np.sum(np.ones(3)))(2.0) == 0.0
    assert np.array_equal(grad(lambda x, y: np.sum(y), 0)(np.ones(2), np.ones(3)), [0, 0])


def test_wrong_results_and_arguments_are_named() -> None:
    with pytest.raises(GradientShape, match=r"single number, and this one returned shape \(3,\)"):
        grad(np.sin)(np.ones(3))
    with pytest.raises(NotDifferentiable, match="int64 arguments have no gradient"):
        grad(lambda x: x * 2.0)(3)
    with pytest.raises(NotDifferentiable, match="real-valued"):
        grad(lambda z: z * 1j)(1.0)
    with pytest.raises(GradientShape, match="tangent"):
        jvp(np.sin, (np.ones(3),), (np.ones(2),))


def test_complex_gradients_point_along_the_steepest_ascent() -> None:
    """PyTorch's convention: the gradient of |z|**2 is 2 z."""
    z = np.array([1 + 2j, -0.5j])
    assert grad(lambda z: np.sum(np.abs(z) ** 2))(z) == pytest.approx(2 * z)
    assert grad(lambda z: np.sum(np.real(np.exp(z))))(z) == pytest.approx(np.conj(np.exp(z)))


def test_tensors_in_give_tensors_out() -> None:
    x = tensor(2.0, trainable=True)
    slope = grad(lambda v: v**3)(x)
    assert isinstance(slope, Tensor)
    slope.backward()
    assert (slope.item(), x.grad) == (12.0, 12.0)


def test_no_grad_outside_does_not_reach_into_a_transform() -> None:
    with no_grad():
        assert grad(np.sin)(0.0) == 1.0
        assert not np.sin(tensor(0.0, trainable=True)).trainable


def test_an_exception_leaves_no_state_behind() -> None:
    def failing(x: Any) -> Any:
        raise ZeroDivisionError

    for transform in (grad, jacobian, hessian, value_and_grad):
        with pytest.raises(ZeroDivisionError):
            grad(transform(failing))(1.0)
    with pytest.raises(ZeroDivisionError), no_grad():
        failing(1.0)
    assert type(grad(np.sin)(0.0)) is np.ndarray
    assert np.sin(tensor(0.0, trainable=True)).trainable


def test_threads_do_not_see_each_other() -> None:
    wrong: list[object] = []
    barrier = threading.Barrier(4)

    def work(k: int) -> None:
        barrier.wait()
        for i in range(50):
            if k % 2:
                with no_grad():
                    if (tensor(1.0, trainable=True) * 2.0).trainable:
                        wrong.append("recorded under no_grad")
            elif abs(grad(grad(np.sin))(0.1 * i) + np.sin(0.1 * i)) > 1e-15:
                wrong.append("a wrong derivative")

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_newton_with_hessian_finds_rosenbrocks_minimum() -> None:
    x = np.array([-1.2, 1.0, 0.5])
    for _ in range(50):
        x = x - np.linalg.solve(hessian(rosenbrock)(x), grad(rosenbrock)(x))
    assert x == pytest.approx(np.ones(3), abs=1e-10)


def test_gradient_descent_goes_down_rosenbrocks_valley() -> None:
    x0, x1 = tensor(0.0, trainable=True), tensor(2.0, trainable=True)
    losses = []
    for _ in range(10_000):
        y = 100.0 * (x1 - x0**2) ** 2 + (x0 - 1.0) ** 2
        losses.append(y.item())
        x0.cleargrad()
        x1.cleargrad()
        y.backward()
        for x in (x0, x1):
            assert x.grad is not None
            x.data = x.data - 0.001 * x.grad
    assert losses[-1] < 1e-3 < losses[0]
    assert (x0.item(), x1.item()) == pytest.approx((1.0, 1.0), abs=0.05)


def test_checkpoint_keeps_only_arguments_and_gives_the_same_gradients() -> None:
    def block(x: Any, w: Any) -> Any:
        return np.tanh(np.tanh(x @ w) @ w)

    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(4, 3)), rng.normal(size=(3, 3))

    def loss(f: Any) -> Any:
        return lambda x, w: np.sum(f(x, w) ** 2)

    for plain, kept in zip(grad(loss(block), (0, 1))(x, w), grad(loss(checkpoint(block)), (0, 1))(x, w), strict=True):
        assert kept == pytest.approx(plain, rel=1e-14)
    assert hessian(loss(checkpoint(block)))(x, w) == pytest.approx(hessian(loss(block))(x, w), rel=1e-12)
    lines = corelib.graph(checkpoint(block)(tensor(x, trainable=True), w)).splitlines()
    assert len(lines) == 3  # the result, the call, its argument


def test_checkpoint_refuses_what_it_would_lose() -> None:
    w = tensor(2.0, trainable=True, name="w")
    with pytest.raises(NotDifferentiable, match="Tensor w from outside"):
        checkpoint(lambda x: x * w)(tensor(1.0, trainable=True))


def test_checkpoint_lets_its_function_take_gradients_of_its_own() -> None:
    def penalty(w: Any) -> Any:
        return np.sum(grad(lambda x: np.sum(x * x * w))(np.array([3.0, 1.0])))

    w = np.array([2.0, 5.0])
    assert grad(checkpoint(penalty))(w) == pytest.approx(np.array([6.0, 2.0]), rel=1e-12)
    leaf = tensor(w, trainable=True)
    checkpoint(penalty)(leaf).backward()
    assert leaf.grad == pytest.approx(np.array([6.0, 2.0]), rel=1e-12)
    outer = tensor(1.0, trainable=True)
    with pytest.raises(NotDifferentiable, match="from outside"):
        checkpoint(lambda w: penalty(w) * outer)(leaf)
