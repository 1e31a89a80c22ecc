"""Faults for one broadcast operand, one order of shapes, or one order of mixed dtypes.

Which of these an op can have is computed: some call in which the fault acts has a gradient that is not 0.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice, permutations, product
from typing import Any, Final, TypeAlias

import numpy as np

from corelib.conformance.numerics.calls import Call
from corelib.conformance.numerics.domain import draw
from corelib.conformance.sample import Sample, Tag, entrywise_sample
from corelib.conformance.sampling.samples import avoided
from corelib.core.tensor import Array
from corelib_selftest.arriving import doubled
from corelib_selftest.bending import BackwardCall, Behaviour
from corelib_selftest.facts import Facts

Shape: TypeAlias = tuple[int, ...]
Met: TypeAlias = Callable[[Any, Sequence[Any]], bool]
"""Whether a fault acts: of one operand, and of the others."""

BROADCAST: Final[tuple[Shape, ...]] = ((), (1,), (5,), (1, 1), (2, 1), (1, 5), (2, 5), (1, 2, 5), (3, 1, 5), (3, 2, 1))
KINDS: Final = ("float64", "float32", "complex128", "int64")
SAMPLES: Final = 6
CALLS: Final = 200


def _shape(a: Any) -> Shape:
    return a if isinstance(a, tuple) else np.shape(a)  # an op that is linear is given shapes


def _length(shape: Shape, axis: int) -> int:
    return shape[axis] if len(shape) >= -axis else 0


def _broadcast(one: Shape, other: Shape) -> bool:
    """Whether the first has fewer axes, or length 1 along an axis where the other is longer."""
    return len(one) < len(other) or any(_length(one, -k) == 1 < _length(other, -k) for k in range(1, len(one) + 1))


def _along(axis: int, one: Shape, others: Sequence[Shape]) -> bool:
    return _length(one, axis) == 1 and any(_length(o, axis) > 1 for o in others)


SHAPES: Final[dict[str, Callable[[Shape, Sequence[Shape]], bool]]] = {
    "is broadcast alone": lambda a, others: (
        any(_broadcast(a, o) for o in others) and not any(_broadcast(o, a) for o in others)
    ),
    "is broadcast beside a broadcast one": lambda a, others: any(
        _broadcast(a, o) and _broadcast(o, a) for o in others
    ),
    "is 0-d beside an array": lambda a, others: a == () and any(others),
    "is of one entry beside more": lambda a, others: (
        a != () and set(a) == {1} and any(int(np.prod(o)) > 1 for o in others)
    ),
    "has fewer axes": lambda a, others: a != () and any(len(a) < len(o) for o in others),
    "has more axes": lambda a, others: any(0 < len(o) < len(a) for o in others),
    "is broadcast along its last axis": partial(_along, -1),
    "is broadcast along its last axis but one": partial(_along, -2),
    "is broadcast along its third axis from the end": partial(_along, -3),
}  # fmt: skip
"""Of the shape of an operand, and of those of the others."""


def _real_beside_complex(a: Any, others: Sequence[Any]) -> bool:
    return a.dtype.kind == "f" and any(o.dtype.kind == "c" for o in others)


def _complex_beside_real(a: Any, others: Sequence[Any]) -> bool:
    return a.dtype.kind == "c" and any(o.dtype.kind == "f" for o in others)


DTYPES: Final[dict[str, Met]] = {
    "is real beside complex": _real_beside_complex,
    "is complex beside real": _complex_beside_real,
    "is float32 beside float64": lambda a, others: a.dtype == np.float32 and any(o.dtype == np.float64 for o in others),
    "is float64 beside float32": lambda a, others: a.dtype == np.float64 and any(o.dtype == np.float32 for o in others),
    "is real beside integers": lambda a, others: a.dtype.kind == "f" and any(o.dtype.kind in "iu" for o in others),
}
"""Of an operand that is an array, and of the others."""


def beside_faults(facts: Facts) -> Iterator[Behaviour]:
    """The faults in the gradient of one operand that show beside certain others."""
    if facts.arity < 2:
        return
    shaped, typed = list(_shaped(facts)), [] if facts.linear else list(_typed(facts))
    for k in [facts.index] if facts.elementwise else range(facts.arity):
        for name, of_shapes in SHAPES.items():
            if any(
                of_shapes(*_apart([a.shape for a in call], k)) and sloped[k] for call, sloped in shaped if k < len(call)
            ):
                yield _wrong(f"wrong where argument {k} {name}", k, _met(of_shapes))
        for name, of_arrays in DTYPES.items():
            if any(of_arrays(*_apart(call, k)) and sloped[k] for call, sloped in typed if k < len(call)):
                yield _wrong(f"wrong where argument {k} {name}", k, of_arrays)


def _apart(operands: Sequence[Any], k: int) -> tuple[Any, list[Any]]:
    return operands[k], [o for j, o in enumerate(operands) if j != k]


def _met(of_shapes: Callable[[Shape, Sequence[Shape]], bool]) -> Met:
    return lambda a, others: of_shapes(_shape(a), [_shape(o) for o in others])


def _wrong(name: str, k: int, met: Met) -> Behaviour:
    """The gradient of operand k alone is doubled."""

    def fault(call: BackwardCall) -> Sequence[Any]:
        entries = list(call.true())
        if len(call.args) > k and met(*_apart(call.args, k)):
            at = 0 if call.index is not None else k
            entries[at] = None if entries[at] is None else doubled(entries[at])
        return entries

    return Behaviour(name, fault)


# Calls in which they show

Known: TypeAlias = tuple[list[Array], list[bool]]
"""The operands of a call, and whether the gradient of each is other than 0."""


def _shaped(facts: Facts) -> Iterator[Known]:
    """Calls with operands of various shapes, as far as forward takes them."""
    for sample, arrays in islice(_cut_calls(facts), CALLS):
        yield from _known(facts, sample, arrays)


def _cut_calls(facts: Facts) -> Iterator[tuple[Sample, list[Array]]]:
    subject = facts.subject
    if subject.entrywise:
        rng = np.random.default_rng(0)
        whole = [draw(rng, r, (3, 2, 5), k) for r, k in zip(subject.ranges, avoided(subject), strict=True)]
        shapes = list(product(BROADCAST, repeat=facts.arity))
        for chosen in rng.permutation(len(shapes)):
            arrays = [_cut(a, shape) for a, shape in zip(whole, shapes[chosen], strict=True)]
            yield entrywise_sample(arrays), arrays
        return
    for sample in _several(facts):
        for shapes_of in product(*[_smaller(a.shape) for a in sample.arrays]):
            yield sample, [_cut(a, shape) for a, shape in zip(sample.arrays, shapes_of, strict=True)]


def _several(facts: Facts) -> list[Sample]:
    samples = [s for s in facts.samples if all(a.size for a in s.arrays) and not s.is_complex]
    found = [s for s in samples if len(s.arrays) > 1 and Tag.SAME not in s.tags]
    return sorted(found, key=lambda s: -max(a.ndim for a in s.arrays))[:SAMPLES]


def _smaller(shape: Shape) -> Iterator[Shape]:
    yield shape
    yield from (tuple([1 if j == k else n for j, n in enumerate(shape)]) for k in range(len(shape)) if shape[k] > 1)
    yield from (shape[k:] for k in range(1, len(shape) + 1))


def _cut(array: Array, shape: Shape) -> Array:
    return np.array(array[(0,) * (array.ndim - len(shape)) + tuple([slice(0, n) for n in shape])])


def _typed(facts: Facts) -> Iterator[Known]:
    """Calls with operands of two dtypes."""
    for sample in _several(facts)[:2]:
        for one, other in permutations(KINDS, 2):
            if facts.subject.spec.complex is False and "complex128" in (one, other):
                continue
            for k in range(len(sample.arrays)):
                arrays = [_of_kind(a, one if j == k else other) for j, a in enumerate(sample.arrays)]
                yield from _known(facts, sample, arrays)


def _of_kind(array: Array, kind: str) -> Array:
    if kind == "int64":
        return np.full(array.shape, 2, kind)
    return np.asarray(array + 0.5j if kind.startswith("complex") else array).astype(kind)


def _known(facts: Facts, sample: Sample, arrays: list[Array]) -> Iterator[Known]:
    """The call, if forward takes it and its results are numbers."""
    wanted = [a.dtype.kind in "fc" for a in arrays]
    try:
        with np.errstate(all="ignore"):
            call = Call(facts.subject.op, sample, arrays, wanted)
            found = call.vjp([np.ones(r.shape, r.dtype) for r in call.results])
    except Exception:  # a call that raises is not accepted
        return
    if all(bool(np.all(np.isfinite(r.data))) for r in call.results):
        yield arrays, [g is not None and bool(np.any(g)) for g in found]
