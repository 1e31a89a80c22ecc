"""What the samples of an op must have among them: what no sample has is never tested."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import combinations
from typing import Any, Final

import numpy as np

from corelib.conformance.numerics.calls import Call
from corelib.conformance.operands import operands
from corelib.conformance.sample import Sample, Slot, Tag
from corelib.conformance.sampling.samples import samples_of, tagged
from corelib.conformance.sampling.shapes import SHAPES, by_entries
from corelib.conformance.subject import Subject
from corelib.core.tensor import Array

NEARBY: Final = 0.984375

CALLS: Final[Mapping[str, str]] = {
    "negative axis": "has a negative axis",
    "tie": "has a tie",
    "three arrays": "has more than two arrays",
    "f(x, x)": "is f(x, x)",
}
"""Demands of a call: name, and how the report words it."""

NAMES: Final = (*SHAPES, *CALLS)


def missing(subject: Subject) -> Iterator[str]:
    """The demands that no sample meets and no reason excuses, as the report words them."""
    samples = [s for s in samples_of(subject) if Tag.COMPLEX not in s.tags]
    for name, wording in _wanted(subject, samples):
        if not any(_names(pattern, name) for pattern in subject.spec.not_applicable):
            yield f"no sample {wording}"


def unknown(subject: Subject) -> list[str]:
    """The keys of ``not_applicable`` that are no demand."""
    known = (*NAMES, *_pairs(subject))
    return [p for p in subject.spec.not_applicable if not any(_names(p, name) for name in known)]


def _names(pattern: str, name: str) -> bool:
    """Whether a key of ``not_applicable`` means a demand; the fields of a pair come in any order."""
    other = " with ".join(reversed(name.split(" with ")))
    return fnmatchcase(name, pattern) or fnmatchcase(other, pattern)


def _wanted(subject: Subject, samples: Sequence[Sample]) -> Iterator[tuple[str, str]]:
    """The demands that no sample meets, each with its wording."""
    if subject.entrywise:
        return
    shapes = {a.shape for s in samples for a in s.arrays}
    for name, (wording, is_met) in SHAPES.items():
        if (name == "0-d" or not by_entries(subject)) and not any(map(is_met, shapes)):
            yield name, wording
    for name, wording in CALLS.items():
        if _applies(subject, name) and not _has(subject, name, samples):
            yield name, wording
    for pair in _pairs(subject):
        one, other = pair.split(" with ")
        if not any(_sets(subject, s, one) and _sets(subject, s, other) for s in samples):
            yield pair, f"sets {pair}"


def _applies(subject: Subject, name: str) -> bool:
    if name == "negative axis":
        return any("axis" in field or "axes" in field for field in subject.fields)
    if name == "tie":
        return not by_entries(subject) and _curved(subject)
    if name == "three arrays":
        return subject.arity is None
    return any(len(_slots(s.args)) > 1 for s in tagged(subject, Tag.INTERIOR))


def _curved(subject: Subject) -> bool:
    """Whether the gradient depends on the arguments: where it does not, ties do not matter."""
    for sample in tagged(subject, Tag.INTERIOR, 0, Tag.COMPLEX, Tag.EMPTY, Tag.KINK)[:3]:
        moved = Call(subject.op, sample.having([np.asarray(a * NEARBY) for a in sample.arrays]))
        call = Call(subject.op, sample)
        pairs = zip(*(c.gradients([np.ones(r.shape, r.dtype) for r in c.results]) for c in (call, moved)), strict=True)
        if not all([np.array_equal(one, other) for one, other in pairs]):
            return True
    return False


def _has(subject: Subject, name: str, samples: Sequence[Sample]) -> bool:
    if name == "negative axis":
        return any(_negative(v) for s in samples for k, v in _fields(subject, s) if "axis" in k or "axes" in k)
    if name == "tie":
        promised = [a for p in subject.spec.promises for a in p.args if isinstance(a, np.ndarray)]
        return any(_ties(a) for a in (*promised, *[a for s in samples for a in s.arrays]))
    if name == "three arrays":
        return any(len(operands(s.args, subject.in_list)) > 2 for s in samples)
    return any(len(_slots(s.args)) > len(s.arrays) for s in samples)


def _ties(array: Array) -> bool:
    return bool(array.size > len(np.unique(array)))


def _negative(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_negative, value))
    return isinstance(value, (int, np.integer)) and int(value) < 0


def _slots(args: Any) -> list[int]:
    """The arrays at all places of a call; the same array at two places counts twice."""
    found = []
    for arg in args:
        if isinstance(arg, Slot):
            found.append(arg.index)
        elif isinstance(arg, (list, tuple)):
            found += _slots(arg)
    return found


def _pairs(subject: Subject) -> list[str]:
    return [f"{one} with {other}" for one, other in combinations(subject.fields, 2)]


def _sets(subject: Subject, sample: Sample, name: str) -> bool:
    return any(name == given for given, _ in _fields(subject, sample))


def _fields(subject: Subject, sample: Sample) -> Iterator[tuple[str, Any]]:
    """The fields that a call sets, by keyword or by position."""
    yield from sample.fields.items()
    first = 1 if subject.arity is None else len(subject.argument_names) if subject.has_backward else subject.arity
    yield from zip(subject.fields, sample.args[first:], strict=False)
