"""The suite is tested by what it must find: a sample of mutants, drawn anew where CORELIB_MUTATION_SEED says so."""

import os
import random
from dataclasses import dataclass, field, replace
from functools import cache
from time import sleep
from typing import Any, Final

import numpy as np
import pytest

from corelib import Tensor, elementwise, ops
from corelib.conformance import OpSpec, RuleSpec, run, subject_of
from corelib.conformance.installed_ops import installed
from corelib.conformance.isolation.fresh import spent
from corelib.conformance.isolation.limits import time_limit
from corelib.conformance.optimizers.installed_rules import installed_rules
from corelib.conformance.sampling.samples import samples_of
from corelib.errors import InvalidOp, OptimizerError
from corelib.primitives.class_op import ClassOp
from corelib_selftest import command
from corelib_selftest.behaviours import behavioural_mutants, ignoring
from corelib_selftest.bending import Behaviour, bent
from corelib_selftest.command import all_mutants, judged, score_of
from corelib_selftest.costs import Costs, costs
from corelib_selftest.equivalents import matches, reason_for, unused
from corelib_selftest.faulty_rules import rule_behaviours
from corelib_selftest.functions import code_of, helpers, transplanted, tree_of
from corelib_selftest.mutant import Host, Mutant, Verdict
from corelib_selftest.rewritten import syntax_mutants
from corelib_selftest.score import Score
from corelib_selftest.syntax import rewritings
from corelib_selftest.targets import targets
from corelib_selftest.trial import NotGreen, tried

SEED: Final = int(os.environ.get("CORELIB_MUTATION_SEED", "0"))
SAMPLE: Final = 30
MUST_FIND: Final = (
    "abs of what arrives", "relu of what arrives", "what arrives is clipped to 1", "the middle entry halved",
    "negated", "1e-7 too large", "wrong where anything is not contiguous", "wrong where 0-d", "writes to what arrives",
    "returns an array that it keeps", "wider than what arrived", "the second derivative is doubled",
    "uses the arguments of the latest call", "None",
)  # fmt: skip
BESIDE: Final = (
    ("corelib-elementwise.arctan2", "wrong where argument 1 is broadcast beside a broadcast one (slope 1)"),
    ("corelib-elementwise.multiply", "wrong where argument 0 is real beside complex (slope 0)"),
    ("corelib-matmul.dot", "wrong where argument 0 is broadcast along its last axis"),
    ("corelib-matmul.dot", "wrong where argument 1 is real beside integers"),
    ("corelib-matmul.matvec", "wrong where argument 0 has fewer axes"),
    ("corelib-maximum.minimum", "inf that arrives counts as 1e100 (slope 1)"),
    ("corelib-elementwise.exp", "-0 that arrives counts as 1e-9"),
    ("corelib-reduce.sum", "NaN that arrives counts as inf"),
)  # fmt: skip
FAR: Final = (
    ("corelib-elementwise.sigmoid", "the slope has absolute digits alone"),
    ("corelib-elementwise.tanh", "1e-3 too large in a tail"),
    ("corelib-elementwise.exp", "the second derivative is NaN beyond 10"),
    ("corelib-elementwise.log", "1e-3 too large beyond 1e100"),
    ("corelib-elementwise.sin", "1e-3 too large at large half-integers"),
    ("corelib-elementwise.power", "1e-3 too large beside a huge argument (slope 0)"),
)  # fmt: skip


def drawn(family: str) -> list[Mutant]:
    return random.Random(SEED).sample(all_mutants(families=[family]), SAMPLE)


def test_the_suite_finds_behavioural_mutants() -> None:
    score = score_of(drawn("behaviour"))
    assert score.survivors("behaviour") == [], "\n".join(score.lines())


def test_the_suite_finds_syntax_mutants() -> None:
    score = score_of(drawn("syntax"))
    assert score.rate("syntax") >= 0.9, "\n".join(score.lines())  # of 30, 1 in 100 may well be among them


@pytest.mark.parametrize(("name", "fault"), [*BESIDE, *FAR])
def test_a_fault_in_one_place_or_for_one_number_that_arrives_is_found(name: str, fault: str) -> None:
    (subject,) = installed(name)
    mutant = next(m for m in behavioural_mutants(subject) if m.key == fault)
    assert tried(mutant).killed


def test_an_op_has_the_faults_alone_that_show_in_some_call_of_it() -> None:
    keys = {
        m.key for name in ("exp", "sqrt", "floor") for m in all_mutants(f"corelib-elementwise.{name}", ["behaviour"])
    }
    assert "inf that arrives counts as 1e100" in keys
    assert not any(key.startswith("wrong where argument") for key in keys)  # there is nothing beside one argument
    sine = {m.key for m in all_mutants("corelib-elementwise.sin", ["behaviour"])}
    assert "1e-3 too large beyond 1e5" in sine
    assert "1e-3 too large beyond 1e20" not in sine  # neighbouring numbers are many periods apart
    floor = {m.key for m in all_mutants("corelib-elementwise.floor", ["behaviour"])}
    assert not any("arrives counts" in key for key in floor)  # whatever arrives is multiplied by 0


