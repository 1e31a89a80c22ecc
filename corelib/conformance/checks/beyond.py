"""The check of the declared domain: what is defined beyond it would never be tested."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from corelib.conformance.cases.op_case import Check
from corelib.conformance.checks.select import select_interior
from corelib.conformance.failure import Failure, Skip, Undeclared
from corelib.conformance.numerics.calls import along
from corelib.conformance.numerics.differences import derivative
from corelib.conformance.numerics.domain import Range
from corelib.conformance.numerics.jacobians import forward_of
from corelib.conformance.sample import Sample, Tag, entrywise_sample
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally

AWAY: Final = (0.125, 0.4375, 1.5625, 3.375)
STEP: Final = 2.0**-6
SETTLED: Final = 1e-6


def domain(subject: Subject, sample: Sample, tally: Tally) -> None:
    """Beyond the declared domain forward is not finite, or has no slope, unless ``beyond`` gives a reason."""
    found = [
        f"arg{i} = {x:g}" for i, ranges in enumerate(subject.ranges) for x in outside(ranges)
        if _goes_on(subject, sample, tally, i, x)
    ]  # fmt: skip
    tally.assertions += 1
    if subject.spec.beyond and not found:
        raise Failure("says beyond, and beyond the declared domain it is not defined: remove it")
    if found and not subject.spec.beyond:
        where = ", ".join(found[:4])
        raise Undeclared(f"defined and smooth beyond its domain, at {where}: declare a larger domain, or beyond=why")


def outside(ranges: Sequence[Range]) -> Iterator[float]:
    """Some points beyond each end, that are in no other interval."""
    for r in ranges:
        for end, side in ((r.low, -1), (r.high, 1)):
            for x in (end + side * away for away in AWAY) if np.isfinite(end) else ():
                if not any(bool(other.contains(np.array(y))) for other in ranges for y in (x - STEP, x, x + STEP)):
                    yield float(x)


def _goes_on(subject: Subject, sample: Sample, tally: Tally, i: int, x: float) -> bool:
    """Whether forward is finite around a point, and its differences settle to a slope."""
    tally.assertions += 1
    args = [np.array([x if k == i else float(np.ravel(a)[0])]) for k, a in enumerate(sample.arrays)]
    curves = along(forward_of(subject.op, entrywise_sample(args)), args, np.eye(len(args))[i : i + 1])
    try:
        with np.errstate(all="ignore"):
            near = curves(np.array([-STEP, 0.0, STEP]), np.zeros(3, int))
            if not np.all(np.isfinite(near)):
                return False
            slope = derivative(curves, np.array([STEP]))
    except Exception:  # forward refuses the point: it is outside the domain
        return False
    return bool(np.all(slope.bound <= SETTLED * np.maximum(np.abs(slope.value), 1.0)))


def select_bounded(subject: Subject, seed: int) -> Sequence[Sample]:
    if not subject.entrywise or subject.spec.domain is None:
        raise Skip("no domain is declared")
    if not any(np.isfinite(end) for ranges in subject.ranges for r in ranges for end in (r.low, r.high)):
        raise Skip("the domain has no end")
    return [s for s in select_interior(subject, seed) if Tag.SAME not in s.tags and len(s.arrays) == subject.arity][:1]


CHECKS = (Check("domain", select_bounded, domain),)
