"""Sums of products of two rows, one of them moved along the other: convolve, correlate."""

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from corelib.extend import Array, Tensor, TensorLike, Wanted, composed, full, op
from corelib_reduce.portable import of_its_kind

Mode: TypeAlias = Literal["full", "same", "valid"]


@dataclass(frozen=True, slots=True)
class Convolve:
    """y[k] = the sum of a[i] v[k - i] over i: all of them ("full"), where one row lies in the other ("valid").

    Or as many as the longer row has, from the middle ("same"). The slope in a[i] is v[k - i].
    """

    mode: Mode = "full"

    def forward(self, a: Array, v: Array) -> Array:
        return of_its_kind(np.convolve(a, v, self.mode), a, "convolve")

    def backward(self, propagated: Array, a: Array, v: Array, *, wanted: Wanted) -> tuple[Array | None, Array | None]:
        rows = a.reshape(-1), v.reshape(-1)  # of a number: NumPy takes it for a row
        arrived = widened(propagated, self.mode, len(rows[0]), len(rows[1]))
        return (
            np.correlate(arrived, rows[1], "valid").reshape(a.shape) if wanted[0] else None,
            np.correlate(arrived, rows[0], "valid").reshape(v.shape) if wanted[1] else None,
        )


def widened(y: Any, mode: Mode, n: int, m: int) -> Any:
    """A part of the sums of rows of n and m entries with zeros in the place of the others."""
    before, after = outside(mode, n, m)
    ends = [full((length,), 0, y.dtype, y) for length in (before, after)]
    return np.concatenate([ends[0], y, ends[1]]) if before or after else y


def outside(mode: str, n: int, m: int) -> tuple[int, int]:
    """How many of all sums the mode leaves out, before and after."""
    shorter = min(n, m) - 1
    if mode == "full":
        return 0, 0
    return (shorter, shorter) if mode == "valid" else (shorter // 2, shorter - shorter // 2)


def _correlate(a: TensorLike, v: TensorLike, mode: Mode = "valid") -> Tensor:
    """y[k] = the sum of a[i + k] conj(v[i]) over i; ``mode`` says for which k, as in ``convolve``.

    The first one is that of the last entry of v with the first of a. The slope in a[i + k] is conj(v[i]).
    """
    moved, still = [row(one) for one in (a, v)]
    if mode == "same" and moved.size < still.size:  # NumPy cuts from the other end then
        backwards: Tensor = np.conj(convolve(still, np.conj(moved[::-1]), mode)[::-1])
        return backwards
    sums: Tensor = convolve(moved, np.conj(still[::-1]), mode)
    return sums


def row(x: TensorLike) -> Any:
    """``x`` as a Tensor; a number as a row of one, for which NumPy takes it."""
    found = x if isinstance(x, Tensor) else Tensor(x)
    return found if found.ndim else found.reshape(1)


convolve: Final = op(Convolve, numpy=np.convolve)
correlate: Final = composed(_correlate, numpy=np.correlate, name="correlate")
