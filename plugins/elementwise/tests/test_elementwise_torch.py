"""The same gradients as PyTorch's, where PyTorch is installed."""

from typing import Any

import numpy as np
import pytest

import corelib_elementwise as ops
from corelib import Tensor

torch = pytest.importorskip("torch", reason="compares with PyTorch, which is not a dependency")

UNARY = {
    **{name: name for name in [
        "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "sinh", "cosh", "tanh", "square",
        "sqrt", "reciprocal", "sigmoid", "sinc", "floor", "ceil", "trunc",
    ]},
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh",
    "absolute": "abs", "sign": "sgn", "rint": "round", "conjugate": "conj_physical", "angle": "angle",
}  # fmt: skip
BINARY = {
    "add": "add", "subtract": "sub", "multiply": "mul", "divide": "div", "power": "pow", "hypot": "hypot",
    "arctan2": "atan2", "copysign": "copysign", "remainder": "remainder", "fmod": "fmod", "logaddexp": "logaddexp",
    "logaddexp2": "logaddexp2",
}  # fmt: skip
BOUNDED = {"arcsin", "arccos", "arctanh", "arccosh", "log", "log2", "log10", "log1p", "sqrt"}
REAL_ONLY = {"floor", "ceil", "trunc", "rint"}
COMPLEX_BINARY = {"add", "subtract", "multiply", "divide", "power"}


def gradients(op: Any, arrays: list[Any], propagated: Any) -> list[Any]:
    tensors = [Tensor(a, trainable=True) for a in arrays]
    with np.errstate(all="ignore"):
        op(*tensors).backward(propagated)
    return [t.grad for t in tensors]


def theirs(name: str, arrays: list[Any], propagated: Any) -> list[Any]:
    tensors = [torch.tensor(a, requires_grad=True) for a in arrays]
    getattr(torch, name)(*tensors).backward(torch.tensor(propagated))
    return [t.grad.resolve_conj().numpy(force=True) for t in tensors]


def sample(dtype: Any, seed: int) -> Any:
    random = np.random.default_rng(seed)
    x = random.uniform(-3, 3, 40)
    return (x + 1j * random.uniform(-3, 3, 40)).astype(dtype) if np.dtype(dtype).kind == "c" else x.astype(dtype)


def agree(ours: list[Any], others: list[Any], dtype: Any) -> None:
    for mine, other in zip(ours, others, strict=True):
        assert mine.dtype == other.dtype
        eps = float(np.finfo(dtype).eps)
        np.testing.assert_allclose(mine, other, rtol=2e3 * eps, atol=20 * eps)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
@pytest.mark.parametrize("name", UNARY)
def test_unary_gradients_are_torch_s(name: str, dtype: Any) -> None:
    if np.dtype(dtype).kind == "c" and name in REAL_ONLY:
        dtype = np.float64
    x = sample(dtype, 1)
    if np.dtype(dtype).kind == "f" and name in BOUNDED:
        x = {"arccosh": 1.1 + abs(x), "log1p": abs(x)}.get(name, 0.05 + abs(x) / 4)
    real = name in ("absolute", "angle") or np.dtype(dtype).kind == "f"
    propagated = sample(np.zeros(0, dtype).real.dtype if real else dtype, 2)
    agree(gradients(getattr(ops, name), [x], propagated), theirs(UNARY[name], [x], propagated), dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
@pytest.mark.parametrize("name", BINARY)
def test_binary_gradients_are_torch_s(name: str, dtype: Any) -> None:
    if np.dtype(dtype).kind == "c" and name not in COMPLEX_BINARY:
        dtype = np.float64
    x, y, propagated = (sample(dtype, seed) for seed in (3, 4, 5))
    x = abs(x) if name == "power" and np.dtype(dtype).kind == "f" else x
    agree(gradients(getattr(ops, name), [x, y], propagated), theirs(BINARY[name], [x, y], propagated), dtype)
