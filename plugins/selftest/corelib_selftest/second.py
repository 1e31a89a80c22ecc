"""Faults in second derivatives: backward is right, and its own derivative is not."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from corelib.core.tensor import Tensor
from corelib_selftest.bending import BackwardCall, Behaviour, mapped


def entries_of(value: Any) -> Any:
    return value.data if isinstance(value, Tensor) else value


def _detached(call: BackwardCall) -> Sequence[Any]:
    """The arguments count as constants."""
    entries = call.original(call.propagated, [entries_of(a) for a in call.args], mapped(entries_of, call.result))
    return list(entries)


def _unrecorded(call: BackwardCall) -> Sequence[Any]:
    """What arrives counts as a constant."""
    return list(
        call.original(
            mapped(entries_of, call.propagated), [entries_of(a) for a in call.args], mapped(entries_of, call.result)
        )
    )


def _doubled(call: BackwardCall) -> Sequence[Any]:
    """Twice the slope, at the right value."""
    found: list[Any] = []
    for g in call.true():
        found.append(g + g - np.asarray(entries_of(g)) if call.recording and isinstance(g, Tensor) else g)
    return found


DETACHED: Final = Behaviour("the second derivative is zero", _detached, recorded=True)
UNRECORDED: Final = Behaviour("backward is not recorded", _unrecorded, recorded=True)
DOUBLED: Final = Behaviour("the second derivative is doubled", _doubled, recorded=True)
