"""What a rule over all parameters together is given: one parameter at a time, and sums over all of them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

import numpy as np

from corelib.optimizing.looking import floats
from corelib.optimizing.parameter import Parameter, ndarray
from corelib.rule import FloatArray, Step

EVERYTHING = (slice(None),)


class Given(NamedTuple):
    """The arrays of one parameter in one step; ``terms`` are for what is to be summed."""

    out: FloatArray
    grad: FloatArray
    param: FloatArray
    step: Step
    terms: tuple[FloatArray, ...]


class Sums:
    """Sums over the entries of all parameters.

    Each parameter is summed by itself, and the parts are added by size: the sums are the same to the bit in
    every order of the parameters, packed or not. ``slices`` are those of the parameters in a packed one. Parts in
    arrays of another kind than NumPy's are looked at when all are there.
    """

    def __init__(self, count: int, slices: Mapping[Parameter, Sequence[slice]]) -> None:
        self._slices = slices
        self._parts: list[list[Any]] = [[] for _ in range(count)]

    def add(self, parameter: Parameter, terms: Sequence[FloatArray]) -> None:
        """Count the terms of a parameter, or of those that are packed in it."""
        for parts, term in zip(self._parts, terms, strict=True):
            flat = term.reshape(-1)
            entries = self._slices.get(parameter, EVERYTHING)
            sums = [np.sum(flat[each], dtype=np.float64) for each in entries]
            parts.extend(map(float, sums) if isinstance(term, ndarray) else sums)

    def totals(self) -> list[float]:
        """The sums over all that was counted, in float64."""
        found = iter(floats([*chain(*self._parts)]))
        return [total(islice(found, len(parts))) for parts in self._parts]


def total(parts: Iterable[float]) -> float:
    """The sum of the numbers, the same to the bit in whatever order they come."""
    return sum(sorted(parts), 0.0)
