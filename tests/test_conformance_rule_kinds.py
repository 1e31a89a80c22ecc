"""The check array_kinds of an optimizer: a rule that is not for every kind of array is told why, and at which line."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest

from corelib.conformance import RuleSpec
from corelib.conformance.cases.result import Result
from corelib.conformance.optimizers.plan import rule_cases
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.running.runner import run_cases
from corelib.conformance.running.whole import cases_of
from corelib.optimizers import prodigy
from corelib.rule import FloatArray, Step

Prodigy: Any = type(prodigy())
Change = Callable[..., object]


@dataclass(slots=True)
class State:
    velocity: FloatArray


@dataclass(frozen=True, slots=True)
class Ball:
    """The heavy ball."""

    name: ClassVar[str] = "ball"
    state_version: ClassVar[int] = 1
    default_lr: ClassVar[float] = 0.1
    scratch: ClassVar[int] = 0
    elementwise: ClassVar[bool] = True

    def init(self, param: FloatArray, /) -> State:
        return State(np.zeros_like(param))

    def update(self, *, out: FloatArray, grad: FloatArray, param: FloatArray, state: State, step: Step) -> None:
        state.velocity *= 0.9
        state.velocity += grad
        np.multiply(state.velocity, step.lr, out=out)


def changed(base: Any = Ball, **methods: Any) -> Any:
    return type("Changed", (base,), {**methods, "__module__": __name__, "__slots__": ()})


def checked(kind: Any) -> Result:
    """What the check says of the rule with its defaults."""
    cases = rule_cases(RuleSubject(kind, RuleSpec(kind.name)))
    (found,) = run_cases([case for case in cases if case.check.id == "array_kinds" and case.variant == "defaults"])
    return found


def test_a_rule_passes() -> None:
    assert checked(Ball).status == "pass"


BROKEN: dict[str, tuple[Change, str]] = {
    "a NumPy array": (lambda self, out, grad, **_: np.multiply(grad, np.ones(grad.shape), out=out), "no NumPy array"),
    "a conversion": (lambda self, grad, **_: np.asarray(grad), "no np.array, np.asarray"),
    "a method": (lambda self, grad, **_: np.maximum.reduce(grad.reshape(-1)), "no ufunc.reduce"),
    "a keyword": (lambda self, grad, **_: np.max(grad, initial=0), "no where= and no initial="),
    "a dtype": (lambda self, grad, **_: np.square(grad, dtype=np.float64), "no dtype= of a ufunc"),
    "a look": (lambda self, grad, **_: float(np.max(grad)), "18 looks at the data in 6 steps, and 0 are"),
    "a branch": (lambda self, grad, **_: bool(np.any(grad)), "JointRule\n    bool at"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_rule_that_breaks_a_convention_is_told_which_and_where(name: str) -> None:
    change, convention = BROKEN[name]

    def update(self: Any, **given: Any) -> None:
        Ball.update(self, **given)
        change(self, **given)

    found = checked(changed(update=update))
    assert found.status == "fail"
    assert convention in found.detail
    assert f"{__file__}:{change.__code__.co_firstlineno}" in found.detail


def test_a_state_that_is_numpys_is_found() -> None:
    def init(self: Any, param: Any) -> State:
        return State(np.zeros(param.shape, param.dtype))

    def update(self: Any, *, out: Any, grad: Any, step: Step, **_: Any) -> None:
        np.multiply(grad, step.lr, out=out)

    found = checked(changed(init=init, update=update))
    assert "p0's velocity is a numpy.ndarray: what a rule keeps of a parameter is of its kind" in found.detail


def test_another_path_on_other_kinds_of_array_is_found() -> None:
    def update(self: Any, *, out: Any, **given: Any) -> None:
        Ball.update(self, out=out, **given)
        if not isinstance(out, np.ndarray):
            out *= 1 + 1e-12

    assert "a parameter takes another path" in checked(changed(update=update)).detail


def test_a_rule_over_all_parameters_may_not_look_itself() -> None:
    def measure(self: Any, **given: Any) -> None:
        Prodigy.measure(self, **given)
        float(np.max(np.abs(given["grad"])))

    assert checked(Prodigy).status == "pass"
    found = checked(changed(Prodigy, measure=measure))
    assert "24 looks at the data in 6 steps, and 6 are the Optimizer's" in found.detail
    assert f"float at {__file__}" in found.detail


def test_the_check_runs_on_a_kind_that_a_plugin_describes() -> None:
    groups = cases_of("corelib-optimizers", array_kind="guarded")
    assert {case.check_id for group in groups for case in group} == {"array_kinds"}
    assert {result.status for result in run_cases([case for group in groups for case in group])} == {"pass"}
