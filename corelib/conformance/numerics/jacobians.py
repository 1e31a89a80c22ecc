"""The Jacobian of a sample twice: from backward, and from differences; and the comparison of both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from corelib.conformance.failure import Failure, jacobian_text
from corelib.conformance.numerics.calls import Call, Point, columns, flat, one_hot, values
from corelib.conformance.numerics.differences import Curves, Estimate, closer, derivative, first_step, kinked, one_sided
from corelib.conformance.numerics.sets import basis, first_steps, moved
from corelib.conformance.sample import Sample
from corelib.conformance.tally import Tally
from corelib.core.tensor import Array

RELATIVE: Final = 1e-8
BOUNDS: Final = 8.0
ABSOLUTE: Final = 1e-13
ONE_SIDED: Final = 1e-7
UNSETTLED: Final = 1e-3

Function = Callable[[list[Array]], Array]


@dataclass(frozen=True, slots=True)
class Sides:
    """The slopes (inputs, outputs) from the left and from the right, and a bound of their errors."""

    left: Array
    right: Array
    bound: Array


def analytic(call: Call) -> Array:
    """d out / d in, of shape (inputs, outputs), from one backward for each output."""
    rows = [flat(call.gradients(cotangents)) for cotangents in one_hot(call.results)]
    inputs = flat(call.arrays).size
    return np.array(rows).reshape(len(rows), inputs).T


def forward_of(op: Any, sample: Sample) -> Function:
    """The results of the op as one vector of real numbers, as a function of the sample's arrays."""

    def function(arrays: list[Array]) -> Array:
        return flat(values(op, sample, arrays))

    return function


def steps(sample: Sample) -> Array:
    """The first step for each real number of the sample, or for each direction of its sets."""
    if sample.sets:
        return first_steps(sample, len(basis(sample)))
    wide = [np.full(a.shape, np.inf) for a in sample.arrays] if sample.room is None else sample.room
    rooms = [r + (0j if a.dtype.kind == "c" else 0) for r, a in zip(wide, sample.arrays, strict=True)]
    limits = flat(rooms)
    return first_step(Point(sample.arrays).start, np.where(limits > 0, limits, np.inf))


def curves_of(function: Function, sample: Sample) -> Curves:
    """The curves along each number of a sample, or along each direction of the sets that it lies in."""
    return moved(function, sample, basis(sample)) if sample.sets else columns(function, sample.arrays)


def numeric(op: Any, sample: Sample) -> Estimate:
    """d out / d in from differences, kept with the sample: it depends only on forward."""
    known: Estimate | None = sample.memo.get("numeric")
    if known is None:
        with np.errstate(all="ignore"):
            known = derivative(curves_of(forward_of(op, sample), sample), steps(sample))
        sample.memo["numeric"] = known
    return known


def sides(function: Function, sample: Sample, step: Array) -> Sides:
    """The slopes on both sides of the sample's point."""
    curves = curves_of(function, sample)
    with np.errstate(all="ignore"):
        left, right = one_sided(curves, step, -1), one_sided(curves, step, 1)
    return Sides(left.value, right.value, left.bound + right.bound)


def compare_call(tally: Tally, op: Any, sample: Sample, call: Call) -> None:
    """Compare the Jacobian of a call of an op with that of differences."""
    compare(tally, sample, [r.data for r in call.results], analytic(call), numeric(op, sample), forward_of(op, sample))


def compare(
    tally: Tally, sample: Sample, results: Sequence[Array], found: Array, estimate: Estimate, function: Function
) -> None:
    """Fail where an entry is out of tolerance, and not in the interval of slopes at a kink."""
    if sample.sets:
        found = basis(sample) @ found
    if found.shape != estimate.value.shape:
        raise Failure(f"the Jacobian has shape {found.shape}, and that of differences {estimate.value.shape}")
    near, settled, tolerance = _judged(found, estimate)
    if not np.all(near & settled):
        estimate = closer(curves_of(function, sample), estimate, found)
        near, settled, tolerance = _judged(found, estimate)
    if not np.all(near & settled):
        accepted = _between(found, sample, estimate, function)
        near, settled = near | accepted, settled | accepted
        tolerance = np.where(accepted, np.inf, tolerance)
    _report(tally, sample, results, found, estimate, tolerance, near, settled)


def _judged(found: Array, estimate: Estimate) -> tuple[Array, Array, Array]:
    """Which entries are within tolerance, which are known well enough to say so, and the tolerance."""
    expected = estimate.value
    tolerance = RELATIVE * np.abs(expected) + BOUNDS * np.where(np.isnan(estimate.bound), 0, estimate.bound) + ABSOLUTE
    largest = np.max(np.nan_to_num(np.abs(expected)), axis=0, initial=1)  # of each result
    settled = estimate.bound <= np.maximum(UNSETTLED * np.maximum(np.abs(expected), 1), RELATIVE * largest)
    return np.abs(found - expected) <= tolerance, settled, tolerance


def _report(
    tally: Tally, sample: Sample, results: Sequence[Array], found: Array, estimate: Estimate,
    tolerance: Array, near: Array, settled: Array,
) -> None:  # fmt: skip
    tally.assertions += found.size
    expected = estimate.value
    with np.errstate(all="ignore"):
        tally.margin = max(tally.margin, float(np.nanmax(np.abs(found - expected) / tolerance, initial=0.0)))
    if sample.sets:
        kept = ", ".join(f"arg{k} {kind}" for k, kind in enumerate(sample.sets) if kind)
        tally.close(found, expected, tolerance, f"the slope along a direction that keeps {kept}, on {sample}")
    if not np.all(near):
        raise Failure(jacobian_text(sample, results, found, expected, estimate.bound, tolerance, ~near))
    if not np.all(settled):
        raise Failure(
            f"differences do not settle ({int(np.sum(~settled))} of {settled.size} entries): the sample is at the "
            f"edge of the domain or within 1e-6 of a kink; declare domain or kinks, or move it\nsample: {sample}"
        )


def _between(found: Array, sample: Sample, estimate: Estimate, function: Function) -> Array:
    """Which entries lie in the interval of slopes at a kink (Clarke's generalised derivative)."""
    curves = curves_of(function, sample)
    with np.errstate(all="ignore"):
        kink = kinked(curves, estimate.step)
    if not np.any(kink):
        return kink
    slopes = sides(function, sample, estimate.step)
    size = np.maximum(1, np.maximum(np.abs(slopes.left), np.abs(slopes.right)))
    slack = ONE_SIDED * size + BOUNDS * slopes.bound
    low, high = np.minimum(slopes.left, slopes.right) - slack, np.maximum(slopes.left, slopes.right) + slack
    return np.asarray(kink & (found >= low) & (found <= high) & (slopes.bound < UNSETTLED * size))
