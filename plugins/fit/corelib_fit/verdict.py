"""Verdict: what a run came to, in lines of text."""

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from corelib import Array
from corelib_fit.compare import Comparison
from corelib_fit.samples import Samples
from corelib_fit.training import History

LEARNED: Final = 0.9
"""The part of the variance that a fit explains which has learned its data."""
IN_PART: Final = 0.1


def verdict(samples: Samples, history: History, residuals: Array) -> Iterator[str]:
    """The lines: loss, error of the rows held back, speed. ``residuals`` are those of the test, in their own units."""
    targets = samples.test_y if len(samples.test_y) else samples.train_y
    loss = history.final if not len(residuals) else float(np.mean(np.square(residuals)) / variance(samples))
    yield f"{judged(1 - loss)}: {share(1 - loss)} of the variance of {samples.y_name} is explained{where(residuals)}"
    yield f"loss        {history.initial:.4g} at first, {history.final:.4g} at last (mean squared error, standardised)"
    if len(residuals):
        yield f"test error  {test_error(residuals, samples)}, over {len(targets)} rows held back"
    else:
        yield "test error  not known: no row was held back"
    yield f"speed       {history.rate:,.0f} steps/s ({len(history.losses):,} steps in {history.seconds:.1f} s)"


def judged(explained: float) -> str:
    """In a word."""
    return "learned" if explained >= LEARNED else "learned in part" if explained >= IN_PART else "did not learn"


def share(explained: float) -> str:
    """A part in percent, with as many nines as it has; never below zero."""
    digits = int(np.clip(-math.log10(max(1 - explained, 1e-12)), 0, 6)) if explained > LEARNED else 0
    return f"{100 * max(explained, 0.0):.{digits}f} %"


def where(residuals: Array) -> str:
    """Which rows a part is said of."""
    return " in the rows held back" if len(residuals) else " in the rows it learned from"


def variance(samples: Samples) -> float:
    """That of the targets to learn from: what a standardised loss is measured in."""
    return float(np.var(samples.train_y))


def root_mean_square(residuals: Array) -> float:
    """√mean(r²)."""
    return float(np.sqrt(np.mean(np.square(residuals))))


def test_error(residuals: Array, samples: Samples) -> str:
    """The root mean square of the residuals, and what part of the targets' deviation it is."""
    error = root_mean_square(residuals)
    part = 100 * error / math.sqrt(variance(samples))
    return f"{error:.4g} (root mean square), {part:.2g} % of the standard deviation"


def compared(comparison: Comparison, history: History) -> str:
    """How far the losses of the other library were from ours."""
    difference = comparison.difference(np.array(history.losses))
    return (
        f"torch       largest difference of the losses over {len(history.losses):,} steps: {difference:.2g}; "
        f"{comparison.rate:,.0f} steps/s"
    )
