"""The check of mixed dtypes: every pair of dtypes, in both orders."""

from collections.abc import Sequence
from itertools import permutations
from typing import Final

import numpy as np

from corelib.conformance.cases.op_case import Check
from corelib.conformance.checks.select import select_interior
from corelib.conformance.failure import Skip
from corelib.conformance.numerics.calls import Call
from corelib.conformance.sample import Sample, Tag
from corelib.conformance.sampling.cotangents import normal
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally
from corelib.core.tensor import Array

KINDS: Final = ("float32", "float64", "complex64", "complex128", "int64")
SINGLE: Final = 1e-4
DOUBLE: Final = 1e-11
WIDEST: Final = 1e30
WHOLE: Final = 8.0  # a sample times this, rounded, most likely stays regular


def mixed(subject: Subject, sample: Sample, tally: Tally) -> None:
    """Each gradient has its argument's dtype, and the value that it has in double precision."""
    for kinds in permutations(KINDS, 2):
        for k in range(1, len(sample.arrays)):
            _beside(subject, sample, tally, [kinds[1] if i == k else kinds[0] for i in range(len(sample.arrays))])
    if not tally.assertions:
        raise Skip("forward takes no mixture of dtypes")


def _beside(subject: Subject, sample: Sample, tally: Tally, kinds: Sequence[str]) -> None:
    arrays = [_of_kind(subject, i, a, kind) for i, (a, kind) in enumerate(zip(sample.arrays, kinds, strict=True))]
    wanted = [kind != "int64" for kind in kinds]
    if not any(wanted) or (subject.spec.complex is False and any("complex" in kind for kind in kinds)):
        return
    try:
        call = Call(subject.op, sample, arrays, wanted)
        exact = Call(subject.op, sample, [_wide(a) for a in arrays], wanted)
        if len(exact.results) != len(call.results):  # integer results are not differentiated
            exact = Call(subject.op, sample, [a if a.dtype.kind == "i" else _wide(a) for a in arrays], wanted)
    except (TypeError, ValueError):  # forward refuses the mixture
        return
    rng = subject.rng("mixed", sample.id)
    cotangents = [normal(rng, r.shape, r.dtype) for r in call.results]
    what = " beside ".join(kinds)
    expected = exact.vjp([g.astype(r.dtype) for g, r in zip(cotangents, exact.results, strict=True)])
    for i, (found, known) in enumerate(zip(call.vjp(cotangents), expected, strict=True)):
        tally.require((found is None) == (known is None), f"{what}: arg{i} has a gradient only sometimes")
        if found is not None and known is not None:
            tally.require(found.dtype == arrays[i].dtype, f"{what}: the gradient of arg{i} is {found.dtype}")
            precision = SINGLE if any(kind in ("float32", "complex64") for kind in kinds) else DOUBLE
            size = float(np.max(np.abs(known), initial=0.0)) + 1e-2
            if precision == SINGLE and not size < WIDEST:  # overflows in single precision
                continue
            tally.close(found, known, precision * size, f"{what}: arg{i} has another gradient than in double precision")


def _of_kind(subject: Subject, i: int, array: Array, kind: str) -> Array:
    """The array in another dtype: complex numbers away from the axis, and integers in the domain."""
    if kind == "int64":
        if not subject.entrywise:
            return np.rint(WHOLE * array).astype(kind)
        inside = [n for n in (2, -1, 3) if any(bool(r.contains(np.array(float(n)))) for r in subject.ranges[i])]
        return np.resize(np.array(inside or [1], np.int64), array.shape)
    if kind.startswith("complex"):
        imaginary = subject.rng("imaginary", i).uniform(0.3, 1.2, array.shape)
        return np.asarray(array + 1j * imaginary, kind)
    return array.astype(kind)


def _wide(array: Array) -> Array:
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def select_several(subject: Subject, seed: int) -> Sequence[Sample]:
    """Operands of one shape, and of shapes that broadcast; of other ops the first samples with several arrays."""
    if subject.spec.sets or subject.nondiff:
        raise Skip("an argument is declared to lie in a set, or to have no slope: of another dtype it may not")
    samples = [s for s in select_interior(subject, seed) if all(a.dtype == np.float64 for a in s.arrays)]
    found = [s for s in samples if len(s.arrays) > 1 and Tag.SAME not in s.tags]
    if not found:
        raise Skip("an op of one array: no dtypes to mix")
    return found[:2]


CHECKS = (Check("mixed", select_several, mixed),)
