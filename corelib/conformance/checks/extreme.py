"""The check at extreme arguments: where forward is finite, backward is; and a NaN stays in its entry."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from corelib.conformance.cases.op_case import Check
from corelib.conformance.checks.select import select_interior
from corelib.conformance.failure import Failure, Skip
from corelib.conformance.numerics.calls import Call
from corelib.conformance.numerics.sets import FLAT
from corelib.conformance.sample import Sample, Tag, entrywise_sample
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally
from corelib.core.tensor import Array, Tensor

EXTREME: Final = (30.0, -30.0, 800.0, -800.0, 1e150, -1e150, 1e-150, -1e-150, 5e-324, -5e-324, -0.0)
ROUNDING: Final = 1e-15  # with a NaN a backward may take a slower path, which rounds differently
NEARBY: Final = 0.984375
NUDGE: Final = 1e-6
LARGEST: Final = 307.5  # decimal exponent: a larger slope overflows


def extreme(subject: Subject, sample: Sample, tally: Tally) -> None:
    """Where forward is finite, backward is finite and raises no warning; a NaN stays in its entry."""
    if subject.entrywise:
        for i in range(subject.arity or 1):
            _far_out(subject, sample, tally, i)
            _not_a_number(subject, sample, tally, i)
    else:
        _scaled(subject, sample, tally)


def _far_out(subject: Subject, sample: Sample, tally: Tally, i: int) -> None:
    points = np.array(EXTREME if subject.spec.extreme is None else subject.spec.extreme)
    x = points[np.any([r.contains(points) for r in subject.ranges[i]], axis=0)]
    ends = [end for r in subject.ranges[i] for end in (r.low, r.high)]
    x = x[~np.isin(x, [*ends, *(p for p in subject.spec.singular if not isinstance(p, tuple))])]
    args = [x if k == i else np.full(x.shape, float(np.ravel(a)[0])) for k, a in enumerate(sample.arrays)]
    with np.errstate(all="ignore"):
        finite = (
            np.isfinite(subject.first_result(*args)) & (_exponent(subject, args) < LARGEST) & ~_steep(subject, args, i)
        )
    call = Call(subject.op, entrywise_sample([a[finite] for a in args]))
    gradients = _silently(call, f"backward at {x[finite].tolist()} in arg{i}")
    for k, gradient in enumerate(gradients):
        bad = ~np.isfinite(gradient)
        tally.require(
            not np.any(bad),
            f"the gradient of arg{k} is not finite at arg{i} = {x[finite][bad].tolist()}, where the result is",
        )


def _silently(call: Call, what: str) -> list[Array]:
    """The gradients, with every overflow and every invalid operation an error."""
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            return call.gradients([np.ones(r.shape, r.dtype) for r in call.results])
    except FloatingPointError as error:
        raise Failure(f"{what}: {error}") from error


def _exponent(subject: Subject, args: list[Array]) -> Array:
    """The largest decimal exponent of the true slopes, roughly; it may be beyond that of any float64."""
    found = np.full(args[0].shape, -np.inf)
    for k, a in enumerate(args):
        tiny = np.abs(a) < 1e-300
        near, far = np.where(tiny, a, a * (1 - 1e-6)), np.where(tiny, 2 * a, a * (1 + 1e-6))
        ends = [subject.first_result(*[e if j == k else b for j, b in enumerate(args)]) for e in (near, far)]
        slope = np.log10(np.abs(ends[1] - ends[0])) - np.log10(np.abs(far - near))
        found = np.maximum(found, np.where(np.isnan(slope), -np.inf, slope))
    return found


def _steep(subject: Subject, args: list[Array], i: int) -> Array:
    """Whether the slope at 0 is truly infinite: it grows as 0 is approached."""
    near = [
        subject.first_result(*[np.where(a == 0, d, a) if k == i else a for k, a in enumerate(args)])
        for d in (1e-12, 1e-8)
    ]
    middle = subject.first_result(*args)
    return np.asarray((args[i] == 0) & (np.abs(near[0] - middle) / 1e-12 > 5 * np.abs(near[1] - middle) / 1e-8))


def _not_a_number(subject: Subject, sample: Sample, tally: Tally, i: int) -> None:
    """A NaN in one entry of one argument changes the gradients of no other entry."""
    if sample.arrays[i].size < 2 or any(a.shape != sample.arrays[i].shape for a in sample.arrays):
        return
    arrays = [a.copy() for a in sample.arrays]
    arrays[i].flat[1] = np.nan
    before, after = Call(subject.op, sample), Call(subject.op, sample, arrays)
    seen = np.isnan(after.results[0].data)
    tally.require(not np.any(np.delete(seen, 1)), "a NaN spreads to other entries of the result")
    ones = [np.ones(r.shape, r.dtype) for r in before.results]
    _stays(tally, before.gradients(ones), after.gradients(ones), f"a NaN in arg{i} changes the gradient of others")
    arriving = [g.copy() for g in ones]
    arriving[0].flat[1] = np.nan
    _stays(tally, before.gradients(ones), before.gradients(arriving), "a NaN that arrives spreads to other entries")
    own = after.gradients(ones)[i].flat[1]
    moved = Call(subject.op, sample, [a * NEARBY if k == i else a for k, a in enumerate(sample.arrays)])
    curved = moved.gradients(ones)[i].flat[1] != before.gradients(ones)[i].flat[1]
    if curved and np.isnan(after.results[0].data.flat[1]):
        tally.require(np.isnan(own), f"at a NaN in arg{i} the result is NaN, and the gradient {own}")


def _stays(tally: Tally, clean: list[Array], marked: list[Array], message: str) -> None:
    """All entries but the second are unchanged."""
    for one, other in zip(clean, marked, strict=True):
        kept = other.copy()
        kept.flat[1] = one.flat[1]
        tally.close(kept, one, ROUNDING * np.abs(one) + 1e-300, message)


def _scaled(subject: Subject, sample: Sample, tally: Tally) -> None:
    """The whole sample, larger and smaller: where forward is finite, backward is."""
    if not set(sample.sets) <= {None, *FLAT}:
        raise Skip("an argument is declared to lie in a set, and a multiple of it does not")
    scales = (30.0, 1e150, 1e-150) if subject.spec.extreme is None else subject.spec.extreme
    ordinary = Call(subject.op, sample).results
    for scale in scales:
        call = Call(subject.op, sample, [a * scale for a in sample.arrays])
        if _has_numbers(ordinary, call.results) and not _too_steep(subject, sample, scale, call.results):
            gradients = _silently(call, f"backward on the sample times {scale:g}")
            for i, gradient in enumerate(gradients):
                tally.require(
                    np.all(np.isfinite(gradient)), f"the sample times {scale:g}: the gradient of arg{i} is not finite"
                )
    if not tally.assertions:
        raise Skip("forward is finite nowhere far out")


def _has_numbers(before: Sequence[Tensor], after: Sequence[Tensor]) -> bool:
    """Whether all results are finite, and none underflowed to 0, by which backward may divide."""
    return all(
        bool(np.all(np.isfinite(b.data)) and np.all((b.data != 0) | (a.data == 0)))
        for a, b in zip(before, after, strict=True)
    )


def _too_steep(subject: Subject, sample: Sample, scale: float, results: Sequence[Tensor]) -> bool:
    """Whether the true slope may overflow, as that of 1 / x at 1e-160."""
    moved = Call(subject.op, sample, [a * scale * (1 + NUDGE) for a in sample.arrays]).results
    change = max(
        (float(np.max(np.abs(b.data - a.data), initial=0)) for a, b in zip(results, moved, strict=True)), default=0.0
    )
    sizes = [np.abs(a[a != 0]) * scale for a in sample.arrays]
    least = min([float(np.min(size)) for size in sizes if size.size], default=1.0)
    return change > 0 and np.log10(change) - np.log10(least) - np.log10(NUDGE) > LARGEST


def select_ordinary(subject: Subject, seed: int) -> Sequence[Sample]:
    if subject.spec.extreme is not None and not len(subject.spec.extreme):
        raise Skip("declared: the op has no use for numbers far out")
    return [s for s in select_interior(subject, seed) if Tag.SAME not in s.tags][: 1 if subject.entrywise else 3]


CHECKS = (Check("extreme", select_ordinary, extreme),)
