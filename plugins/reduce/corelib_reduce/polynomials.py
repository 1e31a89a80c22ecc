"""Polynomials by their coefficients, that of the highest power first: polyval, polyadd, polysub, polymul, ..."""

from typing import Any, Final

import numpy as np

from corelib.extend import Tensor, composed, full, like, native
from corelib_reduce.convolution import convolve, row
from corelib_reduce.grids import tensor


def _polyval(p: Any, x: Any) -> Tensor:
    """p[0] x^(n - 1) + ... + p[n - 1], by Horner's scheme. Both have gradients."""
    coefficients, at = row(p), tensor(x)
    value: Any = full(at.shape, 0, at.dtype, at)
    for i in range(coefficients.shape[0]):
        value = value * at + coefficients[i]
    return value  # type: ignore[no-any-return]  # of a Tensor


def _polyadd(a1: Any, a2: Any) -> Tensor:
    """The coefficients of the sum of two polynomials."""
    first, second = of_one_length(row(a1), row(a2))
    total: Tensor = first + second
    return total


def _polysub(a1: Any, a2: Any) -> Tensor:
    """The coefficients of the difference of two polynomials."""
    first, second = of_one_length(row(a1), row(a2))
    difference: Tensor = first - second
    return difference


def of_one_length(a: Any, b: Any) -> tuple[Any, Any]:
    """Both with zeros before the shorter one."""
    n = max(a.shape[0], b.shape[0])
    return lengthened(a, n), lengthened(b, n)


def lengthened(a: Any, n: int) -> Any:
    missing = n - a.shape[0]
    return np.concatenate([full((missing,), 0, a.dtype, a), a]) if missing else a


def _polymul(a1: Any, a2: Any) -> Tensor:
    """The coefficients of the product of two polynomials: their convolution.

    Leading zeros are left out first. On arrays of other kinds than NumPy's, where that is a look at the entries, they
    stay.
    """
    return convolve(without_zeros(row(a1)), without_zeros(row(a2)))


def without_zeros(coefficients: Any) -> Any:
    """The coefficients from the first on that is not zero; one of them where all are."""
    if not native(coefficients) or coefficients.ndim != 1 or not coefficients.shape[0]:
        return coefficients
    found = np.flatnonzero(coefficients.data)
    return coefficients[found[0] if found.size else -1 :]


def _polyder(p: Any, m: int = 1) -> Tensor:
    """The coefficients of the ``m``-th derivative. Raises ValueError for m < 0."""
    coefficients = row(p)
    for _ in range(counted(m)):
        n = coefficients.shape[0]
        coefficients = coefficients[:-1] * powers(n - 1, coefficients)
    return coefficients  # type: ignore[no-any-return]  # of a Tensor


def _polyint(p: Any, m: int = 1, k: Any = None) -> Tensor:
    """The coefficients of the ``m``-th integral; ``k`` are the constants, one for each integration or one for all.

    The first is that of the first integration. Raises ValueError for m < 0, and for too few constants.
    """
    coefficients = row(p)
    constants = constants_of(k, coefficients)
    number = counted(m)
    if constants.shape[0] not in (1, *range(number, constants.shape[0] + 1)):
        raise ValueError(f"{number} integrations need as many constants, or one for all, not {constants.shape[0]}")
    for i in range(number):
        divided = coefficients / powers(coefficients.shape[0], coefficients)
        constant = constants[:1] if constants.shape[0] == 1 else constants[i : i + 1]
        coefficients = np.concatenate([divided, constant])
    return coefficients  # type: ignore[no-any-return]  # of a Tensor


def constants_of(k: Any, x: Tensor) -> Any:
    """The constants in a row, of the kind of ``x``; a zero for none."""
    if k is None:
        return full((1,), 0, float, x)
    return row(k if hasattr(k, "__array_function__") else np.asarray(k, like=like(x)))


def counted(m: int) -> int:
    if m < 0:
        raise ValueError(f"derivatives and integrals are taken m >= 0 times, not {m}")
    return int(m)


def powers(n: int, x: Any) -> Any:
    """n, n - 1, ..., 1: whole numbers, so that the result is of double precision, as NumPy's."""
    return np.arange(n, 0, -1, like=like(x))


polyval: Final = composed(_polyval, numpy=np.polyval, name="polyval")
polyadd: Final = composed(_polyadd, numpy=np.polyadd, name="polyadd")
polysub: Final = composed(_polysub, numpy=np.polysub, name="polysub")
polymul: Final = composed(_polymul, numpy=np.polymul, name="polymul")
polyder: Final = composed(_polyder, numpy=np.polyder, name="polyder")
polyint: Final = composed(_polyint, numpy=np.polyint, name="polyint")
