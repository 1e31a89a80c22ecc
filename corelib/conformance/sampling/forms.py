"""Calls of an author's op on arrays of other forms: cut out of the author's own samples, or several of them stacked.

A block of a regular, a symmetric or a positive definite matrix is one again, and so is a stack of them. What lies
outside of a declared set, as a block of an orthogonal matrix does, is left out.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from corelib.conformance.numerics.calls import values
from corelib.conformance.numerics.sets import lies_in
from corelib.conformance.sample import Sample, Slot, Tag
from corelib.conformance.sampling.shapes import SHAPES, by_entries
from corelib.conformance.subject import Subject
from corelib.core.tensor import Array

TRIED: Final = 8
NEARBY: Final = 0.984375
GAP: Final = 1 - NEARBY
MOST: Final = 40


def formed(subject: Subject, samples: Sequence[Sample]) -> list[Sample]:
    """A sample of each form that no declared sample has, where the op accepts it with finite results."""
    given = [
        s for s in samples if Tag.INTERIOR in s.tags and not s.tags.intersection((Tag.COMPLEX, Tag.KINK, Tag.EMPTY))
    ]
    shapes = {a.shape for s in samples if Tag.LARGE not in s.tags for a in s.arrays}
    found = []
    for name in CUTS if not by_entries(subject) else ("0-d",):
        if not any(map(SHAPES[name][1], shapes)):
            found += list(_first(subject, given[:TRIED], name))
    return [*found, *same(subject, [*samples, *found])]


def _first(subject: Subject, given: Sequence[Sample], name: str) -> Iterator[Sample]:
    for sample in given:
        for arrays in CUTS[name](sample.arrays):
            made = sample.having(arrays, f"form-{name}")
            if any(map(SHAPES[name][1], (a.shape for a in arrays))) and _takes(subject, made):
                yield made
                return


def same(subject: Subject, samples: Sequence[Sample]) -> list[Sample]:
    """f(x, x), unless that may be a kink: one array in the place of all that have its shape."""
    if by_entries(subject) or any(Tag.KINK in s.tags for s in samples):
        return []
    for sample in samples:
        alike = len(sample.arrays) > 1 and len({a.shape for a in sample.arrays}) == 1 and Tag.INTERIOR in sample.tags
        if alike and not sample.is_complex:
            made = replace(sample.having(sample.arrays[:1], "form-same"), args=_one(sample.args), sets=sample.sets[:1])
            if len(set(sample.sets)) < 2 and _takes(subject, made):
                return [made]
    return []


def _one(args: Any) -> Any:
    """The same array at all places."""
    if isinstance(args, Slot):
        return Slot(0)
    return type(args)([_one(a) for a in args]) if type(args) in (list, tuple) else args


def _takes(subject: Subject, sample: Sample) -> bool:
    """Whether the op, and its reference, have finite results there, and not too many for the checks."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("error")  # a deprecated form is not tested
            if not all(lies_in(kind, a) for kind, a in zip(sample.sets, sample.arrays, strict=False)):
                return False
            results = values(subject.op, sample, sample.arrays)
            if subject.spec.reference is not None:
                subject.spec.reference(*sample.filled(sample.arrays), **sample.fields)
    except Exception:  # a call that raises is not accepted
        return False
    small = sample.numbers <= MOST and sum(r.size for r in results) <= MOST
    return small and bool(results) and all(bool(np.all(np.isfinite(r))) and r.size for r in results)


def _block(array: Array, rows: int, columns: int) -> Array:
    """The leading block of each matrix, or of a vector as many entries; all of a smaller array."""
    if array.ndim < 2:
        return np.array(array[:columns]) if array.ndim else array
    return np.array(array[..., :rows, :columns])


def _blocks(rows: int, columns: int) -> "Cut":
    """The same block of every array; or of the first only, with the others cut to fit."""

    def cut(arrays: Sequence[Array]) -> Iterator[list[Array]]:
        yield [_block(a, rows, columns) for a in arrays]
        yield [_block(np.swapaxes(a, -1, -2) if a.ndim > 1 else a, rows, columns) for a in arrays]
        inner = min(rows, columns)
        for others in ((inner, inner), (columns, rows), (columns, columns)):
            yield [_block(a, *((rows, columns) if i == 0 else others)) for i, a in enumerate(arrays)]

    return cut


def _numbers(arrays: Sequence[Array]) -> Iterator[list[Array]]:
    """One entry of each array; or of one array only."""
    cut = [np.array(a.reshape(-1)[0]) if a.size else a for a in arrays]
    yield cut
    for i in range(len(arrays) if len(arrays) > 1 else 0):
        yield [c if k == i else a for k, (c, a) in enumerate(zip(cut, arrays, strict=True))]


def _stacks(arrays: Sequence[Array]) -> Iterator[list[Array]]:
    """Two axes in front of each array; of blocks where they are large; in front of one array only."""
    for cut in (list(arrays), [_block(a, 2, 2) for a in arrays], [_block(a, 1, 2) for a in arrays]):
        stacked = [_stacked(a) for a in cut]
        yield stacked
        yield [np.moveaxis(a, (0, 1), (-2, -1)).copy() for a in stacked]
        for i in range(len(cut) if len(cut) > 1 else 0):
            yield [s if k == i else a for k, (s, a) in enumerate(zip(stacked, cut, strict=True))]


def _stacked(array: Array) -> Array:
    whole = array.reshape((1,) * max(0, 2 - array.ndim) + array.shape)
    return np.stack([whole, np.where(whole == 0, GAP, whole * NEARBY)])[:, None]  # two zeros may be a tie


Cut = Callable[[Sequence[Array]], Iterator[list[Array]]]
CUTS: Final[Mapping[str, Cut]] = {
    "0-d": _numbers, "1x1": _blocks(1, 1), "square": _blocks(2, 2), "tall": _blocks(3, 2), "wide": _blocks(2, 3),
    "batch": _stacks,
}  # fmt: skip
