"""Values and gradients are those of PyTorch and JAX, to 1e-10."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import corelib

generator = np.random.default_rng(5)
REASON = "compares with it where it is installed"
Case = tuple[str, Callable[..., Any], tuple[Any, ...]]

SQUARE = generator.normal(size=(2, 3, 3))
TALL = generator.normal(size=(2, 4, 3))
WIDE = np.swapaxes(TALL, -1, -2).copy()
DEFINITE = SQUARE @ np.swapaxes(SQUARE, -1, -2) + np.eye(3)
COMPLEX = SQUARE + 1j * generator.normal(size=SQUARE.shape)
HERMITIAN = COMPLEX + np.conjugate(np.swapaxes(COMPLEX, -1, -2)) + 8 * np.eye(3)
VECTORS = generator.normal(size=(3, 4))


def symmetric(a: Any) -> Any:
    return (a + a.swapaxes(-1, -2)) / 2


def norms(matrices: tuple[Any, ...]) -> list[Case]:
    orders: list[Any] = ["fro", "nuc", 2, -2, 1, -1, np.inf, -np.inf]
    return [(f"matrix_norm {p}", lambda f, a, p=p: f.matrix_norm(a, ord=p), matrices) for p in orders]


CASES: list[Case] = [
    ("det", lambda f, a: f.det(a), (SQUARE,)),
    ("slogdet", lambda f, a: f.slogdet(a)[1], (SQUARE,)),
    ("inv", lambda f, a: f.inv(a), (SQUARE,)),
    ("solve", lambda f, a, b: f.solve(a, b), (SQUARE, TALL[:, :3])),
    ("pinv", lambda f, a: f.pinv(a), (TALL,)),
    ("pinv wide", lambda f, a: f.pinv(a), (WIDE,)),
    ("lstsq", lambda f, a, b: f.lstsq(a, b)[0], (TALL[0], TALL[1])),
    ("matrix_power 5", lambda f, a: f.matrix_power(a, 5), (SQUARE,)),
    ("matrix_power -2", lambda f, a: f.matrix_power(a, -2), (SQUARE,)),
    ("multi_dot", lambda f, a, b, c: f.multi_dot([a, b, c]), (TALL[0], WIDE[0], TALL[1])),
    ("cholesky", lambda f, a: f.cholesky(a), (DEFINITE,)),
    ("cholesky upper", lambda f, a: f.cholesky(a, upper=True), (DEFINITE,)),
    ("qr", lambda f, a: f.qr(a)[0] ** 2, (TALL,)),
    ("qr, R", lambda f, a: f.qr(a)[1] ** 2, (TALL,)),
    ("eigvalsh", lambda f, a: f.eigvalsh(a), (symmetric(SQUARE),)),
    ("eigh", lambda f, a: f.eigh(a)[1] ** 2, (symmetric(SQUARE),)),
    ("svdvals", lambda f, a: f.svdvals(a), (TALL,)),
    ("svd", lambda f, a: f.svd(a, full_matrices=False)[0] ** 2, (TALL,)),
    ("svd wide", lambda f, a: f.svd(a, full_matrices=False)[2] ** 2, (WIDE,)),
    ("cond", lambda f, a: f.cond(a), (TALL,)),
    ("cond 1", lambda f, a: f.cond(a, 1), (SQUARE,)),
    ("tensorinv", lambda f, a: f.tensorinv(a, ind=1), (SQUARE[0],)),
    ("tensorsolve", lambda f, a, b: f.tensorsolve(a, b), (SQUARE[0], VECTORS[:, 0])),
    *[(f"vector_norm {p}", lambda f, x, p=p: f.vector_norm(x, ord=p), (VECTORS,)) for p in (1, 2, 3, 0.5, np.inf, -1)],
    *norms((SQUARE,)),
]  # fmt: skip
COMPLEX_CASES: list[Case] = [
    ("det", lambda f, a: abs(f.det(a)), (COMPLEX,)),
    ("slogdet", lambda f, a: f.slogdet(a)[1], (COMPLEX,)),
    ("inv", lambda f, a: abs(f.inv(a)), (COMPLEX,)),
    ("cholesky", lambda f, a: abs(f.cholesky(a)), (HERMITIAN,)),
    ("eigvalsh", lambda f, a: f.eigvalsh(a), (HERMITIAN,)),
    ("eigh", lambda f, a: abs(f.eigh(a)[1]), (HERMITIAN,)),
    ("svdvals", lambda f, a: f.svdvals(a), (COMPLEX,)),
    ("svd", lambda f, a: abs(f.svd(a)[0]) + abs(f.svd(a)[2]), (COMPLEX,)),
    ("eig", lambda f, a: abs(f.eig(a)[1]), (COMPLEX,)),
    ("qr", lambda f, a: abs(f.qr(a)[0]), (COMPLEX,)),
    ("pinv", lambda f, a: abs(f.pinv(a)), (COMPLEX,)),
    ("norm", lambda f, a: f.matrix_norm(a, ord="nuc"), (COMPLEX,)),
]


def ours(call: Callable[..., Any], arrays: tuple[Any, ...]) -> tuple[Any, Any]:
    weighed = lambda *x: np.sum(call(np.linalg, *x) * 0.75)  # noqa: E731  # it is called once, below
    return call(np.linalg, *arrays), corelib.grad(weighed, argnums=tuple(range(len(arrays))))(*arrays)


@pytest.mark.parametrize(("name", "call", "arrays"), CASES + COMPLEX_CASES, ids=lambda value: str(value)[:30])
def test_it_is_as_in_torch(name: str, call: Callable[..., Any], arrays: tuple[Any, ...]) -> None:
    torch = pytest.importorskip("torch", reason=REASON)
    if name == "cond 1":
        pytest.skip("torch 2.13 raises in the backward of it")
    tensors = [torch.tensor(x, requires_grad=True) for x in arrays]
    theirs = call(Torch(torch), *tensors)
    (theirs * 0.75).sum().backward()
    value, gradients = ours(call, arrays)
    assert np.allclose(value, theirs.detach().numpy(), rtol=1e-10, atol=1e-10)
    for gradient, tensor in zip(gradients, tensors, strict=True):
        assert np.allclose(gradient, tensor.grad.numpy(), rtol=1e-10, atol=1e-10)


class Torch:
    """torch.linalg under NumPy's names of its arguments."""

    def __init__(self, torch: Any) -> None:
        self.torch = torch

    def __getattr__(self, name: str) -> Any:
        if name == "qr":
            return lambda a: tuple(self.torch.linalg.qr(a))
        return getattr(self.torch.linalg, name)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "call", "arrays"), CASES, ids=lambda value: str(value)[:30])
def test_it_is_as_in_jax(name: str, call: Callable[..., Any], arrays: tuple[Any, ...]) -> None:
    jax = pytest.importorskip("jax", reason=REASON)
    with jax.enable_x64(True):
        functions = jax.numpy.linalg
        given = [jax.numpy.asarray(x) for x in arrays]
        theirs = call(functions, *given)
        everything = tuple(range(len(given)))
        gradients = jax.grad(lambda *x: (call(functions, *x) * 0.75).sum(), argnums=everything)(*given)
        value, mine = ours(call, arrays)
        assert np.allclose(value, theirs, rtol=1e-10, atol=1e-10)
        for gradient, other in zip(mine, gradients, strict=True):
            assert np.allclose(gradient, other, rtol=1e-10, atol=1e-10)
