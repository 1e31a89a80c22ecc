"""Checks of the declaration: a frozen dataclass, whose fields JSON can hold and the rule validates."""

import json
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any, Final

import numpy as np

from corelib.conformance.failure import Failure, Undeclared
from corelib.conformance.optimizers.case import RuleCheck
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.tally import Tally

VARIABLES: Final[dict[str, Any]] = {"name": str, "state_version": int, "default_lr": (float, int), "scratch": int}


def rule_declared(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """There is a RuleSpec, and the class variables are there."""
    for name, kind in VARIABLES.items():
        value = getattr(subject.kind, name, None)
        tally.require(isinstance(value, kind), f"{subject.kind.__name__}.{name} is {value!r}")
    if not subject.declared:
        raise Undeclared("no RuleSpec")


def frozen_and_json(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """Hyperparameters cannot be assigned to, and come back from JSON as they are."""
    rule = subject.rule(hyperparameters)
    tally.require(is_dataclass(rule), f"{subject.kind.__name__} is no dataclass")
    values = {field.name: getattr(rule, field.name) for field in fields(rule)}
    for name, value in values.items():
        try:
            setattr(rule, name, value)
        except (FrozenInstanceError, AttributeError):
            tally.assertions += 1
        else:
            raise Failure(f"{name} can be assigned to: the dataclass is not frozen")
    again = subject.kind(**json.loads(json.dumps(values)))
    tally.require(again == rule, f"from JSON comes {again!r}, and not {rule!r}")


def validation(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """NaN, infinity, numbers below 0, texts, None and True are refused, as is a name that the rule does not have."""
    for name, default in subject.hyperparameters.items():
        for bad in _bad(default):
            try:
                rule = subject.rule({name: bad})
            except (ValueError, TypeError):
                tally.assertions += 1
            else:
                raise Failure(f"accepted: {rule!r}")
    try:
        subject.rule({"no_such_hyperparameter": 1})
    except TypeError:
        tally.assertions += 1
        return
    raise Failure("an unknown hyperparameter is accepted")


def _bad(default: Any) -> tuple[Any, ...]:
    if isinstance(default, bool):
        return ("yes", 1, None)
    if isinstance(default, (int, float)):
        return (np.nan, np.inf, -1.0, -1e-9, "0.1", None, True)
    return (object(),)


CHECKS: Final = (
    RuleCheck("rule_declared", rule_declared),
    RuleCheck("frozen_and_json", frozen_and_json, each=True),
    RuleCheck("validation", validation),
)
