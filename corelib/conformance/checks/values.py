"""Checks of the numbers: forward against its reference, backward against differences."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from corelib.conformance.cases.op_case import Check
from corelib.conformance.checks.reference import arrays_of, reference_of
from corelib.conformance.checks.select import select_first, select_interior
from corelib.conformance.failure import Failure, Skip
from corelib.conformance.numerics.calls import MAX_JACOBIAN, Call, along, flat
from corelib.conformance.numerics.differences import EPS, complex_step, derivative, first_step
from corelib.conformance.numerics.domain import room
from corelib.conformance.numerics.jacobians import BOUNDS, analytic, compare_call, forward_of, steps
from corelib.conformance.numerics.relative import APART, slopes
from corelib.conformance.numerics.sets import basis, moved
from corelib.conformance.sample import Sample, Tag, entrywise_sample
from corelib.conformance.sampling.cotangents import gaussian, normal
from corelib.conformance.sampling.samples import avoided, tagged
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally
from corelib.core.tensor import Array

ULPS: Final = 4
LINEAR: Final = 1e-12
COMPLEX: Final = 1e-12
REFUTED: Final = 1e-8
PROJECTIONS: Final = 3
PROJECTED: Final = 1e-10  # of the size of the sum; an error of half an entry in ten thousand is 5e-3 of it
TAILS: Final = (
    -745.0,
    -300.0,
    -40.0,
    -37.43,
    -20.0,
    -12.0,
    -1e-3,
    -1e-9,
    -1e-200,
    1e-200,
    1e-9,
    1e-3,
    12.0,
    20.0,
    37.43,
    40.0,
    300.0,
    700.0,
)
NEAR_EDGE: Final = (1e-3, 1e-6, 1e-9, 1e-12)


def forward_ref(subject: Subject, sample: Sample, tally: Tally) -> None:
    """Forward returns what its reference returns, within 4 units in the last place times the condition number."""
    reference = reference_of(subject)
    call = Call(subject.op, sample)
    returned = reference(*sample.filled(sample.arrays), **sample.fields)
    expected = arrays_of(returned)
    results = arrays_of(call.returned)
    tally.require(len(expected) == len(results), f"{len(results)} results, and the reference has {len(expected)}")
    moved = _conditioned(subject, sample, call)
    for i, (found, wanted) in enumerate(zip(results, expected, strict=True)):
        slack = np.abs(np.nan_to_num(wanted)) + moved
        tally.require(
            found.dtype.kind == wanted.dtype.kind, f"result {i} is {found.dtype}, and the reference {wanted.dtype}"
        )
        tally.close(found, wanted, ULPS * EPS * slack + 1e-300, f"result {i} is not what the reference returns")
    for result in call.results:
        shared = any(np.shares_memory(result.data, a) for a in sample.arrays)
        tally.require(
            not shared or not result.data.flags.writeable or _is_view(reference, sample),
            "the result is its argument: writing to one changes the other",
        )


def _is_view(reference: Callable[..., Any], sample: Sample) -> bool:
    """Whether the reference too returns a view of its argument (reshape, transpose)."""
    returned = arrays_of(reference(*sample.filled(sample.arrays), **sample.fields))
    return any(np.shares_memory(r, a) for r in returned for a in sample.arrays)


def _conditioned(subject: Subject, sample: Sample, call: Call) -> float:
    """How far the result moves when all arguments move by their own size: sum |J| |x|."""
    if sample.numbers > MAX_JACOBIAN or not call.results:
        return 0.0
    jacobian = np.abs(analytic(call)) * np.abs(flat(sample.arrays))[:, None]
    return float(np.max(np.nan_to_num(np.sum(jacobian, axis=0), posinf=0), initial=0.0))


def jacobian(subject: Subject, sample: Sample, tally: Tally) -> None:
    """Every entry of the Jacobian agrees with Ridders' differences, within 1e-8 and their own bound."""
    if sample.numbers > MAX_JACOBIAN:
        raise Failure(f"a sample of {sample.numbers} numbers: more than {MAX_JACOBIAN} belong into large=")
    compare_call(tally, subject.op, sample, Call(subject.op, sample))


def select_smooth(subject: Subject, seed: int) -> Sequence[Sample]:
    return [*select_interior(subject, seed), *tagged(subject, Tag.SIDES, seed)]


