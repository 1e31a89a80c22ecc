"""Counting what a check asserts, and how near to its tolerance it came."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from corelib.conformance.failure import Failure
from corelib.tensor import Array


@dataclass(slots=True)
class Tally:
    """How many claims were tested, and the largest error over its tolerance among them.

    ``note`` is what was measured, for the report; where ``warns`` it is worth a look. Neither fails.
    """

    assertions: int = 0
    margin: float = 0.0
    note: str = ""
    warns: bool = False

    def require(self, claim: Any, message: str) -> None:
        """One claim that holds or does not."""
        self.assertions += 1
        if not claim:
            raise Failure(message)

    def close(self, found: Array, expected: Array, tolerance: Array | float, message: str) -> None:
        """Entry by entry within the tolerance; NaN is close to NaN, and an infinity to itself."""
        wrong = self.wrong(found, expected, tolerance)
        if np.any(wrong):
            where = tuple(int(i) for i in np.argwhere(wrong)[0])
            a, b = np.asarray(found)[where].item(), np.asarray(expected)[where].item()
            count = f"({int(np.sum(wrong))} of {wrong.size} entries)"
            raise Failure(f"{message}\n  at {list(where)}: {a!r}, expected {b!r} {count}")

    def wrong(self, found: Array, expected: Array, tolerance: Array | float) -> Array:
        """Which entries are out of tolerance."""
        found, expected = np.asarray(found), np.asarray(expected)
        self.require(found.shape == expected.shape, f"shape {found.shape}, expected {expected.shape}")
        self.assertions += max(found.size - 1, 0)
        with np.errstate(all="ignore"):
            error = np.abs(found - expected) / np.asarray(tolerance)
        same = (found == expected) | (np.isnan(found) & np.isnan(expected))
        error = np.where(same, 0.0, np.where(np.isnan(error), np.inf, error))
        self.margin = max(self.margin, float(np.max(error, initial=0.0)))
        return np.asarray(error > 1)

    def same(self, found: Array, expected: Array, message: str) -> None:
        """Equal to the last bit (any NaN equals any NaN)."""
        found, expected = np.asarray(found), np.asarray(expected)
        alike = found.shape == expected.shape and found.dtype == expected.dtype
        self.require(alike and np.array_equal(found, expected, equal_nan=True), message)
