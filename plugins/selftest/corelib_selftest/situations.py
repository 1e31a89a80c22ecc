"""Faults that show in one situation alone: one form of array, one pair of arguments, the first call, the process."""

import decimal
import functools
import os
import random
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np

from corelib.conformance.sampling.shapes import SHAPES, by_entries
from corelib.conformance.subject import Subject
from corelib.primitives.class_op import ClassOp
from corelib_selftest.arriving import doubled, where
from corelib_selftest.bending import BackwardCall, Behaviour, bent
from corelib_selftest.facts import Facts
from corelib_selftest.mutant import Host, Mutant
from corelib_selftest.targets import targets

OFTEN: Final = 1500


def situated_mutants(subject: Subject) -> Iterator[Mutant]:
    """The faults of this family that an op can have: where no gradient is other than zero, there is none to spoil."""
    for target in targets(subject):
        facts = Facts(subject, target, 0)
        if target.label or not facts.sloped:
            continue
        for behaviour in (*CALLS, *_forms(facts)):
            make = functools.partial(_made, target.put, target.op, behaviour)
            yield Mutant("situation", behaviour.name, (Host(subject, make),))


def _made(put: Callable[[Any], Any], op: Any, behaviour: Behaviour) -> Any:
    return put(bent(op, behaviour, 0))


def _forms(facts: Facts) -> Iterator[Behaviour]:
    """Wrong for one form of the first array, where some sample with a slope has it."""
    if by_entries(facts.subject) or not isinstance(facts.target.op, ClassOp):
        return
    with np.errstate(all="ignore"):
        pairs = [(s.arrays[0].shape, g[0]) for s in facts.samples if not s.is_complex for g in [facts._gradients(s)]]
    for name, (told, met) in SHAPES.items():
        if name != "large" and any(met(shape) and np.any(gradient) for shape, gradient in pairs):
            yield where(f"wrong where an array {told}", functools.partial(_first_is, met), doubled)


def _first_is(met: Callable[[tuple[int, ...]], bool], call: BackwardCall) -> bool:
    first = call.args[0]
    return met(first if isinstance(first, tuple) else np.shape(first))


def _at(name: str, wrong: Callable[[int], bool]) -> Behaviour:
    """Wrong at some of its calls."""

    def fault(call: BackwardCall) -> Sequence[Any]:
        call.memory["number"] = number = call.memory.get("number", 0) + 1
        return [doubled(g) if g is not None and wrong(number) else g for g in call.true()]

    return Behaviour(name, fault)


def _first(name: str, change: Callable[[], object]) -> Behaviour:
    """Changes what all programs share, at its first call."""

    def fault(call: BackwardCall) -> Sequence[Any]:
        if not call.memory.setdefault("changed", False):
            call.memory["changed"] = True
            change()
        return call.true()

    return Behaviour(name, fault)


def _kept(call: BackwardCall) -> Sequence[Any]:
    call.memory.setdefault("kept", []).append(object())
    return call.true()


CALLS: Final = (
    _at("wrong at the first call", lambda number: number == 1),
    _at(f"wrong from call {OFTEN} on", lambda number: number >= OFTEN),
    Behaviour("keeps something of each call", _kept),
    _first("seeds numpy.random at its first call", lambda: np.random.seed(0)),
    _first("seeds random at its first call", lambda: random.seed(0)),
    _first("sets np.seterr at its first call", lambda: np.seterr(all="ignore")),
    _first("ignores warnings from its first call on", lambda: warnings.simplefilter("ignore")),
    _first("sets an environment variable", lambda: os.environ.__setitem__("CORELIB_SITUATION", "1")),
    _first("sets print options", lambda: np.set_printoptions(precision=3)),
    _first("sets the precision of decimal", lambda: setattr(decimal.getcontext(), "prec", 50)),
    _first("changes the current folder", lambda: os.chdir(os.sep)),
)
"""In what happens besides the numbers, or at which call they are wrong."""