def jacobian_complex(subject: Subject, sample: Sample, tally: Tally) -> None:
    """The slope agrees with the complex step, which loses no digits, in the tails too."""
    for i in range(subject.arity or 1):
        x = tail_points(subject, i)
        others = [np.full(x.shape, float(np.ravel(a)[0])) for a in sample.arrays]
        if _analytic(subject, i, others, sample):
            _in_tails(subject, tally, i, x, others)
    if not tally.assertions:
        raise Skip("the complex step does not agree with differences: not analytic as NumPy computes it")


def tail_points(subject: Subject, i: int) -> Array:
    """Points far out and near the ends, inside the domain of argument i."""
    ranges = subject.ranges[i]
    ends = [
        end + side * d
        for r in ranges
        for end, side in ((r.low, 1), (r.high, -1))
        if np.isfinite(end)
        for d in NEAR_EDGE
    ]
    x = np.array([*TAILS, *ends])
    return x[np.any([r.contains(x) for r in ranges], axis=0)]


def _filled(others: list[Array], i: int, x: Array) -> list[Array]:
    return [x if k == i else np.resize(a, x.shape) for k, a in enumerate(others)]


def _analytic(subject: Subject, i: int, others: list[Array], sample: Sample) -> bool:
    """Whether the complex step agrees with differences at ordinary points of argument i."""
    if subject.spec.analytic is False:
        raise Skip("declared not analytic")
    x = np.ravel(sample.arrays[i])[:4]
    try:
        steps = complex_step(lambda z: subject.first_result(*_filled(others, i, z)), x)
    except (TypeError, ValueError):
        if subject.spec.analytic:
            raise
        return False
    curves = along(lambda a: np.ravel(subject.first_result(*_filled(others, i, a[0]))), [x], np.ones((1, x.size)))
    slope = derivative(curves, np.array([np.min(_room(subject, sample, i, x))])).value[0]
    agrees = bool(np.all(np.abs(steps - slope) <= 1e-7 * np.maximum(np.abs(slope), 1e-3)))
    if subject.spec.analytic and not agrees:
        raise Failure(f"declared analytic, but the complex step {steps} is not the difference {slope}")
    return agrees


def _room(subject: Subject, sample: Sample, i: int, x: Array) -> Array:
    wide = np.inf if sample.room is None else np.ravel(sample.room[i])[: x.size]
    return np.asarray(first_step(x, wide))


def _in_tails(subject: Subject, tally: Tally, i: int, x: Array, others: list[Array]) -> None:
    args = _filled(others, i, x)
    expected = complex_step(lambda z: subject.first_result(*_filled(others, i, z)), x)
    found = _slope(subject, args, i)
    sure = np.isfinite(expected) & np.isfinite(subject.first_result(*args))
    # 4 eps of the largest ordinary slope: 1 - tanh(20)**2, which is 0, passes; a mistake at tanh(12) does not
    near = np.linspace(-1, 1, 17)
    near = near[np.any([r.contains(near) for r in subject.ranges[i]], axis=0)]
    usual = complex_step(lambda z: subject.first_result(*_filled(others, i, z)), near) if near.size else np.ones(1)
    largest = float(np.max(np.abs(usual[np.isfinite(usual)]), initial=0.0))
    tolerance = COMPLEX * np.abs(expected[sure]) + ULPS * EPS * largest
    wrong = np.flatnonzero(sure)[~(np.abs(found[sure] - expected[sure]) <= tolerance)]
    if wrong.size:
        sure[wrong] = ~_refuted(subject, i, [a[wrong] for a in args], found[wrong], expected[wrong])
        tolerance = COMPLEX * np.abs(expected[sure]) + ULPS * EPS * largest
    what = f"the slope in arg{i}, by the complex step"
    tally.close(found[sure], expected[sure], tolerance, what, lambda index: f"x = {x[sure][index]!r}")


def _refuted(subject: Subject, i: int, args: list[Array], found: Array, complex_steps: Array) -> Array:
    """Where differences confirm the slope and contradict the complex step: forward is wrong on complex numbers.

    As hyp1f1 of SciPy, off by 3 % at -37 and by 1e10 at 40.
    """

    def f(x: Array, lines: Array) -> Array:
        return np.asarray(subject.first_result(*[x if k == i else a[lines] for k, a in enumerate(args)]))

    known = slopes(f, args[i], room(args[i], subject.ranges[i], avoided(subject)[i]))
    bound = BOUNDS * known.bound
    right = np.abs(known.value - found) <= REFUTED * np.abs(known.value) + bound
    return np.asarray(right & (np.abs(known.value - complex_steps) > (REFUTED * np.abs(known.value) + bound) / APART))


