"""The checks at all magnitudes: first and second slopes from 1e-300 to 1e300, by relative differences and by mpmath."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

import numpy as np

from corelib.conformance.cases.op_case import Check
from corelib.conformance.checks.select import select_interior
from corelib.conformance.failure import Failure, Skip
from corelib.conformance.numerics.calls import Call, outputs
from corelib.conformance.numerics.differences import EPS
from corelib.conformance.numerics.domain import room
from corelib.conformance.numerics.precise import Truth, truth
from corelib.conformance.numerics.relative import BOUNDS, Slopes, confirmed, slopes
from corelib.conformance.sample import Sample, entrywise_sample
from corelib.conformance.sampling.magnitudes import beside_integers, points
from corelib.conformance.sampling.samples import avoided
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally
from corelib.core.tensor import Array
from corelib.transforms.derivatives import vjp

FIRST: Final = 1e-7
SECOND: Final = 1e-6
EXACT: Final = 1e-9
CONDITION: Final = 1e-12  # of the change when an argument changes by its own size
SMALLEST: Final = 1e-305
SQUARED: Final = 1e-290  # of a second slope: squares of the first, from which it is computed, underflow
LARGEST: Final = 1e305
INTEGERS: Final = 2.0**53  # from here on all numbers are integers, at which sin(pi x) is constant
GROUP: Final = 4
SINGLE: Final = 8
PLACES: Final = np.linspace(-0.97, 1, 16) ** 3
"""Fractions of a step, at unequal distances: equal ones could all be multiples of a period."""
TURNS: Final = 4
GROSS: Final = 0.01
FAR: Final = 50.0  # decades
LARGE: Final = 100.0
ALIKE: Final = 4.0
SQUARE: Final = 1e-152
TINY: Final = float(np.finfo(np.float64).tiny)
ULPS: Final = 8
EXAMINED: Final = (48, 16)
"""The number of points that are compared with a high-precision reference, for ops of one argument and of more."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where slopes are compared: the arguments, one array each."""

    args: tuple[Array, ...]

    def text(self, n: int) -> str:
        return "(" + ", ".join(f"{float(a[n])!r}" for a in self.args) + ")"


def magnitudes(subject: Subject, sample: Sample, tally: Tally) -> None:
    """First and second slopes agree with differences with relative steps, wherever those settle."""
    for i, args in enumerate(points(subject, crc32(sample.arrays[0].tobytes()))):
        place = _finite(subject, args)
        if place.args[0].size:
            _first(subject, sample, tally, i, place)
            _single(subject, tally, i, place)
            _in_silence(subject, tally, place)
            if _twice(subject):
                _second(subject, tally, i, place)
    if not tally.assertions:
        raise Skip("forward is finite nowhere far out")


def _twice(subject: Subject) -> bool:
    """Whether second slopes are tested: not declared ``twice=False``, and not expected to fail."""
    return subject.spec.twice and not any(x.check == "second_order" for x in subject.spec.xfails)


def _finite(subject: Subject, args: tuple[Array, ...]) -> Place:
    """The points at which the result is finite."""
    good = np.isfinite(subject.first_result(*args)) & np.all([np.isfinite(a) for a in args], axis=0)
    return Place(tuple([a[good] for a in args]))


def _first(subject: Subject, sample: Sample, tally: Tally, i: int, place: Place) -> None:
    def f(x: Array, lines: Array) -> Array:
        result = subject.first_result(*[x if k == i else a[lines] for k, a in enumerate(place.args)])
        return np.asarray(np.real(result), np.float64)  # of a complex result, the part that a cotangent of 1 selects

    known: Slopes | None = sample.memo.get(("magnitudes", i))
    if known is None:
        known = sample.memo["magnitudes", i] = slopes(f, place.args[i], _room(subject, i, place))
    _compare(
        tally, f, place, i, known, lambda args: gradients(subject, args)[i], (FIRST, SMALLEST), f"the slope in arg{i}"
    )


def _single(subject: Subject, tally: Tally, i: int, place: Place) -> None:
    """A number by itself, in an array of no axes, has the slope that it has among others. Tails come first."""
    found = gradients(subject, place.args)[i]
    for n in range(min(SINGLE, found.size)):
        single = gradients(subject, [np.asarray(a[n]) for a in place.args])[i]
        if np.isfinite(found[n]):
            what = f"the slope in arg{i} at {place.text(n)}, a number by itself, beside that in an array"
            tally.close(single, found[n], FIRST * np.abs(found[n]) + SMALLEST, what)


def _in_silence(subject: Subject, tally: Tally, place: Place) -> None:
    """Where forward raises no floating-point warning, backward raises none, as by a square that overflows."""
    for n in range(0, place.args[0].size, GROUP):
        args = [a[n : n + GROUP] for a in place.args]
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            try:
                subject.first_result(*args)
            except FloatingPointError:
                continue
            try:
                gradients(subject, args)
            except FloatingPointError as error:
                raise Failure(f"backward warns where forward does not: {error}, at {place.text(n)} or near") from error
        tally.assertions += 1


