"""First and second gradients beside differences where the suite does not look: complex vectors, and one triangle."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import corelib
from corelib.conformance import check_grads
from corelib.errors import InvalidMatrix, InvalidOperand, NotDifferentiable, UnsupportedArgument

generator = np.random.default_rng(11)
REAL, IMAGINARY = generator.normal(size=(2, 2, 3, 3))
TALL_REAL, TALL_IMAGINARY = generator.normal(size=(2, 4, 2))
WEIGHTS = generator.normal(size=(3, 3))


def adjoint(a: Any) -> Any:
    return np.conjugate(np.swapaxes(a, -1, -2))


def weighed(*results: Any) -> Any:
    """A number that depends on real and imaginary parts of all entries."""
    total: Any = 0.0
    for x in results:
        total = total + np.sum(np.sin(np.real(x) + 0.1 * np.arange(x.shape[-1]))) + np.sum(np.imag(x) ** 2)
    return total


@pytest.mark.parametrize("uplo", ["L", "U"])
def test_eigenvectors_of_hermitian_matrices_have_the_phase_of_lapack(uplo: Any) -> None:
    def call(x: Any, y: Any) -> Any:
        a = x + 1j * y
        return weighed(*np.linalg.eigh(a + adjoint(a), uplo))

    check_grads(call, order=2)(REAL, IMAGINARY)


@pytest.mark.parametrize("upper", [False, True])
def test_cholesky_of_hermitian_matrices(upper: bool) -> None:
    def call(x: Any, y: Any) -> Any:
        a = x + 1j * y
        return weighed(np.linalg.cholesky(a @ adjoint(a) + np.eye(3), upper=upper))

    check_grads(call, order=2)(REAL, IMAGINARY)


COMPLEX: dict[str, Callable[[Any], Any]] = {
    "svd": lambda a: weighed(*np.linalg.svd(a, full_matrices=False)),
    "svdvals": lambda a: weighed(np.linalg.svdvals(a)),
    "qr": lambda a: weighed(*np.linalg.qr(a)),
    "qr complete": lambda a: weighed(*np.linalg.qr(a, "complete")),
    "pinv": lambda a: weighed(np.linalg.pinv(a)),
    "lstsq": lambda a: weighed(np.linalg.lstsq(a, np.ones(a.shape[0]))[0]),
    "norm nuc": lambda a: np.linalg.norm(a, "nuc"),
}


@pytest.mark.parametrize("name", COMPLEX)
@pytest.mark.parametrize("shape", [(4, 2), (2, 4)])
def test_factors_of_complex_matrices(name: str, shape: tuple[int, int]) -> None:
    def call(x: Any, y: Any) -> Any:
        return COMPLEX[name](np.reshape(x + 1j * y, shape))

    check_grads(call, order=2)(TALL_REAL, TALL_IMAGINARY)


@pytest.mark.parametrize("name", ["eig", "det", "slogdet", "matrix_power", "inv"])
def test_complex_square_matrices(name: str) -> None:
    function = getattr(np.linalg, name)

    def call(x: Any, y: Any) -> Any:
        result = function(x + 1j * y, 3) if name == "matrix_power" else function(x + 1j * y)
        return weighed(*result) if isinstance(result, tuple) else weighed(result * np.ones(1))

    check_grads(call, order=2)(REAL, IMAGINARY)


ONE_TRIANGLE: dict[str, Callable[[Any], Any]] = {
    "cholesky": lambda a: np.linalg.cholesky(np.tril(a) @ np.tril(a).T + 3 * np.tril(a) + 9 * np.eye(3)),
    "eigvalsh": lambda a: np.linalg.eigvalsh(np.tril(a)),
    "eigvalsh U": lambda a: np.linalg.eigvalsh(np.triu(a), "U"),
    "eigh": lambda a: np.linalg.eigh(a)[1],
    "eigh U": lambda a: np.linalg.eigh(a, UPLO="U")[1],
    "pinv": lambda a: np.linalg.pinv(a, hermitian=True),
    "svd": lambda a: np.linalg.svd(a, hermitian=True)[0],
    "svd values": lambda a: np.linalg.svd(a, compute_uv=False, hermitian=True),
}


@pytest.mark.parametrize("name", ONE_TRIANGLE)
def test_a_triangle_alone_has_all_of_the_gradient(name: str) -> None:
    check_grads(lambda a: weighed(ONE_TRIANGLE[name](a)), order=2)(REAL[0])


def test_the_gradient_of_a_symmetric_matrix_is_symmetric() -> None:
    a = REAL[0] @ REAL[0].T + np.eye(3)
    for call in (np.linalg.cholesky, np.linalg.eigvalsh, lambda a: np.linalg.eigh(a)[1]):
        gradient = corelib.grad(lambda a, call=call: np.sum(WEIGHTS * call(a)))(a)
        assert np.array_equal(gradient, gradient.T)


def test_square_factors_of_a_tall_matrix_have_a_gradient_that_depends_on_no_choice() -> None:
    def projected(a: Any) -> Any:
        beyond = np.linalg.svd(a).U[:, 2:]
        return np.sum(WEIGHTS[0, 0] * (beyond @ beyond.T) ** 2)

    check_grads(projected)(TALL_REAL)
    chosen = corelib.grad(lambda a: np.sum(np.linalg.svd(a)[0] * np.arange(4.0)))(TALL_REAL)
    assert np.isnan(chosen).any()


def test_results_have_the_names_that_those_of_numpy_have() -> None:
    a: Any = corelib.Tensor(REAL[0], trainable=True)
    assert np.linalg.svd(a).Vh.shape == (3, 3)
    assert np.linalg.qr(a).R.shape == (3, 3)
    assert np.linalg.eigh(a).eigenvectors.shape == (3, 3)
    assert np.linalg.eig(a).eigenvalues.shape == (3,)
    assert np.linalg.slogdet(a).logabsdet.shape == ()


def test_what_has_no_gradient_is_refused_in_words() -> None:
    a: Any = corelib.Tensor(REAL[0], trainable=True)
    with pytest.raises(NotDifferentiable, match="counts"):
        np.linalg.matrix_rank(a)
    with pytest.raises(UnsupportedArgument, match="raw"):
        np.linalg.qr(a, "raw")
    with pytest.raises(InvalidMatrix):
        np.linalg.inv(a * 0)
    with pytest.raises(InvalidOperand, match="norm"):
        np.linalg.norm(a, 3)


@pytest.mark.parametrize("p", [None, 1, np.inf, "fro", 2])
def test_the_condition_of_a_singular_matrix_is_infinite(p: Any) -> None:
    a = np.stack([np.diag([1.0, 0.0]), np.diag([1.0, 2.0])])
    tensor: Any = corelib.Tensor(a, trainable=True)
    value: Any = np.linalg.cond(tensor, p)
    assert np.array_equal(value.data, np.linalg.cond(a, p))


def test_dependent_columns_have_no_factors_to_differentiate() -> None:
    with pytest.raises(InvalidMatrix, match="R is singular"):
        corelib.grad(lambda a: np.sum(np.linalg.qr(a)[0]))(np.ones((3, 2)))


def test_columns_that_need_no_reflection_are_completed() -> None:
    def projected(a: Any) -> Any:
        beyond = np.linalg.qr(a, "complete").Q[:, 2:]
        return np.sum(WEIGHTS[0, 0] * (beyond @ beyond.T) ** 2) + np.sum(WEIGHTS[1, 0] * (beyond @ beyond.T)[0])

    check_grads(projected)(np.eye(4)[:, :2] * np.array([2.0, 3.0]))


def test_a_matrix_without_entries_has_norms() -> None:
    for ord in (None, 2, "nuc", 1):
        empty: Any = corelib.Tensor(np.zeros((0, 3)), trainable=True)
        assert np.linalg.norm(empty, ord).item() == 0


def test_an_order_of_none_is_that_of_lengths() -> None:
    gradient = corelib.grad(lambda x: np.linalg.vector_norm(x, ord=None))(np.array([3.0, 4.0]))
    assert np.allclose(gradient, [0.6, 0.8])
