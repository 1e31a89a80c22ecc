"""Samples derived from the kind of an op, its arity and its domain."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from corelib.conformance.numerics.calls import MAX_JACOBIAN, outputs
from corelib.conformance.numerics.domain import QUANTUM, draw, room, signed
from corelib.conformance.sample import Sample, Tag
from corelib.conformance.sampling.forms import formed
from corelib.conformance.sampling.large import enlarged
from corelib.conformance.spec import OpSample
from corelib.conformance.subject import Subject
from corelib.core.tensor import Array

Shapes = tuple[tuple[int, ...], ...]

UNARY: Final[tuple[Shapes, ...]] = (((3, 4),), ((),), ((1,),), ((2, 1, 3),), ((0,),), ((0, 3),))
BINARY: Final[tuple[Shapes, ...]] = (
    ((3, 4), (3, 4)), ((3, 1), (1, 4)), ((2, 3), (3,)), ((), (3,)), ((1,), (2, 1)), ((2,), (2, 1, 1)),
    ((), ()), ((0, 3), (1, 3)), ((), (0,)),
)  # fmt: skip
TERNARY: Final[tuple[Shapes, ...]] = (
    ((2, 3), (2, 3), (2, 3)), ((3, 1), (1, 4), ()), ((4,), (2, 1), (2, 4)), ((), (3,), (1,)),
    ((), (), ()), ((0, 3), (1, 3), ()),
)  # fmt: skip
REDUCED: Final = (
    ((3, 4), None), ((3, 4), 0), ((3, 4), -1), ((2, 3, 2), (0, 2)), ((2, 3, 2), (-1, 0)), ((), None), ((1, 3), 0),
    ((5,), 0),
)  # fmt: skip
MULTIPLIED: Final[tuple[Shapes, ...]] = (
    ((3, 4), (4, 2)), ((3,), (3,)), ((3,), (3, 2)), ((2, 3), (3,)), ((2, 2, 3), (3, 2)), ((2, 1, 2, 3), (3, 3, 1)),
    ((1, 3), (3, 1)), ((0, 3), (3, 2)), ((2, 0), (0, 3)),
)  # fmt: skip
LARGE: Final = (100, 100)
SIDES: Final = (1e-3, 0.125)
AROUND: Final = (1 - 2.0**-4, 1.0, 1 + 2.0**-4)
FAR: Final = (
    -40.375, -20.625, -12.3125, -(2.0**-10), -(2.0**-30), 0.0, 2.0**-30, 2.0**-10, 12.3125, 20.625, 40.375,
)  # fmt: skip


def samples_of(subject: Subject, seed: int = 0) -> list[Sample]:
    """All samples of one seed, made at the first request and kept in the subject."""
    if subject.only is not None:
        return list(subject.only)
    if seed not in subject.samples_by_seed:
        subject.samples_by_seed[seed] = derive(subject, seed)
    return subject.samples_by_seed[seed]


def tagged(subject: Subject, tag: Tag, seed: int = 0, *without: Tag) -> list[Sample]:
    """The samples with a tag, and with none of those in ``without``, in the order in which they were made."""
    return [s for s in samples_of(subject, seed) if tag in s.tags and not s.tags.intersection(without)]


def derive(subject: Subject, seed: int) -> list[Sample]:
    """All samples of an op for one seed: the declared ones and the derived ones."""
    spec = subject.spec
    found = [
        subject.prepared(given, f"sample{i}", (Tag.INTERIOR,))
        for i, given in enumerate(spec.samples(subject.rng("samples", seed)) if spec.samples else ())
    ]
    if subject.entrywise and subject.arity:
        found += list(_entrywise(subject, seed))
    elif spec.kind in ("reduction", "matmul") or not found:
        found += _accepted(subject, _derived(subject, seed))
    if not subject.entrywise:
        found += formed(subject, found)
    if spec.large is not None:
        found.append(subject.prepared(spec.large(subject.rng("large", seed)), "large", (Tag.LARGE,)))
    elif not subject.entrywise and not spec.sets:  # its numbers are drawn: they would lie in no set
        found += enlarged(subject, found, seed)
    # Of complex numbers a set may mean either: symmetric or Hermitian, orthogonal or unitary. Declared samples decide.
    if spec.complex is not False and not spec.sets and not any(Tag.COMPLEX in sample.tags for sample in found):
        found += _complex(subject, found, seed)
    return _distinct(found)


def _distinct(samples: list[Sample]) -> list[Sample]:
    """One sample per name: the first."""
    seen: dict[str, Sample] = {}
    for sample in samples:
        seen.setdefault(sample.id, sample)
    return list(seen.values())


def _entrywise(subject: Subject, seed: int) -> Iterator[Sample]:
    arity = subject.arity or 1
    many = (((3, 4),) * arity, ((),) * arity, ((0,),) * arity)
    for shapes in {1: UNARY, 2: BINARY, 3: TERNARY}.get(arity, many):
        yield _sample(subject, shapes, seed, *_tags(shapes))
    if arity > 1:
        yield _same(subject, seed)
    if arity == 2:
        yield from _beside_numbers(subject, seed)
    yield _sample(subject, (LARGE, *(((100,),) * (arity - 1))), seed, Tag.LARGE)
    yield from _around_kinks(subject, seed)
    yield from _far_out(subject, seed)


def _is_special(subject: Subject, i: int, x: float) -> bool:
    """Whether a number is an end of the domain, a kink or a singular point, which other checks test."""
    ends = [end for r in subject.ranges[i] for end in (r.low, r.high)]
    points = [p[i] if isinstance(p, tuple) else p for p in (*subject.spec.kinks, *subject.spec.singular)]
    return x in (*ends, *points)


def _beside_numbers(subject: Subject, seed: int) -> Iterator[Sample]:
    """One array beside a Python number, as in x**2 and 1 / x: an op may have another code path there."""
    for i, number in ((1, 2), (1, 1), (1, 0), (1, 0.5), (1, -1.5), (0, 2), (0, 0.75), (0, 1), (0, -1.5)):
        name = f"number-{number}-{i}"
        x = draw(subject.rng(name, seed), subject.ranges[1 - i], (3,), avoided(subject)[1 - i])
        if np.all(_inside(np.array(float(number)), subject.ranges[i])):
            args: list[Any] = [x, x]
            args[i] = number
            made = subject.prepared(OpSample(*args), name, (Tag.INTERIOR, Tag.NUMBER))
            if _finite(subject, made):
                away = room(x, subject.ranges[1 - i], [*avoided(subject)[1 - i], *_ties(subject, number)])
                yield Sample(made.id, made.args, made.arrays, {}, made.tags, None, (away,))


def _ties(subject: Subject, number: float) -> list[float]:
    """Where an op with kinks at ties has one beside a number."""
    return [float(number)] if any(isinstance(p, tuple) for p in subject.spec.kinks) else []


def _far_out(subject: Subject, seed: int) -> Iterator[Sample]:
    """A number far out or near 0 in one argument, ordinary ones in the others; one sample each, as sizes differ."""
    arity = subject.arity or 1
    for i in range(arity):
        rng = subject.rng("tails", i, seed)
        for x in FAR if seed == 0 else ():
            point = np.array([x])
            if np.all(_inside(point, subject.ranges[i])) and not _is_special(subject, i, x):
                arrays = [
                    point if j == i else draw(rng, r, (1,), k)
                    for j, (r, k) in enumerate(zip(subject.ranges, avoided(subject), strict=True))
                ]
                made = _made(subject, arrays, f"tails-{x:.4g}" + (f"-{i}" if arity > 1 else ""), (Tag.SIDES,))
                near = [made.having([a * size if j == i else a for j, a in enumerate(arrays)]) for size in AROUND]
                if all(_finite(subject, each) for each in near):  # erfcx and erfi overflow at 40
                    yield made


def _tags(shapes: Shapes) -> tuple[Tag, ...]:
    return () if any(0 in shape for shape in shapes) else (Tag.INTERIOR,)


def named(shapes: Shapes) -> str:
    """Shapes in the name of a sample: bcast-3x1_1x4."""
    words = ["x".join(map(str, shape)) or "0d" for shape in shapes]
    if len(set(words)) == 1:
        return words[0]
    return f"bcast-{'_'.join(words)}"


def of_shapes(subject: Subject, shapes: Shapes, seed: int) -> Sample:
    """A call of an entry-by-entry op on arrays of these shapes, inside its domain."""
    return _sample(subject, shapes, seed, *_tags(shapes))


def _sample(subject: Subject, shapes: Shapes, seed: int, *tags: Tag) -> Sample:
    name = "large" if Tag.LARGE in tags else named(shapes)
    rng = subject.rng(name, seed)
    kinks = avoided(subject)
    quantum = 0.0 if Tag.LARGE in tags else QUANTUM
    arrays = [draw(rng, r, shape, k, quantum) for r, shape, k in zip(subject.ranges, shapes, kinks, strict=True)]
    return _made(subject, arrays, name, tags)


def _made(subject: Subject, arrays: Sequence[Array], name: str, tags: Sequence[Tag]) -> Sample:
    made = subject.prepared(OpSample(*arrays), name, tags)
    rooms = [room(a, r, k) for a, r, k in zip(arrays, subject.ranges, avoided(subject), strict=True)]
    return Sample(made.id, made.args, made.arrays, {}, made.tags, None, tuple(rooms[: len(made.arrays)]))


def avoided(subject: Subject) -> list[list[float]]:
    """The kinks and singular points of an op of one argument; for other ops they are no single numbers."""
    points = [float(p) for p in (*subject.spec.kinks, *subject.spec.singular) if not isinstance(p, tuple)]
    return [points] * (subject.arity or 1)


def _same(subject: Subject, seed: int) -> Sample:
    """The same array as every argument, drawn from the smallest of their domains."""
    ranges = min(subject.ranges, key=lambda r: r[0].window[1] - r[0].window[0])
    x = draw(subject.rng("same", seed), ranges, (4,), avoided(subject)[0])
    made = subject.prepared(OpSample(*([x] * (subject.arity or 1))), "same", (Tag.INTERIOR, Tag.SAME))
    with np.errstate(all="ignore"):
        finite = _finite(subject, made)
    return Sample(made.id, made.args, made.arrays, {}, made.tags if finite else frozenset({Tag.SAME}))


def _finite(subject: Subject, sample: Sample) -> bool:
    try:
        return all(bool(np.all(np.isfinite(r.data))) for r in outputs(subject.op(*sample.filled(sample.arrays))))
    except Exception:  # the checks will report it
        return True


def _around_kinks(subject: Subject, seed: int) -> Iterator[Sample]:
    """Each kink itself, and points on both sides of it: a thousandth and an eighth away."""
    arity = subject.arity or 1
    for kink in subject.spec.kinks:
        point = kink if isinstance(kink, tuple) else (kink,) * arity
        label = "_".join(f"{p:g}" for p in point)
        at = [np.array([p], np.float64) for p in point]
        yield subject.prepared(OpSample(*at), f"kink-{label}", (Tag.KINK,), subject.spec.at_kink)
        for i in range(arity):
            near = [point[i] + s * d for d in SIDES for s in (-1, 1)]
            arrays = [np.array(near) if j == i else np.full(len(near), p, np.float64) for j, p in enumerate(point)]
            if all(bool(np.all(_inside(a, r))) for a, r in zip(arrays, subject.ranges, strict=True)):
                rooms = [np.abs(a - point[j]) if j == i else np.full(len(near), np.inf) for j, a in enumerate(arrays)]
                name = f"sides-{label}" + (f"-{i}" if arity > 1 else "")
                made = subject.prepared(OpSample(*arrays), name, (Tag.SIDES,))
                yield Sample(made.id, made.args, made.arrays, {}, made.tags, None, tuple(rooms))


def _inside(x: Array, ranges: Sequence[Any]) -> Array:
    return np.asarray(np.any([r.contains(x) for r in ranges], axis=0))


def _derived(subject: Subject, seed: int) -> Iterator[OpSample]:
    """Calls to try on an op that does not act entry by entry."""
    rng = subject.rng("derived", seed)
    if subject.spec.kind == "reduction":
        for shape, axis in REDUCED:
            for keepdims in (False, True):
                name = f"{'x'.join(map(str, shape)) or '0d'}-axis{axis}{'-keepdims' * keepdims}".replace(" ", "")
                yield OpSample(_normal(rng, shape), id=name, axis=axis, keepdims=keepdims)
    elif subject.spec.kind == "matmul":
        yield from (OpSample(*[_normal(rng, s) for s in shapes], id=named(shapes)) for shapes in MULTIPLIED)
    elif subject.arity is None:
        yield from (OpSample([_normal(rng, s), _normal(rng, s)], id=named((s, s))) for s in ((3, 4), (3,), (0,), ()))
    else:
        for shape in ((3, 4), (3, 3), (3,), (), (1,), (2, 1, 3), (0,), (0, 3)):
            yield OpSample(*[_normal(rng, shape) for _ in range(subject.arity)], id=named((shape,)))


def _normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return np.asarray(np.round(signed(rng, shape) / QUANTUM) * QUANTUM)


def _accepted(subject: Subject, calls: Iterator[OpSample]) -> list[Sample]:
    """The calls that the op accepts. (The manifest counts them, so a missing one is noticed.)"""
    found = []
    for call in calls:
        made = subject.prepared(call, "guess", ())
        try:
            with np.errstate(all="ignore"):
                subject.op(*call.args, **call.fields)
        except Exception:  # a call that raises is not accepted
            continue
        found.append(subject.prepared(call, made.id, () if Tag.EMPTY in made.tags else (Tag.INTERIOR,)))
    return found


def _complex(subject: Subject, samples: Sequence[Sample], seed: int) -> list[Sample]:
    """Two samples of complex numbers, made from the first real ones: all arrays complex, and each of them by itself."""
    real = [s for s in samples if Tag.INTERIOR in s.tags and s.arrays and s.arrays[0].dtype.kind == "f"]
    real = ([s for s in real if 2 * s.numbers <= MAX_JACOBIAN] or real)[:2]
    if not subject.entrywise:
        real = real[:1]
    found = []
    for sample in real:
        rng = subject.rng("complex", sample.id, seed)
        arrays = [_as_complex(rng, a, subject.entrywise) for a in sample.arrays]
        found.append(_retagged(sample.having(arrays, f"complex-{sample.id}")))
        if len(arrays) > 1 and sample is real[0]:
            for k, array in enumerate(arrays):
                one = [array if i == k else a for i, a in enumerate(sample.arrays)]
                found.append(_retagged(sample.having(one, f"complex-{k}-{sample.id}")))
    return found


def _retagged(sample: Sample) -> Sample:
    return Sample(sample.id, sample.args, sample.arrays, sample.fields, frozenset({Tag.COMPLEX}))


def _as_complex(rng: np.random.Generator, x: Array, entrywise: bool) -> Array:
    """Numbers away from the axes, where the branch cuts of most functions lie."""
    parts = rng.uniform(0.3, 1.5, (2, *x.shape)) * rng.choice([-1.0, 1.0], (2, *x.shape))
    parts = np.round(parts / 2**-20) * 2**-20
    return np.asarray((parts[0] if entrywise else x) + 1j * parts[1])
