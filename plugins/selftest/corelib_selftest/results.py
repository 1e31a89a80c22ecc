"""Faults of an op that is written in others: it has no backward, and what can be wrong is its result."""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from corelib.conformance.subject import Subject
from corelib.core.tensor import Tensor
from corelib.primitives.composed import Composed
from corelib_selftest.bending import with_bent_result
from corelib_selftest.facts import Facts
from corelib_selftest.mutant import Host, Mutant
from corelib_selftest.targets import Target


def result_mutants(subject: Subject, op: Composed) -> Iterator[Mutant]:
    """All faults in its result that make a difference."""
    sloped = any(np.any(g) for g in Facts(subject, Target("", op, lambda x: x), 0).slopes)
    for name, change in FAULTS.items():
        if name == "the result is of float64" and not Facts(subject, Target("", op, lambda x: x), 0).narrow:
            continue
        if sloped or name == "writes to its argument":
            make = functools.partial(with_bent_result, op, change)
            yield Mutant("behaviour", name, (Host(subject, make),))


def _each(function: Callable[[Tensor], Any], result: Any) -> Any:
    if isinstance(result, Tensor):
        return function(result)
    if isinstance(result, (list, tuple)):
        return type(result)([_each(function, part) for part in result])
    return result


def _is_float(x: Tensor) -> bool:
    return x.dtype.kind in "fc"


def _writes(result: Any, args: Any) -> Any:
    """Set the arguments to zero, once the result is a copy of its own."""
    result = _each(lambda y: y + 0 if _is_float(y) else y, result)
    for a in args:
        if isinstance(a, Tensor) and _is_float(a):
            a.data[...] = 0
        elif isinstance(a, (list, tuple)):
            _writes(None, a)
    return result


FAULTS: dict[str, Callable[[Any, Any], Any]] = {
    "the gradient is lost": lambda result, args: _each(lambda y: y.detach(), result),
    "the gradient is doubled": lambda result, args: _each(lambda y: y + y - y.detach() if _is_float(y) else y, result),
    "the gradient is negated": lambda result, args: _each(
        lambda y: y.detach() + y.detach() - y if _is_float(y) else y, result
    ),
    "the result is 1e-6 too large": lambda result, args: _each(lambda y: y * 1.000001 if _is_float(y) else y, result),
    "the result is of float64": lambda result, args: _each(
        lambda y: y.astype(np.float64) if y.dtype == np.float32 else y, result
    ),
    "writes to its argument": _writes,
}
