"""The check at kinks: the slope is the promised one, and in the interval of subgradients."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from corelib.conformance.cases.op_case import WHOLE, Check
from corelib.conformance.failure import Skip, Undeclared, entry_of
from corelib.conformance.numerics.calls import Call, along, columns
from corelib.conformance.numerics.differences import kinked, one_sided
from corelib.conformance.numerics.jacobians import BOUNDS, ONE_SIDED, Sides, analytic, forward_of, sides
from corelib.conformance.sample import Sample, Tag, entrywise_sample
from corelib.conformance.sampling.samples import tagged
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally
from corelib.core.tensor import Array

KINK_STEP: Final = 2.0**-5


def kinks(subject: Subject, sample: Sample, tally: Tally) -> None:
    """At a kink: the promised slope, between those of both sides, along the axes and along two directions."""
    if sample is WHOLE:
        _unannounced(subject, tally)
        return
    call = Call(subject.op, sample)
    found = analytic(call)
    tally.require(
        np.all(np.isfinite(found)), f"the slope at the kink is not finite: {found.tolist()}\nsample: {sample}"
    )
    if isinstance(sample.kink, (int, float)):
        _promised_number(tally, sample, found, float(sample.kink))
        return
    function = forward_of(subject.op, sample)
    slopes = sides(function, sample, np.full(found.shape[0], KINK_STEP))
    low, high = np.minimum(slopes.left, slopes.right), np.maximum(slopes.left, slopes.right)
    slack = ONE_SIDED * np.maximum(1, np.abs(high)) + BOUNDS * slopes.bound
    middle, radius = (low + high) / 2, (high - low) / 2 + slack
    place = entry_of([r.data for r in call.results], sample.arrays)
    tally.close(found, middle, radius, f"the slope is outside of the interval of both sides\nsample: {sample}", place)
    _promised(subject, tally, sample, found, slopes, place)
    _along(subject, tally, sample, found)


def _promised_number(tally: Tally, sample: Sample, found: Array, value: float) -> None:
    """Every slope that is not 0 is the declared number. (Those of other entries are 0.)"""
    diagonal = found[found != 0] if value != 0 else found
    tally.require(diagonal.size, f"the slope at the kink is 0, and {value} is declared")
    tally.close(
        diagonal, np.full(diagonal.shape, value), 1e-12 * max(1, abs(value)), f"at_kink is {value}\nsample: {sample}"
    )


def _promised(
    subject: Subject, tally: Tally, sample: Sample, found: Array, slopes: Sides, place: Callable[..., str]
) -> None:
    """The declared policy, to the tolerance with which the one-sided slopes are known."""
    policy = sample.kink
    if policy == "any":
        return
    if policy == "share":
        expected = _shared(subject, sample, slopes)
    else:
        expected = {"left": slopes.left, "right": slopes.right, "mean": (slopes.left + slopes.right) / 2}[str(policy)]
    slack = ONE_SIDED * np.maximum(1, np.abs(expected)) + BOUNDS * slopes.bound
    tally.close(found, expected, slack, f"at_kink is {policy!r}\nsample: {sample}", place)


def _shared(subject: Subject, sample: Sample, slopes: Sides) -> Array:
    """The slope of each result along all arguments that tie, divided equally among them."""
    expected = (slopes.left + slopes.right) / 2
    tied = np.abs(slopes.left - slopes.right) > 1e-4
    for i in range(expected.shape[1]):
        together = tied[:, i]
        if np.any(together):
            curves = along(forward_of(subject.op, sample), sample.arrays, together[None, :].astype(float))
            step = np.array([KINK_STEP])
            both = (one_sided(curves, step, 1).value[0, i] + one_sided(curves, step, -1).value[0, i]) / 2
            expected[together, i] = both / np.sum(together)
    return expected


def _along(subject: Subject, tally: Tally, sample: Sample, found: Array) -> None:
    """J v lies between the slopes along v from both sides: slopes of 1 for both of two arguments that tie do not."""
    rng = subject.rng("kink", sample.id)
    for direction in (np.ones(len(found)), rng.normal(size=len(found))):
        curves = along(forward_of(subject.op, sample), sample.arrays, direction[None, :])
        step = np.array([KINK_STEP])
        left, right = one_sided(curves, step, -1), one_sided(curves, step, 1)
        low, high = np.minimum(left.value, right.value)[0], np.maximum(left.value, right.value)[0]
        slack = ONE_SIDED * np.maximum(1, np.abs(high)) + BOUNDS * (left.bound + right.bound)[0]
        message = (
            f"along {direction.round(3).tolist()} the slope is outside of the interval of both sides\nsample: {sample}"
        )
        tally.close(direction @ found, (low + high) / 2, (high - low) / 2 + slack, message)


def _unannounced(subject: Subject, tally: Tally) -> None:
    """No kink was declared: look for one at 0, at 1 and where arguments are equal."""
    for value in (0.0, 1.0, -1.0):
        points = [np.array([value]) for _ in range(subject.arity or 1)]
        curves = columns(forward_of(subject.op, entrywise_sample(points)), points)
        with np.errstate(all="ignore"):
            bent = kinked(curves, np.full(len(points), KINK_STEP)) & kinked(
                curves, np.full(len(points), KINK_STEP / 1024)
            )
        inside = all(any(r.low < value < r.high for r in ranges) for ranges in subject.ranges)
        if inside and np.any(bent):
            raise Undeclared(f"the slope jumps at {value:g}: declare kinks and at_kink")
        tally.assertions += 1


def select_kinks(subject: Subject, seed: int) -> Sequence[Sample]:
    found = tagged(subject, Tag.KINK, seed)
    if found:
        return found
    if not subject.entrywise:
        raise Skip("no kink declared")
    if subject.spec.singular:
        raise Skip("no kink declared, but points with an infinite slope")
    return [WHOLE]


CHECKS = (Check("kinks", select_kinks, kinks),)
