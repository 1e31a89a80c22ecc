"""What is taken for an array of numbers. A string is not, although it is a sequence."""

from typing import Any, Protocol, TypeAlias

import numpy as np

Number: TypeAlias = complex | np.number[Any] | np.bool_


class SupportsArray(Protocol):
    """An array of NumPy, or one that NumPy can make one of."""

    def __array__(self) -> np.ndarray[Any, np.dtype[np.number[Any] | np.bool_]]: ...


class Numbers(Protocol):
    """Numbers and arrays in a list, tuple or other sequence, or in several that are nested."""

    # First, since pyright does not compare the rest for a string: strings and bytes need their own kind here.
    def __contains__(self, value: object, /) -> bool: ...

    def count(self, value: Any, /) -> int: ...  # a dict has none

    def __getitem__(self, index: int, /) -> "Number | SupportsArray | Numbers": ...


ArrayLike: TypeAlias = Number | SupportsArray | Numbers
