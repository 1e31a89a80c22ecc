"""Points of every magnitude in the domain of an entry-by-entry op."""

from typing import Final

import numpy as np

from corelib.conformance.numerics.domain import draw
from corelib.conformance.sampling.samples import avoided
from corelib.conformance.subject import Subject
from corelib.core.tensor import Array

DECADES: Final = np.array(
    [-300, -250, -200, -160, -152, -120, -100, -77, -50, -30, -20, -15, -12, -9, -7, -5, -4, -3, -2, -1, -0.5, 0, 0.5,
     1, 2, 3, 4, 5, 7, 9, 12, 15, 20, 30, 50, 77, 100, 120, 152, 160, 200, 250, 300]
)  # fmt: skip
TAILS: Final = np.array([15.0, 18.0, 20.0, 25.0, 30.0, 36.5, 40.0, 60.0, 100.0, 300.0, 500.0, 703.0, 740.0])
INTEGERS: Final = np.array([1.0, 2.0, 3.0, 4.0, 7.0, 10.0, 50.0, 128.0, 1000.0, 1e6])
HALVES: Final = np.array([0.5, 1.5, 20.5, 100.5, 1000.5, 12345.5, 2.0**40 + 0.5])
ALIKE: Final = 10.0 ** np.array([-150.0, -110.0, -90.0, 90.0, 110.0, 150.0])
SIZES: Final = np.array([1e-300, 1e-6, 1e-3, 1.0, 1e3, 1e6, 1e300])
BESIDE: Final = 1
"""The number of sizes of the other arguments for each number, besides ordinary ones."""


def points(subject: Subject, seed: int) -> list[tuple[Array, ...]]:
    """The arguments of calls, one array each: one list for each argument, in which that one takes all magnitudes."""
    return [_sweep(subject, i, seed) for i in range(subject.arity or 1)]


def _sweep(subject: Subject, i: int, seed: int) -> tuple[Array, ...]:
    rng = subject.rng("magnitudes", i, seed)
    x = _numbers(rng)
    x = x[_is_inside(subject, i, x)]
    arity = subject.arity or 1
    if arity == 1:
        return (x,)
    x = np.tile(x, 1 + BESIDE)
    others = [x if k == i else _beside(subject, k, rng, len(x)) for k in range(arity)]
    more = (_ones(subject, i, rng), _alike(subject, rng))
    return tuple([np.concatenate(parts) for parts in zip(others, *more, strict=True)])


def _ones(subject: Subject, i: int, rng: np.random.Generator) -> list[Array]:
    """1 and -1 beside every size of the others: beside large ones a power is finite only there."""
    pairs = np.array([(one, side * size) for one in (1.0, -1.0) for size in SIZES for side in (1.0, -1.0)]).T
    sized = pairs[1] * rng.uniform(1, 2, pairs.shape[1])
    args = [pairs[0] if k == i else sized for k in range(subject.arity or 1)]
    inside = np.all([_is_inside(subject, k, a) for k, a in enumerate(args)], axis=0)
    return [a[inside] for a in args]


def _alike(subject: "Subject", rng: np.random.Generator) -> list[Array]:
    """All arguments very large, or all very small: squares of them are numbers, and squares of squares are none."""
    size = np.concatenate([ALIKE, -ALIKE])
    args = [size * rng.uniform(1, 3, size.size) * rng.choice([-1.0, 1.0], size.size) for _ in range(subject.arity or 1)]
    inside = np.all([_is_inside(subject, k, a) for k, a in enumerate(args)], axis=0)
    return [a[inside] for a in args]


def _numbers(rng: np.random.Generator) -> Array:
    """Numbers of both signs: tails, halves, the largest first, integers, and magnitudes that are evenly spread."""
    decades = 10.0**DECADES * rng.uniform(1, 3, len(DECADES))
    tails = TAILS * rng.uniform(0.998, 1, len(TAILS))
    positive = np.concatenate([tails, HALVES[::-1], INTEGERS, decades])
    return np.ravel(np.stack([positive, -positive], 1))


def _beside(subject: Subject, k: int, rng: np.random.Generator, count: int) -> Array:
    """Ordinary numbers of argument k in the first half, and sizes from 1e-6 to 1e6, and the very ends, in the rest."""
    signs = rng.choice([-1.0, 1.0], count)
    sized = rng.choice(SIZES, count) * rng.uniform(1, 2, count)
    drawn = signs * np.where(np.arange(count) * (1 + BESIDE) < count, rng.uniform(0.25, 2.5, count), sized)
    ordinary = draw(rng, subject.ranges[k], (count,), avoided(subject)[k])
    flipped = np.where(_is_inside(subject, k, -drawn), -drawn, ordinary)
    return np.asarray(np.where(_is_inside(subject, k, drawn), drawn, flipped))


def beside_integers(subject: Subject, i: int, args: tuple[Array, ...]) -> tuple[Array, ...]:
    """The points, of which every fifth has 0, 1 or 2 in the place of the other arguments than i."""
    moved = []
    for k, a in enumerate(args):
        numbers = np.resize([0.0, 1.0, 2.0], a.shape)
        chosen = (np.arange(a.size) % 5 == 0) & _is_inside(subject, k, numbers) & (k != i)
        moved.append(np.where(chosen, numbers, a))
    return tuple(moved)


def _is_inside(subject: Subject, k: int, x: Array) -> Array:
    """Which are in the domain of argument k. Its ends, and points where the slope jumps, are tested by other checks."""
    ends = [end for r in subject.ranges[k] for end in (r.low, r.high)]
    inside = np.any([r.contains(x) for r in subject.ranges[k]], axis=0)
    return np.asarray(inside & ~np.isin(x, [*ends, *avoided(subject)[k]]))
