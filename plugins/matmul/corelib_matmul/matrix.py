"""Products of matrices and vectors, and of stacks of them: matmul, matvec, vecmat, vecdot."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from corelib.extend import Array, Wanted, native, op
from corelib_matmul.products import (
    Gradients,
    check_lengths,
    check_product,
    conj,
    matmul_gradients,
    reshaped,
    stacked_gradients,
    summed,
)


def by_dot(x: Array, y: Array) -> bool:
    """Whether np.dot multiplies two matrices as np.matmul does. It takes half the time, if they are small.

    python -m timeit -s "import numpy as np; x = np.ones((8, 8))" "np.matmul(x, x)", and "x.dot(x)". With a single
    number it would make 0 of 0 times infinity, and other dtypes it does without BLAS.
    """
    return x.dtype is y.dtype and x.dtype.char in "df" and x.size > 1 and y.size > 1


@dataclass(frozen=True, slots=True)
class Matmul:
    """z[..., i, k] = sum over j of x[..., i, j] y[..., j, k]: products of matrices, or of stacks of them.

    A 1-d x is a row and a 1-d y a column, without that axis in the result. Stacks broadcast. The gradients are
    g y* and x* g. Raises InvalidOperand for shapes that do not fit.
    """

    fresh: ClassVar[bool] = True
    takes_constants: ClassVar[bool] = True  # sparse ones

    def forward(self, x: Array, y: Array) -> Array:
        z: Array
        if type(x) is not np.ndarray or type(y) is not np.ndarray:
            check_product(x, y)
            z = np.matmul(x, y)
        elif x.ndim == y.ndim == 2 and x.shape[1] == len(y) == 1 and by_dot(x, y):
            z = x.dot(y)  # a column by a row: the same bits in less than half the time
        else:
            z = np.matmul(x, y)
        return z

    def backward(self, propagated: Array, x: Array, y: Array, *, wanted: Wanted) -> Gradients:
        arrays = type(propagated) is type(x) is type(y) is np.ndarray  # and none of them is being differentiated
        if arrays and x.ndim == y.ndim == 2 and propagated.size > 1 and by_dot(x, y):  # as most products are
            return propagated.dot(y.T) if wanted[0] else None, x.T.dot(propagated) if wanted[1] else None
        return matmul_gradients(propagated, x, y, wanted)


@dataclass(frozen=True, slots=True)
class Matvec:
    """z[..., i] = sum over j of x[..., i, j] y[..., j]. Stacks broadcast.

    Raises InvalidOperand for shapes that do not fit.
    """

    def forward(self, x: Array, y: Array) -> Array:
        if native(x):
            z: Array = np.matvec(x, y)
            return z
        if x.ndim == 1 or y.ndim == 0:
            raise ValueError(f"it takes a matrix and a vector, not arrays of {x.ndim} and {y.ndim} axes")
        check_lengths(x.shape[-1], y.shape[-1])
        products: Array = x @ np.expand_dims(y, -1)
        return np.squeeze(products, -1)

    def backward(self, propagated: Array, x: Array, y: Array, *, wanted: Wanted) -> Gradients:
        columns, propagated = np.expand_dims(y, -1), np.expand_dims(propagated, -1)
        return reshaped(stacked_gradients(propagated, x, columns, wanted), x, y)


@dataclass(frozen=True, slots=True)
class Vecmat:
    """z[..., j] = sum over i of conj(x[..., i]) y[..., i, j]. Stacks broadcast.

    Raises InvalidOperand for shapes that do not fit.
    """

    def forward(self, x: Array, y: Array) -> Array:
        if native(x):
            z: Array = np.vecmat(x, y)
            return z
        rows = np.expand_dims(conj(x), -2)
        check_product(rows, y)
        return np.squeeze(rows @ y, -2)

    def backward(self, propagated: Array, x: Array, y: Array, *, wanted: Wanted) -> Gradients:
        rows, propagated = np.expand_dims(conj(x), -2), np.expand_dims(propagated, -2)
        first, second = reshaped(stacked_gradients(propagated, rows, y, wanted), x, y)
        return None if first is None else conj(first), second


@dataclass(frozen=True, slots=True)
class Vecdot:
    """z[...] = sum over i of conj(x[..., i]) y[..., i], along ``axis`` of both. Stacks broadcast.

    Raises InvalidOperand for shapes that do not fit, and for an axis that is not there.
    """

    axis: int = -1

    def forward(self, x: Array, y: Array) -> Array:
        if native(x):
            z: Array = np.vecdot(x, y, axis=self.axis)  # type: ignore[call-overload]  # NumPy's stubs leave axis out
            return z
        rows = np.expand_dims(conj(np.moveaxis(x, self.axis, -1)), -2)
        columns = np.expand_dims(np.moveaxis(y, self.axis, -1), -1)
        check_product(rows, columns)
        products: Array = rows @ columns
        return np.squeeze(products, (-2, -1))

    def backward(self, propagated: Array, x: Array, y: Array, *, wanted: Wanted) -> Gradients:
        g = np.expand_dims(propagated, -1)
        last_x, last_y = np.moveaxis(x, self.axis, -1), np.moveaxis(y, self.axis, -1)
        first = summed(conj(g) * last_y, last_x.shape) if wanted[0] else None
        second = summed(g * last_x, last_y.shape) if wanted[1] else None
        return (
            None if first is None else np.moveaxis(first, -1, self.axis),
            None if second is None else np.moveaxis(second, -1, self.axis),
        )


matmul: Final = op(Matmul, numpy=(np.matmul, np.linalg.matmul))
matvec: Final = op(Matvec, numpy=np.matvec)
vecmat: Final = op(Vecmat, numpy=np.vecmat)
vecdot: Final = op(Vecdot, numpy=(np.vecdot, np.linalg.vecdot))
