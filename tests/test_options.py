"""Options: the keywords of Optimizer, MultiOptimizer and Group, from one declaration."""

import contextlib
import inspect
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import numpy as np
import pytest

from corelib import Group, MultiOptimizer, Optimizer, Tensor
from corelib.conformance import RuleSpec
from corelib.conformance.failure import Failure
from corelib.conformance.optimizers import driven
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.tally import Tally
from corelib.errors import InvalidHyperparameter, OptimizerError
from corelib.optimizers import get
from corelib.optimizing.options import OPTIONS, GroupOptions, Options, StepOptions
from corelib.stubs.overloads import named

SGD: Any = get("sgd")


def made(**options: Any) -> Optimizer:
    return Optimizer([Tensor([1.0, 2.0], trainable=True, name="w")], SGD(), **options)


def keywords(of: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    parameters = inspect.signature(of).parameters
    return {name: each for name, each in parameters.items() if each.kind is inspect.Parameter.KEYWORD_ONLY}


def test_every_option_is_a_keyword_of_the_signature_that_help_shows() -> None:
    shown = keywords(Optimizer)
    assert list(shown) == list(OPTIONS)
    assert {name: each.default for name, each in shown.items()} == {name: f.default for name, f in OPTIONS.items()}
    assert list(keywords(Group)) == [each.name for each in fields(GroupOptions)]
    assert {each.name for each in fields(StepOptions)} | {"lr", "weight_decay"} == set(keywords(MultiOptimizer))
    for callee in (Optimizer, Group, MultiOptimizer):
        assert all(each.annotation is not inspect.Parameter.empty for each in keywords(callee).values())


def test_every_option_is_a_keyword_of_the_typed_overloads() -> None:
    stub = named([("sgd", SGD, "corelib-optimizers")])
    compile(stub, "stub", "exec")
    for name in OPTIONS:
        assert f"    {name}: " in stub
    assert "    decay: Callable[[Tensor], bool] | None\n" in stub


def test_options_are_frozen_and_assigned_as_a_whole() -> None:
    optimizer = made(l2=0.1)
    with pytest.raises(FrozenInstanceError):
        optimizer.options.l2 = 0.2  # type: ignore[misc]  # what mypy refuses too
    optimizer.options = replace(optimizer.options, l2=0.2, lr=None)
    assert (optimizer.l2, optimizer.lr) == (0.2, SGD.default_lr)
    optimizer.options = replace(optimizer.options, maximize=True)
    optimizer.parameters[0].tensor.grad = np.array([1.0, 1.0])
    optimizer.step()
    assert optimizer.parameters[0].tensor.data[0] > 1.0
    with pytest.raises(OptimizerError, match="a dict is none"):
        optimizer.options = {"lr": 0.1}  # type: ignore[assignment]  # what mypy refuses too
    with pytest.raises(OptimizerError, match="decay is asked"):
        optimizer.options = replace(optimizer.options, decay=lambda tensor: True)


def test_an_attribute_is_the_option_of_its_name() -> None:
    optimizer = made(clip_norm=2.0)
    assert (optimizer.clip_norm, optimizer.auto_zero, optimizer.on_nonfinite) == (2.0, False, "raise")
    optimizer.lr = lambda n: 0.5 / (1 + n)
    optimizer.weight_decay = 0.25
    assert optimizer.rate() == 0.5
    assert optimizer.options.weight_decay == 0.25
    assert optimizer.options.clip_norm == 2.0


def test_an_unknown_option_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="momentun"):
        made(momentun=0.9)
    with pytest.raises(TypeError, match="l2"):
        MultiOptimizer([Group([Tensor(1.0, trainable=True)], SGD())], l2=0.1)  # type: ignore[call-arg]  # a group's


def test_a_decay_that_is_no_function_is_refused() -> None:
    with pytest.raises(InvalidHyperparameter, match="decay = 3 is no function of a Tensor"):
        made(decay=3)


def test_what_is_no_bool_is_refused_for_one() -> None:
    with pytest.raises(InvalidHyperparameter, match="auto_zero = 'no' is neither True nor False"):
        made(auto_zero="no")


def test_a_group_has_its_own_options_and_those_of_a_step_from_the_whole() -> None:
    tensors = [Tensor([1.0], trainable=True, name=name) for name in "ab"]
    groups = [Group(tensors[:1], SGD(), l2=0.5, lr=0.25), Group(tensors[1:], SGD(), weight_decay=0.0)]
    first, second = MultiOptimizer(groups, lr=1.0, weight_decay=0.125, clip_norm=3.0).optimizers
    assert first.options == Options(lr=0.25, weight_decay=0.125, l2=0.5, clip_norm=3.0)
    assert second.options == Options(lr=1.0, weight_decay=0.0, clip_norm=3.0)


def test_saved_options_are_those_that_change_an_update() -> None:
    assert made(clip_norm=2, lr=np.float32(0.5)).options.saved() == {
        "lr": 0.5, "weight_decay": 0.0, "l2": 0.0, "maximize": False, "clip_norm": 2,
    }  # fmt: skip
    assert made(lr=lambda n: 0.1).options.saved()["lr"] == "a schedule"


class Descends(Optimizer):
    """It does not know of ascent."""

    def __init__(self, params: Any, rule: Any, **options: Any) -> None:
        super().__init__(params, rule, **{**options, "maximize": False})


class AscendsUnclipped(Optimizer):
    """Where gradients are clipped it descends."""

    def apply(self, updates: Any, lr: float, factor: float) -> None:
        super().apply(updates, lr, -factor if self.options.maximize and factor != 1.0 else factor)


class TakesAnything(Optimizer):
    """Options that are out of their range are passed over."""

    def __init__(self, params: Any, rule: Any, **options: Any) -> None:
        try:
            super().__init__(params, rule, **options)
        except InvalidHyperparameter:
            super().__init__(params, rule)


@pytest.mark.parametrize(
    ("driver", "check"), [(Descends, "maximize"), (AscendsUnclipped, "maximize"), (TakesAnything, "options")]
)
def test_the_suite_finds_a_driver_that_passes_over_an_option(driver: type[Optimizer], check: str) -> None:
    for optimizer, passes in ((Optimizer, True), (driver, False)):
        subject = RuleSubject(SGD, RuleSpec("sgd"), optimizer=optimizer)
        (found,) = [each for each in driven.CHECKS if each.id == check]
        with contextlib.nullcontext() if passes else pytest.raises(Failure):
            found.run(subject, {}, Tally())


@pytest.mark.parametrize("name", sorted(set(OPTIONS) - {"decay"}))
def test_an_option_that_is_assigned_is_the_one_that_is_used(name: str) -> None:
    """An option without its ``Setting`` would be ignored. ``decay`` is called once for each parameter."""
    optimizer = made()
    value = {"lr": 0.25, "on_nonfinite": "skip"}.get(name, True if isinstance(OPTIONS[name].default, bool) else 0.5)
    setattr(optimizer, name, value)
    assert getattr(optimizer.options, name) == value


def test_an_assigned_maximize_ascends() -> None:
    optimizer = made(lr=0.1)
    (parameter,) = optimizer.parameters
    before = parameter.tensor.data.copy()
    parameter.tensor.grad = np.ones_like(before)
    optimizer.maximize = True
    optimizer.step()
    np.testing.assert_array_less(before, parameter.tensor.data)


def test_a_decay_that_is_assigned_is_refused() -> None:
    with pytest.raises(OptimizerError, match="decay is asked"):
        made().decay = lambda tensor: False
