"""Ascent is that of PyTorch: ``maximize`` negates the gradient before L2 regularization, momentum and weight decay."""

from typing import Any, Final

import numpy as np
import pytest

from corelib import AnyRule, Group, MultiOptimizer, Tensor
from corelib.optimizing.optimizer import Optimizer
from corelib_optimizers import SGD, Adam, AdamW

SHAPES: Final = ((), (3,), (2, 3))
CASES: Final[list[tuple[AnyRule, str, dict[str, float], dict[str, Any]]]] = [
    (SGD(), "SGD", {}, {}),
    (SGD(momentum=0.9), "SGD", {"l2": 0.1}, {"momentum": 0.9, "weight_decay": 0.1}),
    (Adam(), "Adam", {"l2": 0.1}, {"weight_decay": 0.1}),
    (AdamW(amsgrad=True), "AdamW", {"weight_decay": 0.1}, {"weight_decay": 0.1, "amsgrad": True}),
]


def tensors() -> list[Tensor]:
    rng = np.random.default_rng(0)
    return [Tensor(rng.normal(size=shape), trainable=True, name=f"p{i}") for i, shape in enumerate(SHAPES)]


@pytest.mark.parametrize(("rule", "name", "options", "theirs"), CASES, ids=lambda value: repr(value)[:40])
def test_ascent_is_that_of_torch(rule: AnyRule, name: str, options: Any, theirs: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch", reason="compares with PyTorch, which is not a dependency")
    ours, rng = tensors(), np.random.default_rng(1)
    copies = [torch.tensor(each.data.copy(), requires_grad=True) for each in ours]
    optimizer = Optimizer(ours, rule, lr=0.1, maximize=True, **options)
    peer = getattr(torch.optim, name)(copies, lr=0.1, maximize=True, **theirs)
    for _ in range(50):
        for each, copy in zip(ours, copies, strict=True):
            each.grad = np.asarray(rng.normal(size=each.shape))
            copy.grad = torch.tensor(each.grad)
        optimizer.step()
        peer.step()
    for each, copy in zip(ours, copies, strict=True):
        np.testing.assert_allclose(each.data, copy.detach().numpy(), rtol=1e-12, atol=1e-12)


def test_ascent_finds_a_maximum_and_leaves_gradients_alone() -> None:
    x = Tensor(0.0, trainable=True)
    optimizer = Optimizer([x], SGD(), lr=0.1, maximize=True)
    for _ in range(100):
        x.cleargrad()
        height = 1.0 - (x - 2.0) ** 2
        height.backward()
        assert x.grad is not None
        slope = x.grad.copy()
        optimizer.step()
        assert x.grad == slope
    assert abs(x.item() - 2.0) < 1e-6


def test_one_group_may_ascend_where_another_descends() -> None:
    up, down = (Tensor([1.0], trainable=True, name=name) for name in ("up", "down"))
    multi = MultiOptimizer([Group([up], SGD(), maximize=True), Group([down], SGD())], lr=0.5)
    up.grad = down.grad = np.array([1.0])
    multi.step()
    assert (up.item(), down.item()) == (1.5, 0.5)
    state = multi.state_dict()
    multi.load_state_dict(state)


def test_a_state_of_descent_is_not_resumed_by_ascent() -> None:
    state = Optimizer(tensors(), SGD()).state_dict()
    with pytest.raises(ValueError, match="option maximize: False was saved, True is here"):
        Optimizer(tensors(), SGD(), maximize=True).load_state_dict(state)
