"""The kind of sparse arrays."""

from typing import Any, Final, NoReturn

import numpy as np
import sparse

import corelib_sparse.deferring  # noqa: F401  # for its effect: a sparse array was met
from corelib.errors import InvalidOperandType


class Sparse:
    """COO, GCXS and their like: constants, of which the products know the entries that are not zero."""

    name: Final = "sparse"
    constant: Final = True

    def place(self, values: Any, index: Any, shape: tuple[int, ...]) -> NoReturn:
        """Not there: a constant has no gradient."""
        raise InvalidOperandType("a sparse array is a constant, and nothing is added to it")

    def from_host(self, array: "np.ndarray[Any, Any]") -> Any:
        """A sparse array of the entries that are not zero."""
        return sparse.COO.from_numpy(array)

    def to_host(self, array: Any) -> "np.ndarray[Any, Any]":
        """The array with its zeros."""
        return np.asarray(array.todense())

    def synchronize(self) -> None:
        """Nothing runs ahead."""


SPARSE: Final = Sparse()
