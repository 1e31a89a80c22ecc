"""The suite for optimizers: what ships passes it, in time, and each kind of mistake fails the check that is for it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np
import pytest

from corelib.conformance import Budget, RuleSpec, Trajectories
from corelib.conformance.cases.result import Result
from corelib.conformance.optimizers.checks import RULE_CHECKS
from corelib.conformance.optimizers.installed_rules import installed_rules
from corelib.conformance.optimizers.plan import rule_cases
from corelib.conformance.optimizers.spec import PROBLEMS
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.reporting.manifest import complaints, read
from corelib.conformance.reporting.report import Report
from corelib.conformance.running.runner import run_cases
from corelib.core.tensor import Array
from corelib.errors import OptimizerError
from corelib.rule import FloatArray, Step, require

RULES: Final = installed_rules("corelib-optimizers")
BUDGETS: Final = {problem: Budget(0.1, 600) for problem in PROBLEMS} | {"rosenbrock": Budget(0.05, 3000)}


@dataclass(slots=True)
class MeanState:
    mean: FloatArray
    square: FloatArray


@dataclass(frozen=True, slots=True)
class Mine:
    """Adam, as a third party would write it."""

    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8

    name: ClassVar[str] = "mine"
    state_version: ClassVar[int] = 1
    default_lr: ClassVar[float] = 1e-3
    scratch: ClassVar[int] = 1
    elementwise: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require(self, "[0, 1)", "beta1", "beta2")
        require(self, "[0, inf)", "eps")

    def init(self, param: FloatArray, /) -> MeanState:
        return MeanState(np.zeros_like(param), np.zeros_like(param))

    def update(self, *, out: FloatArray, grad: FloatArray, param: FloatArray, state: MeanState, step: Step) -> None:
        work = step.scratch(0)
        np.subtract(grad, state.mean, out=work)
        work *= 1 - self.beta1
        state.mean += work
        np.multiply(grad, grad, out=work)
        work *= 1 - self.beta2
        state.square *= self.beta2
        state.square += work
        np.sqrt(state.square, out=out)
        out /= math.sqrt(1 - self.beta2**step.t)
        out += self.eps
        np.divide(state.mean, out, out=out)
        out *= step.lr / (1 - self.beta1**step.t)


def formula(start: Array, gradients: Array, lr: Array, beta1: float, beta2: float, eps: float) -> Array:
    """Adam in a few lines: what an author declares where no library has the method."""
    p, m, v, path = start.copy(), np.zeros_like(start), np.zeros_like(start), []
    for t, (g, rate) in enumerate(zip(gradients, lr, strict=True), 1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        p = p - rate * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
        path.append(p)
    return np.array(path)


SPEC: Final = RuleSpec("mine", reference=formula, scale_free={"eps": 0.0}, descent=BUDGETS)


def results(kind: Any, spec: RuleSpec = SPEC) -> list[Result]:
    return run_cases(list(rule_cases(RuleSubject(kind, spec))))


def failed(kind: Any, spec: RuleSpec = SPEC) -> set[str]:
    return {r.check for r in results(kind, spec) if r.status in ("fail", "undeclared")}


@pytest.mark.parametrize("subject", RULES, ids=lambda one: one.name)
def test_every_check_of_every_first_party_rule_passes(subject: RuleSubject) -> None:
    found = run_cases(list(rule_cases(subject)))
    bad = [r.detail or r.id for r in found if r.status in ("fail", "undeclared")]
    assert bad == []
    manifest = read(Path(__file__).parent / "conformance_manifest.json")
    mine = {name: counts for name, counts in manifest["counts"].items() if name == subject.name}
    assert complaints(Report(found), {**manifest, "counts": mine}) == [], (
        f"python -m tools.refresh --recount {subject.name}"
    )
    other = {"trajectory", "packed"} if subject.joint else {"pure_rule", "together"}
    assert {r.check for r in found if r.status == "pass"} == {c.id for c in RULE_CHECKS} - other


def test_a_rule_of_a_third_party_passes_with_a_formula_for_its_reference() -> None:
    found = results(Mine)
    assert [r.detail for r in found if r.status in ("fail", "undeclared")] == []
    assert {r.check for r in found if r.status == "skip"} == {"trajectory", "together"}


def test_the_variants_set_each_hyperparameter_off_its_default() -> None:
    variants = RuleSubject(Mine, SPEC).variants
    assert {name for given in variants.values() for name in given} == {"beta1", "beta2", "eps"}


def test_a_hyperparameter_that_matters_beside_another_only_is_found() -> None:
    (sgd,) = installed_rules("corelib-optimizers.sgd")
    assert sgd.effect_of("dampening") == {"momentum": 0.5, "dampening": 0.5}
    assert any("nesterov" in given for given in sgd.variants.values())


def changed(**methods: Any) -> Any:
    return type("Changed", (Mine,), {**methods, "__module__": __name__, "__slots__": ()})


def update(change: Any) -> Any:
    """Mine, with something done after its update."""

    def faulty(self: Any, **given: Any) -> None:
        Mine.update(self, **given)
        change(self, **given)

    return changed(update=faulty)


def test_an_epsilon_inside_the_root_is_found() -> None:
    def inside(self: Any, *, out: Array, grad: Array, param: Array, state: MeanState, step: Step) -> None:
        Mine.update(self, out=out, grad=grad, param=param, state=state, step=step)
        corrected = state.square / (1 - self.beta2**step.t)
        out[...] = step.lr / (1 - self.beta1**step.t) * state.mean / np.sqrt(corrected + self.eps**2)

    assert "pure_rule" in failed(changed(update=inside))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("pure_rule", lambda self, out, step, **_: np.multiply(out, 1 + 1e-9, out=out)),
        ("symmetry", lambda self, out, **_: np.add(out, 1e-9, out=out)),
        ("symmetry", lambda self, out, param, **_: np.add(out, 1e-6 * param, out=out)),
        ("zero_lr", lambda self, out, **_: np.add(out, 1e-9, out=out)),
        ("deterministic", lambda self, out, **_: np.multiply(out, 1 + 1e-12 * np.random.random(), out=out)),
        ("allocation", lambda self, out, **_: out[...].copy()),
        ("out_and_scratch", lambda self, out, **_: out.fill(np.nan)),
    ],
)
def test_a_fault_fails_the_check_that_is_for_it(name: str, change: Any) -> None:
    assert name in failed(update(change))


def test_a_rule_that_keeps_a_state_for_all_parameters_is_found() -> None:
    shared: dict[tuple[int, ...], MeanState] = {}

    def init(self: Any, param: Array) -> MeanState:
        return shared.setdefault(param.shape, Mine.init(self, param))

    assert {"independent", "no_global"} <= failed(changed(init=init))


def test_a_state_that_aliases_the_parameter_is_found() -> None:
    def init(self: Any, param: Array) -> MeanState:
        return MeanState(np.zeros_like(param), param)

    assert "mutation" in failed(changed(init=init))


def test_a_state_that_is_float64_for_float32_is_found() -> None:
    def init(self: Any, param: Array) -> MeanState:
        return MeanState(np.zeros(param.shape), np.zeros(param.shape))

    assert "rule_dtype" in failed(changed(init=init))


@dataclass(frozen=True)
class Careless(Mine):
    """Takes whatever it is given, and does nothing with one of it."""

    unused: float = 0.5

    def __post_init__(self) -> None:
        pass


def test_hyperparameters_without_effect_or_validation_are_found() -> None:
    def reference(start: Array, gradients: Array, lr: Array, unused: float, **given: float) -> Array:
        return formula(start, gradients, lr, **given)

    spec = RuleSpec("mine", reference=reference, descent=BUDGETS)
    assert {"hyperparameters_live", "validation"} <= failed(Careless, spec)


def test_a_reference_that_sets_too_little_is_undeclared() -> None:
    (adam,) = installed_rules("corelib-optimizers.adam")
    reference = adam.spec.reference
    assert isinstance(reference, Trajectories)
    found = results(Mine, RuleSpec("mine", reference=reference, descent=BUDGETS))
    undeclared = {r.check: r.detail for r in found if r.status == "undeclared"}
    assert "no trajectory has beta1, beta2, eps off the default" in undeclared["trajectory"]


def test_without_a_spec_a_rule_is_never_green() -> None:
    found = run_cases(list(rule_cases(RuleSubject(Mine, RuleSpec("mine"), declared=False))))
    undeclared = {r.check for r in found if r.status == "undeclared"}
    assert undeclared == {"rule_declared", "trajectory", "pure_rule", "descent"}


def _anything(self: Any) -> None:
    """Takes any hyperparameters."""


def test_an_expected_failure_is_no_failure_and_an_unknown_one_is() -> None:
    expected = RuleSpec("mine", reference=formula, descent=BUDGETS, expected_failures={"validation": "not yet (#1)"})
    kind = changed(__post_init__=_anything)
    statuses = {r.check: r.status for r in results(kind, expected)}
    assert statuses["validation"] == "xfail"
    unknown = RuleSpec("mine", reference=formula, descent=BUDGETS, expected_failures={"no_such_check": "why"})
    assert "rule_declared" in failed(Mine, unknown)


def test_a_budget_for_an_unknown_problem_is_refused() -> None:
    with pytest.raises(OptimizerError, match="problems are quadratic 1"):
        RuleSpec("mine", descent={"himmelblau": Budget(0.1, 10)})


def test_what_does_not_descend_is_found() -> None:
    slow = {**BUDGETS, "logistic": Budget(1e-6, 10)}
    found = results(Mine, RuleSpec("mine", reference=formula, descent=slow))
    details = [r.detail for r in found if r.check == "descent"]
    assert "logistic: 1 of the loss is left after 10 steps" in details[0]


def test_a_failure_says_what_and_with_which_hyperparameters() -> None:
    kind = update(lambda self, out, **_: np.multiply(out, 1 + 1e-9, out=out))
    (detail,) = [r.detail for r in results(kind) if r.check == "pure_rule"]
    assert "FAILED local.mine::pure_rule::defaults::seed0" in detail
    assert "another path than the reference's" in detail
    assert "beta1" in detail


@dataclass(frozen=True)
class Needy:
    """Its one hyperparameter has no default."""

    rate: float

    name: ClassVar[str] = "needy"
    state_version: ClassVar[int] = 1
    default_lr: ClassVar[float] = 0.1
    scratch: ClassVar[int] = 0

    def init(self, param: FloatArray, /) -> None:
        return None

    def update(self, *, out: FloatArray, grad: FloatArray, param: FloatArray, state: None, step: Step) -> None:
        np.multiply(grad, step.lr * self.rate, out=out)


def test_values_of_hyperparameters_may_be_declared() -> None:
    subject = RuleSubject(Needy, RuleSpec("needy", others={"rate": 2.0}))
    values: Mapping[str, Any] = subject.hyperparameters
    assert values["rate"] == 2.0
    found = {r.check: r.status for r in run_cases(list(rule_cases(subject)))}
    assert found["frozen_and_json"] == found["resume"] == found["fresh_process"] == "pass"
    with pytest.raises(OptimizerError, match="rate has no default; declare a value in others"):
        _ = RuleSubject(Needy, RuleSpec("needy")).hyperparameters


@dataclass
class Thawed:
    """A rule whose hyperparameter can be assigned to."""

    rate: float = 1.0

    name: ClassVar[str] = "thawed"
    state_version: ClassVar[int] = 1
    default_lr: ClassVar[float] = 0.1
    scratch: ClassVar[int] = 0


def test_a_hyperparameter_that_can_be_assigned_to_is_found() -> None:
    cases = {case.check_id: case for case in rule_cases(RuleSubject(Thawed, RuleSpec("thawed")))}
    assert "rate can be assigned to" in cases["frozen_and_json"].run().detail
