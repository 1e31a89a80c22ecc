"""Looking at numbers that were computed on arrays of any kind, as rarely as possible."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from corelib.primitives.portable import native


def floats(values: list[Any]) -> list[float]:
    """Numbers and arrays of shape () as Python floats, in their order.

    The arrays of one kind are looked at together: on a GPU each look waits for all that was asked of it.
    """
    for value in values:
        if type(value) is not float:
            return looked_at_by_kind(values)
    return values


def looked_at_by_kind(values: list[Any]) -> list[float]:
    """The numbers, with one look for each kind of array."""
    kinds: dict[type, list[int]] = {}
    for i, value in enumerate(values):
        kinds.setdefault(type(value), []).append(i)
    found = list(values)
    for places in kinds.values():
        for i, number in zip(places, looked_at([values[i] for i in places]), strict=True):
            found[i] = number
    return found


def looked_at(values: Sequence[Any]) -> list[float]:
    """The numbers in arrays of one kind."""
    if native(values[0]):
        return [float(value) for value in values]
    together = np.stack(values)
    return list(map(float, together.tolist() if hasattr(together, "tolist") else values))
