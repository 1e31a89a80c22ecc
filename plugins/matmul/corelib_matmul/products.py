"""What the gradients of products are made of: adjoints, products into a given shape, and sums over copies."""

from math import prod
from typing import Any, TypeAlias

import numpy as np

from corelib.extend import Array, Shape, Wanted

Gradients: TypeAlias = tuple[Array | None, Array | None]


def conj(x: Any) -> Any:
    """The complex conjugate; a real array itself, not a copy of it."""
    return np.conjugate(x) if x.dtype.kind == "c" else x


def adjoint(x: Array) -> Array:
    """The conjugate transposes of a stack of matrices: a view, where they are real."""
    transposed = x.T if x.ndim == 2 else np.swapaxes(x, -1, -2)
    return np.conjugate(transposed) if x.dtype.kind == "c" else transposed


def check_lengths(n: int, m: int) -> None:
    """Refuse to sum over an axis of one entry together with a longer one: dask would take that entry for all."""
    if n != m and 1 in (n, m):
        raise ValueError(f"axes of {n} and of {m} entries do not fit: products are summed over entries of both")


def check_product(x: Array, y: Array) -> None:
    """Refuse x and y where the last axis of x and the last but one of y, or its only one, do not fit."""
    if x.ndim and y.ndim:
        check_lengths(x.shape[-1], y.shape[max(y.ndim - 2, 0)])


def summed(x: Array, shape: Shape) -> Array:
    """The sum of ``x`` over the axes along which ``shape`` was broadcast to its shape."""
    if x.shape == shape:
        return x
    added = x.ndim - len(shape)
    axes = (*range(added), *(added + i for i, n in enumerate(shape) if n == 1))
    return np.reshape(np.sum(x, axis=axes), shape)


def tall(x: Array, batch: Shape) -> Array:
    """A stack of matrices, broadcast to the stacking shape ``batch``, as one matrix under another."""
    rows, columns = x.shape[-2:]
    if x.shape[:-2] != batch:
        x = np.broadcast_to(x, (*batch, rows, columns))
    return np.reshape(x, (prod(batch) * rows, columns))


def matmul_gradients(propagated: Array, x: Array, y: Array, wanted: Wanted) -> Gradients:
    """The gradients of ``x @ y``, where a 1-d x is a row and a 1-d y a column."""
    if x.ndim <= 2 and y.ndim <= 2:
        return single_gradients(propagated, x, y, wanted)
    rows = np.expand_dims(x, 0) if x.ndim == 1 else x
    columns = np.expand_dims(y, 1) if y.ndim == 1 else y
    if y.ndim == 1:
        propagated = np.expand_dims(propagated, -1)
    if x.ndim == 1:
        propagated = np.expand_dims(propagated, -2)
    return reshaped(stacked_gradients(propagated, rows, columns, wanted), x, y)


def single_gradients(propagated: Array, x: Array, y: Array, wanted: Wanted) -> Gradients:
    """g y* and x* g for a vector or matrix and another: no stacks, and so no axis to add or to sum over."""
    first = second = None
    if wanted[0]:
        first = propagated @ adjoint(y) if y.ndim == 2 else _by_vector(propagated, conj(y))
    if wanted[1]:
        second = adjoint(x) @ propagated if x.ndim == 2 else _by_vector(conj(x), propagated)
    return first, second


def _by_vector(x: Array, y: Array) -> Array:
    return x * y if x.ndim == 0 or y.ndim == 0 else np.outer(x, y)


def reshaped(gradients: Gradients, x: Any, y: Any) -> Gradients:
    """The gradients in the shapes of x and y."""
    first, second = gradients
    return (
        None if first is None else np.reshape(first, np.shape(x)),
        None if second is None else np.reshape(second, np.shape(y)),
    )


def stacked_gradients(propagated: Array, x: Array, y: Array, wanted: Wanted) -> Gradients:
    """The gradients of ``x @ y`` for stacks of matrices: g y* and x* g, in the shapes of x and y."""
    return (
        _left_gradient(propagated, x.shape, y) if wanted[0] else None,
        _right_gradient(propagated, x, y.shape) if wanted[1] else None,
    )


def _left_gradient(propagated: Array, shape: Shape, y: Array) -> Array:
    """g y*, summed over the matrices of y that one x of ``shape`` met."""
    if prod(shape[:-2]) == 1 and y.shape[-1] == 1:  # one matrix that met many vectors: a product without copies
        batch = propagated.shape[:-2]
        rows = tall(np.swapaxes(propagated, -1, -2), batch).T @ tall(adjoint(y), batch)
        return np.reshape(rows, shape)
    return summed(propagated @ adjoint(y), shape)


def _right_gradient(propagated: Array, x: Array, shape: Shape) -> Array:
    """x* g, summed over the matrices of x that one y of ``shape`` met."""
    if prod(shape[:-2]) == 1:  # the sum over a stack is a single product of matrices
        batch = propagated.shape[:-2]
        return np.reshape(adjoint(tall(x, batch)) @ tall(propagated, batch), shape)
    return summed(adjoint(x) @ propagated, shape)
