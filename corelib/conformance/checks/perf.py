"""What backward costs beside forward: a report, which is never red."""

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

DEAR: Final = 10.0  # times forward, or times the bytes that go in and come out
REPEATS: Final = 3


def perf(subject: Subject, sample: Sample, tally: Tally) -> None:
    """The time of backward beside that of forward, and the bytes that it needs at its peak, on many numbers.

    A view costs forward nothing: the time to copy what goes in and comes out is the least that counts.
    """
    try:
        seconds, peak = _measured(subject, sample)
    except Exception as error:  # what is wrong with the op, other checks say
        raise Skip(f"could not be measured: {type(error).__name__}") from error
    tally.assertions += 1
    tally.note = f"backward takes {seconds:.1f} times forward, and {peak:.1f} times the bytes that go in and come out"
    tally.warns = max(seconds, peak) > DEAR


def _measured(subject: Subject, sample: Sample) -> tuple[float, float]:
    call = Call(subject.op, sample)
    cotangents = gaussian(subject, sample, call.results)
    seen = [*sample.arrays, *[r.data for r in call.results]]
    forward = max(fastest(lambda: Call(subject.op, sample)), fastest(lambda: [a.copy() for a in seen]))
    backward = fastest(lambda: call.vjp(cotangents))
    return backward / forward, peak_bytes(lambda: call.vjp(cotangents)) / sum(a.nbytes for a in seen)


def fastest(run: Callable[[], Any], repeats: int = REPEATS) -> float:
    """The seconds of the fastest of a few runs: what else the machine does only adds to them."""
    seconds = []
    for _ in range(repeats):
        began = perf_counter()
        run()
        seconds.append(perf_counter() - began)
    return min(seconds)


def peak_bytes(run: Callable[[], Any]) -> int:
    """How many bytes more than before are held at the worst moment of a run."""
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
