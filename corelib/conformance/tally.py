"""Counts of the assertions of a check, and the largest error relative to its tolerance."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from corelib.conformance.failure import Failure, worst
from corelib.core.tensor import Array


@dataclass(slots=True)
class Tally:
    """How many assertions were made, and the largest error divided by its tolerance.

    ``note`` is a measurement for the report; ``warns`` marks it as a warning. Neither is a failure.
    """

    assertions: int = 0
    margin: float = 0.0
    note: str = ""
    warns: bool = False

    def require(self, claim: Any, message: str) -> None:
        """Count one assertion. Raises Failure with ``message`` unless ``claim`` is true."""
        self.assertions += 1
        if not claim:
            raise Failure(message)

    def close(
        self, found: Array, expected: Array, tolerance: Array | float, message: str,
        place: Callable[[tuple[int, ...]], str] = str,
    ) -> None:  # fmt: skip
        """Assert that ``found`` is within the tolerance of ``expected``, entry by entry.

        NaN is close to NaN, and an infinity to itself. ``place`` names an entry in the message: by its index, unless
        the arrays stand for others.
        """
        wrong = self.wrong(found, expected, tolerance)
        if np.any(wrong):
            found, expected = np.asarray(found), np.asarray(expected)
            with np.errstate(all="ignore"):
                excess = np.nan_to_num(np.abs(found - expected) / np.asarray(tolerance), nan=np.inf, posinf=np.inf)
            where = worst(found, expected, excess, wrong)
            a, b = found[where].item(), expected[where].item()
            at = place(where) if place is not str else str(list(where))
            raise Failure(f"{message}\n  at {at}: {a!r}, expected {b!r} ({int(np.sum(wrong))} of {wrong.size} entries)")

    def wrong(self, found: Array, expected: Array, tolerance: Array | float) -> Array:
        """A mask of the entries that are out of tolerance."""
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
        """Assert that both are equal to the last bit (any NaN equals any NaN), with the same shape and dtype."""
        found, expected = np.asarray(found), np.asarray(expected)
        alike = found.shape == expected.shape and found.dtype == expected.dtype
        self.require(alike and np.array_equal(found, expected, equal_nan=True), message)
