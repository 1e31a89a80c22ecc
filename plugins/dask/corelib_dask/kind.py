"""The kind of dask's arrays: how one is made and computed. Placing is in ``placing.py``."""

from typing import Any, Final

import dask.array as da
import numpy as np

from corelib_dask.placing import placed


class Dask:
    """Arrays in chunks that dask computes when they are asked for."""

    name: Final = "dask"

    def place(self, values: Any, index: Any, shape: tuple[int, ...]) -> Any:
        """Zeros of ``shape`` to which ``values`` are added at ``index``; nothing is computed."""
        return placed(da.asarray(values), index, shape)

    def from_host(self, array: "np.ndarray[Any, Any]") -> Any:
        """An array in chunks of the size that dask's configuration names."""
        return da.from_array(array, chunks="auto" if array.size else -1)

    def to_host(self, array: Any) -> "np.ndarray[Any, Any]":
        """The computed array."""
        return np.asarray(array.compute())

    def synchronize(self) -> None:
        """Nothing runs ahead: an array is computed when somebody asks for it."""


DASK: Final = Dask()
