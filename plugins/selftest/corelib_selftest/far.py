"""Slopes that are wrong far from the origin, at integers, in a tail, or beside a tiny or a huge other argument.

Which of these faults an op can have is computed: at some point where the fault acts the right slope is a number other
than 0, that of the neighbouring numbers is the same, and the value moves with the argument by more than rounding, or
the op has a high-precision reference. The points are others than those of the suite.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final, TypeAlias

import numpy as np

from corelib.conformance.checks.magnitudes import gradients, second_gradients
from corelib.conformance.sampling.samples import avoided
from corelib.core.tensor import Array, Tensor
from corelib_selftest.bending import BackwardCall, Behaviour, mapped
from corelib_selftest.facts import Facts
from corelib_selftest.second import entries_of

Region: TypeAlias = Callable[[Any, Sequence[Any], Any], Any]
"""Where a fault acts: of the argument, of the other arguments, and of the slope."""

NUMBERS: Final = np.concatenate([
    1.37 * 10.0 ** np.arange(-290.0, 300.0, 9.7), [11.5, 14.7, 23.9, 35.0, 90.0, 400.0, 730.0], np.arange(1.0, 9.0),
    [30.0, 2e3, 5e5, 16.5, 222.5, 8000.5],
])  # fmt: skip
OTHERS: Final = (0.7, 1.9, 2.3e-5, 3.1e5)
REPRESENTED: Final = (1e-280, 1e280)
HALVES_FROM: Final = 10
INTEGERS_TO: Final = 2.0**40
SMALL_SLOPE: Final = 1e-8
MOVED: Final = 1e-6  # of a value, when its argument moves by its own size
ALIKE: Final = 1e-3  # of the slopes of neighbouring numbers
NEIGHBOUR: Final = 1 + 8 * float(np.finfo(np.float64).eps)


def _beyond(size: float) -> Region:
    return lambda x, others, slope: np.abs(x) > size


def _below(size: float) -> Region:
    return lambda x, others, slope: (np.abs(x) < size) & (x != 0)


def _at_integers(x: Any, others: Sequence[Any], slope: Any) -> Any:
    return (np.real(x) == np.round(np.real(x))) & (x != 0) & (np.abs(x) < INTEGERS_TO)


def _at_halves(x: Any, others: Sequence[Any], slope: Any) -> Any:
    return (np.abs(np.real(x)) % 1 == 0.5) & (np.abs(x) > HALVES_FROM)


def _in_a_tail(x: Any, others: Sequence[Any], slope: Any) -> Any:
    return (np.abs(slope) < SMALL_SLOPE) & (slope != 0)


def _without_digits(slope: Any) -> Any:
    """The slope of an expression that ends in a difference of two numbers near 1."""
    return (slope + np.ones((), slope.dtype)) - np.ones((), slope.dtype)


def _lost_digits(x: Any, others: Sequence[Any], slope: Any) -> Any:
    with np.errstate(invalid="ignore"):
        return np.abs(_without_digits(slope) - slope) > ALIKE * np.abs(slope)


def _beside_huge(x: Any, others: Sequence[Any], slope: Any) -> Any:
    return np.any([np.broadcast_to(np.abs(y) > 1e4, np.shape(slope)) for y in others], axis=0)


def _beside_tiny(x: Any, others: Sequence[Any], slope: Any) -> Any:
    return np.any([np.broadcast_to((np.abs(y) < 1e-4) & (y != 0), np.shape(slope)) for y in others], axis=0)


FIRST: Final[dict[str, Region]] = {
    "beyond 1e2": _beyond(1e2), "beyond 1e5": _beyond(1e5), "beyond 1e20": _beyond(1e20),
    "beyond 1e100": _beyond(1e100), "below 1e-4": _below(1e-4), "below 1e-20": _below(1e-20),
    "below 1e-100": _below(1e-100),
    "at integers": _at_integers, "at large half-integers": _at_halves, "in a tail": _in_a_tail,
}  # fmt: skip
BESIDE: Final[dict[str, Region]] = {"beside a huge argument": _beside_huge, "beside a tiny argument": _beside_tiny}
SECOND: Final[dict[str, Region]] = {
    "beyond 10": _beyond(10), "beyond 1e3": _beyond(1e3), "beyond 1e100": _beyond(1e100), "below 1e-4": _below(1e-4)
}  # fmt: skip


def far_faults(facts: Facts) -> Iterator[Behaviour]:
    """The faults of an entry-by-entry op at points where its slopes are numbers other than 0."""
    if facts.subject.spec.extreme is not None and not len(facts.subject.spec.extreme):
        return  # declared: numbers far out are outside of what the op is for
    known = _known(facts)
    regions = {**FIRST, **(BESIDE if facts.arity > 1 else {})}
    for name, region in regions.items():
        if known.acts(region, known.slope):
            yield Behaviour(f"1e-3 too large {name}", _larger(region))
    if known.acts(_lost_digits, known.slope):
        yield Behaviour("the slope has absolute digits alone", _absolute)
    if facts.subject.spec.twice:
        yield from _second_faults(known)


def _second_faults(known: "Known") -> Iterator[Behaviour]:
    for name, region in SECOND.items():
        if known.acts(region, known.second):
            yield Behaviour(f"the second derivative is doubled {name}", _doubled_twice(region), recorded=True)
            yield Behaviour(f"the second derivative is NaN {name}", _nan_twice(region), recorded=True)


@dataclass(frozen=True)
class Known:
    """The right slopes in one argument at points: the first, and the second in the same argument; NaN where untold."""

    index: int
    args: tuple[Array, ...]
    slope: Array
    second: Array

    def acts(self, region: Region, slope: Array) -> bool:
        """Whether a fault there would show in such a slope at any of the points."""
        return bool(np.any(region(*_places(self.args, self.index), self.slope) & _numbers(slope)))


def _known(facts: Facts) -> Known:
    """Points of all sizes in the domain where the result is finite."""
    subject, i = facts.subject, facts.index
    choices = [np.concatenate([a, -a]) for k in range(facts.arity) for a in [NUMBERS if k == i else np.array(OTHERS)]]
    grid = np.array(list(product(*[_inside(facts, k, a) for k, a in enumerate(choices)]))).reshape(-1, facts.arity).T
    args = tuple(grid)
    with np.errstate(all="ignore"):
        values = subject.first_result(*args)
        slope = _told(facts, args, values, lambda given: gradients(subject, given)[i])
        second = np.full(slope.shape, np.nan)
        if subject.spec.twice and slope.size:
            second = _told(facts, args, slope, lambda given: second_gradients(subject, given, i)[i])
    return Known(i, args, slope, second)


def _told(facts: Facts, args: Sequence[Array], values: Array, slope_at: Callable[[Sequence[Array]], Array]) -> Array:
    """The slope of values in the argument where neighbours have the same, and it moves them by more than rounding."""
    slope = slope_at(args)
    beside = slope_at([a * NEIGHBOUR if k == facts.index else a for k, a in enumerate(args)])
    told = np.isfinite(values) & (np.abs(beside - slope) <= ALIKE * np.abs(slope))
    if facts.subject.spec.precise is None:
        told &= np.abs(slope * args[facts.index]) > MOVED * np.abs(values)
    return np.where(told, slope, np.nan)


def _inside(facts: Facts, k: int, x: Array) -> Array:
    """Those in the domain of argument k, and not where its slope jumps."""
    inside = np.any([r.contains(x) & ~np.isin(x, [r.low, r.high]) for r in facts.subject.ranges[k]], axis=0)
    return np.asarray(x[inside & ~np.isin(x, avoided(facts.subject)[k])])


def _numbers(slope: Array) -> Array:
    return np.asarray((np.abs(slope) > REPRESENTED[0]) & (np.abs(slope) < REPRESENTED[1]))


def _places(args: Sequence[Any], index: int) -> tuple[Any, list[Any]]:
    arrays = [np.asarray(entries_of(a)) for a in args]
    return arrays[index], [a for k, a in enumerate(arrays) if k != index]


def _where(call: BackwardCall, region: Region) -> Any:
    """Where a fault acts in this call; by the slope that is right."""
    args = [entries_of(a) for a in call.args]
    ones = np.ones_like(entries_of(call.propagated))
    (slope,) = call.original(ones, args, entries_of(call.result))
    return np.broadcast_to(region(*_places(args, call.index or 0), np.asarray(slope)), np.shape(slope))


# The first slope


def _larger(region: Region) -> Callable[[BackwardCall], Sequence[Any]]:
    def fault(call: BackwardCall) -> Sequence[Any]:
        (entry,) = call.true()
        return [np.where(_where(call, region), entry * np.asarray(1.001, entry.dtype), entry)]

    return fault


def _absolute(call: BackwardCall) -> Sequence[Any]:
    (slope,) = call.true(np.ones_like(call.propagated))
    return [call.propagated * _without_digits(np.asarray(slope))]


# The second


def _doubled_twice(region: Region) -> Callable[[BackwardCall], Sequence[Any]]:
    """The slope of the slope in the arguments is added once more, at the right value."""

    def fault(call: BackwardCall) -> Sequence[Any]:
        (entry,) = call.true()
        (again,) = call.original(mapped(entries_of, call.propagated), call.args, call.result)
        if not isinstance(again, Tensor):
            return [entry]
        return [entry + np.where(_where(call, region), again - entries_of(again), 0.0)]

    return fault


def _nan_twice(region: Region) -> Callable[[BackwardCall], Sequence[Any]]:
    """A 0 is added that is the difference of two infinite slopes."""

    def fault(call: BackwardCall) -> Sequence[Any]:
        (entry,) = call.true()
        x = call.args[call.index or 0]
        if not isinstance(x, Tensor):
            return [entry]
        far = _where(call, region)
        nothing = np.where(far, x - entries_of(x), 1.0)
        return [entry + np.where(far, np.sqrt(nothing) - np.sqrt(2 * nothing), 0.0)]

    return fault
