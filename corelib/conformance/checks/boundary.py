"""The check at the ends of the domain, and at points with an infinite slope."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from corelib.conformance.cases.op_case import Check
from corelib.conformance.checks.select import select_interior
from corelib.conformance.failure import Skip
from corelib.conformance.numerics.calls import Call, along
from corelib.conformance.numerics.differences import Curves, one_sided
from corelib.conformance.numerics.jacobians import BOUNDS, forward_of
from corelib.conformance.sample import Sample, Tag, entrywise_sample
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally

ONE_SIDED_EDGE: Final = 1e-6
BESIDE: Final = 3
ALONE: Final = 1e-12
EDGE_STEP: Final = 2.0**-6
SECANTS: Final = (1e-3, 1e-6, 1e-9, 1e-12)
STEADY: Final = 0.95  # the differences of secants to a finite slope shrink; even for x**1.01 by 0.93


def boundary(subject: Subject, sample: Sample, tally: Tally) -> None:
    """On an end of the domain the slope is that from inside; where that is infinite, it is infinite."""
    for i, ranges in enumerate(subject.ranges):
        for r in ranges:
            for end, inward in ((r.low, 1), (r.high, -1)):
                if np.isfinite(end):
                    _at_end(subject, tally, sample, i, end, inward)
                    if subject.spec.domain is not None:  # unknown where the domain was found by probing
                        _at_infinity(subject, tally, sample, i)
    for point in subject.spec.singular:
        if not isinstance(point, tuple):
            _singular(subject, tally, float(point))


def _at_end(subject: Subject, tally: Tally, sample: Sample, i: int, end: float, inward: int) -> None:
    args = [np.array([end if k == i else np.ravel(a)[0]]) for k, a in enumerate(sample.arrays)]
    at = entrywise_sample(args)
    call = Call(subject.op, at)
    found = _slope(call, i)
    if np.isinf(found):
        _stays_zero(tally, call, end)
        _among_others(subject, tally, sample, i, end)
    if not np.all(np.isfinite(call.results[0].data)):
        near = _slope(Call(subject.op, entrywise_sample([a + inward * (k == i) / 64 for k, a in enumerate(args)])), i)
        tally.require(
            found != 0 or near == 0, f"at x = {end} the result is infinite, and the slope of arg{i} a silent 0"
        )
        return
    curves = along(forward_of(subject.op, at), at.arrays, np.eye(len(args))[i : i + 1])
    _from_inside(tally, found, curves, inward, f"at the end x = {end} of the domain, the slope of arg{i}")


def _at_infinity(subject: Subject, tally: Tally, sample: Sample, i: int) -> None:
    """Where another argument is infinite, and the slope in this one too, a cotangent of zero stays zero."""
    for k in range(len(sample.arrays)):
        if k != i:
            args = [np.array([np.inf if j == k else np.ravel(a)[0]]) for j, a in enumerate(sample.arrays)]
            call = Call(subject.op, entrywise_sample(args))
            if np.isinf(_slope(call, i)):
                _stays_zero(tally, call, np.inf)


def _from_inside(tally: Tally, found: float, curves: Curves, inward: int, what: str) -> None:
    """The slope of one side, by a table, or where that does not settle by secants."""
    slope = one_sided(curves, np.array([EDGE_STEP]), inward)
    value, bound = float(slope.value[0, 0]), float(slope.bound[0, 0])
    if bound > ONE_SIDED_EDGE * max(1.0, abs(value)):
        _slow(tally, found, [_secant(curves, inward * h) for h in SECANTS], what)
        return
    tolerance = ONE_SIDED_EDGE * max(1.0, abs(value)) + BOUNDS * bound
    tally.close(np.array(found), np.array(value), tolerance, what)


def _slow(tally: Tally, found: float, secants: list[float], what: str) -> None:
    """Where the table does not settle the slope is infinite, and its secants grow; or it is a slow power of x."""
    first, second, third, last = (abs(secant) for secant in secants)
    growth = last / third if third else 1.0
    power = growth**2 > second / first  # from each to the next by about the same factor
    logarithm = last - third > STEADY * (third - second)  # or by the same number, as of x log(x)
    if growth > 1 + 1e-4 and (power or logarithm):
        tally.require(found == np.copysign(np.inf, secants[-1]), f"{what} is infinite, and backward returns {found}")
    else:
        slack = 2 * abs(last - third) + 1e-3 * last + 1e-9
        tally.close(np.array(found), np.array(secants[-1]), slack, what)


def _secant(curves: Curves, h: float) -> float:
    start, end = curves(np.array([0.0, h]), np.zeros(2, int))[:, 0].tolist()
    return float((end - start) / h)


def _stays_zero(tally: Tally, call: Call, x: float) -> None:
    """A cotangent of exactly zero stays zero, in every argument, where a slope is infinite."""
    for i, nothing in enumerate(call.gradients([np.zeros(r.shape, r.dtype) for r in call.results])):
        tally.require(
            not np.any(nothing),
            f"at x = {x} a slope is infinite, and a gradient of 0 becomes {nothing.flat[0]} in arg{i}",
        )


def _among_others(subject: Subject, tally: Tally, sample: Sample, i: int, x: float) -> None:
    """A gradient of zero there leaves the gradients of the ordinary entries beside it what they are by themselves."""
    others = [np.ravel(a)[:BESIDE].copy() for a in np.broadcast_arrays(*sample.arrays)]
    args = [np.append(a, x if k == i else a[0]) for k, a in enumerate(others)]
    together, alone = Call(subject.op, entrywise_sample(args)), Call(subject.op, entrywise_sample(others))
    found = together.gradients([np.append(np.ones(BESIDE), 0.0).astype(r.dtype) for r in together.results])
    expected = alone.gradients([np.ones(r.shape, r.dtype) for r in alone.results])
    for k, (gradient, truth) in enumerate(zip(found, expected, strict=True)):
        what = f"beside x = {x}, where a slope is infinite and a gradient of 0 arrives, the gradient of arg{k}"
        tally.close(gradient[:-1], truth, ALONE * np.abs(truth), what)


def _singular(subject: Subject, tally: Tally, point: float) -> None:
    """At a declared singular point the slope is infinite, never a silent zero."""
    call = Call(subject.op, entrywise_sample([np.array([point])] * (subject.arity or 1)))
    found = _slope(call, 0)
    tally.require(np.isinf(found), f"declared singular at {point}, and the slope there is {found}")
    _stays_zero(tally, call, point)


def _slope(call: Call, i: int) -> float:
    """The slope of the first result at the first entry, in argument i."""
    cotangents = [np.full(r.shape, float(k == 0), r.dtype) for k, r in enumerate(call.results)]
    return float(np.real(call.gradients(cotangents)[i].flat[0]))


def select_with_ends(subject: Subject, seed: int) -> Sequence[Sample]:
    if not subject.entrywise:
        raise Skip("not an entry-by-entry op: its domain has no ends")
    if not subject.spec.singular and not any(
        np.isfinite(end) for ranges in subject.ranges for r in ranges for end in (r.low, r.high)
    ):
        raise Skip("the domain has no end")
    return [s for s in select_interior(subject, seed) if Tag.SAME not in s.tags][:1]


CHECKS = (Check("boundary", select_with_ends, boundary),)
