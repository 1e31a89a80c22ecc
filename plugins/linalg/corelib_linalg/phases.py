"""The phase of complex eigenvectors and singular vectors: LAPACK makes one entry of each real."""

from typing import Any

import numpy as np

from corelib_linalg.matrices import entries, eps, places
from corelib_linalg.spectra import diagonal, largest


def turning(m: Any, row: Any) -> Any:
    """The imaginary parts of the diagonal of ``m`` over the real numbers ``row``; 0 for a function of no phase.

    m: vectors, adjoint, times their cotangents. row: the entries of the vectors that are real.
    """
    turn = np.imag(diagonal(m))
    unknown = np.abs(entries(row)) <= eps(row)
    none = np.abs(entries(turn)) <= eps(row) * largest(largest(m))[..., None]
    return np.where(none & unknown, 0, turn / np.where(unknown, np.where(none, 1, np.nan), row))


def with_real_row(g: Any, m: Any, v: Any, row: int) -> Any:
    """The cotangents of the vectors v of any phase, from those of the vectors whose entries of one row are real."""
    turn = turning(m, np.real(v[..., row, :]))
    there = places(v.shape[-2], v) == row
    return np.where(there, g - 1j * turn[..., None, :], g)
