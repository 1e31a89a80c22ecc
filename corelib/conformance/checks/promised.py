"""The check of promises: gradients where differences do not exist, compared with what the author declares."""

from collections.abc import Sequence

import numpy as np

from corelib.conformance.cases.op_case import Check
from corelib.conformance.failure import Skip
from corelib.conformance.numerics.calls import Call
from corelib.conformance.sample import Sample
from corelib.conformance.spec import OpSample
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally

ROUNDING = 1e-14


def promised(subject: Subject, sample: Sample, tally: Tally) -> None:
    """At ties, at 0 / 0, at NaN and infinity the gradient of the sum is what is declared; NaN is NaN."""
    call = Call(subject.op, sample)
    found = call.gradients([np.ones(r.shape, r.dtype) for r in call.results])
    expected = sample.memo["promised"]
    tally.require(len(found) == len(expected), f"{len(expected)} gradients are promised, and there are {len(found)}")
    for i, (gradient, wanted) in enumerate(zip(found, expected, strict=True)):
        slack = ROUNDING * np.abs(np.nan_to_num(wanted))  # none where 0 is promised
        tally.close(gradient, np.asarray(wanted, float), slack, f"the gradient of arg{i} is not the promised one")


def select_promises(subject: Subject, seed: int) -> Sequence[Sample]:
    if not subject.spec.promises:
        raise Skip("no promise declared")
    found = []
    for number, promise in enumerate(subject.spec.promises):
        given = OpSample(*promise.args, **promise.fields)
        sample = subject.prepared(given, promise.id or f"promise{number}", ())
        sample.memo["promised"] = promise.gradients
        found.append(sample)
    return found


CHECKS = (Check("promised", select_promises, promised),)
