"""Behavioural mutants: which faults make sense in which op."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from corelib.class_op import ClassOp
from corelib.composed import Composed
from corelib.conformance.calls import Call
from corelib.conformance.sample import Sample
from corelib.conformance.selftest import arriving, second, sometimes, ties
from corelib.conformance.selftest.bending import Behaviour, bent, bent_answer
from corelib.conformance.selftest.functions import names_in
from corelib.conformance.selftest.mutant import Host, Mutant
from corelib.conformance.selftest.rewritten import methods_of
from corelib.conformance.selftest.targets import Target, targets
from corelib.conformance.subject import Subject
from corelib.elementwise_op import Elementwise
from corelib.tensor import Tensor

NEARBY: Final = 1 - 2.0**-20


def behavioural_mutants(subject: Subject) -> Iterator[Mutant]:
    """All faults that change what the op computes. (The negative of a gradient that is 0 everywhere is no fault.)"""
    for target in targets(subject):
        indices = range(target.op.arity) if isinstance(target.op, Elementwise) else [0]
        for index in indices:
            facts = Facts(subject, target, index)
            for behaviour in faults(facts):
                label = f"{target.label}: " if target.label else ""
                suffix = f" (slope {index})" if len(indices) > 1 else ""
                make = functools.partial(_made, target, behaviour, index)
                yield Mutant("behaviour", f"{label}{behaviour.name}{suffix}", (Host(subject, make),))
        if isinstance(target.op, ClassOp):
            yield from _ignored(subject, target)
    if isinstance(subject.op, Composed):
        yield from _of_answers(subject, subject.op)


def _made(target: Target, behaviour: Behaviour, index: int) -> Any:
    return target.put(bent(target.op, behaviour, index))


@dataclass(eq=False)
class Facts:
    """What is known of an op, from its samples."""

    subject: Subject
    target: Target
    index: int

    @functools.cached_property
    def elementwise(self) -> bool:
        return isinstance(self.target.op, Elementwise)

    @functools.cached_property
    def linear(self) -> bool:
        return not self.elementwise and bool(self.target.op.linear)

    @property
    def arity(self) -> int:
        return self.target.op.arity or 2

    @property
    def itself(self) -> bool:
        return not self.target.label

    @functools.cached_property
    def samples(self) -> list[Sample]:
        return self.subject.tagged("interior", 0, "kink")

    def _gradients(self, sample: Sample) -> list[Any]:
        call = Call(self.subject.op, sample)
        found = call.gradients([np.ones(r.shape, r.dtype) for r in call.results])
        return [found[self.index]] if self.elementwise and self.itself and self.index < len(found) else found

    @functools.cached_property
    def slopes(self) -> list[Any]:
        """Gradients of ones at the real samples."""
        with np.errstate(all="ignore"):
            return [g for s in self.samples if not s.is_complex for g in self._gradients(s)]

    @functools.cached_property
    def sloped(self) -> bool:
        """Whether any gradient is not 0."""
        return any(bool(np.any(g)) for g in self.slopes)

    @functools.cached_property
    def curved(self) -> bool:
        """Whether the gradient depends on the arguments."""
        moved = [s.having([np.asarray(a * NEARBY) for a in s.arrays]) for s in self.samples if not s.is_complex]
        with np.errstate(all="ignore"):
            others = [g for s in moved for g in self._gradients(s)]
        return any(not np.array_equal(a, b) for a, b in zip(self.slopes, others, strict=True))

    @functools.cached_property
    def signed(self) -> tuple[bool, bool]:
        """Whether the slope is other than 0 at any negative, and at any positive, argument."""
        pairs = [
            (np.ravel(a), np.ravel(g))
            for s in self.samples
            if len(s.arrays) == self.target.op.arity and "same" not in s.tags and not s.is_complex
            for a, g in [(s.arrays[self.index], self._gradients(s)[0])]
        ]
        return (
            any(bool(np.any(g[a < 0])) for a, g in pairs),
            any(bool(np.any(g[a > 0])) for a, g in pairs),
        )

    @functools.cached_property
    def answers(self) -> list[Any]:
        """What the op answers at the real samples with a slope: inside of another op, none is known."""
        with np.errstate(all="ignore"):
            found = [(Call(self.subject.op, s), s) for s in self.samples if not s.is_complex]
            return [r.data for call, s in found if any(map(np.any, self._gradients(s))) for r in call.results]

    @functools.cached_property
    def takes_complex(self) -> bool:
        """Whether complex numbers are taken, and have gradients that are not real."""
        for sample in self.subject.tagged("complex", 0):
            try:
                with np.errstate(all="ignore"):
                    call = Call(self.subject.op, sample)
                    ones = [np.full(r.shape, 1 + 1j).astype(r.dtype) for r in call.results if r.dtype.kind == "c"]
                    if len(ones) == len(call.results) and any(np.any(np.imag(g)) for g in call.gradients(ones)):
                        return True
            except (TypeError, ValueError):
                continue
        return False

    def slope_at(self, x: float) -> float:
        """The slope of an entry-by-entry op at a number; 0 where it is not defined."""
        for ranges in self.subject.ranges[self.index : self.index + 1]:
            if not any(bool(r.contains(np.array(x))) for r in ranges):
                return 0.0
        first = next(s for s in self.samples if len(s.arrays) == self.arity)
        args = [np.array([x if i == self.index else float(np.ravel(a)[0])]) for i, a in enumerate(first.arrays)]
        with np.errstate(all="ignore"):
            tensors = [Tensor(a, trainable=True) for a in args]
            result = self.subject.op(*tensors)
            result.backward(np.ones(result.shape))
        gradient = tensors[self.index].grad
        return 0.0 if gradient is None or not np.all(np.isfinite(gradient)) else float(gradient[0])

    @functools.cached_property
    def large(self) -> list[Any]:
        """Gradients of ones at a large sample, of all arguments: each is mutated, and the first might not be large."""
        with np.errstate(all="ignore"):
            return [g for s in self.subject.tagged("large", 0) for g in self._gradients(s)]

    @functools.cached_property
    def narrow(self) -> bool:
        """Whether float32 arguments give float32 results, in the first samples: those that the check dtype takes."""
        real = [s for s in self.samples if not s.is_complex][:3]
        with np.errstate(all="ignore"):
            calls = [Call(self.subject.op, s, [a.astype(np.float32) for a in s.arrays]) for s in real]
        return any(r.dtype == np.float32 for call in calls for r in call.results) and "dtype" not in self.fields

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a class op."""
        return self.target.op.fields if isinstance(self.target.op, ClassOp) else ()

    @functools.cached_property
    def answers_nothing(self) -> bool:
        """Whether the op answers an empty array for any sample."""
        with np.errstate(all="ignore"):
            calls = [Call(self.subject.op, s) for s in self.subject.tagged("empty", 0)]
        return any(r.size == 0 for call in calls for r in call.results)

    def has(self, test: Callable[[Sample], Any]) -> bool:
        return any(test(s) for s in self.samples)


