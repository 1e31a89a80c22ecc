"""Values and gradients are those of PyTorch, where it has the function."""

from typing import Any

import numpy as np
import pytest

import corelib
from corelib_scipy import special

torch = pytest.importorskip("torch", reason="PyTorch is compared with where it is installed")

X = np.array([-3.7, -0.5, -1e-5, 1e-5, 0.3, 0.7, 2.5, 20.0])
RIGHT = X[3:]
# Beyond these numbers, and of digamma, the gradients of PyTorch have fewer digits
UNARY = (
    ("erf", X), ("erfc", X), ("erfcx", X), ("expit", X[:-1]), ("ndtr", X), ("log_ndtr", X), ("gammaln", RIGHT),
    ("entr", RIGHT), ("i0", X), ("i0e", X), ("i1", X), ("i1e", X), ("exp2", X), ("expm1", X), ("log1p", RIGHT),
    ("logit", X[4:6]), ("erfinv", X[1:6]), ("ndtri", X[3:6]),
)  # fmt: skip


def _torch(name: str, *arrays: Any) -> tuple[Any, list[Any]]:
    tensors = [torch.tensor(a, requires_grad=True) for a in arrays]
    value = getattr(torch.special, name)(*tensors)
    value.sum().backward()
    return value.detach().numpy(), [t.grad.numpy() for t in tensors]


@pytest.mark.parametrize(("name", "x"), UNARY, ids=[name for name, _ in UNARY])
def test_a_function_of_one_array_is_that_of_pytorch(name: str, x: Any) -> None:
    value, (gradient,) = _torch(name, x)
    op = getattr(special, name)
    assert np.allclose(op(x).data, value, rtol=1e-10, atol=0)
    assert np.allclose(corelib.elementwise_grad(op)(x), gradient, rtol=1e-10, atol=1e-300)


@pytest.mark.parametrize("name", ["xlogy", "xlog1py"])
def test_a_function_of_two_arrays_is_that_of_pytorch(name: str) -> None:
    x, y = RIGHT, RIGHT[::-1].copy()
    value, gradients = _torch(name, x, y)
    found = corelib.grad(lambda x, y: np.sum(getattr(special, name)(x, y)), argnums=(0, 1))(x, y)
    assert np.allclose(getattr(special, name)(x, y).data, value, rtol=1e-10, atol=0)
    for one, other in zip(found, gradients, strict=True):
        assert np.allclose(one, other, rtol=1e-10, atol=1e-14)


def test_reductions_are_those_of_pytorch() -> None:
    x = np.random.default_rng(0).normal(size=(3, 4)) * 5
    weights = np.random.default_rng(1).normal(size=(3, 4))
    for ours, theirs in ((special.softmax, torch.softmax), (special.log_softmax, torch.log_softmax)):
        tensor = torch.tensor(x, requires_grad=True)
        (theirs(tensor, 1) * torch.tensor(weights)).sum().backward()
        found = corelib.grad(lambda x, ours=ours: np.sum(ours(x, axis=1) * weights))(x)
        assert np.allclose(found, tensor.grad.numpy(), rtol=1e-10, atol=1e-15)
    tensor = torch.tensor(x, requires_grad=True)
    torch.logsumexp(tensor, 0).sum().backward()
    found = corelib.grad(lambda x: special.logsumexp(x, axis=0).sum())(x)
    assert np.allclose(found, tensor.grad.numpy(), rtol=1e-10, atol=0)


def test_the_parameter_of_gammainc_is_that_of_jax() -> None:
    jax = pytest.importorskip("jax", reason="JAX is compared with where it is installed")
    jax.config.update("jax_enable_x64", True)
    for a, x in ((0.4, 0.1), (2.5, 1.0), (2.5, 6.0), (30.0, 25.0)):
        theirs = jax.grad(jax.scipy.special.gammainc)(a, x)
        assert corelib.grad(special.gammainc)(a, x) == pytest.approx(float(theirs), rel=1e-9)
