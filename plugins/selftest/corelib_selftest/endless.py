"""Faults that show where 0, -0, an infinity, NaN, or a number near the ends of the range arrives, in one result."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np

from corelib.conformance.numerics.calls import Call
from corelib_selftest.bending import BackwardCall, Behaviour
from corelib_selftest.facts import Facts

LOST: Final = 1e-9
HUGE: Final = 1e200
TINY: Final = 1e-200


def _replaced(place: Callable[[Any], Any], by: float) -> Callable[[Any], Any]:
    return lambda g: np.where(place(np.real(g)), np.asarray(by, g.dtype), g)


def _normed(g: Any) -> Any:
    """To unit norm and back: 0 / 0 where nothing arrives."""
    norm = np.max(np.abs(g), initial=0)
    return np.asarray(np.where(np.isfinite(norm), g / norm * norm, g), g.dtype)


VALUES: Final[dict[str, Callable[[Any], Any]]] = {
    "0 that arrives counts as 1e-9": _replaced(lambda x: (x == 0) & ~np.signbit(x), LOST),
    "-0 that arrives counts as 1e-9": _replaced(lambda x: (x == 0) & np.signbit(x), LOST),
    "inf that arrives counts as 1e100": _replaced(lambda x: x == np.inf, 1e100),
    "-inf that arrives counts as -1e100": _replaced(lambda x: x == -np.inf, -1e100),
    "inf that arrives counts as -inf": _replaced(lambda x: x == np.inf, -np.inf),
    "-inf that arrives counts as inf": _replaced(lambda x: x == -np.inf, np.inf),
    "NaN that arrives counts as 0": _replaced(np.isnan, 0.0),
    "NaN that arrives counts as inf": _replaced(np.isnan, np.inf),
    "1e300 that arrives counts as inf": _replaced(lambda x: x > HUGE, np.inf),
    "1e300 that arrives counts as 1e200": _replaced(lambda x: (x > HUGE) & np.isfinite(x), HUGE),
    "-1e300 that arrives counts as -1e200": _replaced(lambda x: (x < -HUGE) & np.isfinite(x), -HUGE),
    "1e-300 that arrives counts as 0": _replaced(lambda x: (np.abs(x) < TINY) & (x != 0), 0.0),
    "what arrives is normed": _normed,
}
"""What one result's cotangent is taken for."""


def endless_faults(facts: Facts) -> Iterator[Behaviour]:
    """For each result whose cotangent alone makes a gradient that is not 0."""
    count, reached = _results(facts)
    for r in sorted(reached):
        for name, function in VALUES.items():
            yield _of_result(f"{name} (result {r})" if count > 1 else name, r, function)


def _results(facts: Facts) -> tuple[int, set[int]]:
    """How many results there are at most, and which of them matter."""
    count, found = 0, set()
    with np.errstate(all="ignore"):
        for sample in facts.samples:
            if not sample.is_complex:
                call = Call(facts.subject.op, sample)
                count = max(count, len(call.results))
                found |= {r for r in range(len(call.results)) if r not in found and _matters(facts, call, r)}
    return count, found


def _matters(facts: Facts, call: Call, at: int) -> bool:
    gradients = call.gradients([np.full(r.shape, float(k == at), r.dtype) for k, r in enumerate(call.results)])
    mine = gradients[facts.index : facts.index + 1] if facts.elementwise else gradients
    return any(bool(np.any(g)) for g in mine)


def _of_result(name: str, at: int, function: Callable[[Any], Any]) -> Behaviour:
    def fault(call: BackwardCall) -> Sequence[Any]:
        arrived = call.propagated
        with np.errstate(all="ignore"):
            if not isinstance(arrived, tuple):
                return call.true(function(arrived))
            parts = [function(g) if r == at else g for r, g in enumerate(arrived)]
        return call.true(tuple(parts) if type(arrived) is tuple else type(arrived)(*parts))

    return Behaviour(name, fault)
