"""The check of second derivatives: backward is differentiated by the same means as forward."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from corelib.conformance.cases.op_case import Check
from corelib.conformance.checks.select import select_interior
from corelib.conformance.failure import Skip, coordinate
from corelib.conformance.numerics.calls import MAX_JACOBIAN, Call, flat, outputs
from corelib.conformance.numerics.differences import Curves, closer, derivative
from corelib.conformance.numerics.jacobians import UNSETTLED, analytic, curves_of, steps
from corelib.conformance.numerics.sets import basis
from corelib.conformance.sample import Sample
from corelib.conformance.sampling.cotangents import gaussian
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally
from corelib.core.tensor import Array
from corelib.transforms.derivatives import vjp

TOLERANCE: Final = 1e-7
LARGEST: Final = 9
FEWEST: Final = 2
"""Samples, if need be larger ones."""


def second_order(subject: Subject, sample: Sample, tally: Tally) -> None:
    """The Hessian of <u, f(x)> agrees with differences of its gradient and is symmetric; d<w, B(u)>/du = J w."""
    u = gaussian(subject, sample, Call(subject.op, sample).results)
    found = hessian(subject.op, sample, u)
    if sample.sets:
        found = basis(sample) @ found.T  # each row is a slope, defined only along the set
    curves = _gradient_curves(subject, sample, u)
    expected = closer(curves, derivative(curves, steps(sample)), found)
    scale = np.maximum(1.0, np.maximum(np.abs(found), np.abs(expected.value)))
    bound = np.where(expected.bound <= UNSETTLED * scale, expected.bound, 0)
    place = _second_slope(sample)
    what = f"the second derivative, of backward on {sample}"
    tally.close(found, expected.value, TOLERANCE * scale + 8 * bound, what, place)
    if sample.sets:
        found = found @ basis(sample).T
        scale = np.maximum(1.0, np.abs(found))
    tally.close(found, found.T, TOLERANCE * scale, f"the Hessian is not symmetric on {sample}", place)
    _in_cotangent(subject, sample, tally, u)


def _second_slope(sample: Sample) -> Callable[[tuple[int, ...]], str]:
    """What to call an entry of the Hessian: by its places in the arguments."""

    def named(index: tuple[int, ...]) -> str:
        parts = [coordinate(sample.arrays, k) for k in index]
        return "d2 / " + " ".join(f"d arg{argument}{place}" for argument, place in parts)

    return named


def function_of(op: Callable[..., Any], sample: Sample) -> Callable[..., list[Any]]:
    """The op as a function of the sample's arrays."""
    return lambda *arrays: outputs(op(*sample.filled(arrays), **sample.fields))


def hessian(op: Callable[..., Any], sample: Sample, u: Sequence[Array]) -> Array:
    """d2 <u, f> / dx dx, from backward of backward; of all arrays as one vector."""
    f = function_of(op, sample)

    def gradient(*arrays: Any) -> list[Any]:
        returned = vjp(f, *arrays)[1](list(u))
        return [returned] if len(arrays) == 1 else list(returned)

    _, pullback = vjp(gradient, *sample.arrays)
    rows = []
    for k, array in enumerate(sample.arrays):
        for j in range(array.size):
            unit = [np.zeros(a.shape, a.dtype) for a in sample.arrays]
            unit[k].flat[j] = 1
            rows.append(flat(_several(pullback(unit), len(sample.arrays))))
    return np.array(rows)


def _several(returned: Any, count: int) -> list[Array]:
    return [np.asarray(a) for a in ([returned] if count == 1 else returned)]


def _gradient_curves(subject: Subject, sample: Sample, u: Sequence[Array]) -> Curves:
    """The gradient along each number of the sample."""

    def gradient(arrays: list[Array]) -> Array:
        return flat(Call(subject.op, sample, arrays).gradients(u))

    return curves_of(gradient, sample)


def _in_cotangent(subject: Subject, sample: Sample, tally: Tally, u: Sequence[Array]) -> None:
    """d <w, B(u)> / du = J w."""
    f = function_of(subject.op, sample)
    w = [subject.rng("w", sample.id, k).normal(size=a.shape) for k, a in enumerate(sample.arrays)]

    def backward(*cotangents: Any) -> list[Any]:
        returned = vjp(f, *sample.arrays)[1](list(cotangents))
        return [returned] if len(sample.arrays) == 1 else list(returned)

    found = flat(_several(vjp(backward, *u)[1](w), len(u)))
    expected = flat(w) @ analytic(Call(subject.op, sample))
    tally.close(
        found,
        expected,
        TOLERANCE * max(1.0, float(np.max(np.abs(expected), initial=0))),
        "the slope of backward in its cotangent",
        lambda index: "d / d propagated{}{}".format(*coordinate(u, index[0])),
    )


def select_small(subject: Subject, seed: int) -> Sequence[Sample]:
    if not subject.spec.twice:
        raise Skip("declared: its gradient cannot be differentiated again")
    samples = select_interior(subject, seed)
    found = [s for s in samples if s.numbers <= LARGEST][:5]
    if len(found) < FEWEST:
        larger = sorted((s for s in samples if LARGEST < s.numbers <= MAX_JACOBIAN), key=lambda s: s.numbers)
        found += larger[: FEWEST - len(found)]
    return found


CHECKS = (Check("second_order", select_small, second_order, gradients=True),)
