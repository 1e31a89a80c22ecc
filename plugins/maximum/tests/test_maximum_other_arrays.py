"""Choices of the larger and the smaller on Dask arrays, which ignore the dtype= of a ufunc; nothing is computed."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

from corelib import ops, vjp

dask: Final[Any] = pytest.importorskip("dask")
chunked: Final[Any] = pytest.importorskip("dask.array")
NAN: Final = np.nan
X: Final = np.array([[-1.0, 0.0, 2.0], [3.0, NAN, 0.5]])
Y: Final = np.array([[0.0, 0.0, 2.0], [1.0, 0.5, NAN]])
FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "relu": lambda x, y: ops.relu(x),
    "leaky_relu": lambda x, y: ops.leaky_relu(x),
    "maximum": np.maximum,
    "minimum": np.minimum,
    "fmax": np.fmax,
    "fmin": np.fmin,
    "clip": lambda x, y: np.clip(x, y, 2.0),
    "clip below a tied bound": lambda x, y: np.clip(x, 2.0, y),
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_in_chunks_a_tie_and_nan_have_the_gradients_of_numpys(name: str, dtype: Any) -> None:
    x, y = X.astype(dtype), Y.astype(dtype)
    cotangent = np.arange(1, 7).reshape(2, 3).astype(dtype)
    expected = vjp(FUNCTIONS[name], x, y)[1](cotangent)
    blocks = [chunked.from_array(array, chunks=2) for array in (x, y)]
    with dask.config.set(scheduler=refused):  # nobody computes what was not asked for
        found = vjp(FUNCTIONS[name], *blocks)[1](chunked.from_array(cotangent, chunks=2))
    for gradient, other in zip(found, expected, strict=True):
        assert isinstance(gradient, chunked.Array)
        assert gradient.dtype == other.dtype
        np.testing.assert_array_equal(gradient.compute(), other)


def refused(*_: Any, **__: Any) -> Any:
    raise AssertionError("the array was computed")
