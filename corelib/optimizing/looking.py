"""Looking at numbers that were computed on arrays of any kind, as rarely as possible."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from corelib.primitives.portable import native

FLOAT: Final = {float}


def floats(values: Sequence[Any]) -> list[float]:
    """Numbers and arrays of shape () as Python floats, in their order.

    The arrays of one kind are looked at together: on a GPU each look waits for all that was asked of it.
    """
    if set(map(type, values)) <= FLOAT:
        return list(values)
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
