"""The gradients are PyTorch's, real and complex."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import corelib

torch = pytest.importorskip("torch")
generator = np.random.default_rng(7)
PAIRS = ([2, 0], [0, 1])

Shapes = tuple[tuple[int, ...], ...]
Case = tuple[str, Callable[..., Any], Callable[..., Any], Shapes]

MATMUL: list[Shapes] = [
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)),
    ((5, 1, 2, 3), (6, 3, 4)), ((5, 2, 3), (3,)), ((3,), (5, 3, 4)),
]  # fmt: skip

EINSUM: list[tuple[str, Shapes]] = [
    ("ij,jk->ik", ((2, 3), (3, 4))), ("bij,bjk", ((5, 2, 3), (5, 3, 4))), ("ii->i", ((3, 3),)), ("ii", ((3, 3),)),
    ("...ij,...jk->...ik", ((5, 2, 3), (4, 1, 3, 2))), ("iij->j", ((3, 3, 2),)), ("ij,kl->k", ((2, 3), (4, 5))),
    ("ij,jk,kl->il", ((2, 3), (3, 4), (4, 2))), ("bi,bi->b", ((4, 1), (1, 3))), ("aB,Ba->", ((2, 3), (3, 2))),
]  # fmt: skip


def of_einsum(subscripts: str, shapes: Shapes) -> Case:
    def ours(*arrays: Any) -> Any:
        return np.einsum(subscripts, *arrays)

    def theirs(*tensors: Any) -> Any:
        return torch.einsum(subscripts, *tensors)

    return subscripts, ours, theirs, shapes


SAME: list[Case] = [
    *[(f"matmul{shapes}", np.matmul, torch.matmul, shapes) for shapes in MATMUL],
    *[of_einsum(*case) for case in EINSUM],
    ("inner", np.inner, torch.inner, ((2, 3), (4, 3))),
    ("outer", np.outer, torch.outer, ((2,), (3,))),
    ("vdot", np.vdot, torch.vdot, ((3,), (3,))),
    ("kron", np.kron, torch.kron, ((2, 3), (4,))),
    ("vecdot", np.vecdot, torch.linalg.vecdot, ((5, 3), (3,))),
    ("vecdot, axis", partial(np.linalg.vecdot, axis=0), partial(torch.linalg.vecdot, dim=0), ((3, 2), (3, 2))),
    ("tensordot", partial(np.tensordot, axes=2), partial(torch.tensordot, dims=2), ((2, 3, 4), (3, 4, 5))),
    (
        "tensordot, axes",
        partial(np.tensordot, axes=PAIRS),
        partial(torch.tensordot, dims=PAIRS),
        ((2, 3, 4), (4, 2, 5)),
    ),
    ("cross", np.linalg.cross, torch.linalg.cross, ((5, 3), (1, 3))),
    ("cross, axis", partial(np.cross, axis=0), partial(torch.linalg.cross, dim=0), ((3, 4), (3, 4))),
    ("matvec", np.matvec, lambda x, y: (x @ y[..., None])[..., 0], ((5, 2, 3), (3,))),
    ("vecmat", np.vecmat, lambda x, y: (x.conj()[..., None, :] @ y)[..., 0, :], ((5, 2), (2, 3))),
]


@pytest.mark.parametrize("dtype", ["float64", "complex128"])
@pytest.mark.parametrize(("ours", "theirs", "shapes"), [case[1:] for case in SAME], ids=[case[0] for case in SAME])
def test_gradients_are_those_of_torch(ours: Any, theirs: Any, shapes: Shapes, dtype: str) -> None:
    args = [random(shape, dtype) for shape in shapes]
    value, pullback = corelib.vjp(ours, *args)
    propagated = random(value.shape, dtype)
    gradients = pullback(propagated) if len(args) > 1 else (pullback(propagated),)
    tensors = [torch.tensor(x, requires_grad=True) for x in args]
    result = theirs(*tensors)
    np.testing.assert_allclose(value, result.detach().numpy(), rtol=1e-12, atol=1e-12)
    result.backward(torch.tensor(propagated))
    for gradient, tensor in zip(gradients, tensors, strict=True):
        np.testing.assert_allclose(gradient, tensor.grad.resolve_conj().numpy(), rtol=1e-12, atol=1e-12)


def random(shape: tuple[int, ...], dtype: str) -> Any:
    values = generator.normal(size=shape) + (1j * generator.normal(size=shape) if dtype == "complex128" else 0)
    return np.asarray(values, dtype)


def test_a_hessian_of_products_is_that_of_torch() -> None:
    w, x = generator.normal(size=(3, 4)), generator.normal(size=(5, 3))

    def loss(w: Any) -> Any:
        return np.sum(np.tanh(np.einsum("bi,ij,kj->bk", x, w, w)) ** 2)

    def torch_loss(w: Any) -> Any:
        return torch.sum(torch.tanh(torch.einsum("bi,ij,kj->bk", torch.tensor(x), w, w)) ** 2)

    expected = torch.autograd.functional.hessian(torch_loss, torch.tensor(w)).numpy()
    np.testing.assert_allclose(corelib.hessian(loss)(w), expected, rtol=1e-9, atol=1e-9)
