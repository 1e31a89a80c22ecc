"""The check of the deep profile: hypothesis looks for shapes and numbers at which the Jacobian is wrong."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from corelib.conformance.cases.op_case import WHOLE, Check
from corelib.conformance.checks.select import select_interior
from corelib.conformance.checks.types import shapes
from corelib.conformance.checks.values import cotangent_linear, jacobian
from corelib.conformance.failure import Skip
from corelib.conformance.numerics.calls import MAX_JACOBIAN
from corelib.conformance.profile import PROFILES
from corelib.conformance.sample import Sample, Tag
from corelib.conformance.sampling.samples import of_shapes
from corelib.conformance.spec import OpSample
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

SIDE: Final = 3
SEEDS: Final = 2**32 - 1


def fuzz(subject: Subject, sample: Sample, tally: Tally) -> None:
    """At whatever hypothesis draws: the Jacobian, the shapes, and that backward is linear in the cotangent."""
    from hypothesis import HealthCheck, given, settings

    quiet = settings(
        max_examples=PROFILES["deep"].examples, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip

    @quiet
    @given(strategy_of(subject))
    def every(drawn: Any) -> None:
        for one in _samples(subject, drawn):
            _examine(subject, one, tally)

    every()


def _examine(subject: Subject, sample: Sample, tally: Tally) -> None:
    with np.errstate(all="ignore"):
        shapes(subject, sample, tally)
        if 0 < sample.numbers <= MAX_JACOBIAN and Tag.KINK not in sample.tags:
            jacobian(subject, sample, tally)
            cotangent_linear(subject, sample, tally)


def strategy_of(subject: Subject) -> "SearchStrategy[Any]":
    """The author's own, or shapes that broadcast, or seeds for the author's samples."""
    from hypothesis import strategies as st
    from hypothesis.extra.numpy import mutually_broadcastable_shapes

    if subject.spec.strategy is not None:
        given: SearchStrategy[Any] = subject.spec.strategy
        return given
    seeds = st.integers(0, SEEDS)
    if not subject.entrywise:
        return seeds
    broadcastable = mutually_broadcastable_shapes(num_shapes=subject.arity or 1, min_side=0, max_side=SIDE, max_dims=3)
    return st.tuples(broadcastable.map(lambda drawn: drawn.input_shapes), seeds)


def _samples(subject: Subject, drawn: Any) -> Sequence[Sample]:
    if isinstance(drawn, OpSample):
        return [subject.prepared(drawn, "drawn", (Tag.INTERIOR,))]
    if isinstance(drawn, tuple):
        return [of_shapes(subject, drawn[0], drawn[1])]
    twin = Subject(subject.op, subject.spec, subject.distribution, subject.declared, drawn, subject.where)
    return select_interior(twin, 0)


def select_drawable(subject: Subject, seed: int) -> Sequence[Sample]:
    select_interior(subject, seed)
    if find_spec("hypothesis") is None:
        raise Skip("hypothesis is not installed: pip install corelib[conformance]")
    return [WHOLE]


CHECKS = (Check("fuzz", select_drawable, fuzz, profiles=("deep",)),)
