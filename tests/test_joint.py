"""A rule over all parameters together: what the Optimizer owes to it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

import numpy as np
import pytest

from corelib import JointRule, MultiOptimizer, Tensor
from corelib.errors import OptimizerError, StateMismatch
from corelib.optimizing.groups import Group
from corelib.optimizing.optimizer import Optimizer
from corelib.rule import AnyRule, FloatArray, Step

VALUES: Final = ([1.0, -2.0, 0.5], [[2.0, 1.0], [0.0, -1.0]], 3.0)


@dataclass(slots=True)
class Seen:
    """The largest norm of all gradients so far."""

    largest: float = 0.0
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Normed:
    """p ← p - lr / (``floor`` + the largest norm of all gradients together so far) g."""

    floor: float = 0.0

    name: ClassVar[str] = "normed"
    state_version: ClassVar[int] = 1
    default_lr: ClassVar[float] = 0.5
    scratch: ClassVar[int] = 1
    elementwise: ClassVar[bool] = True
    sums: ClassVar[int] = 1

    def init(self, param: FloatArray, /) -> None:
        return None

    def begin(self) -> Seen:
        return Seen(self.floor)

    def measure(
        self, *, terms: Sequence[FloatArray], grad: FloatArray, param: FloatArray, state: None, shared: Seen, step: Step
    ) -> None:
        np.multiply(grad, grad, out=step.scratch(0))
        terms[0][...] = step.scratch(0)

    def combine(self, *, sums: Sequence[float], shared: Seen, step: Step) -> float:
        shared.largest = max(shared.largest, float(np.sqrt(sums[0])))
        shared.steps = step.t
        return step.lr / shared.largest if shared.largest else 0.0

    def update(
        self, *, out: FloatArray, grad: FloatArray, param: FloatArray, state: None, shared: Seen, step: Step
    ) -> None:
        np.multiply(grad, step.lr, out=out)


@dataclass(frozen=True, slots=True)
class Apart(Normed):
    """The same, never packed."""

    elementwise: ClassVar[bool] = False


def leaves(dtype: Any = np.float64) -> list[Tensor]:
    return [Tensor(np.array(value, dtype), trainable=True, name=f"p{i}") for i, value in enumerate(VALUES)]


def run(optimizer: Optimizer | MultiOptimizer, tensors: Sequence[Tensor], start: int, stop: int) -> None:
    for t in range(start, stop):
        for tensor in tensors:
            rng = np.random.default_rng([t, *(tensor.name or "").encode()])
            tensor.grad = np.array(rng.normal(size=tensor.shape), tensor.dtype)
        optimizer.step()


def written(tensors: Sequence[Tensor]) -> list[bytes]:
    return [tensor.data.tobytes() for tensor in tensors]


def test_the_sums_are_over_all_parameters() -> None:
    tensors = leaves()
    for tensor in tensors:
        tensor.grad = np.ones(tensor.shape)
    optimizer = Optimizer(tensors, Normed())
    optimizer.step()
    assert optimizer.shared == Seen(np.sqrt(8), 1)
    for tensor, value in zip(tensors, VALUES, strict=True):
        assert np.allclose(tensor.data, np.array(value) - 0.5 / np.sqrt(8), rtol=1e-15)


def test_what_is_frozen_or_has_no_gradient_is_not_in_the_sums() -> None:
    tensors = leaves()
    optimizer = Optimizer(tensors, Normed())
    tensors[0].grad, tensors[1].grad = np.array([3.0, 0.0, 0.0]), np.full((2, 2), 1e6)
    tensors[1].trainable = False
    optimizer.step()
    assert optimizer.shared.largest == 3.0
    assert tensors[1].data.tolist() == VALUES[1]
    assert tensors[2].data == VALUES[2]


def test_the_returned_rate_is_what_weight_decay_goes_by() -> None:
    w = Tensor([2.0], trainable=True)
    w.grad = np.array([4.0])
    Optimizer([w], Normed(), lr=1.0, weight_decay=0.1).step()
    assert w.data == pytest.approx(2.0 * (1 - 0.25 * 0.1) - 1.0, rel=1e-15)


def test_gradients_are_clipped_and_regularized_before_they_are_measured() -> None:
    w = Tensor([6.0], trainable=True)
    w.grad = np.array([30.0])
    optimizer = Optimizer([w], Normed(), lr=1.0, clip_norm=3.0, l2=0.5)
    optimizer.step()
    assert optimizer.shared.largest == 6.0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_packing_and_order_change_no_bit(dtype: Any) -> None:
    paths = []
    for rule, order in ((Normed(), slice(None)), (Apart(), slice(None)), (Normed(), slice(None, None, -1))):
        tensors = leaves(dtype)
        run(Optimizer(tensors[order], rule, weight_decay=0.1), tensors, 0, 7)
        paths.append(written(tensors))
    assert paths[0] == paths[1] == paths[2]


@pytest.mark.parametrize("rule", [Normed(), Apart()], ids=["packed", "apart"])
@pytest.mark.parametrize("at", [1, 4])
def test_a_resumed_run_is_the_same_to_the_bit(rule: AnyRule, at: int) -> None:
    whole, first = leaves(), leaves()
    run(Optimizer(whole, rule), whole, 0, 9)
    optimizer = Optimizer(first, rule)
    run(optimizer, first, 0, at)
    saved = optimizer.state_dict()
    second = [Tensor(tensor.data, trainable=True, name=tensor.name) for tensor in first]
    again = Optimizer(second[::-1], rule)
    again.load_state_dict(saved)
    assert again.shared == optimizer.shared
    run(again, second, at, 9)
    assert written(second) == written(whole)
    assert again.state_dict()["header"].size == optimizer.state_dict()["header"].size


def test_groups_have_their_own() -> None:
    tensors, alone = leaves(), leaves()
    multi = MultiOptimizer([Group(tensors[:1], Normed()), Group(tensors[1:], Normed())])
    run(multi, tensors, 0, 5)
    for part in (slice(1), slice(1, 3)):
        run(Optimizer(alone[part], Normed()), alone[part], 0, 5)
    assert written(tensors) == written(alone)
    other = MultiOptimizer([Group(tensors[1:], Normed()), Group(tensors[:1], Normed())])
    other.load_state_dict(multi.state_dict())
    assert [each.shared for each in other.optimizers] == [each.shared for each in multi.optimizers][::-1]


def test_a_state_without_what_is_shared_is_refused() -> None:
    tensors = leaves()
    optimizer = Optimizer(tensors, Normed())
    run(optimizer, tensors, 0, 2)
    saved, before = optimizer.state_dict(), replace(optimizer.shared)
    for broken in (
        {},
        {"largest": 1.0},
        {"largest": "1", "steps": 1},
        {"largest": 1.0, "steps": 1, "more": 2},
        [1],
        None,
    ):
        header = json.loads(saved["header"].tobytes())
        header["groups"][0]["shared"] = broken
        state = {**saved, "header": np.frombuffer(json.dumps(header).encode(), np.uint8)}
        with pytest.raises(StateMismatch, match="shared"):
            optimizer.load_state_dict(state)
        assert optimizer.shared == before


def test_a_state_saved_before_the_first_step_begins_anew() -> None:
    tensors = leaves()
    optimizer = Optimizer(tensors, Normed())
    saved = optimizer.state_dict()
    run(optimizer, tensors, 0, 2)
    optimizer.load_state_dict(saved)
    assert optimizer.shared is None


def test_a_combine_that_returns_nothing_is_an_error_that_says_so() -> None:
    @dataclass(frozen=True)
    class Forgot(Normed):
        def combine(self, *, sums: Sequence[float], shared: Seen, step: Step) -> float:
            return None  # type: ignore[return-value]  # the mistake

    tensors = leaves()
    with pytest.raises(OptimizerError, match="combine of normed returned None: it returns the learning rate"):
        run(Optimizer(tensors, Forgot()), tensors, 0, 1)
    assert written(tensors) == written(leaves())


def test_it_is_typed() -> None:
    rule: JointRule[None, Seen] = Normed()
    assert rule.sums == 1
