"""The forms of arrays that the samples of an op must have among them."""

from collections.abc import Callable, Mapping
from typing import Final

from corelib.conformance.subject import Subject
from corelib.primitives.class_op import ClassOp
from corelib.primitives.elementwise_op import Elementwise

LARGE: Final = 10
BATCHED: Final = 4

SHAPES: Final[Mapping[str, tuple[str, Callable[[tuple[int, ...]], bool]]]] = {
    "0-d": ("is 0-d", lambda s: s == ()),
    "1x1": ("is 1x1", lambda s: s[-2:] == (1, 1)),
    "square": ("is square", lambda s: len(s) > 1 and s[-2] == s[-1] > 1),
    "tall": ("is tall", lambda s: len(s) > 1 and s[-2] > s[-1] > 1),
    "wide": ("is wide", lambda s: len(s) > 1 and s[-1] > s[-2] > 1),
    "large": ("is large (n >= 10)", lambda s: max(s, default=0) >= LARGE),
    "batch": ("has a batch of two axes", lambda s: len(s) >= BATCHED and 0 not in s),
}
"""Demands of any of the arrays: name, how the report words it, and what meets it."""


def by_entries(subject: Subject) -> bool:
    """Whether the core broadcasts for the op, so that the op sees equal shapes."""
    return isinstance(subject.op, Elementwise) or (isinstance(subject.op, ClassOp) and subject.op.broadcasts)
