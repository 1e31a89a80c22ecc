"""The extrema of dask arrays: as those of NumPy's, and nothing is computed on the way."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

import corelib
from corelib import Tensor, ops
from corelib.errors import InvalidOperand, UnsupportedArgument
from corelib_maximum import max, min, nanmax, nanmin, ptp

dask: Any = pytest.importorskip("dask")
chunked: Any = pytest.importorskip("dask.array")

X: Final = np.array([[0.5, 2.0, 2.0, -1.0], [1.5, 0.25, 0.25, np.nan], [1.3, 1.0, 0.125, 0.0]])
MASK: Final = np.array([[True, False, True, True], [True, True, False, True], [True, True, True, False]])
CALLS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "max": lambda x, _: max(x, axis=1),
    "max, masked": lambda x, mask: max(x, axis=1, keepdims=True, initial=1.3, where=mask),
    "min": lambda x, _: min(x),
    "min, masked": lambda x, mask: min(x, axis=0, initial=1.3, where=mask),
    "nanmax": lambda x, _: nanmax(x, axis=(0, 1)),
    "nanmin, masked": lambda x, mask: nanmin(x, axis=-1, initial=0.25, where=mask),
    "ptp": lambda x, _: ptp(x, axis=0),
}


class Unwanted(dask.callbacks.Callback):  # type: ignore[misc]  # dask is not typed
    """Fails where something is computed."""

    def _start(self, _: Any) -> None:
        raise AssertionError("a dask array was computed")


@pytest.mark.parametrize("name", CALLS)
def test_it_has_the_value_and_the_gradient_of_numpys_array(name: str) -> None:
    def value_and_gradient(x: Any, mask: Any) -> tuple[Any, Any]:
        value, pullback = corelib.vjp(lambda x: CALLS[name](x, mask), x)
        return value, pullback(np.ones_like(value))

    with Unwanted():
        lazy = value_and_gradient(chunked.from_array(X, chunks=2), chunked.from_array(MASK, chunks=2))
    for ours, numpys in zip(lazy, value_and_gradient(X, MASK), strict=True):
        np.testing.assert_allclose(ours.compute(), numpys, rtol=1e-12)


def test_a_mask_without_initial_is_refused_as_numpy_refuses_it() -> None:
    for x, mask in ((X, MASK), (chunked.from_array(X), chunked.from_array(MASK))):
        with pytest.raises(InvalidOperand, match="initial"):
            max(x, axis=1, where=mask)


def test_a_mask_of_more_entries_is_refused() -> None:
    for x, mask in ((X[0], MASK), (chunked.from_array(X[0]), chunked.from_array(MASK))):
        with pytest.raises(InvalidOperand):
            max(x, initial=0.0, where=mask)


@pytest.mark.parametrize("function", [np.sort, lambda x: np.partition(x, 1), lambda x: ops.top_k(x, 2)])
@pytest.mark.filterwarnings("ignore::FutureWarning")  # of Dask's, of what it lacks
def test_what_dask_lacks_is_refused_by_name(function: Any) -> None:
    with pytest.raises(UnsupportedArgument, match=" has no "):
        function(Tensor(chunked.from_array(X)))
