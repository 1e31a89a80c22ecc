"""Faults in second derivatives: backward is right, and its own derivative is not."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from corelib.core.tensor import Tensor
from corelib_selftest.bending import Behaviour, Pulled, mapped


def plain(value: Any) -> Any:
    return value.data if isinstance(value, Tensor) else value


def _detached(pulled: Pulled) -> Sequence[Any]:
    """The arguments count as constants."""
    entries = pulled.original(pulled.propagated, [plain(a) for a in pulled.args], mapped(plain, pulled.result))
    return list(entries)


def _unrecorded(pulled: Pulled) -> Sequence[Any]:
    """What arrives counts as a constant."""
    return list(
        pulled.original(mapped(plain, pulled.propagated), [plain(a) for a in pulled.args], mapped(plain, pulled.result))
    )


def _doubled(pulled: Pulled) -> Sequence[Any]:
    """Twice the slope, at the right value."""
    found: list[Any] = []
    for g in pulled.true():
        found.append(g + g - np.asarray(plain(g)) if pulled.recording and isinstance(g, Tensor) else g)
    return found


DETACHED: Final = Behaviour("the second derivative is zero", _detached, recorded=True)
UNRECORDED: Final = Behaviour("backward is not recorded", _unrecorded, recorded=True)
DOUBLED: Final = Behaviour("the second derivative is doubled", _doubled, recorded=True)