def _slope(subject: Subject, args: list[Array], i: int) -> Array:
    """The diagonal of the Jacobian of an entry-by-entry op in argument i, for its first result."""
    call = Call(subject.op, entrywise_sample(args))
    return call.gradients([np.full(r.shape, float(k == 0), r.dtype) for k, r in enumerate(call.results)])[i]


def select_entrywise(subject: Subject, seed: int) -> Sequence[Sample]:
    if not subject.entrywise:
        raise Skip("not an entry-by-entry op: it has no tails")
    return [s for s in select_interior(subject, seed) if Tag.SAME not in s.tags and len(s.arrays) == subject.arity][:1]


def projection(subject: Subject, sample: Sample, tally: Tally) -> None:
    """<J v, u> = <v, B(u)> for signed random v and u: on many numbers at once, with a bound instead of a tolerance."""
    call = Call(subject.op, sample)
    forward = forward_of(subject.op, sample)
    for number in range(PROJECTIONS):
        cotangents = gaussian(subject, sample, call.results, number)
        rng = subject.rng("direction", sample.id, number)
        v = flat([normal(rng, a.shape, a.dtype) for a in sample.arrays])
        if sample.sets:
            v = rng.normal(size=len(basis(sample))) @ basis(sample)
        u = flat(cotangents)
        step = np.min(steps(sample)) / max(1.0, float(np.max(np.abs(v), initial=1.0)))
        product = _products(forward, u)
        curves = moved(product, sample, v[None, :]) if sample.sets else along(product, sample.arrays, v[None, :])
        estimate = derivative(curves, np.array([step]))
        gradient = flat(call.gradients(cotangents))
        found = float(v @ gradient)
        value = float(estimate.value[0, 0])
        terms = (
            forward(list(sample.arrays)) * u
        )  # each has a rounding error, and their sum may be far smaller than the terms
        noise = ULPS * EPS * float(np.linalg.norm(terms)) / (float(estimate.step[0]) / 8)
        noise += BOUNDS * float(estimate.bound[0, 0]) + PROJECTED * float(np.linalg.norm(v * gradient)) + 1e-13
        tally.close(
            np.array(found), np.array(value), noise, f"<v, B(u)> is not <J v, u> (projection {number} on {sample})"
        )


def _products(forward: Callable[[list[Array]], Array], u: Array) -> Callable[[list[Array]], Array]:
    """x -> <f(x), u>."""

    def product(arrays: list[Array]) -> Array:
        return np.array([forward(arrays) @ u])

    return product


def select_large(subject: Subject, seed: int) -> Sequence[Sample]:
    return tagged(subject, Tag.LARGE, seed) or select_interior(subject, seed)


def cotangent_linear(subject: Subject, sample: Sample, tally: Tally) -> None:
    """B(a g + b h) = a B(g) + b B(h), for cotangents of both signs and of sizes 1e-8 to 1e8; and B(0) = 0."""
    call = Call(subject.op, sample)
    g, h = (gaussian(subject, sample, call.results, number) for number in (0, 1))
    of_g, of_h = call.gradients(g), call.gradients(h)
    for a, b in ((-2.5, 0.75), (1e8, 0.0), (1e-8, 0.0)):
        found = call.gradients([a * x + b * y for x, y in zip(g, h, strict=True)])
        for i, (entry, x, y) in enumerate(zip(found, of_g, of_h, strict=True)):
            scale = float(np.max(np.abs(a * x), initial=0.0) + np.max(np.abs(b * y), initial=0.0))
            tally.close(
                entry,
                a * x + b * y,
                LINEAR * scale + 1e-300,
                f"backward is not linear in its cotangent: B({a} g + {b} h), arg{i}",
            )
    for i, entry in enumerate(call.gradients([np.zeros_like(x) for x in g])):
        tally.require(not np.any(entry), f"a gradient of zero becomes {np.max(np.abs(entry), initial=0)} in arg{i}")
    for i, (entry, x) in enumerate(zip(call.gradients([x * np.nan for x in g]), of_g, strict=True)):
        tally.require(np.all(np.isnan(entry[x != 0])), f"a gradient of NaN becomes a number in arg{i}")


CHECKS = (
    Check("forward_ref", select_first(select_interior, 4), forward_ref),
    Check("jacobian", select_smooth, jacobian, seeded=True, gradients=True),
    Check("jacobian_complex", select_entrywise, jacobian_complex),
    Check("projection", select_large, projection, seeded=True, profiles=("default", "deep"), gradients=True),
    Check("cotangent_linear", select_interior, cotangent_linear, seeded=True, gradients=True),
)
