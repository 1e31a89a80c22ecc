"""Behavioural mutants: which faults make sense in which op."""

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

from corelib.conformance.sample import Tag
from corelib.conformance.sampling.samples import samples_of, tagged
from corelib.conformance.subject import Subject
from corelib.primitives.class_op import ClassOp
from corelib.primitives.composed import Composed
from corelib.primitives.elementwise_op import Elementwise
from corelib.primitives.slope import Nondifferentiable, Slope
from corelib_selftest import arriving, second, sometimes, ties
from corelib_selftest.bending import Behaviour, bent
from corelib_selftest.beside import beside_faults
from corelib_selftest.endless import endless_faults
from corelib_selftest.facts import Facts
from corelib_selftest.far import far_faults
from corelib_selftest.functions import names_in
from corelib_selftest.mutant import Host, Mutant
from corelib_selftest.results import result_mutants
from corelib_selftest.rewritten import methods_of
from corelib_selftest.targets import Target, targets


def behavioural_mutants(subject: Subject) -> Iterator[Mutant]:
    """All faults that change what the op computes. (The negative of a gradient that is 0 everywhere is no fault.)"""
    for target in targets(subject):
        slopes: tuple[Slope | None, ...] = target.op.slopes if isinstance(target.op, Elementwise) else (None,)
        for index, slope in enumerate(slopes):
            if isinstance(slope, Nondifferentiable):  # nobody gets it
                continue
            facts = Facts(subject, target, index)
            for behaviour in faults(facts):
                label = f"{target.label}: " if target.label else ""
                suffix = f" (slope {index})" if len(slopes) > 1 else ""
                make = functools.partial(_made, target, behaviour, index)
                yield Mutant("behaviour", f"{label}{behaviour.name}{suffix}", (Host(subject, make),))
        if isinstance(target.op, ClassOp):
            yield from ignoring(subject, target)
    if isinstance(subject.op, Composed):
        yield from result_mutants(subject, subject.op)


def _made(target: Target, behaviour: Behaviour, index: int) -> Any:
    return target.put(bent(target.op, behaviour, index))


def faults(facts: Facts) -> Iterator[Behaviour]:
    """The faults that this op can have."""
    yield from _of_form(facts)
    if not facts.itself:  # what reaches an op inside of another is not known: these always show
        yield from (*arriving.SIGNS, *arriving.SIZES)
        return
    if facts.sloped:
        yield from _of_numbers(facts)
        yield from endless_faults(facts)
        yield from beside_faults(facts)
        yield from _now_and_then(facts)
        yield from _of_memory(facts)
    if facts.elementwise and facts.subject.entrywise and facts.sloped:
        yield from _at_places(facts)
        yield from far_faults(facts)
    if any(Tag.KINK in s.tags for s in samples_of(facts.subject)) and not facts.linear:
        yield from ties.TIES
    if facts.curved:
        yield second.DETACHED
        yield second.DOUBLED
    if facts.sloped:
        yield second.UNRECORDED


def _of_form(facts: Facts) -> Iterator[Behaviour]:
    yield from arriving.FORMS
    if facts.narrow:
        yield arriving.WIDER
    if not facts.elementwise:
        yield from arriving.COUNTS
    if facts.itself and facts.returns_nothing:
        yield from sometimes.EMPTY
        yield sometimes.RAISES_EMPTY


def _of_numbers(facts: Facts) -> Iterator[Behaviour]:
    yield from arriving.SIGNS
    yield from arriving.SIZES
    if facts.subject.entrywise:  # elsewhere a NaN may well reach what is multiplied by it
        yield from arriving.SPREADING
    if any(a.size > 1 for a in facts.results):
        yield arriving.LARGEST
    if any(np.count_nonzero(g) >= 1000 for g in facts.large):
        yield arriving.LARGE
    if not facts.elementwise and facts.arity > 1:
        yield arriving.SWAPPED
        yield sometimes.ALONE
    if facts.subject.entrywise and facts.itself and facts.elementwise and facts.arity > 1:
        yield sometimes.MEAN
        yield sometimes.INTEGERS
        yield sometimes.TWICE


def _now_and_then(facts: Facts) -> Iterator[Behaviour]:
    yield from sometimes.LAYOUTS
    if any(a.size > 1 for a in facts.results) and not facts.is_handed_copies:
        yield from sometimes.ARRIVING
    if any(a.ndim == 0 for a in facts.results):
        yield sometimes.SCALAR
    if any(a.size == 1 for a in facts.results):
        yield sometimes.SINGLE
    if any(a.size >= 10 for a in facts.results):
        yield sometimes.MANY
    yield from sometimes.DTYPES if facts.narrow else sometimes.DTYPES[1:]
    if not facts.linear and facts.has(lambda s: any(a.ndim > 1 for a in s.arrays)):
        yield sometimes.FORTRAN
    if facts.takes_complex:
        yield from sometimes.COMPLEX


def _of_memory(facts: Facts) -> Iterator[Behaviour]:
    yield from sometimes.STATES
    yield from sometimes.SIDE_EFFECTS
    if not facts.is_handed_copies:
        yield from sometimes.WRITES
    yield sometimes.THREADS
    if not facts.linear:
        yield sometimes.WRITES_ARGUMENT
        yield sometimes.WRITES_RESULT
        if facts.curved:
            yield sometimes.STALE


def _at_places(facts: Facts) -> Iterator[Behaviour]:
    below, above = facts.signed
    if below:
        yield sometimes.NEGATIVE
    if above:
        yield sometimes.POSITIVE
    for behaviour, points in (
        (sometimes.FAR, (12.0, 20.0)),
        (sometimes.FAR_BELOW, (-12.0, -20.0)),
        (sometimes.TINY, (1e-9, -1e-9)),
        (sometimes.NEAR_ONE, (1e-3, -1e-3)),
    ):
        visible = 1e-7 if behaviour is sometimes.TINY else 1e-11  # below, differences see no slope
        if any(abs(facts.slope_at(x)) > visible for x in points):
            yield behaviour
    if facts.slope_at(1e150) or facts.slope_at(-1e150):
        yield sometimes.OVERFLOW


def ignoring(subject: Subject, target: Target) -> Iterator[Mutant]:
    """Backward takes a field for its default."""
    op: ClassOp = target.op
    read = {name for method in methods_of(op.cls) for name in names_in(getattr(op.cls, method).__code__)}
    for name in sorted(read.intersection(op.fields)):
        default = op.defaults.get(name)
        used = any(name in s.fields and s.fields[name] is not default for s in tagged(subject, Tag.INTERIOR, 0))
        if used and name in op.defaults and name not in subject.spec.nondiff:
            make = functools.partial(_with_default, target, name, default)
            yield Mutant("behaviour", f"backward ignores {name}", (Host(subject, make),))


def _with_default(target: Target, name: str, default: Any) -> Any:
    op: ClassOp = target.op
    right = op.cls.backward

    @functools.wraps(right)
    def backward(self: Any, *args: Any, **keywords: Any) -> Any:
        values = {field: getattr(self, field) for field in op.fields}
        return right(op.cls(**{**values, name: default}), *args, **keywords)

    cls = type(op.cls)(op.cls.__name__, (op.cls,), {"backward": backward, "__module__": op.cls.__module__})
    return target.put(ClassOp(cls, op.name, op.functions, linear=op.linear, broadcasts=op.broadcasts))
