"""Guarded arrays inside of arguments and results: taken out, put in, and NumPy's arrays found beside them."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

NUMBERS: Final = (bool, int, float, complex, np.generic)


class Holder:
    """What holds an array of NumPy's."""

    __slots__ = ("_held",)

    def __init__(self, held: "np.ndarray[Any, Any]") -> None:
        self._held = held

    @property
    def dtype(self) -> "np.dtype[Any]":
        dtype: np.dtype[Any] = self._held.dtype
        return dtype


def bare(value: Any) -> Any:
    """The value with the held arrays in the place of guarded ones."""
    if isinstance(value, Holder):
        return value._held
    if type(value) in (tuple, list):
        return type(value)([bare(part) for part in value])
    if isinstance(value, slice):
        return slice(bare(value.start), bare(value.stop), bare(value.step))
    if type(value) is dict:
        return {name: bare(part) for name, part in value.items()}
    return value


def wrap(value: Any, into: type[Holder]) -> Any:
    """The value with guarded arrays in the place of NumPy's, of its numbers too: reductions of CuPy return arrays."""
    if isinstance(value, (np.ndarray, np.generic)):
        return into(np.asarray(value))
    if isinstance(value, (tuple, list)):
        parts = [wrap(part, into) for part in value]
        return type(value)(parts) if type(value) in (tuple, list) else type(value)(*parts)
    return value


def hosts(value: Any) -> Iterator[Any]:
    """NumPy's arrays in a value."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from hosts(part)
    elif isinstance(value, dict):
        yield from hosts(list(value.values()))


def known(value: Any) -> bool:
    """Whether CuPy's array takes part in an operation with the value, and does not leave it to the other."""
    return isinstance(value, (Holder, np.ndarray, *NUMBERS))
