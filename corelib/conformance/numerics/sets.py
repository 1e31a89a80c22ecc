"""Sets that an argument may be declared to lie in, and movements within them: outside an op may be undefined.

A point x of a set moves along a tangent v to ``retract(kind, x, v)``, which lies in the set again and is x + v to first
order: symmetric and positive definite matrices are added, orthogonal ones turned (Cayley's transform), vectors of unit
norm scaled back. What is an integer does not move.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from corelib.conformance.numerics.calls import flat
from corelib.conformance.numerics.differences import Curves
from corelib.conformance.sample import Sample
from corelib.core.tensor import Array

STEP: Final = 2.0**-6
FLAT: Final = ("symmetric", "positive definite")
IN_THE_SET: Final = 1e-12


def tangents(kind: str | None, x: Array) -> Iterator[Array]:
    """A basis of the directions in which x can be moved without leaving the set."""
    if kind == "integer":
        return
    if kind in FLAT or kind == "orthogonal":
        sign = -1.0 if kind == "orthogonal" else 1.0
        for place in np.ndindex(x.shape[:-2]):
            for i, j in zip(*np.triu_indices(x.shape[-1], k=int(kind == "orthogonal")), strict=True):
                move = np.zeros(x.shape)
                move[(*place, i, j)] = 1.0
                move[(*place, j, i)] = sign if i != j else 1.0
                yield x @ move if kind == "orthogonal" else move
        return
    for index in np.ndindex(x.shape):
        move = np.zeros(x.shape)
        move[index] = 1.0
        yield move - x * np.sum(move * x, axis=-1, keepdims=True) if kind == "unit norm" else move


def retract(kind: str | None, x: Array, v: Array) -> Array:
    """The point of the set to which a tangent v moves x."""
    if kind == "orthogonal":
        turn = np.swapaxes(x, -1, -2) @ v / 2
        one = np.eye(x.shape[-1])
        return np.asarray(x @ np.linalg.solve(one - turn, one + turn))
    if kind == "unit norm":
        return np.asarray((x + v) / np.sqrt(np.sum(np.square(x + v), axis=-1, keepdims=True)))
    return x if kind == "integer" else x + v


def lies_in(kind: str | None, x: Array) -> bool:
    """Whether an array is in the set that is declared for it."""
    if kind in FLAT and not np.allclose(x, np.swapaxes(x, -1, -2), rtol=0, atol=IN_THE_SET):
        return False
    if kind == "positive definite":
        return bool(np.all(np.linalg.eigvalsh(x) > 0))
    if kind == "orthogonal":
        return bool(np.allclose(np.swapaxes(x, -1, -2) @ x, np.eye(x.shape[-1]), rtol=0, atol=IN_THE_SET))
    if kind == "unit norm":
        return bool(np.allclose(np.sum(np.square(x), axis=-1), 1, rtol=0, atol=IN_THE_SET))
    return kind != "integer" or bool(np.all(x == np.round(x)))


def basis(sample: Sample) -> Array:
    """All tangents of a sample (directions, numbers): the identity where nothing is declared."""
    rows = []
    for k, (kind, x) in enumerate(zip(sample.sets, sample.arrays, strict=True)):
        for v in tangents(kind, x):
            rows.append(flat([v if i == k else np.zeros(a.shape) for i, a in enumerate(sample.arrays)]))
    return np.array(rows).reshape(len(rows), sample.numbers)


def moved(function: Callable[[list[Array]], Array], sample: Sample, directions: Array) -> Curves:
    """The curves t -> f(x moved by t v), one for each row v of ``directions``, within the sets."""
    ends = np.cumsum([a.size for a in sample.arrays])[:-1]

    def at(t: float, v: Array) -> Array:
        parts: Sequence[Array] = np.split(t * v, ends)
        where = zip(sample.sets, sample.arrays, parts, strict=True)
        return np.array(function([retract(kind, a, p.reshape(a.shape)) for kind, a, p in where]))

    return lambda t, lines: np.array([at(s, directions[j]) for s, j in zip(t.tolist(), lines.tolist(), strict=True)])


def first_steps(sample: Sample, count: int) -> Array:
    """The step to begin with: a positive definite matrix may move less than its smallest eigenvalue."""
    least = [
        float(np.min(np.linalg.eigvalsh(a))) for kind, a in zip(sample.sets, sample.arrays, strict=True)
        if kind == "positive definite" and a.size
    ]  # fmt: skip
    return np.full(count, min([STEP, *[x / 8 for x in least]]))
