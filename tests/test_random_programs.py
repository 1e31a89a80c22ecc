"""Programs drawn at random, as entangled as they come: their gradients are those of PyTorch."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import numpy as np
import pytest

from corelib import Tensor

torch: Any = pytest.importorskip("torch", reason="PyTorch is the ground truth here")

Generator: TypeAlias = np.random.Generator
Pair: TypeAlias = tuple[Any, Any]  # a value as corelib and as PyTorch computes it

PROGRAMS: Final = 100
BOUND: Final = 1e6  # values beyond it are left out: they would hide everything else
ONE: Final[tuple[Callable[[Any, Any], Any], ...]] = (
    lambda lib, x: lib.sin(x),
    lambda lib, x: lib.tanh(x),
    lambda lib, x: lib.exp(-lib.square(x)),
    lambda lib, x: lib.sqrt(x * x + 1),
    lambda lib, x: lib.abs(x),
    lambda lib, x: lib.sign(x) * x,
    lambda lib, x: 1 / (x * x + 2),
    lambda lib, x: x * x,
    lambda lib, x: x / 2.0,
    lambda lib, x: 1.0 - x,
    lambda lib, x: x * 0.0,
    lambda lib, x: -x,
    lambda lib, x: x - lib.mean(x),
    lambda lib, x: 0.01 * lib.sum(x),
    lambda lib, x: lib.reshape(x, (-1,)),
    lambda lib, x: x.T if x.ndim == 2 else x,
    lambda lib, x: x @ x.T if x.ndim == 2 else x,
    lambda lib, x: x[0] if x.ndim else x,
)
TWO: Final[tuple[Callable[[Any, Any], Any], ...]] = (
    lambda x, y: x + y,
    lambda x, y: x - y,
    lambda x, y: x * y,
    lambda x, y: x / (y * y + 1.0),
)


def inputs(random: Generator) -> list[Pair]:
    """Arrays of shapes that broadcast, most of them trainable; one program in six has some that are written into."""
    n, m = (110, 120) if random.random() < 1 / 6 else random.integers(1, 4, size=2)
    arrays = [random.normal(size=shape) for shape in ((n, m), (m,), (n, 1), (), (n, m))]
    trainable = [True, *(random.random(4) < 0.8)]
    return [
        (Tensor(a, trainable=bool(t)), torch.tensor(a, requires_grad=bool(t)))
        for a, t in zip(arrays, trainable, strict=True)
    ]


def grown(values: list[Pair], random: Generator) -> Pair:
    """One more value, made of one or two of those that are there."""
    i, j = random.integers(len(values), size=2)
    (x, x_torch), (y, y_torch) = values[i], values[j]
    if random.random() < 0.5 or not stretch(x.shape, y.shape):
        one = ONE[random.integers(len(ONE))]
        return one(np, x), one(torch, x_torch)
    two = TWO[random.integers(len(TWO))]
    return two(x, y), two(x_torch, y_torch)


def stretch(*shapes: tuple[int, ...]) -> bool:
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        return False
    return True


def result(values: list[Pair], random: Generator) -> Pair:
    """One number made of three of the values and of the first, which is trainable."""
    chosen = [values[0], *(values[i] for i in random.integers(len(values), size=3))]
    x, x_torch = (sum(lib.mean(pair[k]) - 0.5 * lib.sum(pair[k]) for pair in chosen) for k, lib in enumerate(LIBRARIES))
    return x, x_torch


LIBRARIES: Final = (np, torch)


@pytest.mark.parametrize("seed", range(5))
def test_any_program_has_the_gradients_of_pytorch(seed: int) -> None:
    random = np.random.default_rng(seed)
    for _ in range(PROGRAMS):
        leaves = inputs(random)
        values = list(leaves)
        for _ in range(random.integers(2, 14)):
            pair = grown(values, random)
            if np.all(np.abs(pair[0].data) < BOUND):
                values.append(pair)
        y, y_torch = result(values, random)
        y.backward()
        y_torch.backward()
        for x, x_torch in leaves:
            assert (x.grad is None) == (x_torch.grad is None)
            if x.grad is not None:
                size = np.max(np.abs(x_torch.grad.numpy()))
                assert x.grad == pytest.approx(x_torch.grad.numpy(), rel=1e-9, abs=1e-10 * (1 + size))