def test_what_the_core_hands_on_as_a_copy_is_not_written_to() -> None:
    circle = elementwise(lambda x: np.exp(1j * x), lambda x, *, result: 1j * result, name="circle", numpy=())
    keys = {m.key for m in behavioural_mutants(subject_of(circle, OpSpec("circle", complex=True)))}
    assert "negated" in keys
    assert not keys & {"writes to what arrives", "wrong where what arrives is strided"}  # it gets the conjugate


@pytest.mark.parametrize("fault", MUST_FIND)
def test_each_fault_that_others_let_pass_is_found_in_sigmoid(fault: str) -> None:
    (subject,) = installed("corelib-elementwise.sigmoid")
    mutant = next(m for m in behavioural_mutants(subject) if m.key == fault)
    assert tried(mutant).killed


def test_each_fault_of_adam_and_of_its_driver_is_found() -> None:
    (subject,) = installed_rules("corelib-optimizers.adam")
    survivors = [m.key for m in rule_behaviours(subject) if not tried(m).killed]
    assert survivors == []


@pytest.mark.parametrize("size", [3, 20_000])  # of few entries the walk reuses no memory, of many it does
def test_a_fault_in_a_slope_acts_on_gradients_of_every_size(size: int) -> None:
    doubled = bent(ops.exp, Behaviour("doubled", lambda call: [2 * gradient for gradient in call.true()]))
    x = Tensor(np.zeros(size), trainable=True)
    (doubled(x) * 1.5).sum().backward()
    assert x.grad is not None
    assert np.array_equal(x.grad, np.full(size, 3.0))


def test_a_mutant_leaves_the_samples_as_they_were() -> None:
    (subject,) = installed("corelib-elementwise.multiply")
    mutant = next(m for m in behavioural_mutants(subject) if m.key.startswith("writes to its arguments"))
    before = [a.copy() for s in samples_of(subject) for a in s.arrays]
    assert tried(mutant).killed
    for array, copy in zip([a for s in samples_of(subject) for a in s.arrays], before, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_an_unmutated_op_survives() -> None:
    (subject,) = installed("corelib-elementwise.exp")
    assert not tried(Mutant("behaviour", "none", (Host(subject, lambda: subject.op),))).killed


def test_mutants_of_an_op_that_is_not_green_are_not_counted_as_found() -> None:
    wrong = elementwise(np.sin, np.sin, name="wrong", numpy=())
    for spec, said in ((OpSpec("wrong", reference=np.sin), "red"), (OpSpec("wrong"), "undeclared")):
        subject = subject_of(wrong, spec)
        with pytest.raises(NotGreen, match=f"local.wrong is {said} without any mutation, in the check"):
            tried(Mutant("behaviour", "none", (Host(subject, lambda: wrong),)))


def test_a_mutant_that_takes_too_long_is_found() -> None:
    (subject,) = installed("corelib-elementwise.exp")

    def endless() -> Any:
        while True:
            pass

    verdict = tried(Mutant("behaviour", "endless", (Host(subject, endless),)), limit=0.2)
    assert verdict.killer == "OutOfTime"


def test_a_mutant_is_not_found_because_others_had_the_processor() -> None:
    (subject,) = installed("corelib-elementwise.exp")

    def waiting() -> Any:
        sleep(0.5)
        return subject.op

    verdict = tried(Mutant("behaviour", "waiting", (Host(subject, waiting),)), limit=0.4)
    assert not verdict.killed
    assert verdict.seconds < 5


def test_a_time_limit_is_over_with_its_block() -> None:
    with time_limit(0.05):
        pass
    sum(range(10**6))


def halved(x: float, y: float) -> float:
    return x / 2 - y if x > y else 0.0


def test_the_classic_mutations_of_a_function() -> None:
    function: Any = halved
    tree = tree_of(function)
    assert tree is not None
    changes = {r.change for r in rewritings(tree)}
    assert {"x / 2 -> x * 2", "x / 2 -> x", "x > y -> x >= y", "2 -> 3", "x / 2 - y -> x / 2 + y"} <= changes
    mutated = next(r for r in rewritings(tree) if r.change == "x / 2 -> x * 2")
    assert transplanted(function, {function: code_of(mutated.tree)})(3.0, 1.0) == 5.0
    assert halved(3.0, 1.0) == 0.5


kept = cache(halved)
quiet = np.errstate(over="ignore")(halved)


def both(x: float, y: float) -> tuple[Any, Any]:
    return kept(x, y), quiet(x, y)


def test_a_helper_is_mutated_inside_of_its_decorator() -> None:
    function: Any = both
    assert list(helpers(function)) == [halved]
    mutated = next(r for r in rewritings(tree_of(halved)) if r.change == "x / 2 -> x * 2")  # type: ignore[arg-type]  # a function
    twin = transplanted(function, {halved: code_of(mutated.tree)})  # type: ignore[dict-item]  # a function
    assert twin(3.0, 1.0) == (5.0, 5.0)
    assert both(3.0, 1.0) == (0.5, 0.5)


def test_a_lambda_is_found_among_others_on_its_line() -> None:
    pair: tuple[Any, ...] = (lambda x: x + 1, lambda x: x + 2)
    for number, function in enumerate(pair, 1):
        tree = tree_of(function)
        assert tree is not None
        assert transplanted(function, {function: code_of(tree)})(0) == number


def test_every_slope_and_every_backward_has_syntax_mutants() -> None:
    subjects = [one for one in installed() if one.has_backward]
    with_mutants = {host.subject.name for m in syntax_mutants(subjects) for host in m.hosts}
    assert {one.name for one in subjects} - with_mutants <= {"corelib-elementwise.positive"}


def of_exp(**spec: Any) -> Mutant:
    """A mutant that is no fault: exp itself, with the spec of exp and ``spec`` besides."""
    (subject,) = installed("corelib-elementwise.exp")
    mine = replace(subject, spec=replace(subject.spec, **spec))
    return Mutant("syntax", "module:function: x[0] * 1 -> x[0]", (Host(mine, lambda: subject.op),))


def test_a_reason_is_that_of_a_spec_for_the_mutants_it_names() -> None:
    assert reason_for(of_exp(equivalent={"module:*": "a product with 1"})) == "a product with 1"
    assert reason_for(of_exp(equivalent={"module:function: x[0] * 1 -> x[0]": "the same"})) == "the same"
    assert reason_for(of_exp(equivalent={"module:other: *": "another function"})) == ""
    assert reason_for(of_exp(equivalent={})) == ""
    assert not matches("module:f: x[01]", "module:f: x0")


def test_a_reason_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidOp, match=r"cube: equivalent=\{'module:\*': ...\} needs a reason"):
        OpSpec("cube", equivalent={"module:*": ""})
    with pytest.raises(OptimizerError, match=r"plain: equivalent=\{'module:\*': ...\} needs a reason"):
        RuleSpec("plain", equivalent={"module:*": ""})


