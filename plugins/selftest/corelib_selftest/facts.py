"""What is known of an op, from which it follows what faults it can have."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from corelib.conformance.numerics.calls import Call
from corelib.conformance.sample import Sample, Tag
from corelib.conformance.sampling.samples import tagged
from corelib.conformance.subject import Subject
from corelib.core.tensor import Tensor
from corelib.primitives.class_op import ClassOp
from corelib.primitives.elementwise_op import Elementwise
from corelib_selftest.targets import Target

NEARBY: Final = 1 - 2.0**-20


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
        return tagged(self.subject, Tag.INTERIOR, 0, Tag.KINK)

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
            if len(s.arrays) == self.target.op.arity and Tag.SAME not in s.tags and not s.is_complex
            for a, g in [(s.arrays[self.index], self._gradients(s)[0])]
        ]
        return (
            any(bool(np.any(g[a < 0])) for a, g in pairs),
            any(bool(np.any(g[a > 0])) for a, g in pairs),
        )

    @functools.cached_property
    def results(self) -> list[Any]:
        """What the op returns at the real samples with a slope: inside of another op, none is known."""
        with np.errstate(all="ignore"):
            found = [(Call(self.subject.op, s), s) for s in self.samples if not s.is_complex]
            return [r.data for call, s in found if any(map(np.any, self._gradients(s))) for r in call.results]

    @functools.cached_property
    def is_handed_copies(self) -> bool:
        """Whether a slope gets the conjugate of what arrives: where an entry-by-entry op has complex results alone."""
        return self.elementwise and bool(self.results) and all(a.dtype.kind == "c" for a in self.results)

    @functools.cached_property
    def takes_complex(self) -> bool:
        """Whether complex numbers are taken, and have gradients that are not real."""
        for sample in tagged(self.subject, Tag.COMPLEX, 0):
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
            return [g for s in tagged(self.subject, Tag.LARGE, 0) for g in self._gradients(s)]

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
    def returns_nothing(self) -> bool:
        """Whether the op returns an empty array for any sample."""
        with np.errstate(all="ignore"):
            calls = [Call(self.subject.op, s) for s in tagged(self.subject, Tag.EMPTY, 0)]
        return any(r.size == 0 for call in calls for r in call.results)

    def has(self, test: Callable[[Sample], Any]) -> bool:
        return any(test(s) for s in self.samples)
