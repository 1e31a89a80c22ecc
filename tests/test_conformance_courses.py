"""What a rule is followed along: drift, zeros, sparse gradients, rates that change, and all parameters together."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np
import pytest

from corelib.conformance import RuleSpec, Trajectories, xfail
from corelib.conformance.cases.result import Result
from corelib.conformance.optimizers.course import DRIFT, SPARSE, STEPS, ZEROS, course, lacking, rates
from corelib.conformance.optimizers.installed_rules import installed_rules
from corelib.conformance.optimizers.plan import rule_cases
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.running.items import items
from corelib.conformance.running.runner import run_cases
from corelib.core.tensor import Array
from corelib.rule import FloatArray, Step, require


@dataclass(slots=True)
class Velocity:
    sum: FloatArray


@dataclass(frozen=True, slots=True)
class Momentum:
    """b ← beta b + g; p ← p - lr b."""

    beta: float = 0.5

    name: ClassVar[str] = "momentum"
    state_version: ClassVar[int] = 1
    default_lr: ClassVar[float] = 0.1
    scratch: ClassVar[int] = 0
    elementwise: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require(self, "[0, 1)", "beta")

    def init(self, param: FloatArray, /) -> Velocity:
        return Velocity(np.zeros_like(param))

    def update(self, *, out: FloatArray, grad: FloatArray, param: FloatArray, state: Velocity, step: Step) -> None:
        state.sum *= self.beta
        state.sum += grad
        np.multiply(state.sum, step.lr, out=out)


def formula(start: Array, gradients: Array, lr: Array, beta: float) -> Array:
    p, b, path = start, np.zeros_like(start), []
    for g, rate in zip(gradients, lr, strict=True):
        b = beta * b + g
        p = p - rate * b
        path.append(p)
    return np.array(path)


def results(kind: Any, spec: RuleSpec, *checks: str) -> list[Result]:
    return run_cases([case for case in rule_cases(RuleSubject(kind, spec)) if case.check_id in checks])


def statuses(kind: Any, spec: RuleSpec, *checks: str) -> set[str]:
    return {r.status for r in results(kind, spec, *checks)}


def with_update(update: Any, of: Any = Momentum) -> Any:
    return type("Changed", (of,), {"update": update, "__module__": __name__, "__slots__": ()})


SPEC: Final = RuleSpec("momentum", reference=formula)


def test_a_course_has_noise_a_drift_zeros_and_sparse_gradients() -> None:
    gradients = course(np.random.default_rng(0), 6)
    assert lacking(gradients) == []
    assert gradients.shape == (STEPS, 6)
    assert np.all(gradients[ZEROS] == 0)
    assert np.mean(gradients[SPARSE] == 0) > 0.6
    assert np.all(np.abs(np.sign(gradients[DRIFT]).sum(axis=0)[gradients[2] != 0]) >= 15)
    assert len(set(rates().tolist())) > 50


@pytest.mark.parametrize(
    ("gone", "lack"),
    [
        (ZEROS, "a gradient of zeros after others"),
        (SPARSE, "sparse gradients"),
        (DRIFT, "ten gradients of one direction"),
    ],
)
def test_what_a_course_lacks_is_named(gone: slice, lack: str) -> None:
    gradients = course(np.random.default_rng(0), 6)
    gradients[gone] = np.where(np.arange(len(gradients[gone]))[:, None] % 2, 1.0, -1.0)
    assert lacking(gradients) == [lack]


def test_a_right_rule_follows_its_formula() -> None:
    assert statuses(Momentum, SPEC, "pure_rule") == {"pass"}


def test_a_rate_inside_of_the_momentum_is_found() -> None:
    def inside(self: Any, *, out: Array, grad: Array, param: Array, state: Velocity, step: Step) -> None:
        state.sum *= self.beta
        state.sum += step.lr * grad
        out[...] = state.sum

    assert statuses(with_update(inside), SPEC, "pure_rule") == {"fail"}


def test_a_rule_that_rests_where_all_gradients_are_zero_is_found() -> None:
    def rests(self: Any, **given: Any) -> None:
        if given["grad"].any():
            Momentum.update(self, **given)
        else:
            given["out"][...] = 0

    assert statuses(with_update(rests), SPEC, "pure_rule") == {"fail"}


def test_a_rule_that_moves_only_what_has_a_gradient_is_found() -> None:
    def lazy(self: Any, **given: Any) -> None:
        Momentum.update(self, **given)
        given["out"][given["grad"] == 0] = 0

    assert statuses(with_update(lazy), SPEC, "pure_rule") == {"fail"}


def test_a_reference_that_cannot_take_a_rate_for_each_step_is_told_how_it_is_called() -> None:
    def by_hand(start: Array, gradients: Array, lr: float, beta: float) -> Array:
        return np.array([start - lr * g for g in gradients])

    (result,) = results(Momentum, RuleSpec("momentum", reference=by_hand), "pure_rule")
    assert (
        "reference(start (n), gradients (steps, n), lr (steps), **hyperparameters) raised ValueError" in result.detail
    )


def trajectories(tmp_path: Path, **changes: Any) -> RuleSpec:
    """Those of a formula, in a file; ``changes`` are what is another in it."""
    gradients = changes.get("gradients", course(np.random.default_rng(1), 10))
    values = np.random.default_rng(2).normal(size=10)
    kept, cases, paths = np.array(Trajectories.recorded) - 1, [], []
    for beta in changes.get("betas", (0.5, 0.9)):
        for scale in changes.get("scales", (1.0, 1e3, 1e-6, 1e-9, 1e20, 1e-20)):
            scheduled = changes.get("scheduled", scale == 1)
            lr = rates() if scheduled else np.full(STEPS, 0.1)
            cases.append({
                "rule": "momentum", "hyperparameters": {"beta": beta}, "options": {"lr": 0.1}, "scale": scale,
                "zero": True, "scheduled": scheduled,
            })  # fmt: skip
            paths.append(formula(0 * values, gradients * scale, lr, beta)[kept])
    file = tmp_path / "paths.npz"
    header = np.frombuffer(json.dumps(cases).encode(), np.uint8)
    np.savez(file, cases=header, values=values, gradients=gradients, rates=rates(), trajectories=np.array(paths))
    return RuleSpec("momentum", reference=Trajectories(file))


def test_trajectories_with_everything_in_them_are_followed(tmp_path: Path) -> None:
    assert statuses(Momentum, trajectories(tmp_path), "trajectory") == {"pass"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"gradients": np.ones((STEPS, 10))}, "the gradients of the trajectories lack an exact zero"),
        ({"betas": (0.5,)}, "no trajectory has beta off the default"),
        ({"scales": (1.0, 1e3, 1e-6, 1e-9)}, r"no trajectory with gradients of scale [1e-20, 1e+20]"),
        ({"scheduled": False}, "no trajectory with a learning rate that changes"),
    ],
)
def test_trajectories_that_leave_out_what_faults_hide_in_are_undeclared(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    (result,) = results(Momentum, trajectories(tmp_path, **changes), "trajectory")
    assert result.status == "undeclared"
    assert said in result.detail


# Rules over all parameters together


def prodigy() -> RuleSubject:
    (subject,) = installed_rules("corelib-optimizers.prodigy")
    return subject


def changed(subject: RuleSubject, **methods: Any) -> RuleSubject:
    kind = subject.kind
    return subject.with_kind(type(kind)(kind.__name__, (kind,), {**methods, "__module__": __name__, "__slots__": ()}))


def found(subject: RuleSubject, check: str) -> set[str]:
    return {r.status for r in run_cases([c for c in rule_cases(subject) if c.check_id == check])}


def test_an_estimate_that_never_grows_is_found() -> None:
    right = prodigy().kind.combine

    def fixed(self: Any, *, sums: Any, shared: Any, step: Step) -> float:
        before = shared.distance
        rate: float = right(self, sums=sums, shared=shared, step=step)
        shared.distance = before
        return rate

    assert found(changed(prodigy(), combine=fixed), "pure_rule") == {"fail"}


def test_an_estimate_for_each_parameter_by_itself_is_found() -> None:
    right = prodigy().kind

    def measure(self: Any, *, terms: Sequence[Array], shared: Any, **given: Any) -> None:
        right.measure(self, terms=terms, shared=shared, **given)
        for term in terms:
            term[...] /= term.size

    assert "fail" in found(changed(prodigy(), measure=measure), "together")


@pytest.mark.parametrize("seed", [0, 11])  # with 11 a number ends near 0, where rounding is all that is left of it
def test_a_right_rule_over_all_parameters_takes_one_path_however_it_is_split(seed: int) -> None:
    (subject,) = installed_rules("corelib-optimizers.prodigy", seed=seed)
    assert found(subject, "together") == {"pass"}


def test_a_rule_that_is_joint_for_nothing_is_found() -> None:
    def combine(self: Any, *, sums: Any, shared: Any, step: Step) -> float:
        return step.lr

    assert "fail" in found(changed(prodigy(), combine=combine), "together")


# Expected failures


@dataclass(frozen=True, slots=True)
class Doubled(Momentum):
    def update(self, *, out: FloatArray, grad: FloatArray, param: FloatArray, state: Velocity, step: Step) -> None:
        Momentum.update(self, out=out, grad=grad, param=param, state=state, step=step)
        out *= 2


def test_an_expected_failure_that_happens_is_no_failure() -> None:
    spec = RuleSpec("momentum", reference=formula, expected_failures={"pure_rule": "twice as far, on purpose"})
    assert statuses(Doubled, spec, "pure_rule") == {"xfail"}


def test_an_expected_failure_that_does_not_happen_is_one() -> None:
    spec = RuleSpec("momentum", reference=formula, expected_failures={"pure_rule": "was wrong once"})
    last = results(Momentum, spec, "pure_rule")[-1]
    assert last.status == "fail"
    assert "expected to fail (was wrong once), and passes: remove it from expected_failures" in last.detail


@pytest.mark.parametrize(("kind", "fails"), [(Doubled, True), (Momentum, False)])
def test_it_is_one_in_a_plugins_own_tests_too(kind: Any, fails: bool) -> None:
    (name, case), (last, strict) = items_of(kind)
    assert (name, last) == ("local.momentum::pure_rule::defaults::seed0", "local.momentum::expected-failures")
    if fails:
        with pytest.raises(pytest.xfail.Exception):
            case()
        strict()
    else:
        case()
        with pytest.raises(AssertionError, match="expected to fail"):
            strict()


def items_of(kind: Any) -> list[tuple[str, Any]]:
    spec = RuleSpec("momentum", reference=formula, expected_failures={"pure_rule": "twice as far, on purpose"})
    cases = [case for case in rule_cases(RuleSubject(kind, spec)) if case.check_id == "pure_rule"]
    return list(items(cases, lambda result: result.message))


def test_it_is_one_whatever_ran_before_it() -> None:
    """In another order, on another worker or chosen by -k, the last item runs what it is about itself."""
    *_, (_, strict) = items_of(Momentum)
    with pytest.raises(AssertionError, match="expected to fail"):
        strict()
    *_, (_, strict) = items_of(Doubled)
    strict()


def test_an_expected_failure_may_be_of_one_choice_of_hyperparameters() -> None:
    class Halved(Momentum):
        """Takes another path for each beta off its default."""

        def update(self, *, out: Any, **given: Any) -> None:
            Momentum.update(self, out=out, **given)
            if self.beta != 0.5:
                out[...] = np.random.default_rng().normal(size=out.shape)

    expected = [xfail("deterministic", "random, on purpose", "beta=*")]
    found = results(Halved, RuleSpec("momentum", reference=formula, expected_failures=expected), "deterministic")
    assert {(r.sample.partition("=")[0], r.status) for r in found} == {("defaults", "pass"), ("beta", "xfail")}
    slip = RuleSpec("momentum", reference=formula, expected_failures=[xfail("deterministic", "a slip", "bta=*")])
    (failure, *_) = [r for r in results(Momentum, slip, "rule_declared") if r.status == "fail"]
    assert "names the sample 'bta=*' of deterministic; deterministic has defaults, beta=" in failure.detail
