"""Selectors: which samples a check takes."""

from collections.abc import Sequence

from corelib.conformance.cases.op_case import WHOLE, Select
from corelib.conformance.failure import Undeclared
from corelib.conformance.sample import Sample, Tag
from corelib.conformance.sampling.samples import samples_of, tagged
from corelib.conformance.subject import Subject

NO_SAMPLES = "no sample: declare an OpSpec with samples, or a kind from which they can be derived"


def select_interior(subject: Subject, seed: int) -> Sequence[Sample]:
    """Samples of real numbers at which the op is smooth."""
    found = tagged(subject, Tag.INTERIOR, seed, Tag.COMPLEX, Tag.KINK, Tag.EMPTY)
    if not found:
        raise Undeclared(NO_SAMPLES)
    return found


def select_tagged(*tags: Tag) -> Select:
    """The samples with any of the tags; there must be one."""

    def select(subject: Subject, seed: int) -> Sequence[Sample]:
        found = [s for s in samples_of(subject, seed) if s.tags.intersection(tags)]
        if not found:
            raise Undeclared(NO_SAMPLES)
        return found

    return select


def select_first(select: Select, count: int) -> Select:
    """No more than ``count`` of them."""
    return lambda subject, seed: select(subject, seed)[:count]


def select_whole(subject: Subject, seed: int) -> Sequence[Sample]:
    """The op as a whole, without a sample."""
    return [WHOLE]


def select_whole_with_samples(subject: Subject, seed: int) -> Sequence[Sample]:
    """The op as a whole, where it has samples."""
    select_interior(subject, seed)
    return [WHOLE]
