"""Optimizers with a slip in them, made of the installed ones."""

import inspect
from collections.abc import Callable
from functools import partial
from textwrap import dedent
from typing import Any

from corelib.conformance.optimizers.installed_rules import installed_rules
from corelib.conformance.optimizers.subject import RuleSubject
from corelib_selftest.human.rule_slips import SLIPS, Slip
from corelib_selftest.mutant import Host, Mutant


def rule_mutants(pattern: str | None = None) -> list[Mutant]:
    """A mutant for each slip in an installed rule."""
    subjects = {subject.spec.name: subject for subject in installed_rules(pattern)}
    known = [slip for slip in SLIPS if slip.rule in subjects]
    return [_mutant(subjects[slip.rule], slip) for slip in known]


def _mutant(subject: RuleSubject, slip: Slip) -> Mutant:
    return Mutant("human", f"{slip.rule}: {slip.name}", (Host(subject, partial(_slipped, subject, slip)),))


def _slipped(subject: RuleSubject, slip: Slip) -> RuleSubject:
    """The same examination of the rule with the slip in it."""
    kind = subject.kind
    changed = {slip.method: written(getattr(kind, slip.method), slip.right, slip.wrong)}
    return subject.with_kind(
        type(kind)(kind.__name__, (kind,), {**changed, "__module__": kind.__module__, "__slots__": ()})
    )


def written(method: Callable[..., Any], right: str, wrong: str) -> Callable[..., Any]:
    """The method with ``wrong`` wherever ``right`` stands in its source.

    KEPT is a dict in which it may keep what it should not. Raises LookupError where ``right`` is not there.
    """
    source = dedent(inspect.getsource(method))
    if right not in source:
        raise LookupError(f"{method.__qualname__} has no text {right!r}")
    world = {**method.__globals__, "KEPT": {}}
    exec(compile(source.replace(right, wrong), "<slip>", "exec"), world)
    made: Callable[..., Any] = world[method.__name__]
    return made
