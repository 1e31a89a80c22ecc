"""Reductions of dask arrays: right or refused, and nothing is computed on the way."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

import corelib
from corelib.errors import InvalidOperand, UnsupportedArgument
from corelib_reduce import average, cumsum, mean, median, nanmean, nansum, std, sum, var

dask: Any = pytest.importorskip("dask")
chunked: Any = pytest.importorskip("dask.array")

X: Final = np.array([[0.5, -1.25, 2.0, 0.75], [1.5, 0.25, -0.5, 3.0], [-2.0, 1.0, 0.125, 0.0]])
TIED: Final = np.array([[1.0, 2.0, 2.0, 3.0], [np.nan, 1.0, 2.0, 3.0], [0.1, 0.1, 0.1, 0.1]])
MASK: Final = np.array([[True, False, True, True], [True, True, False, True], [True, True, True, False]])
CALLS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "sum": lambda x, _: sum(x, axis=0),
    "sum, masked": lambda x, mask: sum(x, axis=1, initial=2.0, where=mask),
    "mean": lambda x, _: mean(x, axis=(0, 1), keepdims=True),
    "mean, masked": lambda x, mask: mean(x, axis=1, where=mask),
    "var": lambda x, _: var(x, axis=0, ddof=1),
    "var, masked": lambda x, mask: var(x, axis=-1, where=mask),
    "std": lambda x, _: std(x, axis=1),
    "std, masked": lambda x, mask: std(x, axis=1, where=mask),
    "median": lambda x, _: median(x, axis=1),
    "median of all": lambda x, _: median(x, keepdims=True),
    "nansum": lambda x, _: nansum(x, axis=0),
    "nanmean": lambda x, mask: nanmean(x, axis=1, where=mask),
    "average": lambda x, _: average(x, axis=0),
    "cumsum": lambda x, _: cumsum(x, axis=1),
}


class Unwanted(dask.callbacks.Callback):  # type: ignore[misc]  # dask is not typed
    """Fails where something is computed."""

    def _start(self, _: Any) -> None:
        raise AssertionError("a dask array was computed")


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("values", [X, TIED], ids=["distinct", "tied"])
@pytest.mark.filterwarnings("ignore:invalid value")
def test_it_has_the_value_and_the_gradient_of_numpys_array(name: str, values: Any) -> None:
    def value_and_gradient(x: Any, mask: Any) -> tuple[Any, Any]:
        value, pullback = corelib.vjp(lambda x: CALLS[name](x, mask), x)
        return value, pullback(value)

    with Unwanted():
        lazy = value_and_gradient(chunked.from_array(values, chunks=2), chunked.from_array(MASK, chunks=2))
    for ours, numpys in zip(lazy, value_and_gradient(values, MASK), strict=True):
        np.testing.assert_allclose(ours.compute(), numpys, rtol=1e-12, atol=1e-12)


def test_the_cumulative_sum_of_a_number_has_one_axis() -> None:
    sums: Any = cumsum(chunked.from_array(np.array(2.5))).data
    assert sums.compute() == [2.5]


def test_single_precision_stays_what_it_is() -> None:
    x, mask = chunked.from_array(X.astype(np.float32), chunks=2), chunked.from_array(MASK, chunks=2)
    for name, call in CALLS.items():
        assert call(x, mask).dtype == np.float32, name


def test_the_mean_of_half_precision_does_not_overflow() -> None:
    x = np.full((3, 4), 30000, np.float16)
    middle: Any = mean(chunked.from_array(x, chunks=2), axis=1, where=chunked.from_array(MASK, chunks=2)).data
    np.testing.assert_array_equal(middle.compute(), np.mean(x, axis=1, where=MASK))


def test_a_mask_of_more_entries_is_refused() -> None:
    for x, mask in ((X[0], MASK), (chunked.from_array(X[0]), chunked.from_array(MASK))):
        with pytest.raises(InvalidOperand):
            sum(x, where=mask)


@pytest.mark.parametrize("function", [np.unwrap, lambda x: np.convolve(x, x), lambda x: np.quantile(x, 0.5)])
@pytest.mark.filterwarnings("ignore::FutureWarning")  # of Dask's, of what it lacks
def test_what_dask_lacks_is_refused_by_name(function: Any) -> None:
    with pytest.raises(UnsupportedArgument, match=" has no "):
        function(corelib.Tensor(chunked.from_array(X[0])))
