"""Faults at kinks: the slope of one side where several entries tie, or all of them counted."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from corelib_selftest.bending import BackwardCall, Behaviour

SHIFT: Final = 1e-13


def _shifted(sign: float) -> Any:
    """The gradient a little to one side: along a ramp, so that ties are broken by position."""

    def fault(call: BackwardCall) -> Sequence[Any]:
        moved = []
        for i, a in enumerate(call.args):
            if isinstance(a, np.ndarray) and a.dtype == np.float64 and a.size and call.index in (None, i):
                ramp = np.arange(1, a.size + 1).reshape(a.shape)
                moved.append(a + sign * SHIFT * ramp * np.maximum(1, np.abs(a)))
            else:
                moved.append(a)
        return call.true(args=moved)

    return fault


TIES: Final = (
    Behaviour("the slope of the right at a tie", _shifted(1.0)),
    Behaviour("the slope of the left at a tie", _shifted(-1.0)),
)