def test_every_reason_of_the_installed_plugins_names_a_mutant() -> None:
    found = all_mutants(families=["syntax", "behaviour"])
    classes = [(one, target) for one in installed() for target in targets(one) if isinstance(target.op, ClassOp)]
    ignored = [mutant for one, target in classes for mutant in ignoring(one, target)]
    assert unused([*found, *ignored]) == []
    assert unused([of_exp(equivalent={"module:*": "one", "elsewhere:*": "other"})]) == ["elsewhere:*"]


@dataclass(frozen=True)
class Nothing:
    name: str = "nothing"
    spec: OpSpec = field(default_factory=lambda: OpSpec("nothing"))


def test_a_score_counts_survivors_but_not_equivalents() -> None:
    mutant = Mutant("syntax", "key", (Host(Nothing(), Nothing),))
    verdicts = [Verdict(mutant, "jacobian"), Verdict(mutant, ""), Verdict(mutant, "", reason="the same number")]
    score = Score(verdicts)
    assert score.rate("syntax") == 0.5
    assert len(score.survivors("syntax")) == 1
    assert "  survives: nothing (syntax)\n    key\n" in "\n".join(score.lines())
    assert "the same number" in "\n".join(score.lines())


def test_a_survivor_without_a_reason_is_never_equivalent() -> None:
    assert judged(of_exp(equivalent={"module:*": "the same op"})).equivalent
    assert not judged(of_exp()).equivalent


def test_a_survivor_that_differs_somewhere_is_never_equivalent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "difference", lambda mutant: "a call")
    verdict = judged(of_exp(equivalent={"module:*": "the same op"}))
    assert not verdict.equivalent
    assert verdict.witness == "a call"


def test_costs_are_measured_beside_their_budgets() -> None:
    quick, default = costs("corelib-broadcast")
    assert (quick.kind, default.kind) == ("quick", "default")
    assert 0 < quick.seconds["corelib-broadcast.sum_to"] < default.seconds["corelib-broadcast.sum_to"]
    assert "the costliest are corelib-broadcast." in str(quick)
    assert Costs("default", {"slow": 0.6, "quick": 0.1}).held
    assert not Costs("default", {"slow": 0.6, "quick": 0.3}).held


def test_costs_count_the_calls_of_fresh_processes() -> None:
    (exp,) = installed("corelib-elementwise.exp")
    before = spent()
    report = run([exp], "default", checks=["many_calls"])
    assert report.green
    assert spent() - before > 0


def test_lambdas_of_one_module_are_mutated_each_by_itself() -> None:
    first = elementwise(np.sin, lambda x: np.cos(x) * 1, name="first", numpy=())
    second = elementwise(np.tan, lambda x: np.cos(x) ** -2, name="second", numpy=())
    mutants = syntax_mutants([subject_of(first), subject_of(second)])
    keys = [m.key for m in mutants if m.text == "np.cos(x) -> x"]
    assert keys == ["local.first slope 0: np.cos(x) -> x", "local.second slope 0: np.cos(x) -> x"]
    assert all(len(m.hosts) == 1 for m in mutants)
