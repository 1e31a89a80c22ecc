"""A sample with thousands of entries, made from a small one."""

from collections.abc import Iterator, Sequence
from math import log2, prod
from typing import Final

import numpy as np

from corelib.conformance.numerics.calls import values
from corelib.conformance.numerics.domain import signed
from corelib.conformance.sample import Sample, Tag
from corelib.conformance.subject import Subject

ENLARGED: Final = (1000, 3000)  # numbers of a sample made larger: at least, and at most
FACTORS: Final = (4, 6, 8, 10, 12, 16, 20, 32, 64, 200, 400, 1000)


def enlarged(subject: Subject, samples: Sequence[Sample], seed: int) -> list[Sample]:
    """A declared sample with longer axes, if the op accepts it; else none."""
    candidates = (
        grown
        for sample in samples
        if Tag.INTERIOR in sample.tags and not sample.is_complex
        for factor in _factors(subject, sample)
        for grown in _grown(subject, sample, factor, seed)
    )
    found = next((grown for grown in candidates if _ordinary(subject, grown)), None)
    return [] if found is None else [found]


def _grown(subject: Subject, sample: Sample, factor: int, seed: int) -> Iterator[Sample]:
    """The sample with longer axes, of ordinary numbers, and of numbers near 1, whose long products do not underflow."""
    shapes = [_longer(a.shape, factor) for a in sample.arrays]
    small, large = ENLARGED
    if small <= sum(map(prod, shapes)) <= large:
        arrays = [signed(subject.rng("large", seed, i), shape) for i, shape in enumerate(shapes)]
        for drawn in (arrays, [1 + a / 32 for a in arrays]):
            yield Sample("large", sample.args, tuple(drawn), sample.fields, frozenset({Tag.LARGE}))


def _longer(shape: tuple[int, ...], factor: int) -> tuple[int, ...]:
    return tuple([n if n < 2 else n * factor for n in shape])


def _factors(subject: Subject, sample: Sample) -> Iterator[int]:
    """The factors by which the axes of a sample may grow before its results are too large."""
    single, double = (_result_size(subject, sample, factor) for factor in (1, 2))
    if single and double:
        for factor in FACTORS:
            if single * factor ** log2(double / single) <= 4 * ENLARGED[1]:
                yield factor


def _result_size(subject: Subject, sample: Sample, factor: int) -> int:
    """How many entries the results have; 0 where the op does not accept axes that are that much longer."""
    arrays = [np.resize(a, _longer(a.shape, factor)) for a in sample.arrays]
    try:
        with np.errstate(all="ignore"):
            return sum(r.size for r in values(subject.op, sample, arrays))
    except Exception:  # a call that raises is not accepted
        return 0


def _ordinary(subject: Subject, sample: Sample) -> bool:
    """Whether the op accepts it, with results of which no entry is huge, and not all are tiny."""
    try:
        with np.errstate(all="ignore"):
            results = values(subject.op, sample, sample.arrays)
    except Exception:  # a call that raises is not accepted
        return False
    sizes = [float(np.max(np.abs(a), initial=0)) for a in results]
    return bool(results) and all(1e-6 < size < 1e9 for size in sizes) and sum(a.size for a in results) < 2 * ENLARGED[1]
