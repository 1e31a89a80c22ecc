"""A second look at a survivor: does it differ from the original anywhere at all, also where no check looks?"""

import warnings
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from corelib.conformance.numerics.calls import Call
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.sample import Sample, Tag
from corelib.conformance.sampling.cotangents import gaussian
from corelib.conformance.sampling.samples import samples_of, tagged
from corelib.conformance.subject import Subject
from corelib_selftest.mutant import Host, Mutant
from corelib_selftest.trial import PROFILE, unharmed

SEEDS: Final = 3
SAME: Final = 1e-9
SPECIAL: Final = (0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e-90, 1e90)


def difference(mutant: Mutant) -> str:
    """A call of which a mutant's gradients differ from the original's; "" where none was found."""
    for host in mutant.hosts:
        if isinstance(host.subject, RuleSubject):
            continue  # a reason alone decides: a rule has no samples
        found = _of(host)
        if found:
            return found
    return ""


def _of(host: Host) -> str:
    subject: Subject = host.subject
    mutated = host.make()
    with unharmed(subject, PROFILE):
        for sample in calls(subject):
            for share in (1.0, 0.0):
                one = _gradients(subject, subject.op, sample, share)
                other = _gradients(subject, mutated, sample, share)
                promised = share > 0 or _nothing(one)  # zero stays zero at a singular point; else it may become NaN
                if promised and not _same(one, other):
                    return f"{subject.name} on {sample.id} ({sample}): {_text(other)}, and the original {_text(one)}"
    return ""


def calls(subject: Subject) -> Iterator[Sample]:
    """All samples of some seeds, and the first ones again with special numbers in them, and in float32."""
    for seed in range(SEEDS):
        yield from (s for s in samples_of(subject, seed) if Tag.LARGE not in s.tags)
    for sample in tagged(subject, Tag.INTERIOR, 0):
        if sample.arrays and all(a.dtype.kind == "f" for a in sample.arrays):
            yield sample.having([a.astype(np.float32) for a in sample.arrays], f"{sample.id}-float32")
            yield from _special(sample)


def _special(sample: Sample) -> Iterator[Sample]:
    for value in SPECIAL:
        for i, array in enumerate(sample.arrays):
            if array.size:
                marked = array.copy()
                marked.reshape(-1)[-1] = value
                arrays = [marked if k == i else a for k, a in enumerate(sample.arrays)]
                yield sample.having(arrays, f"{sample.id}-{value}-in-{i}")
        yield sample.having([np.full_like(a, value) for a in sample.arrays], f"{sample.id}-all-{value}")


def _gradients(subject: Subject, op: Any, sample: Sample, share: float) -> Any:
    """The gradients, or the kind of error."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call = Call(op, sample)
            return call.gradients([share * g for g in gaussian(subject, sample, call.results)])
    except Exception as error:  # an error is an outcome too
        return type(error)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, type) or isinstance(other, type):
        return one is other
    return all(
        a.shape == b.shape and a.dtype == b.dtype and np.allclose(a, b, rtol=_slack(a), atol=_slack(a), equal_nan=True)
        for a, b in zip(one, other, strict=True)
    )


def _nothing(gradients: Any) -> bool:
    return not isinstance(gradients, type) and not any(np.any(g) for g in gradients)


def _slack(a: Any) -> float:
    return SAME if np.dtype(a.dtype).itemsize >= np.dtype(np.float64).itemsize else 1e-4


def _text(outcome: Any) -> str:
    return (
        outcome.__name__ if isinstance(outcome, type) else " ".join(str(np.asarray(g).tolist())[:60] for g in outcome)
    )
