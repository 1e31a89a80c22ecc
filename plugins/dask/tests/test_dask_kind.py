"""Arrays of dask through corelib: equal to NumPy's, in chunks, and nothing computed before somebody asks for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any, Final

import numpy as np
import pytest

import corelib
from corelib import errors
from corelib.core.array_kinds import kind_of_array, to_host
from corelib_dask import plugin

dask: Any = pytest.importorskip("dask", reason="dask is not installed")
da: Any = pytest.importorskip("dask.array", reason="dask is not installed")
KIND: Any = pytest.importorskip("corelib_dask.kind", reason="dask is not installed").DASK


@pytest.fixture(autouse=True)
def provided() -> Iterator[None]:
    """The plugin, also where its distribution is not installed."""
    if "corelib-dask" in [info.distribution for info in corelib.plugins.list()]:
        yield
        return
    with corelib.plugins.registered(plugin):
        yield


@contextmanager
def nothing_computed() -> Iterator[None]:
    def refuse(*args: Any, **keywords: Any) -> Any:
        raise AssertionError("a hidden compute")

    with dask.config.set(scheduler=refuse):
        yield


def chunked(array: Any, chunks: Any = 2) -> Any:
    return da.from_array(np.asarray(array), chunks=chunks)


SHAPE: Final = (3, 4, 5)
BASIC: Final = [
    0, -1, np.int64(1), slice(None), slice(1, None), slice(None, None, -1), slice(None, None, 2), slice(4, 0, -2),
    slice(2, 2), slice(1, -1), slice(None, None, -3), None, Ellipsis,
]  # fmt: skip
ARRAYS: Final = [[0, 0, -1], [True, False, True], np.array([2, 1, 2, 0])]
LAZY: Final = [[0, 0, 2], [True, False, True]]


def cases() -> list[Any]:
    """Indices of one and two parts; of three, every 29th."""
    parts = [*BASIC, *ARRAYS, *[chunked(part) for part in LAZY]]
    return [index for n in (1, 2) for index in product(parts, repeat=n)] + list(product(parts, repeat=3))[::29]


def on_host(index: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple([part.compute() if isinstance(part, da.Array) else part for part in index])


def placed(values: Any, index: Any) -> Any:
    zeros = np.zeros(SHAPE)
    np.add.at(zeros, index, values)
    return zeros


def test_place_is_the_adjoint_of_every_index_that_dask_takes() -> None:
    found = 0
    x = chunked(np.zeros(SHAPE))
    for index in cases():
        try:
            values = np.random.default_rng(found).normal(size=np.zeros(SHAPE)[on_host(index)].shape)
            x[index]
        except (AssertionError, IndexError, NotImplementedError, ValueError):  # what dask does not take
            continue
        with nothing_computed():
            lazy = KIND.place(chunked(values), index, SHAPE)
        found += 1
        assert lazy.shape == SHAPE
        np.testing.assert_allclose(lazy.compute(scheduler="sync"), placed(values, on_host(index)), err_msg=str(index))
    assert found > 250


def test_a_basic_index_keeps_the_chunks() -> None:
    lazy = KIND.place(chunked(np.ones((10, 6))), (slice(1, 11), slice(None, None, -1)), (12, 6))
    assert lazy.chunks == ((1, 2, 2, 2, 2, 2, 1), (2, 2, 2))
    assert KIND.place(chunked(np.ones(10)), slice(0, 19, 2), (20,)).chunks == ((4, 4, 4, 4, 3, 1),)


@pytest.mark.parametrize("of_dask", [False, True])
def test_what_a_mask_chose_is_placed_though_its_size_is_unknown(of_dask: bool) -> None:
    entries = np.random.default_rng(3).normal(size=SHAPE)
    for mask, rest in ((entries > 0, ()), (np.array([True, False, True]), (slice(1, 3),))):
        index = (chunked(mask) if of_dask else mask, *rest)
        with nothing_computed():
            values = chunked(entries)[index]
            lazy = KIND.place(values, index, SHAPE)
        assert np.isnan(values.shape[0]) or not of_dask
        np.testing.assert_allclose(lazy.compute(), placed(entries[(mask, *rest)], (mask, *rest)))


MOVED: Final = [
    (0, slice(None), [1, 1]), ([1, 1], slice(None), 0), ([1, 1], Ellipsis, 0), (None, 1, slice(1, 3), [0, 4, 0])
]  # fmt: skip


@pytest.mark.parametrize("index", MOVED, ids=str)
def test_an_axis_is_where_numpy_moves_it(index: Any) -> None:
    entries = np.arange(60.0).reshape(SHAPE)
    weights = np.random.default_rng(2).normal(size=entries[index].shape)
    with nothing_computed():
        value, gradient = corelib.value_and_grad(lambda t: np.sum(t[index] * weights))(chunked(entries))
    np.testing.assert_allclose(value.compute(), np.sum(entries[index] * weights))
    np.testing.assert_allclose(gradient.compute(), placed(weights, index))


def test_what_dask_takes_no_index_of_is_placed_in_one_chunk() -> None:
    rows, columns = [[0, 0], [2, -1]], [1, 1]
    with nothing_computed():
        lazy = KIND.place(chunked(np.ones((2, 2, 5))), (rows, columns), SHAPE)
    np.testing.assert_array_equal(lazy.compute(), placed(np.ones((2, 2, 5)), (rows, columns)))
    with pytest.raises(errors.UnsupportedArgument, match="one array of its own"):
        KIND.place(chunked(np.ones((2, 5))), (chunked([0, 1]), [1, 1]), SHAPE)


def test_a_wrong_number_of_values_is_refused() -> None:
    for index in (slice(0, 3), (None, slice(0, 3))):
        with pytest.raises(errors.InvalidOperand, match="do not fit"):
            KIND.place(chunked(np.ones(4)), index, (5,))


def test_the_kind_is_found_and_converts_there_and_back() -> None:
    array = KIND.from_host(np.arange(6.0).reshape(2, 3))
    np.testing.assert_array_equal(to_host(array), np.arange(6.0).reshape(2, 3))
    KIND.synchronize()
    assert KIND.name == "dask"
    assert kind_of_array(array) is KIND


def test_the_plugin_alone_does_not_import_dask() -> None:
    assert plugin.corelib_array_kinds() == {"dask.array.core.Array": "corelib_dask.kind:DASK"}
