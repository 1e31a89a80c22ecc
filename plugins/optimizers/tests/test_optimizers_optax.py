"""The rules follow optax where it has the same method, on gradients that come from the parameters themselves."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pytest

from corelib import AnyRule, Tensor
from corelib.optimizing.optimizer import Optimizer
from corelib_optimizers import SGD, Adagrad, Adam, AdamW, Prodigy, RMSprop

jax = pytest.importorskip("jax", reason="jax is not installed")
optax = pytest.importorskip("optax", reason="optax is not installed")

Array = npt.NDArray[np.float64]
SHAPES: Final = ((), (3,), (2, 3))
STEPS: Final = 100
D0: Final = 1e-3  # from 1e-6 on, what rounding leaves of p - p0 decides the tenth digit of the estimate

PAIRS: Final[list[tuple[AnyRule, float, Callable[[Any], Any]]]] = [
    (SGD(), 0.0, optax.sgd),
    (SGD(momentum=0.9), 0.0, lambda lr: optax.sgd(lr, momentum=0.9)),
    (SGD(momentum=0.9, nesterov=True), 0.0, lambda lr: optax.sgd(lr, momentum=0.9, nesterov=True)),
    (Adagrad(initial_accumulator_value=0.1, eps=0.0), 0.0, lambda lr: optax.adagrad(lr, eps=0.0)),
    (RMSprop(alpha=0.9), 0.0, lambda lr: optax.rmsprop(lr, decay=0.9, eps=1e-8, eps_in_sqrt=False)),
    (RMSprop(centered=True), 0.0, lambda lr: optax.rmsprop(lr, 0.99, eps=1e-8, centered=True, eps_in_sqrt=False)),
    (Adam(beta1=0.8), 0.0, lambda lr: optax.adam(lr, b1=0.8)),
    (AdamW(), 0.1, lambda lr: optax.adamw(lr, weight_decay=0.1)),
    (Prodigy(bias_correction=True, d0=D0), 0.1, lambda lr: optax.contrib.prodigy(lr, estim_lr0=D0, weight_decay=0.1)),
    (
        Prodigy(
            beta1=0.5, beta2=0.9, beta3=0.8, d0=D0, d_coef=2.0, eps=1e-3, bias_correction=True, safeguard_warmup=True
        ),
        0.0,
        lambda lr: optax.contrib.prodigy(lr, (0.5, 0.9), 0.8, 1e-3, D0, 2.0, 0.0, True),
    ),
]  # fmt: skip


def rate(n: Any) -> Any:
    """A schedule: up to 0.15 and down again."""
    return 0.1 * (1 + 0.5 * (n % 7) / 7.0)


@pytest.mark.parametrize(
    ("rule", "decay", "made"),
    PAIRS,
    ids=lambda value: repr(value) if isinstance(value, (SGD, Adagrad, RMSprop, Adam, Prodigy)) else "",
)
def test_a_trajectory_is_that_of_optax(rule: AnyRule, decay: float, made: Callable[[Any], Any]) -> None:
    rng = np.random.default_rng(5)
    start = [np.asarray(rng.normal(size=shape)) for shape in SHAPES]
    curvatures = [np.exp(rng.normal(size=shape)) for shape in SHAPES]
    ours = [Tensor(value, trainable=True, name=f"p{i}") for i, value in enumerate(start)]
    optimizer = Optimizer(ours, rule, lr=rate, weight_decay=decay)
    with jax.enable_x64(True):
        theirs = [jax.numpy.asarray(value) for value in start]
        method = made(rate)
        state, update = method.init(theirs), jax.jit(method.update)
        for _ in range(STEPS):
            gradients = [curvature * tensor.data for curvature, tensor in zip(curvatures, ours, strict=True)]
            for tensor, gradient in zip(ours, gradients, strict=True):
                tensor.grad = gradient
            optimizer.step()
            updates, state = update([jax.numpy.asarray(g) for g in gradients], state, theirs)
            theirs = optax.apply_updates(theirs, updates)
    for tensor, other in zip(ours, theirs, strict=True):
        assert np.max(np.abs(tensor.data - np.asarray(other))) < 1e-12


def test_the_estimate_of_prodigy_has_grown_by_then() -> None:
    rng = np.random.default_rng(5)
    w = Tensor(rng.normal(size=8), trainable=True)
    optimizer = Optimizer([w], Prodigy())
    for _ in range(STEPS):
        w.grad = w.data.copy()
        optimizer.step()
    assert 0.1 < optimizer.shared.distance < 10
    assert np.max(np.abs(w.data)) < 1e-2
