"""Checks of side effects of calls: on the process, and on the op itself."""

import gc
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pickle import PicklingError
from typing import Final

import numpy as np

from corelib.conformance.cases.op_case import Check
from corelib.conformance.checks.select import select_interior, select_whole_with_samples
from corelib.conformance.failure import Failure
from corelib.conformance.installed_ops import installed
from corelib.conformance.isolation import fresh
from corelib.conformance.isolation.ambient import changed, unusual
from corelib.conformance.isolation.trace import traced
from corelib.conformance.numerics.calls import AnyCall, Call
from corelib.conformance.sample import Sample
from corelib.conformance.subject import LOCAL, Subject
from corelib.conformance.tally import Tally
from corelib.core.tensor import Tensor

SOME: Final = 3
CALLS: Final = 2000
GROWTH: Final = 0.25  # blocks of memory for each call
SETTLED: Final = 500


def first_call(subject: Subject, sample: Sample, tally: Tally) -> None:
    """The first call ever returns what later calls return, and does not change the state of the process."""
    _examine(subject, tally, 0)
    changes = "; ".join(dict.fromkeys(subject.disturbed))
    tally.require(not changes, f"a call on the way to the samples changes {changes}")


def many_calls(subject: Subject, sample: Sample, tally: Tally) -> None:
    """After thousands of calls results and state are the same to the bit, and no memory is left allocated."""
    _examine(subject, tally, CALLS)


def _examine(subject: Subject, tally: Tally, calls: int) -> None:
    samples = sorted(select_interior(subject, 0), key=lambda s: (not _is_steep(subject, s), s.numbers))[:SOME]
    wrong = _found(subject, samples, calls)
    tally.assertions += 2 * len(samples) + 2
    if wrong:
        raise Failure("\n".join(wrong))


def _is_steep(subject: Subject, sample: Sample) -> bool:
    """Whether every array has a gradient other than zero, which shows a fault of the very first call.

    An op that no fresh process can import is not asked: it would have been called before. A mutant has its samples,
    with their memo, from the op that it was made of.
    """
    if "steep" not in sample.memo:
        if not is_remote(subject):
            return True
        call = Call(subject.op, sample)
        gradients = call.gradients([np.ones(r.shape, r.dtype) for r in call.results])
        sample.memo["steep"] = all(np.any(g) for g in gradients)
    return bool(sample.memo["steep"])


def _found(subject: Subject, samples: list[Sample], calls: int) -> list[str]:
    if is_remote(subject):
        sent = [replace(s, fields=dict(s.fields), memo={}) for s in samples]
        try:
            found: list[str] = fresh.asked(examined_installed, subject.distribution, subject.spec.name, sent, calls)
            return found
        except fresh.Ended as ended:
            return [f"{ended} at its calls"]
        except (PicklingError, TypeError, AttributeError):  # a field that cannot be pickled
            pass
    return examined(subject.op, samples, calls)


def is_remote(subject: Subject) -> bool:
    """Whether a fresh process can import the op."""
    return subject.distribution != LOCAL and bool(subject.where)


def examined_installed(distribution: str, name: str, samples: Sequence[Sample], calls: int) -> list[str]:
    """The same of an installed op, for a fresh process: what the op raises is one more problem."""
    try:
        return examined(installed(distribution, op=name)[0].op, samples, calls)
    except Exception as error:
        return [f"raised {traced(error)}"]


def examined(op: AnyCall, samples: Sequence[Sample], calls: int) -> list[str]:
    """What is wrong: results that differ from the first ones, memory that is kept, and state that was changed."""
    with unusual() as before:
        first = [_returned(op, s) for s in samples]
        wrong = _other(op, samples, first, "a second time")
        if calls and not wrong:
            wrong = _left_in_memory(op, samples, calls) + _other(op, samples, first, f"after {calls} calls")
        return [*wrong, *[f"a call changes {changes}" for changes in changed(before)]]


def _returned(op: AnyCall, sample: Sample) -> list[bytes]:
    """The results, and the gradients of ones, as bytes.

    First those of all results together: of one result they may be zero, which hides the fault of a first call.
    """
    call = Call(op, sample)
    ones = [np.ones(r.shape, r.dtype) for r in call.results]
    _, together = call.raw(ones) or (None, ())
    arrays = [g.data if isinstance(g, Tensor) else g for g in together if g is not None]  # a backward may call ops
    gradients = [*arrays, *call.gradients(ones)]
    return [np.asarray(a).tobytes() for a in (*[r.data for r in call.results], *gradients)]


def _other(op: AnyCall, samples: Sequence[Sample], first: list[list[bytes]], when: str) -> list[str]:
    found = [s for s, known in zip(samples, first, strict=True) if _returned(op, s) != known]
    return [f"the first call ever returns something else than the same call {when}: {s}" for s in found[:1]]


def _left_in_memory(op: AnyCall, samples: Sequence[Sample], calls: int) -> list[str]:
    """Call the op many times; a message where each call leaves objects in memory."""
    _call(op, samples, calls - SETTLED)
    growth = _growth(op, samples)
    if growth > GROWTH:  # cycles that the garbage collector has not yet found are no leak
        gc.collect()
        growth = _growth(op, samples, gc.collect)
    return [f"each call leaves {growth:.1f} objects in memory"] if growth > GROWTH else []


def _growth(op: AnyCall, samples: Sequence[Sample], settle: Callable[[], object] = int) -> float:
    before = sys.getallocatedblocks()
    _call(op, samples, SETTLED)
    settle()
    return (sys.getallocatedblocks() - before) / SETTLED


def _call(op: AnyCall, samples: Sequence[Sample], calls: int) -> None:
    for number in range(calls):
        call = Call(op, samples[number % len(samples)])
        call.gradients([np.ones(r.shape, r.dtype) for r in call.results])


FIRST = (Check("first_call", select_whole_with_samples, first_call),)
CHECKS = (Check("many_calls", select_whole_with_samples, many_calls, profiles=("default", "deep")),)