def _second(subject: Subject, tally: Tally, i: int, place: Place) -> None:
    """Backward of backward against differences of backward, which depend on the op and are not cached."""
    others = _far([a for k, a in enumerate(place.args) if k != i])
    kept = (others == 0) | _alike(place.args)  # beside one that is very large or small all may overflow
    place = Place(tuple([a[np.broadcast_to(kept, a.shape)] for a in place.args]))
    for k in range(len(place.args)):

        def f(x: Array, lines: Array, k: int = k) -> Array:
            return gradients(subject, [x if j == i else a[lines] for j, a in enumerate(place.args)])[k]

        def found(args: Sequence[Array], k: int = k) -> Array:
            return _apart(lambda args: second_gradients(subject, args, i)[k], args)

        known = slopes(f, place.args[i], _room(subject, i, place))
        _compare(tally, f, place, i, known, found, (SECOND, SQUARED), f"the second slope in arg{k} and arg{i}")


def _apart(f: Callable[[Sequence[Array]], Array], args: Sequence[Array]) -> Array:
    """f at all points together, and at those that are very large or small by themselves, where an op may take a way
    that one other point would close to it."""
    found = f(args)
    if len(args) > 1:
        for n in np.flatnonzero(_far(args) == len(args)):
            found[n] = f([a[n : n + 1] for a in args])[0]
    return found


def _far(args: Sequence[Array]) -> Any:
    """How many of the arguments are very large or very small, at each point."""
    return sum([(np.abs(np.log10(np.abs(a) + TINY)) > FAR).astype(int) for a in args], start=np.zeros((), int))


def _alike(args: Sequence[Array]) -> Any:
    """Where all arguments are of one size, of which the square is a number too."""
    sizes = np.abs(np.array(args))
    least, most = np.min(sizes, axis=0), np.max(sizes, axis=0)
    return (most <= ALIKE * least) & (least > SQUARE) & (most < 1 / SQUARE)


def _room(subject: Subject, i: int, place: Place) -> Array:
    return room(place.args[i], subject.ranges[i], avoided(subject)[i])


def _compare(
    tally: Tally, f: Callable[[Array, Array], Array], place: Place, i: int, known: Slopes,
    backward: Callable[[Sequence[Array]], Array], tolerances: tuple[float, float], what: str,
) -> None:  # fmt: skip
    """Fail where the slope differs from the known one, and smaller steps do not confirm it."""
    relative, smallest = tolerances
    found = backward(place.args)
    beside = np.broadcast_to(_far([a for k, a in enumerate(place.args) if k != i]) > 0, known.value.shape)
    flat = (known.value == 0) & ((np.abs(place.args[i]) >= INTEGERS) | beside)
    judged = np.isfinite(known.bound) & (np.abs(known.value) < LARGEST) & ~flat
    # Beside very large or small numbers forward itself may lose digits: only gross errors fail.
    tolerance = np.where(beside, GROSS, relative) * np.abs(known.value) + BOUNDS * known.bound + smallest
    wrong = judged & ~(np.abs(found - known.value) <= tolerance)
    if np.any(wrong):
        at = np.flatnonzero(wrong)
        suspects = Slopes(known.value[at], known.bound[at], known.step[at])
        good = confirmed(lambda x, lines: f(x, at[lines]), place.args[i][at], suspects, found[at], relative)
        tolerance[at] += _conditioned(backward, [a[at] for a in place.args])
        many = _oscillates(backward, [a[at] for a in place.args], i, suspects.step)
        wrong[at] = ~good & ~many & ~(np.abs(found - known.value) <= tolerance)[at]
        judged[at[many]] = False
    _report(tally, place, found, known.value, tolerance, judged & ~wrong, wrong, what)


def _oscillates(backward: Callable[[Sequence[Array]], Array], args: Sequence[Array], i: int, step: Array) -> Array:
    """Where the slope oscillates within the steps of the differences: their value is a mean over periods."""
    rows = []
    for k in PLACES:
        moved = [a + k * step if j == i else a for j, a in enumerate(args)]
        rows.append(np.nan_to_num(backward(moved)))
    turns = np.diff(np.sign(np.diff(np.array(rows), axis=0)), axis=0) != 0
    return np.asarray(np.sum(turns, axis=0) >= TURNS)


def _conditioned(backward: Callable[[Sequence[Array]], Array], args: Sequence[Array]) -> Array:
    """By how much the slope moves when the arguments move by a few units in the last place."""
    ends = [backward([a * (1 + side * ULPS * EPS) for a in args]) for side in (1, -1)]
    return np.asarray(np.nan_to_num(np.abs(ends[1] - ends[0]), nan=0.0, posinf=0.0))


def _report(
    tally: Tally, place: Place, found: Array, expected: Array, tolerance: Array, right: Array, wrong: Array, what: str
) -> None:
    tally.assertions += int(np.sum(right | wrong))
    errors = np.where(right & (found != expected), np.abs(found - expected) / tolerance, 0.0)
    tally.margin = max(tally.margin, float(np.max(np.minimum(errors, 1.0), initial=0.0)))
    if np.any(wrong):
        n = int(np.flatnonzero(wrong)[0])
        raise Failure(
            f"{what} at {place.text(n)} is {float(found[n])!r}, expected {float(expected[n])!r} +- {tolerance[n]:.1e} "
            f"({int(np.sum(wrong))} of {wrong.size} points)"
        )


