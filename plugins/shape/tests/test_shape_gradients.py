"""Every op that moves entries: NumPy's values, the adjoint of a linear map, and gradients of gradients."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from corelib import Tensor, grad, jacobian

X = np.random.default_rng(0).normal(size=(3, 4))
MASK = X > 0

CASES: dict[str, Callable[[Any], Any]] = {
    "x[0]": lambda x: x[0],
    "x[0, 1]": lambda x: x[0, 1],
    "x[1:, None, ::2]": lambda x: x[1:, None, ::2],
    "x[..., -1]": lambda x: x[..., -1],
    "x[5:]": lambda x: x[5:],
    "x[()]": lambda x: x[()],
    "x[True]": lambda x: x[True],
    "x[::-1, ::-2]": lambda x: x[::-1, ::-2],
    "x[mask]": lambda x: x[MASK],
    "x[:, list of bool]": lambda x: x[:, [True, False, True, True]],
    "x[[0, 0, 2]]": lambda x: x[[0, 0, 2]],
    "x[[]]": lambda x: x[[]],
    "x[rows, columns]": lambda x: x[[0, 1, 1], [2, 3, 3]],
    "x[1:2, [0, 0]]": lambda x: x[1:2, [0, 0]],
    "x[ix_]": lambda x: x[np.ix_([0, 0], [1, 2])],
    "x[0-d integer array]": lambda x: x[np.array(1)],
    "x[np.int64]": lambda x: x[np.int64(-1)],
    "reshape": lambda x: np.reshape(x, (2, -1)),
    "reshape F": lambda x: np.reshape(x, -1, order="F"),
    "ravel": np.ravel,
    "ravel F": lambda x: np.ravel(x, "F"),
    "expand_dims": lambda x: np.expand_dims(x, (0, 2)),
    "squeeze": lambda x: np.squeeze(x[None, :, None]),
    "squeeze axis": lambda x: np.squeeze(x[None], axis=0),
    "copy": np.copy,
    "transpose": np.transpose,
    "transpose axes": lambda x: np.transpose(x[None], (2, 0, -2)),
    "swapaxes": lambda x: np.swapaxes(x, 0, -1),
    "moveaxis": lambda x: np.moveaxis(x[None], (0, 1), (2, 0)),
    "matrix_transpose": np.matrix_transpose,
    "rollaxis": lambda x: np.rollaxis(x[None], 2),
    "rollaxis to the end": lambda x: np.rollaxis(x[None], 0, 3),
    "rollaxis before -1": lambda x: np.rollaxis(x[None], 0, -1),
    "concatenate": lambda x: np.concatenate([x, np.ones((3, 1), np.float32), 2 * x], axis=1),
    "concatenate flat": lambda x: np.concatenate([x, x[0]], axis=None),
    "stack": lambda x: np.stack([x, 2 * x], axis=-1),
    "stack numbers": lambda x: np.stack([x[0, 1], x[1, 0]]),
    "vstack": lambda x: np.vstack([x[0], x]),
    "hstack": lambda x: np.hstack([x, x]),
    "hstack rows": lambda x: np.hstack([x[0], x[1]]),
    "dstack": lambda x: np.dstack([x, x]),
    "column_stack": lambda x: np.column_stack([x[:, 0], x]),
    "block": lambda x: np.block([[x, 2 * x], [x[:1], x[1:2]]]),
    "append": lambda x: np.append(x, x[0]),
    "append axis": lambda x: np.append(x, x, axis=1),
    "atleast_1d": lambda x: np.atleast_1d(x[0, 0]),
    "atleast_2d": lambda x: np.atleast_2d(x[0]),
    "atleast_3d": np.atleast_3d,
    "split": lambda x: np.split(x, 3)[1],
    "split at": lambda x: np.split(x, [1, 3], axis=-1)[2],
    "split at the same place": lambda x: np.split(x, [2, 2, 9], axis=1)[2],
    "array_split": lambda x: np.array_split(x, 3, axis=1)[0],
    "array_split from the end": lambda x: np.array_split(x, [-1], axis=1)[1],
    "array_split backwards": lambda x: np.array_split(x, [3, 1], axis=1)[2],
    "hsplit": lambda x: np.hsplit(x, 2)[0] + 2 * np.hsplit(x, 2)[1],
    "vsplit": lambda x: np.vsplit(x, 3)[2],
    "dsplit": lambda x: np.dsplit(x[None], 2)[1],
    "unstack": lambda x: np.unstack(x, axis=1)[3],
    "flip": np.flip,
    "flip axis": lambda x: np.flip(x, 0),
    "fliplr": np.fliplr,
    "flipud": np.flipud,
    "roll": lambda x: np.roll(x, 5),
    "roll axes": lambda x: np.roll(x, (1, -2), (0, 1)),
    "rot90": np.rot90,
    "rot90 back": lambda x: np.rot90(x, -1, (1, 0)),
    "tile": lambda x: np.tile(x, (2, 1, 3)),
    "tile number": lambda x: np.tile(x, 2),
    "repeat": lambda x: np.repeat(x, 2),
    "repeat axis": lambda x: np.repeat(x, 3, axis=-1),
    "repeat each": lambda x: np.repeat(x, [1, 0, 3], axis=0),
    "meshgrid": lambda x: np.meshgrid(x[0], x[:, 0])[0],
    "meshgrid ij": lambda x: np.meshgrid(x[0], x[:, 0], indexing="ij")[1],
    "meshgrid sparse": lambda x: np.meshgrid(x[0], x[:, 0], sparse=True)[1],
    "pad": lambda x: np.pad(x, ((1, 2), (0, 1))),
    "pad dict": lambda x: np.pad(x, {1: (0, 2)}),
    "pad edge": lambda x: np.pad(x, 2, "edge"),
    "pad reflect": lambda x: np.pad(x, ((5, 0), (1, 2)), "reflect"),
    "pad symmetric": lambda x: np.pad(x, (1, 4), "symmetric"),
    "pad wrap": lambda x: np.pad(x, 5, "wrap"),
    "take": lambda x: np.take(x, [0, 0, -1]),
    "take axis": lambda x: np.take(x, [[0, -1]], axis=1),
    "take one": lambda x: np.take(x, 1, axis=0),
    "take wrap": lambda x: np.take(x, [7], axis=1, mode="wrap"),
    "take clip": lambda x: np.take(x, [7, -3], axis=1, mode="clip"),
    "take_along_axis": lambda x: np.take_along_axis(x, np.array([[0, 0], [1, 2], [3, 3]]), 1),
    "take_along_axis broadcast": lambda x: np.take_along_axis(x, np.array([[0, 1, 2, 0]]), 0),
    "take_along_axis flat": lambda x: np.take_along_axis(x, np.array([1, 1]), None),
    "diagonal": np.diagonal,
    "diagonal axes": lambda x: np.diagonal(x[None], 1, 2, 1),
    "diag of a row": lambda x: np.diag(x[0], -2),
    "diag of a matrix": lambda x: np.diag(x, 1),
    "diagflat": lambda x: np.diagflat(x, 1),
    "trace": np.trace,
    "tril": lambda x: np.tril(x[None], -1),
    "triu": lambda x: np.triu(x, 1),
    "triu of a row": lambda x: np.triu(x[0]),
    "delete": lambda x: np.delete(x, [0, 2]),
    "delete axis": lambda x: np.delete(x, slice(1, 3), axis=1),
    "choose": lambda x: np.choose([0, 1, 1, 0], [x, 2 * x[0]]),
    "choose of an array": lambda x: np.choose([[0, 2, 1, 2]], x),
    "choose of one number": lambda x: np.choose(1, x),
    "choose wrap": lambda x: np.choose([5, -1, 0, 1], x, mode="wrap"),
    "choose clip": lambda x: np.choose([5, -1, 0, 1], x, mode="clip"),
    "compress": lambda x: np.compress([True, False, True], x),
    "compress axis": lambda x: np.compress([False, True], x, axis=-1),
    "compress by numbers": lambda x: np.compress(np.array([0, 2, 1, 0, 0]), x, axis=1),
    "extract": lambda x: np.extract(MASK, x),
    "extract by numbers": lambda x: np.extract(np.array([[0, 1.5], [2, 0]]), x),
    "windows": lambda x: sliding_window_view(x, (2, 3)),
    "windows along an axis": lambda x: sliding_window_view(x, 2, axis=-1),
    "windows longer than their number": lambda x: sliding_window_view(x, [4], 1),
    "windows along an axis twice": lambda x: sliding_window_view(x, (2, 2), axis=(1, 1)),
    "windows of nothing": lambda x: sliding_window_view(x, 0, axis=1),
    "resize": lambda x: np.resize(x, (5, 3)),
    "resize to a number": lambda x: np.resize(x, 7),
    "resize to nothing": lambda x: np.resize(x, (0, 2)),
    "tile NumPy's number": lambda x: np.tile(x, np.int64(2)),
    "tile an array": lambda x: np.tile(x, np.array([2, 1])),
    "repeat NumPy's number": lambda x: np.repeat(x, np.int64(2), axis=1),
    "apply_along_axis": lambda x: np.apply_along_axis(lambda row: np.stack([row, 2 * row]), 0, x),
    "apply_along_axis to numbers": lambda x: np.apply_along_axis(np.sum, -1, x),
    "apply_over_axes": lambda x: np.apply_over_axes(np.sum, x, [0, -1]),
}
for offset in (-4, -3, -2, -1, 1, 2, 3, 4):
    CASES[f"diagonal {offset}"] = partial(np.diagonal, offset=offset)

each_case = pytest.mark.parametrize("function", CASES.values(), ids=CASES)


def columns(function: Callable[[Any], Any]) -> Any:
    """The Jacobian of a linear map (plus a constant): what it makes of each unit array. Exact."""
    units = np.eye(X.size).reshape(-1, *X.shape)
    at_zero = function(np.zeros_like(X))
    return np.stack([function(unit) - at_zero for unit in units], axis=-1).reshape(*np.shape(at_zero), *X.shape)


@each_case
def test_the_value_is_numpys(function: Callable[[Any], Any]) -> None:
    result, expected = function(Tensor(X)), function(X)
    assert (result.shape, result.dtype) == (np.shape(expected), expected.dtype)
    np.testing.assert_array_equal(result.data, expected)


@each_case
def test_the_jacobian_is_that_of_a_linear_map(function: Callable[[Any], Any]) -> None:
    np.testing.assert_array_equal(jacobian(function)(X), columns(function))


@each_case
def test_the_backward_is_differentiable_again(function: Callable[[Any], Any]) -> None:
    """sum(f(x)^3)/3 has the gradient J^T f(x)^2, and that has in the direction v the slope 2 J^T (f(x) J v)."""
    matrix, v = columns(function), np.random.default_rng(1).normal(size=X.shape)
    axes = matrix.ndim - X.ndim

    def slope(x: Any) -> Any:
        return (grad(lambda y: (function(y) * function(y) * function(y)).sum() / 3)(x) * v).sum()

    pushed = np.tensordot(matrix, v, X.ndim)
    expected = np.tensordot(2 * function(X) * pushed, matrix, axes)
    np.testing.assert_allclose(grad(slope)(X), expected, rtol=1e-12, atol=1e-13)


@each_case
def test_float32_stays_float32(function: Callable[[Any], Any]) -> None:
    x = Tensor(X.astype(np.float32), trainable=True)
    result = function(x)
    assert result.dtype == np.float32
    result.backward(np.ones(result.shape))
    assert x.grad is not None
    assert x.grad.dtype == np.float32
    assert x.grad.shape == x.shape


@each_case
def test_it_keeps_no_array_alive(function: Callable[[Any], Any]) -> None:
    """What a node keeps of a linear op is shapes, so what it was computed from can be freed."""
    names = ("add", "multiply", "where")
    node = function(Tensor(X, trainable=True)).creator
    while node is not None and node.op is not None:
        if not str(node.op).startswith(names):
            assert not any(isinstance(kept, np.ndarray) for kept in node.args or ())
        node = next((p for p in node.parents if p is not None), None)
