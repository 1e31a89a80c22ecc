"""Faults in optimizers: in a rule's own update, in what it keeps, and in the driver."""

import copy
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from corelib.conformance.optimizers.loose import begun, junk, updated
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.rule import Step
from corelib_selftest.faulty_drivers import DRIVERS, JOINT, STATEFUL, ForgetsCounts, state_fields
from corelib_selftest.faulty_updates import COUNTED, UPDATES
from corelib_selftest.mutant import Host, Mutant


def rule_behaviours(subject: RuleSubject) -> Iterator[Mutant]:
    """All behavioural faults that the rule and its driver can have."""
    counted = _depends_on_t(subject)
    kept = state_fields(subject.rule(max(subject.variants.values(), key=len)).init(np.zeros(2)))
    for name, make in {**UPDATES, **(COUNTED if counted else {})}.items():
        yield _mutant(subject, name, partial(_updated, subject, make))
    if kept:
        yield _mutant(subject, "all parameters share a state", lambda: subject.with_kind(_shared_init(subject.kind)))
        yield _mutant(subject, "the state is of float64", lambda: subject.with_kind(_wide_init(subject.kind)))
    for driver in (*DRIVERS, *(JOINT if subject.joint else ())):
        if driver is ForgetsCounts and not counted:
            continue
        if kept or driver not in STATEFUL:
            yield _mutant(subject, f"driver: {_said(driver)}", partial(subject.with_optimizer, driver))


def _said(driver: type) -> str:
    return (driver.__doc__ or driver.__name__).splitlines()[0].rstrip(".")


def _updated(subject: RuleSubject, make: Callable[[], Callable[..., Any]]) -> RuleSubject:
    return subject.with_kind(_with_update(subject.kind, make()))


def _mutant(subject: RuleSubject, name: str, make: Callable[[], Any]) -> Mutant:
    return Mutant("behaviour", name, (Host(subject, make),))


def _depends_on_t(subject: RuleSubject) -> bool:
    """Whether any variant's update depends on the number of the step."""
    return any(not _same_at(subject, given) for given in subject.variants.values())


def _same_at(subject: RuleSubject, given: Any) -> bool:
    found = []
    for t in (1, 2):
        rule, param = subject.rule(given), np.ones(2)
        out, terms, work = junk(rule, param, 0.0)
        state, step = copy.deepcopy(rule.init(param)), Step(t, 0.1, work)
        grad = np.full(2, 0.5)
        updated(rule, out=out, terms=terms, grad=grad, param=param, state=state, shared=begun(rule), step=step)
        found.append(out.tobytes())
    return found[0] == found[1]


def _with_update(kind: Any, fault: Callable[..., Any]) -> Any:
    """The kind of rule with a fault in its update. It is frozen as before, and has the same fields."""
    right = kind.update

    def update(self: Any, **given: Any) -> Any:
        return fault(partial(right, self), self, **given)

    return type(kind)(kind.__name__, (kind,), {"update": update, "__module__": kind.__module__, "__slots__": ()})


def _with_init(kind: Any, init: Callable[..., Any]) -> Any:
    return type(kind)(kind.__name__, (kind,), {"init": init, "__module__": kind.__module__, "__slots__": ()})


def _shared_init(kind: Any) -> Any:
    """All parameters of a shape have one state."""
    states: dict[Any, Any] = {}
    right = kind.init

    def init(self: Any, param: Any) -> Any:
        key = (param.shape, param.dtype)
        return states.setdefault(key, right(self, param))

    return _with_init(kind, init)


def _wide_init(kind: Any) -> Any:
    right = kind.init
    return _with_init(kind, lambda self, param: right(self, np.asarray(param, np.float64)))