def gradients(subject: Subject, args: Sequence[Array]) -> list[Array]:
    """The slopes in each argument at points."""
    call = Call(subject.op, entrywise_sample(args))
    ones = [np.full(r.shape, float(k == 0), r.dtype) for k, r in enumerate(call.results)]
    return call.gradients(ones)


def second_gradients(subject: Subject, args: Sequence[Array], i: int) -> list[Array]:
    """The slopes in each argument of the slope in argument i, of the first result."""

    def first(*arrays: Any) -> Any:
        return outputs(subject.op(*arrays))[0]

    def gradient(*arrays: Any) -> Any:
        returned = vjp(first, *arrays)[1](np.ones(args[0].shape))
        return returned if len(args) == 1 else returned[i]

    returned = vjp(gradient, *args)[1](np.ones(args[0].shape))
    return [np.asarray(a) for a in ([returned] if len(args) == 1 else returned)]


def precise(subject: Subject, sample: Sample, tally: Tally) -> None:
    """First and second slopes are those of the high-precision reference, in the far tails too."""
    reference = subject.spec.precise
    if reference is None:
        raise Skip("no high-precision reference is declared")
    for i, args in enumerate(points(subject, 0)):
        place = _finite(subject, beside_integers(subject, i, _chosen(subject, i, _finite(subject, args)).args))
        if place.args[0].size:
            exact: Truth | None = sample.memo.get(("precise", i))
            if exact is None:
                exact = sample.memo["precise", i] = truth(reference, place.args)
            _against(subject, tally, place, exact)


def _chosen(subject: Subject, i: int, place: Place) -> Place:
    """Some of the points: the first ones (tails and large halves), and random ones of the rest."""
    size, most = place.args[0].size, EXAMINED[(subject.arity or 1) > 1]
    if size <= most:
        return place
    first = 2 * most // 3
    rest = subject.rng("precise", i).permutation(np.arange(first, size))[: most - first]
    kept = np.concatenate([np.arange(first), rest])
    return Place(tuple([a[kept] for a in place.args]))


def _against(subject: Subject, tally: Tally, place: Place, exact: Truth) -> None:
    """Where forward is accurate, first and second slopes are accurate."""
    sizes = [np.where(a == 0, 1, np.abs(a)) for a in place.args]
    good = np.abs(subject.first_result(*place.args) - exact.value) <= EXACT * np.abs(exact.value)
    crisp = _crisp(place, good)
    for i, found in enumerate(gradients(subject, place.args)):
        moved = sum(size * np.abs(row) for size, row in zip(sizes, np.nan_to_num(exact.second[i]), strict=True))
        expected = np.where(good, exact.first[i], np.nan)
        slack = np.where(
            crisp, EPS * ULPS**2 * np.nanmax(np.abs(exact.first[i][crisp]), initial=0.0), CONDITION * moved
        )
        _exactly(tally, place, found, expected, EXACT, slack, f"the slope in arg{i}")
    if _twice(subject):
        for i in range(len(place.args)):
            for k, found in enumerate(second_gradients(subject, place.args, i)):
                scale = np.abs(exact.first[i]) / sizes[k] + np.abs(exact.first[k]) / sizes[i]
                what, slack = f"the second slope in arg{i} and arg{k}", CONDITION * np.nan_to_num(scale) + SQUARED
                expected = np.where(good & (np.abs(exact.value) > SQUARED), exact.second[i, k], np.nan)
                _exactly(tally, place, found, expected, SECOND, slack, what)


def _crisp(place: Place, good: Array) -> Array:
    """The large integers and halves, if forward is accurate at all of them: there no rounding error is tolerated."""
    whole = np.all([(2 * a == np.rint(2 * a)) & (np.abs(a) < INTEGERS) for a in place.args], axis=0)
    large = whole & np.any([np.abs(a) >= LARGE for a in place.args], axis=0)
    return large if np.all(good[large]) else np.zeros_like(large)


def _exactly(
    tally: Tally, place: Place, found: Array, expected: Array, relative: float, slack: Array, what: str
) -> None:
    judged = np.isfinite(expected) & (np.abs(expected) < LARGEST)
    tolerance = relative * np.abs(expected) + slack + TINY
    wrong = judged & ~(np.abs(found - expected) <= tolerance)
    _report(tally, place, found, expected, tolerance, judged & ~wrong, wrong, what)


def select_entrywise(subject: Subject, seed: int) -> Sequence[Sample]:
    if not subject.entrywise:
        raise Skip("not an entry-by-entry op")
    if subject.spec.extreme is not None and not len(subject.spec.extreme):
        raise Skip("declared: the op has no use for numbers far out")
    return select_interior(subject, seed)[:1]


CHECKS = (
    Check("magnitudes", select_entrywise, magnitudes, seeded=True),
    Check("precise", select_entrywise, precise, profiles=("default", "deep")),
)
