"""What corelib-lion promises."""

from collections.abc import Callable

import numpy as np
import pytest

import corelib
from corelib import Optimizer, Tensor
from corelib.conformance import parametrize_conformance
from corelib.errors import InvalidHyperparameter
from corelib_lion import Lion


@parametrize_conformance("corelib-lion")
def test_conformance(conformance_case: Callable[[], None]) -> None:
    """The suite's checks of an optimizer, one test each."""
    conformance_case()


def test_its_steps_are_those_of_the_formula() -> None:
    curvature = np.array([2.0, 6.0])
    x = Tensor([3.0, -2.0], trainable=True)
    optimizer = Optimizer([x], Lion(beta1=0.8, beta2=0.95), lr=0.05, weight_decay=0.1)
    p, m = np.array([3.0, -2.0]), np.zeros(2)
    for _ in range(100):
        x.grad = curvature * x.data
        optimizer.step()
        g = curvature * p
        p = p * (1 - 0.05 * 0.1) - 0.05 * np.sign(0.8 * m + (1 - 0.8) * g)
        m = 0.95 * m + (1 - 0.95) * g
        assert np.allclose(x.data, p, rtol=1e-12, atol=0)


def test_what_it_remembers_can_be_saved() -> None:
    x = Tensor([3.0, -2.0], trainable=True)
    optimizer = Optimizer({"x": x}, Lion(), lr=0.05)
    x.grad = np.array([1.0, -4.0])
    optimizer.step()
    assert np.allclose(optimizer.state_dict()["x/mean"], [0.01, -0.04])


@pytest.mark.parametrize("beta", [-0.1, 1.0, float("nan")])
def test_it_refuses_a_hyperparameter_out_of_range(beta: float) -> None:
    with pytest.raises(InvalidHyperparameter, match="beta2"):
        Lion(beta2=beta)


def test_corelib_finds_it_by_name() -> None:
    assert corelib.optimizers.get("lion") is Lion
