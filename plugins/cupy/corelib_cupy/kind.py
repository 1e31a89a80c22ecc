"""The kind of CuPy's arrays."""

from typing import Any, Final

import cupy
import numpy as np


class CuPy:
    """Arrays on the current device; what is asked of them runs on the current stream, behind the program's back."""

    name: Final = "cupy"

    def place(self, values: Any, index: Any, shape: tuple[int, ...]) -> Any:
        """Zeros of ``shape`` to which ``values`` are added at ``index``.

        Assignment to an entry that is there several times is undefined in CuPy, so arrays of integers are added by
        ``cupy.add.at``, which takes real numbers alone. As everywhere in CuPy, an index out of range wraps around.
        """
        zeros = cupy.zeros(shape, values.dtype)
        if not may_repeat(index):
            zeros[index] = values
        elif values.dtype.kind == "c":
            cupy.add.at(zeros.real, index, values.real)  # the parts are views
            cupy.add.at(zeros.imag, index, values.imag)
        else:
            cupy.add.at(zeros, index, values)
        return zeros

    def from_host(self, array: "np.ndarray[Any, Any]") -> Any:
        """A copy on the current device."""
        return cupy.asarray(array)

    def to_host(self, array: Any) -> "np.ndarray[Any, Any]":
        """A copy in an array of NumPy's: waits for the current stream."""
        host: np.ndarray[Any, Any] = array.get()
        return host

    def synchronize(self) -> None:
        """Wait for all that was asked of the current stream."""
        cupy.cuda.get_current_stream().synchronize()


def may_repeat(index: Any) -> bool:
    """Whether an entry can be taken several times: only arrays of integers do that, beside no array or a mask."""
    parts = index if type(index) is tuple else (index,)
    return any(_dtype(part).kind in "iu" for part in parts if not isinstance(part, BASIC))


def _dtype(part: Any) -> Any:
    """The dtype of a part of an index: of an array on the device without a copy of it."""
    return part.dtype if hasattr(part, "dtype") else np.asarray(part).dtype


BASIC: Final = (int, np.integer, slice, type(None), type(Ellipsis))
CUPY: Final = CuPy()
