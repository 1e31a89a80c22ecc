"""What PyTorch and JAX have too: their values and gradients, in double precision."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

from corelib import vjp
from corelib_reduce import (
    convolve,
    corrcoef,
    correlate,
    cov,
    ediff1d,
    gradient,
    interp,
    nancumprod,
    nancumsum,
    nanmedian,
    nanprod,
    nanquantile,
    nanstd,
    nanvar,
    percentile,
    quantile,
    trapezoid,
    unwrap,
)  # fmt: skip

Function = Callable[..., Any]
GENERATOR: Final = np.random.default_rng(0)
X: Final = GENERATOR.permutation(24).reshape(4, 6) / 7 - 1.4
GAPS: Final = np.where(GENERATOR.random((4, 6)) < 0.2, np.nan, X)
PLACES: Final = np.array([-2.0, -1.0, 0.5, 0.75, 2.0, 3.0])
SHARES: Final = np.array([0.0, 0.15, 0.5, 0.83, 1.0])
COUNTS: Final = np.array([1, 2, 1, 3, 1, 2])
WEIGHTS: Final = np.array([0.5, 1.0, 2.0, 0.25, 1.5, 1.0])
ROWS: Final = X[0], X[1, :3]
TORCHS: Final[dict[str, tuple[Function, Function, tuple[Any, ...]]]] = {
    **{
        f"quantile {method}": (
            lambda x, m=method: quantile(x, SHARES, axis=1, method=m),
            lambda t, x, m=method: t.quantile(x, t.tensor(SHARES), dim=1, interpolation=m),
            (X,),
        )
        for method in ("linear", "lower", "higher", "midpoint", "nearest")
    },
    "quantile of all": (lambda x: quantile(x, 0.3, keepdims=True), lambda t, x: t.quantile(x, 0.3).reshape(1, 1), (X,)),
    "nanquantile": (
        lambda x: nanquantile(x, SHARES, axis=0, keepdims=True),
        lambda t, x: t.nanquantile(x, t.tensor(SHARES), dim=0, keepdim=True),
        (GAPS,),
    ),
    "trapezoid": (trapezoid, lambda t, y, x: t.trapezoid(y, x), (X, PLACES)),
    "trapezoid dx": (lambda y: trapezoid(y, dx=0.3, axis=0), lambda t, y: t.trapezoid(y, dx=0.3, dim=0), (X,)),
    "gradient": (lambda x: gradient(x, 0.5, axis=1), lambda t, x: t.gradient(x, spacing=0.5, dim=1)[0], (X,)),
    "gradient places": (
        lambda x: gradient(x, PLACES, axis=1, edge_order=2),
        lambda t, x: t.gradient(x, spacing=(t.tensor(PLACES),), dim=1, edge_order=2)[0],
        (X,),
    ),
    "cov": (cov, lambda t, x: t.cov(x), (X,)),
    "cov weighed": (
        lambda x, w: cov(x, fweights=COUNTS, aweights=w, ddof=2),
        lambda t, x, w: t.cov(x, correction=2, fweights=t.tensor(COUNTS), aweights=w),
        (X, WEIGHTS),
    ),
    "corrcoef": (corrcoef, lambda t, x: t.corrcoef(x), (X,)),
    "nanmedian": (lambda x: nanmedian(x, axis=1), lambda t, x: t.nanquantile(x, 0.5, dim=1), (GAPS,)),
}
JAXS: Final[dict[str, tuple[Function, Function, tuple[Any, ...]]]] = {
    "percentile": (
        lambda x: percentile(x, [3, 77], (0, 1)), lambda j, x: j.percentile(x, j.array([3, 77]), (0, 1)), (X,),
    ),
    "interp": (interp, lambda j, *args: j.interp(*args), (X[0], PLACES, X[1])),
    "interp ends": (
        lambda x, fp: interp(x * 4, PLACES, fp, left=0.5, right=2.0),
        lambda j, x, fp: j.interp(x * 4, PLACES, fp, left=0.5, right=2.0),
        (X[0], X[1]),
    ),
    "interp period": (
        lambda x, fp: interp(x * 4, PLACES[::-1], fp, period=2.3),
        lambda j, x, fp: j.interp(x * 4, PLACES[::-1], fp, period=2.3),
        (X[0], X[1]),
    ),
    **{
        f"{ours.name} {mode}": (
            lambda a, v, f=ours, m=mode: f(a, v, mode=m),
            lambda j, a, v, f=ours.name, m=mode: getattr(j, f)(a, v, mode=m),
            ROWS,
        )
        for ours in (convolve, correlate)
        for mode in ("full", "same", "valid")
    },
    "unwrap": (lambda p: unwrap(3 * p, axis=0), lambda j, p: j.unwrap(3 * p, axis=0), (X,)),
    "ediff1d": (lambda x: ediff1d(x, 1.0, [2.0, 3.0]), lambda j, x: j.ediff1d(x, 1.0, j.array([2.0, 3.0])), (X,)),
    "gradient of both": (
        lambda x: gradient(x, 0.5, 2.0)[1], lambda j, x: j.gradient(x, 0.5, 2.0)[1], (X,),
    ),
    "nanvar": (lambda x: nanvar(x, axis=1, ddof=1), lambda j, x: j.nanvar(x, axis=1, ddof=1), (GAPS,)),
    "nanstd": (lambda x: nanstd(x, keepdims=True), lambda j, x: j.nanstd(x, keepdims=True), (GAPS,)),
    "nanprod": (lambda x: nanprod(x, axis=0), lambda j, x: j.nanprod(x, axis=0), (GAPS,)),
    "nancumsum": (lambda x: nancumsum(x, axis=1), lambda j, x: j.nancumsum(x, axis=1), (GAPS,)),
    "nancumprod": (lambda x: nancumprod(x, axis=1), lambda j, x: j.nancumprod(x, axis=1), (GAPS,)),
}  # fmt: skip


def ours_of(function: Function, operands: tuple[Any, ...]) -> tuple[Any, Any, Any]:
    """The value, a cotangent for it, and the gradients."""
    value, pullback = vjp(function, *operands)
    cotangent = np.random.default_rng(1).normal(size=value.shape)
    return value, cotangent, pullback(cotangent)


def agree(ours: Any, theirs: Any) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", TORCHS)
def test_values_and_gradients_are_those_of_pytorch(name: str) -> None:
    torch = pytest.importorskip("torch", reason="the peer is not installed")
    ours, theirs, operands = TORCHS[name]
    value, cotangent, found = ours_of(ours, operands)
    tensors = [torch.tensor(x, requires_grad=True) for x in operands]
    y = theirs(torch, *tensors)
    agree(value, y.detach().numpy())
    y.backward(torch.tensor(cotangent))
    for one, tensor in zip(found if len(operands) > 1 else [found], tensors, strict=True):
        agree(one, tensor.grad.numpy())


@pytest.mark.parametrize("name", JAXS)
def test_values_and_gradients_are_those_of_jax(name: str) -> None:
    jax = pytest.importorskip("jax", reason="the peer is not installed")
    jax.config.update("jax_enable_x64", True)
    ours, theirs, operands = JAXS[name]
    value, cotangent, found = ours_of(ours, operands)
    y, pullback = jax.vjp(lambda *args: theirs(jax.numpy, *args), *[jax.numpy.array(x) for x in operands])
    agree(value, y)
    for one, other in zip(found if len(operands) > 1 else [found], pullback(jax.numpy.array(cotangent)), strict=True):
        agree(one, other)
