"""A Subject: an op under examination, with what is known of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from inspect import Parameter, signature
from typing import Any, Final
from zlib import crc32

import numpy as np

from corelib.conformance.numerics.calls import outputs
from corelib.conformance.numerics.domain import Range, declared, probed
from corelib.conformance.operands import operands
from corelib.conformance.sample import LETTERS, Sample, Tag, prepared
from corelib.conformance.spec import OpSample, OpSpec, Tie
from corelib.core.array_kinds import ArrayKind
from corelib.primitives.class_op import ClassOp
from corelib.primitives.composed import Composed
from corelib.primitives.elementwise_op import Elementwise
from corelib.primitives.reads import parameters
from corelib.primitives.slope import Nondifferentiable

LOCAL: Final = "local"


@dataclass(eq=False)
class Subject:
    """An op with its spec. ``declared`` is False where the author gave no spec, and an empty one stands in.

    ``where`` is the "module:attribute" it is imported from; ``only`` the samples of a user, in the place of all;
    ``array_kind`` is the kind of array that the check ``array_kinds`` tries, the guarded one where it is None;
    ``disturbed`` what its calls changed in the process while samples were made; ``samples_by_seed`` what
    ``samples_of`` has made.
    """

    op: Any
    spec: OpSpec
    distribution: str = LOCAL
    declared: bool = True
    base_seed: int = 0
    where: str = ""
    only: tuple[Sample, ...] | None = None
    array_kind: ArrayKind | None = None
    disturbed: list[str] = field(default_factory=list)
    samples_by_seed: dict[int, list[Sample]] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        return f"{self.distribution}.{self.spec.name}"

    @cached_property
    def entrywise(self) -> bool:
        """Whether it acts entry by entry on broadcast operands."""
        if self.nondiff.intersection(self.argument_names) or self.spec.sets:
            return False  # what has no slope, or is kept in a set, moves in no direction or few: samples are declared
        if self.spec.kind is not None:
            return self.spec.kind in ("elementwise", "broadcast")
        return isinstance(self.op, Elementwise) or (isinstance(self.op, ClassOp) and self.op.broadcasts)

    @property
    def has_backward(self) -> bool:
        """Whether the op has its own backward. An op that is composed of others has none."""
        return isinstance(self.op, (Elementwise, ClassOp))

    @cached_property
    def arity(self) -> int | None:
        """How many arrays it takes; None for a sequence of them."""
        if isinstance(self.op, (Elementwise, ClassOp)):
            return self.op.arity
        return sum(p.default is Parameter.empty and p.kind is not p.KEYWORD_ONLY for p in self._signature())

    @property
    def in_list(self) -> bool:
        """Whether it is a class op of any number of arrays, which takes them in one list."""
        return isinstance(self.op, ClassOp) and self.op.arity is None

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The names of what it takes besides arrays."""
        if isinstance(self.op, Elementwise):
            return ()
        if isinstance(self.op, ClassOp):
            return self.op.fields
        named = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
        return tuple(p.name for p in self._signature() if p.kind in named and p.default is not Parameter.empty)

    def _signature(self) -> list[Parameter]:
        function = self.op.function if isinstance(self.op, Composed) else self.op
        return list(signature(function).parameters.values())

    @cached_property
    def argument_names(self) -> tuple[str, ...]:
        """What the author calls its arrays."""
        if isinstance(self.op, ClassOp):
            return tuple(p.name for p in parameters(self.op.cls.forward)[1:])
        if isinstance(self.op, Composed):
            return tuple(p.name for p in self._signature())
        return LETTERS[: self.arity]

    def name_of(self, i: int) -> str:
        """What the author calls an operand. One name is that of all arrays which ``*arrays`` takes."""
        names = self.argument_names
        return names[min(i, len(names) - 1) if self.in_list else i] if self.in_list or i < len(names) else f"{i}"

    @cached_property
    def nondiff(self) -> frozenset[str]:
        """The names of the arguments that have no slope, as the spec or the op itself declares them."""
        found = {*self.spec.nondiff, *getattr(self.op, "nondiff", ())}
        if isinstance(self.op, Elementwise):
            found.update(
                name
                for name, slope in zip(self.argument_names, self.op.slopes, strict=True)
                if isinstance(slope, Nondifferentiable)
            )
        return frozenset(found)

    @property
    def is_constant(self) -> bool:
        """Whether no argument has a gradient: the op is there to refuse it."""
        return self.has_backward and self.nondiff.issuperset(self.argument_names)

    def prepared(self, given: OpSample, name: str, tags: Sequence[Tag], kink: Tie | None = None) -> Sample:
        """A call taken apart; arguments without a slope are constants."""
        names = [self.name_of(i) for i in range(len(operands(given.args, self.in_list)))]
        return prepared(given, name, tags, kink, self.nondiff, names, self.spec.sets, self.in_list)

    def first_result(self, *arrays: Any) -> Any:
        """The first result, on NumPy arrays."""
        return outputs(self.op(*arrays))[0].data

    @cached_property
    def ranges(self) -> list[list[Range]]:
        """The domain of each argument of an entry-by-entry op."""
        arity = self.arity or 1
        given = self.spec.domains(arity)
        if given is None:
            try:
                return probed(self.first_result, arity)
            except Exception:  # whatever it is, the checks will report it
                return declared([[(None, None)]] * arity, closed=False)
        return declared(given, self.spec.edge == "closed")

    def rng(self, *words: object) -> np.random.Generator:
        """Random numbers that are the same in every run, on every machine."""
        text = "::".join(map(str, (self.name, *words)))
        return np.random.default_rng([self.base_seed, crc32(text.encode())])

    def with_op(self, op: Any) -> "Subject":
        """The same examination of another op: a mutant. Samples, and what is known of them, are shared."""
        twin = replace(self, op=op, where="", disturbed=[], samples_by_seed=self.samples_by_seed)
        for known in ("nondiff", "ranges", "entrywise", "arity", "fields", "argument_names"):
            twin.__dict__[known] = getattr(self, known)
        return twin


def subject_of(
    op: Callable[..., Any], spec: OpSpec | None = None, *, distribution: str = LOCAL, seed: int = 0
) -> Subject:
    """A Subject for ``run``: an op with its spec.

    Without a spec it gets an empty one, and checks that need more are "undeclared". ``distribution`` and ``seed`` enter
    the random numbers: the same op gets the same samples in every run.

    >>> import numpy as np
    >>> subject_of(np.sqrt, OpSpec("sqrt", domain=(0, None))).name
    'local.sqrt'
    """
    name = spec.name if spec is not None else getattr(op, "name", getattr(op, "__name__", "op"))
    return Subject(op, spec or OpSpec(name), distribution, spec is not None, seed)
