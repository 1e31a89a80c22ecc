"""The promise ``fresh = True``, which lets the core keep a gradient without a copy, is checked."""

from typing import Any, ClassVar

import numpy as np
import pytest

from corelib import Array, op
from corelib.conformance import run, subject_of


class Right:
    """x**2 / 2, with a new array for a gradient each time."""

    fresh: ClassVar[bool] = True

    def forward(self, x: Array) -> Array:
        return 0.5 * x * x

    def backward(self, propagated: Array, x: Array) -> Array:
        return propagated * np.conj(x)


class OfOnes(Right):
    def backward(self, propagated: Array, x: Array) -> Array:
        return x if np.all(propagated == 1) else propagated * x


class Cached(Right):
    """The same array for two calls of one shape, written anew."""

    def backward(self, propagated: Any, x: Array) -> Any:
        if not isinstance(propagated, np.ndarray):
            return propagated * x
        kept = TABLES.setdefault((x.shape, x.dtype.char), np.empty_like(x))
        kept[...] = propagated * x
        return kept


TABLES: dict[Any, Array] = {}


@pytest.mark.parametrize("rule", [OfOnes, Cached])
def test_a_rule_that_says_fresh_and_keeps_an_array_is_red(rule: type[Right]) -> None:
    report = run([subject_of(op(rule, name="half", broadcasts=True))], "quick")
    assert "no_alias" in {failure.check for failure in report.failures}


def test_a_rule_that_keeps_its_promise_is_green() -> None:
    report = run([subject_of(op(Right, name="half", broadcasts=True))], "quick")
    assert not report.failures, report.failures[0].detail
