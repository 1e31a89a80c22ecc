"""How variables vary together: cov, corrcoef."""

import warnings
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from corelib.extend import Tensor, composed, like, native
from corelib_reduce.averages import average


def _cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: npt.DTypeLike | None = None,
) -> Tensor:
    """The covariances of the variables in the rows of ``m`` and ``y``: the sum of w (a - avg)(b - avg)* over f.

    With ``rowvar=False`` they are in the columns. w are the products of ``fweights``, how often each observation
    counts, and ``aweights``, its weight, which has a gradient; f is the number of degrees of freedom, their sum less
    ``ddof``: 1, and 0 with ``bias``. In double precision at least, unless ``dtype`` says otherwise.
    """
    x = variables(m, y, rowvar, dtype)
    free = int(not bias) if ddof is None else ddof
    if free != int(free):
        raise ValueError(f"ddof is a whole number, not {ddof}")
    if not x.shape[0]:
        return Tensor(np.zeros((0, 0)))
    weights = weights_of(fweights, aweights, x)
    if weights is None:
        middle, freedom = np.mean(x, axis=1, keepdims=True), x.shape[1] - free
    else:
        middle = average(x, 1, weights, keepdims=True)
        freedom = degrees(weights, aweights, free)
    away = x - middle
    moved = away if weights is None else away * weights
    moved = np.conj(moved) if moved.dtype.kind == "c" else moved
    together: Tensor = np.squeeze(np.matmul(away, np.swapaxes(moved, 0, 1)) / positive(freedom))
    return together


def variables(m: Any, y: Any, rowvar: bool, dtype: npt.DTypeLike | None) -> Any:
    """The variables in rows, those of ``y`` after those of ``m``."""
    given = [one if isinstance(one, Tensor) else Tensor(one) for one in (m, y) if one is not None]
    if any([one.ndim > 2 for one in given]):
        raise ValueError(f"variables and observations have 2 axes, not {max([one.ndim for one in given])}")
    wide = np.result_type(float, *[one.dtype for one in given]) if dtype is None else np.dtype(dtype)
    if wide.kind != "c" and any([one.dtype.kind == "c" for one in given]):
        raise TypeError(f"dtype={wide} would leave out the imaginary parts; take np.real of the variables")
    rows = []
    for i, one in enumerate(given):
        table: Any = one if one.dtype == wide else one.astype(wide)
        table = table if one.ndim == 2 else table.reshape(1, -1)
        turned = not rowvar and (one.ndim != 1 if i == 0 else table.shape[0] != 1)
        rows.append(np.swapaxes(table, 0, 1) if turned else table)
    return rows[0] if len(rows) == 1 else np.concatenate(rows)


def weights_of(fweights: Any, aweights: Any, x: Any) -> Any:
    """The weights of the observations, or None."""
    if fweights is not None:
        fweights = row_of(fweights, "fweights", x)
        if native(fweights) and not np.all(values(fweights) == np.around(values(fweights))):
            raise TypeError("fweights say how often each observation counts: whole numbers")
    if aweights is None:
        return fweights
    aweights = row_of(aweights, "aweights", x)
    return aweights if fweights is None else fweights * aweights


def row_of(weights: Any, name: str, x: Any) -> Any:
    """A weight for each observation. Raises ValueError for another shape, and for negative ones."""
    row = weights if hasattr(weights, "__array_function__") else np.asarray(weights, like=like(x))
    if row.shape != (x.shape[1],):
        raise ValueError(f"{name} has shape {row.shape}; there are {x.shape[1]} observations")
    if native(row) and np.any(values(row) < 0):
        raise ValueError(f"{name} has negative weights")
    return row.astype(float) if row.dtype.kind in "biu" else row


def values(x: Any) -> Any:
    return x.data if isinstance(x, Tensor) else x


def degrees(weights: Any, aweights: Any, ddof: int) -> Any:
    """The number of degrees of freedom of weighted observations."""
    total = np.sum(weights)
    if ddof == 0:
        return total
    if aweights is None:
        return total - ddof
    return total - ddof * np.sum(weights * aweights) / total


def positive(freedom: Any) -> Any:
    """The number of degrees of freedom; 0 where there are none, with a warning, as NumPy does."""
    if native(freedom) and values(freedom) <= 0:
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=4)
        return np.zeros(())
    return freedom


def _corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: npt.DTypeLike | None = None) -> Tensor:
    """The covariances over the standard deviations of both variables: numbers from -1 to 1, 1 on the diagonal."""
    together: Any = _cov(x, y, rowvar, dtype=dtype)
    found: Tensor = within_one(together / together if together.ndim == 0 else standardized(together))
    return found


def standardized(together: Any) -> Any:
    """Covariances over the standard deviations of both variables."""
    spread = np.sqrt(np.real(np.diagonal(together)))
    return together / spread.reshape(-1, 1) / spread


def within_one(found: Any) -> Any:
    """Correlations without rounding: none is beyond 1, and that of a variable with itself has the slope 0."""
    if found.dtype.kind == "c":
        bounded: Any = np.clip(np.real(found), -1, 1) + 1j * np.clip(np.imag(found), -1, 1)
    else:
        bounded = np.clip(found, -1, 1)
    number = np.arange(len(found), like=like(found)) if found.ndim else np.zeros(1, like=like(found))
    itself = np.expand_dims(number, 1) == number if found.ndim else number.reshape(()) == 0
    return np.where(itself, bounded.data, bounded)


cov: Final = composed(_cov, numpy=np.cov, name="cov")
corrcoef: Final = composed(_corrcoef, numpy=np.corrcoef, name="corrcoef")
