"""The cost of a step of a rule: a report, which never fails."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

import numpy as np

from corelib.conformance.checks.perf import fastest
from corelib.conformance.failure import Skip
from corelib.conformance.optimizers.case import RuleCheck
from corelib.conformance.optimizers.loose import Loose
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.tally import Tally

NUMBERS: Final = 10_000
STEPS: Final = 20


def perf(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """Updates a second of a parameter of 10,000 numbers, and the bytes of state beside those of the parameter."""
    try:
        loose = Loose(subject.rule(hyperparameters), np.ones(NUMBERS), 0.1)
        gradient = np.linspace(-1, 1, NUMBERS)
        seconds = fastest(lambda: loose.step(gradient), STEPS)
    except Exception as error:  # other checks report it
        raise Skip(f"could not be measured: {type(error).__name__}") from error
    tally.assertions += 1
    size = _state_bytes(loose.state) / loose.param.nbytes
    tally.note = f"{1 / seconds:,.0f} updates a second of {NUMBERS:,} numbers; {size:.2f} times their bytes of state"


def _state_bytes(state: Any) -> int:
    values = [getattr(state, f.name) for f in fields(state)] if is_dataclass(state) else []
    return sum(np.asarray(value).nbytes for value in values if value is not None)


CHECKS: Final = (RuleCheck("rule_perf", perf),)
