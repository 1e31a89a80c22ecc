"""Arrays of dask through the ops of corelib-shape: equal to NumPy's, or refused in words; nothing is computed."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

from corelib import Tensor, array, ops
from corelib.errors import InvalidIndex, UnsupportedArgument

dask: Any = pytest.importorskip("dask", reason="dask is not installed")
da: Any = pytest.importorskip("dask.array", reason="dask is not installed")

X: Final = np.random.default_rng(0).normal(size=(3, 4))
MASK: Final = X > 0
FUNCTIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "slices": lambda x: x[1:, ::2],
    "a 0-d array": lambda x: x[np.array(1)],
    "array_split": lambda x: np.array_split(x, 3, axis=1)[0],
    "unstack": lambda x: np.unstack(x)[1],
    "concatenate": lambda x: np.concatenate([x, x], axis=1),
    "concatenate, flattened": lambda x: np.concatenate([x, x], axis=None),
    "concatenate, a dtype": lambda x: np.concatenate([x, x], dtype=np.float32),
    "stack, a dtype": lambda x: np.stack([x, x], casting="safe", dtype=np.complex128),
    "reshape": lambda x: np.reshape(x, (2, -1)),
    "reshape, F": lambda x: np.reshape(x, (6, 2), order="F", copy=True),
    "ravel, no entry": lambda x: np.ravel(x[:0], order="F"),
    "ravel, F": lambda x: np.ravel(x, order="F"),
    "astype": lambda x: np.astype(x, np.float32),
    "copy": np.copy,
    "meshgrid": lambda x: np.meshgrid(x, x[0])[0],
    "tril": lambda x: np.tril(x, 1),
    "triu": np.triu,
    "index_set": lambda x: ops.index_set(x, np.s_[:, 1:3], x[:, :2]),
    "index_set, positions that repeat": lambda x: ops.index_set(x, [2, 0, 2], x[:3]),
    "index_set, a mask": lambda x: ops.index_set(x, MASK, 7.0),
    "index_add": lambda x: ops.index_add(x, ([0, 1, 0], [2, 3, 2]), x[:3, 0]),
    "put_along_axis": lambda x: ops.put_along_axis(x, np.array([[0], [1], [2]]), 3.0, 1),
    "insert": lambda x: np.insert(x, [0, 2], x[:, :2], axis=1),
    "linspace": lambda x: np.linspace(1, x[0], 4, endpoint=False, axis=-1),
    "logspace": lambda x: np.logspace(x, 2.0, 3),
    "full": lambda x: ops.full((2, 3, 4), x),
    "choose": lambda x: np.choose([0, 1, 1, 0], x),
    "compress": lambda x: np.compress([True, False, True], x, axis=0),
    "piecewise": lambda x: np.piecewise(x, [MASK], [lambda v: 2 * v, lambda v: v * v]),
    "sliding_window_view": lambda x: np.lib.stride_tricks.sliding_window_view(x, (2, 3)),
    "resize": lambda x: np.resize(x, (5, 3)),
    "vander": lambda x: np.vander(x[0]),
    "apply_along_axis": lambda x: np.apply_along_axis(lambda row: row * row[0], 0, x),
    "pad, odd": lambda x: np.pad(x, 5, "reflect", reflect_type="odd"),
    "pad, linear_ramp": lambda x: np.pad(x, 2, "linear_ramp", end_values=1.5),
    "pad, maximum": lambda x: np.pad(x, 2, "maximum"),
    "corelib.array": lambda x: array([x[0], [1.0, 2.0, 3.0, 4.0]]),
}


def chunked(array: Any) -> Any:
    return da.from_array(array, chunks=2)


def result_and_gradient(function: Callable[[Any], Any], data: Any) -> tuple[Any, Any]:
    x = Tensor(data, trainable=True)
    y = function(x)
    y.backward(y.data.astype(y.dtype))
    return y.data, x.grad


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_dask_array_has_numpys_result_and_gradient_in_chunks(name: str) -> None:
    with dask.config.set(scheduler=lambda *_, **__: pytest.fail("a hidden compute")):
        found = result_and_gradient(FUNCTIONS[name], chunked(X))
    for ours, expected in zip(found, result_and_gradient(FUNCTIONS[name], X), strict=True):
        assert isinstance(ours, da.Array)
        assert ours.dtype == expected.dtype
        assert np.array_equal(ours.compute(), expected)


POSITIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "a mask": lambda x: x[MASK],
    "a mask of rows": lambda x: x[MASK[:, 0]],
    "a mask of the first axes": lambda x: np.reshape(x, (3, 2, 2))[MASK[:, :2]],
    "True": lambda x: x[True],
    "several arrays": lambda x: x[[0, -1, 1], [2, 3, 3]],
    "take, a matrix": lambda x: np.take(x, [[0, 2], [3, 3]], axis=1),
    "take_along_axis": lambda x: np.take_along_axis(x, np.array([[0, 2, 1, 0]]), axis=-2),
}


@pytest.mark.parametrize("name", POSITIONS)
def test_positions_in_a_dask_array_are_taken_as_in_numpys(name: str) -> None:
    function = POSITIONS[name]
    found, expected = function(Tensor(chunked(X))).data, function(Tensor(X)).data
    assert isinstance(found, da.Array)
    assert found.shape == expected.shape
    assert np.array_equal(found.compute(), expected)


@pytest.mark.parametrize(
    ("index", "error"),
    [
        (chunked(MASK), UnsupportedArgument),  # of unknown length
        ((0, True), UnsupportedArgument),  # which dask takes for (0, 1)
        (([0], slice(None), [0]), IndexError),
        (([0, 3], [0, 0]), InvalidIndex),
    ],
)
def test_an_index_of_which_dask_makes_something_else_is_refused(index: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        ops.getitem(chunked(X), index)


class Undescribed:
    """An array of which no plugin describes the kind, and that takes no ufunc."""

    __array_ufunc__: Any = None

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(values)
        self.shape, self.ndim, self.dtype = self.values.shape, self.values.ndim, self.values.dtype

    def __array_function__(self, function: Any, types: Any, args: Any, keywords: Any) -> Any:
        return Undescribed(function(*args, **keywords))


def test_repeated_positions_in_an_array_that_nobody_describes_are_refused_in_words() -> None:
    values: Any = Undescribed([1.0, 2.0])
    with pytest.raises(UnsupportedArgument, match="corelib_array_kinds"):
        ops.place(values, [0, 0], (3,))
