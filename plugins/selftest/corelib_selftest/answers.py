"""Faults of an op that is written in others: it has no backward, and what can be wrong is what it answers."""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from corelib.conformance.subject import Subject
from corelib.core.tensor import Tensor
from corelib.primitives.composed import Composed
from corelib_selftest.bending import bent_answer
from corelib_selftest.facts import Facts
from corelib_selftest.mutant import Host, Mutant
from corelib_selftest.targets import Target


def answer_mutants(subject: Subject, op: Composed) -> Iterator[Mutant]:
    """All faults in what it answers that make a difference."""
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
