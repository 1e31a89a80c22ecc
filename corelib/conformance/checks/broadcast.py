"""The check of broadcasting: the gradient of a broadcast operand is the sum over its copies."""

import warnings
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Final

import numpy as np

from corelib.conformance.cases.op_case import Check
from corelib.conformance.checks.select import select_interior
from corelib.conformance.failure import Skip
from corelib.conformance.numerics.calls import Call, values
from corelib.conformance.numerics.domain import draw
from corelib.conformance.numerics.jacobians import UNSETTLED, compare_call, numeric
from corelib.conformance.sample import Sample, Tag, entrywise_sample
from corelib.conformance.sampling.cotangents import gaussian
from corelib.conformance.sampling.samples import avoided, named, tagged
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally
from corelib.core.tensor import Array
from corelib.primitives.class_op import ClassOp

Shape = tuple[int, ...]
FULL: Final = (2, 2, 3, 4)
PAIRED: Final[tuple[Shape, ...]] = (
    (),
    (1,),
    (4,),
    (1, 1),
    (3, 1),
    (3, 4),
    (2, 1, 4),
    (1, 3, 4),
    (1, 3, 1),
    (2, 1, 3, 4),
)
MANY: Final[tuple[Shape, ...]] = ((), (1, 1), (3, 1), (4,), (3, 4))
"""Shapes of the operands, in every order: pairs of the first, and of more operands all combinations of the second."""
BESIDE: Final[dict[Shape, tuple[Shape, ...]]] = {(3, 1): ((3,),), (3,): ((3, 1),)}
"""Pairs that are broadcast along different axes, although both have one axis of length 3."""
SLACK: Final = 1e-12
TRIED: Final = 6


def broadcast(subject: Subject, sample: Sample, tally: Tally) -> None:
    """The gradient of a broadcast operand is the sum over its copies, for each shape beside each other shape.

    Where an op accepts an operand of such a shape without broadcasting it, as a product does a matrix of one column,
    its slopes are compared with differences.
    """
    for shapes in _combinations(subject, sample):
        small = [_cut(a, shape) for a, shape in zip(sample.arrays, shapes, strict=True)]
        if subject.entrywise or _takes(subject, sample, small):
            _as_copies(subject, sample, tally, small)
        elif _is_smooth(subject) and _has_numbers(subject, sample, small):
            _as_differences(subject, sample.having(small, f"{sample.id} cut to {named(tuple(shapes))}"), tally)
    if not tally.assertions:
        raise Skip("no operand can be broadcast")


def _combinations(subject: Subject, sample: Sample) -> Iterator[Sequence[Shape]]:
    """The shapes of all operands: of an entry-by-entry op the first is given by the sample."""
    count = len(sample.arrays)
    if subject.entrywise:
        first = tuple(sample.fields["first"])
        if first not in BESIDE or first in PAIRED:
            for others in product(PAIRED if count == 2 else MANY, repeat=count - 1):
                yield (first, *others)
        yield from ((first, other) for other in BESIDE.get(first, ()) if count == 2)
        return
    shapes = [a.shape for a in sample.arrays]
    for k, whole in enumerate(shapes):
        for shape in _smaller(whole):
            yield [shape if j == k else other for j, other in enumerate(shapes)]
    if count == 2:
        yield from product(*[list(_smaller(whole)) for whole in shapes])


def _thin(shape: Shape) -> Iterator[Shape]:
    """The shape with one axis of length 1."""
    return (tuple([1 if j == k else n for j, n in enumerate(shape)]) for k in range(len(shape)) if shape[k] > 1)


def _smaller(shape: Shape) -> Iterator[Shape]:
    """The shape with one axis of length 1, with all of them so, and without its first axes."""
    yield from _thin(shape)
    if sum(n > 1 for n in shape) > 1:
        yield (1,) * len(shape)
    yield from (shape[k:] for k in range(1, len(shape) + 1))


def _cut(array: Array, shape: Shape) -> Array:
    """The first entries of the array, as many as the shape asks for."""
    at = (0,) * (array.ndim - len(shape)) + tuple([slice(0, n) for n in shape])
    return np.array(array[at])