def faults(facts: Facts) -> Iterator[Behaviour]:
    """The faults that this op can have."""
    yield from _of_form(facts)
    if not facts.itself:  # what reaches an op inside of another is not known: these always show
        yield from (*arriving.SIGNS, *arriving.SIZES)
        return
    if facts.sloped:
        yield from _of_numbers(facts)
        yield from _now_and_then(facts)
        yield from _of_memory(facts)
    if facts.elementwise and facts.subject.entrywise and facts.sloped:
        yield from _at_places(facts)
    if any("kink" in s.tags for s in facts.subject.samples()) and not facts.linear:
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
    if facts.itself and facts.answers_nothing:
        yield from sometimes.EMPTY
        yield sometimes.RAISES_EMPTY


def _of_numbers(facts: Facts) -> Iterator[Behaviour]:
    yield from arriving.SIGNS
    yield from arriving.SIZES
    if facts.subject.entrywise:  # elsewhere a NaN may well reach what is multiplied by it
        yield from arriving.SPREADING
    if any(a.size > 1 for a in facts.answers):
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
    if any(a.size > 1 for a in facts.answers):
        yield from sometimes.ARRIVING
    if any(a.ndim == 0 for a in facts.answers):
        yield sometimes.SCALAR
    if any(a.size == 1 for a in facts.answers):
        yield sometimes.SINGLE
    if any(a.size >= 10 for a in facts.answers):
        yield sometimes.MANY
    yield from sometimes.DTYPES if facts.narrow else sometimes.DTYPES[1:]
    if not facts.linear and facts.has(lambda s: any(a.ndim > 1 for a in s.arrays)):
        yield sometimes.FORTRAN
    if facts.takes_complex:
        yield from sometimes.COMPLEX


def _of_memory(facts: Facts) -> Iterator[Behaviour]:
    yield from sometimes.STATES
    yield from sometimes.SIDE_EFFECTS
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


def _ignored(subject: Subject, target: Target) -> Iterator[Mutant]:
    """Backward takes a field for its default."""
    op: ClassOp = target.op
    read = {name for method in methods_of(op.cls) for name in names_in(getattr(op.cls, method).__code__)}
    for name in sorted(read.intersection(op.fields)):
        default = op.defaults.get(name)
        used = any(name in s.fields and s.fields[name] is not default for s in subject.tagged("interior", 0))
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


# An op that is written in others has no backward: what can be wrong is what it answers


def _of_answers(subject: Subject, op: Composed) -> Iterator[Mutant]:
    sloped = any(np.any(g) for g in Facts(subject, Target("", op, lambda x: x), 0).slopes)
    for name, change in ANSWERS.items():
        if name == "the answer is of float64" and not Facts(subject, Target("", op, lambda x: x), 0).narrow:
            continue
        if sloped or name == "writes to its argument":
            make = functools.partial(bent_answer, op, change)
            yield Mutant("behaviour", name, (Host(subject, make),))


def _each(function: Callable[[Tensor], Any], answer: Any) -> Any:
    if isinstance(answer, Tensor):
        return function(answer)
    if isinstance(answer, (list, tuple)):
        return type(answer)([_each(function, part) for part in answer])
    return answer


def _is_float(x: Tensor) -> bool:
    return x.dtype.kind in "fc"


def _writes(answer: Any, args: Any) -> Any:
    """Set the arguments to zero, once the answer is a copy of its own."""
    answer = _each(lambda y: y + 0 if _is_float(y) else y, answer)
    for a in args:
        if isinstance(a, Tensor) and _is_float(a):
            a.data[...] = 0
        elif isinstance(a, (list, tuple)):
            _writes(None, a)
    return answer


ANSWERS: dict[str, Callable[[Any, Any], Any]] = {
    "the gradient is lost": lambda answer, args: _each(lambda y: y.detach(), answer),
    "the gradient is doubled": lambda answer, args: _each(lambda y: y + y - y.detach() if _is_float(y) else y, answer),
    "the gradient is negated": lambda answer, args: _each(
        lambda y: y.detach() + y.detach() - y if _is_float(y) else y, answer
    ),
    "the answer is 1e-6 too large": lambda answer, args: _each(lambda y: y * 1.000001 if _is_float(y) else y, answer),
    "the answer is of float64": lambda answer, args: _each(
        lambda y: y.astype(np.float64) if y.dtype == np.float32 else y, answer
    ),
    "writes to its argument": _writes,
}
