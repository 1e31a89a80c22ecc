"""Whether all contenders compute the same thing: asked before any of them is timed."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from benchmarks.workload import Array

TOLERANCE: Final = {"float64": 1e-9, "float32": 1e-4}


class Disagreement(Exception):
    """A contender computes something else than what was written by hand."""


def check(workload: str, contender: str, found: Sequence[Array], expected: Sequence[Array]) -> None:
    """Raise Disagreement unless the loss and each gradient are those expected, in shape, dtype and value.

    The difference is measured against the largest entry of each gradient, not entry by entry: an entry that
    is a small difference of large numbers has few right digits in anybody's hands.
    """
    if len(found) != len(expected):
        raise Disagreement(f"{workload}: {contender} returned {len(found)} arrays, and {len(expected)} are expected")
    for i, (x, y) in enumerate(zip(found, expected, strict=True)):
        if x.shape != y.shape or x.dtype != y.dtype:
            raise Disagreement(f"{workload}: result {i} of {contender} is {x.dtype}{x.shape}, not {y.dtype}{y.shape}")
        difference, tolerance = relative(x, y), TOLERANCE[y.dtype.name]
        if not difference <= tolerance:  # nan is a disagreement too
            raise Disagreement(
                f"{workload}: result {i} of {contender} differs by {difference:.1e} relative, more than {tolerance:g}"
            )


def relative(x: Array, y: Array) -> float:
    """The largest difference, in units of the largest entry of ``y``."""
    scale = float(np.max(np.abs(y), initial=0.0)) or 1.0
    return float(np.max(np.abs(x - y), initial=0.0)) / scale
