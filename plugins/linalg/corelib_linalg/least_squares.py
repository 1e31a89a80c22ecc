"""The pseudoinverse, and solutions of least squares."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from corelib.extend import NO_VALUE, Array, Wanted, may, native, op
from corelib_linalg.matrices import adjoint, entries
from corelib_linalg.triangles import from_lower, of_triangle


@dataclass(frozen=True, slots=True)
class Pinv:
    """The pseudoinverses P of matrices (Moore and Penrose), with singular values below a bound taken for 0.

    rcond, rtol: the bound, in terms of the largest one; 1e-15, and for rtol=None the rounding of a matrix of its size.
    hermitian: whether A is Hermitian, read from its lower triangle. The gradient is that at this rank.
    """

    rcond: Any = None
    hermitian: bool = False
    rtol: Any = NO_VALUE

    def forward(self, a: Array) -> Array:
        fields: dict[str, Any] = {} if self.rcond is None else {"rcond": self.rcond}
        if self.rtol is not NO_VALUE:
            fields["rtol"] = self.rtol
        inverse: Array
        if native(a):
            inverse = np.linalg.pinv(a, hermitian=self.hermitian, **fields)
        else:
            matrix = from_lower(a) if self.hermitian else a
            inverse = pseudoinverse(matrix, self.rtol) if "rtol" in fields else np.linalg.pinv(matrix, **fields)
        return inverse

    def backward(self, propagated: Array, a: Array, *, result: Array) -> Array:
        if self.hermitian:
            return of_triangle(self._gradient(propagated, from_lower(a), result), a, lower=True)
        return self._gradient(propagated, a, result)

    def _gradient(self, propagated: Any, a: Any, result: Any) -> Array:
        p, q, g = result, adjoint(result), adjoint(propagated)
        above = g @ p @ q  # of what the columns of A leave of the space
        beside = q @ p @ g  # of what the rows do
        gradient: Array = -(q @ propagated @ q) + above - (a @ p) @ above + beside - beside @ (p @ a)
        return gradient


def pseudoinverse(a: Any, bound: Any) -> Any:
    """The pseudoinverse in words that other kinds of array know: for the bound None that of rounding."""
    return np.linalg.pinv(a, rcond=max(a.shape[-2:]) * np.finfo(a.dtype).eps if bound is None else bound)


@dataclass(frozen=True, slots=True)
class Lstsq:
    """The x of least length with the least |A x - b|, the squares of these, the rank and the singular values of A.

    rcond: below which multiple of the largest singular value others are taken for 0. The gradient is that at this
    rank; the rank has none.
    """

    rcond: float | None = None

    def forward(self, a: Array, b: Array) -> tuple[Array, ...]:
        results: Any = np.linalg.lstsq(a, b, self.rcond)
        return tuple(results)

    def backward(
        self, propagated: tuple[Array, ...], a: Array, b: Array, *, result: tuple[Array, ...], wanted: Wanted
    ) -> tuple[Array | None, Array | None]:
        vector = len(b.shape) == 1
        a = a if a.dtype == result[0].dtype else a.astype(result[0].dtype)
        g, x, right = [t[:, None] if vector else t for t in (propagated[0], result[0], b)]
        p = pseudoinverse(a, self._bound(a))
        q, rest = adjoint(p), right - a @ x
        by_b = q @ g
        by_a = -(by_b @ adjoint(x)) + rest @ adjoint(p @ by_b) + (q @ x) @ adjoint(g - p @ (a @ g))
        if result[1].shape[0]:
            by_rest = 2 * rest * propagated[1]
            by_b, by_a = by_b + by_rest, by_a - by_rest @ adjoint(x)
        if may(entries(propagated[3]) != 0):
            u, _, vh = np.linalg.svd(a, full_matrices=False)
            by_a = by_a + (u * propagated[3]) @ vh
        return by_a if wanted[0] else None, (by_b[:, 0] if vector else by_b) if wanted[1] else None

    def _bound(self, a: Array) -> Any:
        return float(np.finfo(a.dtype).eps) if self.rcond is not None and self.rcond < 0 else self.rcond


pinv: Final = op(Pinv, numpy=np.linalg.pinv)
lstsq: Final = op(Lstsq, numpy=np.linalg.lstsq)
