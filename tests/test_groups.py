"""Groups: several rules in one step."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest

from corelib import Tensor
from corelib.errors import InvalidHyperparameter, NonFinite, OptimizerError
from corelib.optimizing.groups import Group, MultiOptimizer
from corelib.optimizing.optimizer import Optimizer
from corelib.rule import FloatArray, Step


@dataclass(frozen=True, slots=True)
class Scaled:
    """p ← p - lr * factor * g."""

    factor: float = 1.0

    name: ClassVar[str] = "scaled"
    state_version: ClassVar[int] = 1
    default_lr: ClassVar[float] = 0.5
    scratch: ClassVar[int] = 0
    default_weight_decay: ClassVar[float] = 0.125

    def init(self, param: FloatArray, /) -> None:
        return None

    def update(self, *, out: FloatArray, grad: FloatArray, param: FloatArray, state: None, step: Step) -> None:
        np.multiply(grad, step.lr * self.factor, out=out)


def leaf(value: float, gradient: float, name: str | None = None) -> Tensor:
    tensor = Tensor(np.array([value]), trainable=True, name=name)
    tensor.grad = np.array([gradient])
    return tensor


def test_groups_are_as_optimizers_run_apart() -> None:
    together, apart = ([leaf(1.0, 3.0), leaf(2.0, 4.0)] for _ in range(2))
    multi = MultiOptimizer([Group(together[:1], Scaled(2.0), lr=0.1), Group(together[1:], Scaled(), weight_decay=0.5)])
    alone = Optimizer(apart[:1], Scaled(2.0), lr=0.1), Optimizer(apart[1:], Scaled(), weight_decay=0.5)
    for _ in range(3):
        multi.step()
        for optimizer in alone:
            optimizer.step()
    assert [tensor.data.tobytes() for tensor in together] == [tensor.data.tobytes() for tensor in apart]


@pytest.mark.parametrize(("of_group", "of_all", "used"), [(0.25, 0.1, 0.25), (None, 0.1, 0.1), (None, None, 0.5)])
def test_the_group_goes_before_the_whole_and_the_whole_before_the_rule(of_group: Any, of_all: Any, used: float) -> None:
    multi = MultiOptimizer([Group([leaf(1.0, 1.0)], Scaled(), lr=of_group)], lr=of_all)
    assert multi.optimizers[0].lr == used
    multi = MultiOptimizer([Group([leaf(1.0, 1.0)], Scaled(), weight_decay=of_group)], weight_decay=of_all)
    assert multi.optimizers[0].weight_decay == (0.125 if used == 0.5 else used)


def test_all_groups_are_clipped_by_one_norm() -> None:
    v, w = leaf(0.0, 3.0), leaf(0.0, 4.0)
    groups = [Group([v], Scaled(), lr=1.0), Group([w], Scaled(), lr=1.0)]
    MultiOptimizer(groups, clip_norm=1.0).step()
    assert (v.data.item(), w.data.item()) == pytest.approx((-0.6, -0.8))


def test_a_gradient_that_is_not_finite_in_one_group_stops_all() -> None:
    v, w = leaf(1.0, 3.0), leaf(1.0, np.nan)
    groups = [Group([v], Scaled()), Group([w], Scaled())]
    with pytest.raises(NonFinite, match="'param1'"):
        MultiOptimizer(groups).step()
    MultiOptimizer(groups, on_nonfinite="skip").step()
    assert v.data.item() == w.data.item() == 1.0


def test_a_bad_rate_in_one_group_stops_all() -> None:
    v, w = leaf(1.0, 3.0), leaf(1.0, 3.0)
    with pytest.raises(InvalidHyperparameter, match="the schedule at 0"):
        MultiOptimizer([Group([v], Scaled()), Group([w], Scaled(), lr=lambda _: -1.0)]).step()
    assert v.data.item() == 1.0


def test_a_group_added_later_starts_its_schedule_at_0() -> None:
    v, w = leaf(1.0, 1.0), leaf(1.0, 1.0)
    multi = MultiOptimizer([Group([v], Scaled())], lr=lambda n: 1.0 / (1 + n), weight_decay=0.0)
    multi.step()
    added = multi.add(Group([w], Scaled()))
    multi.step()
    assert (v.data.item(), w.data.item()) == (-0.5, 0.0)
    assert [each.name for each in added.parameters] == ["param1"]


def test_what_two_groups_have_in_common_is_refused() -> None:
    v = leaf(1.0, 1.0, name="v")
    for other, message in ((v, "one and the same Tensor"), (leaf(1.0, 1.0, name="v"), "two parameters are called 'v'")):
        with pytest.raises(OptimizerError, match=message):
            MultiOptimizer([Group([v], Scaled()), Group([other], Scaled())])
    with pytest.raises(OptimizerError, match="there is no group"):
        MultiOptimizer([])


def test_the_closure_and_the_gradients_are_those_of_all_groups() -> None:
    v, w = leaf(1.0, 1.0), leaf(1.0, 1.0)
    multi = MultiOptimizer([Group([v], Scaled()), Group([w], Scaled())], auto_zero=True)
    assert multi.step(lambda: "loss") == "loss"
    assert (v.grad, w.grad) == (None, None)
