"""xarray on either side of a Tensor: the gradient is right, or the call is refused; it is never lost."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from corelib import Tensor, grad, jacobian, vjp
from corelib.errors import InvalidOperandType

xarray = pytest.importorskip("xarray", exc_type=ImportError)
LABELLED = xarray.DataArray([1.0, 2.0], dims="x")
X = np.array([1.3, 2.0])


@pytest.mark.parametrize(
    "function",
    [
        lambda v: np.sum(v * LABELLED),
        lambda v: np.sum((LABELLED * v).data),
        lambda v: np.sum(np.multiply(LABELLED, v).data),
        lambda v: (LABELLED * v).dot(xarray.ones_like(LABELLED)).data,
        lambda v: v @ LABELLED,
    ],
)
def test_a_product_with_a_labelled_array_keeps_its_gradient(function: Callable[[Any], Any]) -> None:
    np.testing.assert_array_equal(grad(function)(X), LABELLED.values)


@pytest.mark.parametrize(
    "function",
    [
        lambda v: (LABELLED * v).sum(),
        lambda v: np.sum((LABELLED * v).values),
        lambda v: float((LABELLED * v).isel(x=0)),
        lambda v: xarray.DataArray(2.0) * v[0],
        lambda v: (LABELLED * v).copy().data[0],
    ],
)
def test_what_would_take_a_tensor_out_of_a_labelled_array_is_refused(function: Callable[[Any], Any]) -> None:
    with pytest.raises(InvalidOperandType):
        grad(function)(X)


def test_a_transform_of_a_function_that_returns_a_labelled_array_is_refused() -> None:
    with pytest.raises(InvalidOperandType, match=r"\.data"):
        jacobian(lambda v: LABELLED * v)(X)
    _, pullback = vjp(lambda v: LABELLED * v, X)
    with pytest.raises(InvalidOperandType, match=r"\.data"):
        pullback(np.ones(2))


def test_arithmetic_of_a_labelled_array_in_place_is_refused() -> None:
    labelled = LABELLED.copy()
    with pytest.raises(TypeError, match="out="):
        labelled *= Tensor(X, trainable=True)
