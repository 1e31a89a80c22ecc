"""Gradients where matrices are singular, and where eigenvalues or singular values are equal."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import corelib
from corelib.conformance import check_grads
from corelib.errors import NotDifferentiable

generator = np.random.default_rng(3)
TURN = np.linalg.qr(generator.normal(size=(4, 4)))[0]
OTHER = np.linalg.qr(generator.normal(size=(4, 4)))[0]
WEIGHTS = generator.normal(size=(4, 4))

SPECTRA = [[1, 1, 1, 1], [1, 1, 2, 3], [1, 1, 3, 3], [0, 0, 0, 0], [0, 0, 1, 1], [1, 1, 1, 2]]
OF_ALL: dict[str, Callable[[Any], Any]] = {
    "squares": lambda w: np.sum((w - 1) ** 2), "product": lambda w: np.sum(w**2) * np.sum(w),
    "exp": lambda w: np.sum(np.exp(w)), "logsumexp": lambda w: np.log(np.sum(np.exp(w))),
}  # fmt: skip


def symmetric(eigenvalues: Any) -> Any:
    x = (TURN * eigenvalues) @ TURN.T
    return (x + x.T) / 2


@pytest.mark.parametrize("eigenvalues", SPECTRA, ids=str)
@pytest.mark.parametrize("name", OF_ALL)
def test_a_function_of_equal_eigenvalues_is_differentiated_twice(eigenvalues: Any, name: str) -> None:
    check_grads(lambda a: OF_ALL[name](np.linalg.eigvalsh((a + a.T) / 2)), order=2)(symmetric(eigenvalues))


@pytest.mark.parametrize(("rows", "columns"), [(4, 4), (4, 3), (3, 4), (2, 4)])
@pytest.mark.parametrize("values", SPECTRA, ids=str)
@pytest.mark.parametrize("power", [2, 4])
def test_an_even_function_of_singular_values_is_differentiated_twice(
    rows: int, columns: int, values: Any, power: int
) -> None:
    a = ((TURN * values) @ OTHER.T)[:rows, :columns]
    check_grads(lambda a: np.sum(np.linalg.svdvals(a) ** power), order=2)(a)


@pytest.mark.parametrize("eigenvalues", SPECTRA, ids=str)
def test_functions_of_equal_values_of_complex_matrices_are_differentiated_twice(eigenvalues: Any) -> None:
    turn = np.linalg.qr(WEIGHTS + 1j * TURN)[0]
    a = (turn * eigenvalues) @ np.conjugate(turn.T)

    def hermitian(x: Any, y: Any) -> Any:
        b = x + 1j * y
        return np.sum(np.linalg.eigvalsh((b + np.conjugate(b.T)) / 2) ** 3)

    check_grads(hermitian, order=2)(a.real.copy(), a.imag.copy())
    check_grads(lambda x, y: np.sum(np.linalg.svdvals(x + 1j * y) ** 2), order=2)(a.real.copy(), a.imag.copy())


def test_a_stack_may_hold_equal_and_different_values() -> None:
    stack = np.stack([np.eye(4), np.diag([1.0, 2, 3, 4]), np.zeros((4, 4)), WEIGHTS])
    check_grads(lambda a: np.sum(np.linalg.svdvals(a)[..., :] ** 2 * np.arange(1.0, 5)[:, None]), order=2)(stack)
    check_grads(lambda a: np.sum(np.linalg.det(a) ** 2), order=2)(stack)


def exponential(a: Any) -> Any:
    w, v = np.linalg.eigh((a + a.T) / 2)
    return np.sum(WEIGHTS * ((v * np.exp(w)) @ v.T))


@pytest.mark.parametrize("eigenvalues", SPECTRA, ids=str)
def test_a_function_of_a_matrix_needs_no_different_eigenvalues(eigenvalues: Any) -> None:
    check_grads(exponential)(symmetric(eigenvalues))
    check_grads(exponential)(np.diag(np.array(eigenvalues, float)))
    check_grads(exponential)(symmetric(eigenvalues) + 1e-16 * max(eigenvalues) * WEIGHTS)


def test_a_projector_on_equal_eigenvalues_has_a_gradient() -> None:
    def projected(a: Any) -> Any:
        v = np.linalg.eigh((a + a.T) / 2).eigenvectors[:, :2]
        return np.sum(WEIGHTS * (v @ v.T))

    check_grads(projected)(symmetric([1, 1, 3, 4]))


def test_what_depends_on_the_choice_of_eigenvectors_has_none() -> None:
    gradient = corelib.grad(lambda a: np.sum(WEIGHTS * np.linalg.eigh(a)[1]))(symmetric([1, 1, 2, 3]))
    assert np.isnan(gradient).any()


def test_a_gradient_that_cannot_be_told_is_nan_and_not_wrong() -> None:
    def logarithm(a: Any) -> Any:
        w, v = np.linalg.eigh(a)
        return np.sum(WEIGHTS * ((v * np.log(w)) @ v.T))

    assert np.isnan(corelib.grad(logarithm)(np.eye(4))).any()
    with pytest.raises(NotDifferentiable, match="equal"):
        corelib.hessian(exponential)(np.eye(4))


def test_equal_values_share_the_gradient_of_the_largest() -> None:
    assert np.allclose(corelib.grad(lambda a: np.linalg.eigvalsh(a)[-1])(np.eye(4)), np.eye(4) / 4)
    assert np.allclose(corelib.grad(lambda a: np.linalg.norm(a, 2))(np.eye(4)), np.eye(4) / 4)


def test_a_singular_value_of_zero_has_the_least_subgradient() -> None:
    gradient = corelib.grad(lambda a: np.linalg.norm(a, "nuc"))(np.diag([2.0, 1.0, 0.0]))
    assert np.allclose(gradient, np.diag([1.0, 1.0, 0.0]))


@pytest.mark.parametrize("rank", range(5))
@pytest.mark.parametrize("small", [0, 1e-12, 1e-6])
def test_a_determinant_of_any_rank_is_differentiated_twice(rank: int, small: float) -> None:
    values = np.array([1.5, 0.7, 1.1, 0.9])
    a = (TURN * np.where(np.arange(4) < rank, values, small)) @ OTHER.T
    check_grads(np.linalg.det, order=2)(a)
    check_grads(lambda a: np.sum(np.linalg.det(a) * np.array([1.0, -2.0])), order=2)(np.stack([a, TURN + np.eye(4)]))


def test_the_logarithm_of_no_determinant_has_an_infinite_slope() -> None:
    def logarithm(a: Any) -> Any:
        return np.linalg.slogdet(a).logabsdet

    inf = np.inf
    assert np.array_equal(corelib.grad(logarithm)(np.ones((2, 2))), [[inf, -inf], [-inf, inf]])
    both = np.stack([np.ones((2, 2)), np.diag([2.0, 4.0])])
    chosen = corelib.grad(lambda a: np.sum(np.where(np.array([False, True]), logarithm(a), 0.0)))(both)
    assert np.array_equal(chosen, [np.zeros((2, 2)), np.diag([0.5, 0.25])])
