"""The cost of backward compared with forward: a report, which never fails."""

import tracemalloc
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any, Final

from corelib.conformance.cases.op_case import Check
from corelib.conformance.failure import Skip
from corelib.conformance.numerics.calls import Call
from corelib.conformance.sample import Sample, Tag
from corelib.conformance.sampling.cotangents import gaussian
from corelib.conformance.sampling.samples import tagged
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally

COSTLY: Final = 10.0
"""A warning from this ratio on: to the time of forward, or to the bytes of operands and results."""
REPEATS: Final = 3


def perf(subject: Subject, sample: Sample, tally: Tally) -> None:
    """The time of backward over that of forward, and its peak memory over the bytes of operands and results.

    A forward that returns a view takes no time: the time to copy operands and results is a lower bound for it.
    """
    try:
        seconds, peak = _measured(subject, sample)
    except Exception as error:  # other checks report it
        raise Skip(f"could not be measured: {type(error).__name__}") from error
    tally.assertions += 1
    tally.note = f"backward takes {seconds:.1f} times forward, and {peak:.1f} times the bytes that go in and come out"
    tally.warns = max(seconds, peak) > COSTLY


def _measured(subject: Subject, sample: Sample) -> tuple[float, float]:
    call = Call(subject.op, sample)
    cotangents = gaussian(subject, sample, call.results)
    seen = [*sample.arrays, *[r.data for r in call.results]]
    forward = max(fastest(lambda: Call(subject.op, sample)), fastest(lambda: [a.copy() for a in seen]))
    backward = fastest(lambda: call.vjp(cotangents))
    return backward / forward, peak_bytes(lambda: call.vjp(cotangents)) / sum(a.nbytes for a in seen)


def fastest(run: Callable[[], Any], repeats: int = REPEATS) -> float:
    """The seconds of the fastest of a few runs: other load on the machine only adds to them."""
    seconds = []
    for _ in range(repeats):
        began = perf_counter()
        run()
        seconds.append(perf_counter() - began)
    return min(seconds)


def peak_bytes(run: Callable[[], Any]) -> int:
    """The peak memory of a run, in bytes above that before it."""
    traced = tracemalloc.is_tracing()
    if not traced:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        run()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if not traced:
            tracemalloc.stop()


def select_large(subject: Subject, seed: int) -> Sequence[Sample]:
    found = tagged(subject, Tag.LARGE, seed)
    if not found:
        raise Skip("no large sample to measure")
    return found


CHECKS = (Check("perf", select_large, perf, profiles=("default", "deep")),)
