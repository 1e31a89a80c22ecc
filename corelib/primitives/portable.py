"""What a rule uses to work on every kind of array: NumPy's, on a GPU, in chunks, or recorded by a compiler.

The conventions that go with them are in docs/writing-a-plugin.md.
"""

from typing import Any, Final

import numpy as np

from corelib.core.tensor import Tensor

ndarray: Final = np.ndarray
NUMPYS: Final = (ndarray, np.generic, bool, int, float, complex)


def native(x: Any) -> bool:
    """Whether ``x`` is NumPy's: an array, a number, or a Tensor of such.

    >>> import numpy as np
    >>> native(np.ones(3)), native(2.0)
    (True, True)
    """
    if type(x) is ndarray:
        return True
    return isinstance(x._entries if isinstance(x, Tensor) else x, NUMPYS)


def may(mask: Any) -> bool:
    """Whether any entry of a mask may be True: ``np.any(mask)`` of NumPy's arrays, and True of all others.

    A rule branches on it to leave out what is rarely needed. The entries of other arrays are not looked at: on a GPU
    that would wait for all that was asked of it, and of an array in chunks compute the whole.

    >>> import numpy as np
    >>> may(np.array([False, False]))
    False
    """
    if type(mask) is ndarray:
        return bool(mask.any())
    entries = mask._entries if isinstance(mask, Tensor) else mask
    return not isinstance(entries, NUMPYS) or bool(np.any(entries))


def like(x: Any) -> Any:
    """What ``np.zeros(shape, dtype=dtype, like=like(x))`` takes for an array of x's kind: None for NumPy's own.

    So do ``np.empty``, ``np.arange`` and ``np.asarray``. The dtype is a keyword: Dask ignores one by position. For ones
    and other numbers use ``ones`` and ``full``: with ``like=``, NumPy hands on an argument ``device`` that CuPy does
    not take (https://github.com/cupy/cupy/pull/10107).
    """
    array = x._entries if isinstance(x, Tensor) else x
    return None if isinstance(array, NUMPYS) else array


def ones(shape: Any, dtype: Any, x: Any) -> Any:
    """Ones, in an array of the kind of ``x``.

    >>> import numpy as np
    >>> ones((2,), np.float32, np.zeros(3))
    array([1., 1.], dtype=float32)
    """
    array = like(x)
    return np.ones(shape, dtype) if array is None else np.ones_like(array, dtype=dtype, shape=shape)


def full(shape: Any, value: Any, dtype: Any, x: Any) -> Any:
    """One number everywhere, in an array of the kind of ``x``.

    >>> import numpy as np
    >>> full((2,), 7, float, np.zeros(3))
    array([7., 7.])
    """
    array = like(x)
    return np.full(shape, value, dtype) if array is None else np.full_like(array, value, dtype=dtype, shape=shape)