def _takes(subject: Subject, sample: Sample, small: list[Array]) -> bool:
    """Whether the op returns for these operands what it returns for copies of them in full size."""
    full = [np.array(np.broadcast_to(a, whole.shape)) for a, whole in zip(small, sample.arrays, strict=True)]
    try:
        results, expected = values(subject.op, sample, small), values(subject.op, sample, full)
    except Exception:  # a call that raises is not accepted
        return False
    return len(results) == len(expected) > 0 and all(
        a.shape == b.shape and np.allclose(a, b, rtol=SLACK, atol=0) for a, b in zip(results, expected, strict=True)
    )


def _is_smooth(subject: Subject) -> bool:
    """Whether a part of a sample is a sample too: operands that lie in no set, of an op without kinks."""
    return isinstance(subject.op, ClassOp) and not subject.spec.sets and not tagged(subject, Tag.KINK)


def _as_differences(subject: Subject, sample: Sample, tally: Tally) -> None:
    known = numeric(subject.op, sample)
    if np.all(known.bound <= UNSETTLED * np.maximum(np.abs(known.value), 1)):
        compare_call(tally, subject.op, sample, Call(subject.op, sample))


def _has_numbers(subject: Subject, sample: Sample, small: list[Array]) -> bool:
    """Whether the op takes these operands, and its results are finite."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("error")  # a deprecated form is not tested
            results = values(subject.op, sample, small)
    except Exception:  # a call that raises is not accepted
        return False
    return bool(results) and all(a.size and bool(np.all(np.isfinite(a))) for a in results)


def _as_copies(subject: Subject, sample: Sample, tally: Tally, small: list[Array]) -> None:
    made = entrywise_sample(small) if subject.entrywise else sample
    wholes = [a.shape for a in sample.arrays]
    if subject.entrywise:
        wholes = [np.broadcast_shapes(*[a.shape for a in small])] * len(small)
    full = [np.array(np.broadcast_to(a, whole)) for a, whole in zip(small, wholes, strict=True)]
    call, copies = Call(subject.op, made, small), Call(subject.op, made, full)
    cotangents = gaussian(subject, sample, copies.results)
    what = f"operands of shapes {named(tuple([a.shape for a in small]))}"
    for result, known in zip(call.results, copies.results, strict=True):
        tally.close(result.data, known.data, SLACK * _size(known.data), f"{what}: the result is not that of copies")
    gradients = zip(call.gradients(cotangents), copies.gradients(cotangents), small, strict=True)
    for i, (found, of_copies, array) in enumerate(gradients):
        expected = _summed(of_copies, array.shape)
        count = max(of_copies.size // max(array.size, 1), 1)
        slack = SLACK * count * _size(of_copies)
        tally.close(found, expected, slack, f"{what}: the gradient of arg{i} is not the sum over its copies")


def _summed(gradient: Array, shape: Shape) -> Array:
    lead = gradient.ndim - len(shape)
    gradient = np.sum(gradient, axis=tuple(range(lead)))
    axes = tuple([k for k, n in enumerate(shape) if n == 1])
    return np.asarray(np.sum(gradient, axis=axes, keepdims=True) if axes else gradient)


def _size(x: Array) -> float:
    return float(np.max(np.abs(x), initial=0.0)) + 1e-300


def select_broadcastable(subject: Subject, seed: int) -> Sequence[Sample]:
    """One sample for each shape of the first operand; of other ops one for each number of axes and each field."""
    samples = [s for s in select_interior(subject, seed) if Tag.NUMBER not in s.tags]
    if subject.entrywise:
        if (subject.arity or 1) < 2:
            raise Skip("an op of one array: nothing to broadcast")
        return [_of_first(subject, shape) for shape in ((*PAIRED, (3,)) if subject.arity == 2 else MANY)]
    found = [s for s in samples if len(s.arrays) > 1 and Tag.SAME not in s.tags]
    if not found:
        raise Skip("no sample of several arrays: nothing to broadcast")
    unlike = list({(*[a.ndim for a in s.arrays], repr(s.fields)): s for s in reversed(found)}.values())
    return sorted(unlike, key=lambda s: -sum(a.ndim for a in s.arrays))[:TRIED]  # the largest have the most parts


def _of_first(subject: Subject, shape: Shape) -> Sample:
    rng = subject.rng("broadcast", shape)
    arrays = [draw(rng, r, FULL, k) for r, k in zip(subject.ranges, avoided(subject), strict=True)]
    made = entrywise_sample(arrays, named((shape,)))
    fields: dict[str, Any] = {"first": shape}
    return Sample(made.id, made.args, made.arrays, fields, frozenset())


CHECKS = (Check("broadcast", select_broadcastable, broadcast),)
