"""Following a rule along given gradients, inside an Optimizer."""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, Final

import numpy as np

from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.tally import Tally
from corelib.core.tensor import Array, Tensor

LR: Final = 0.05


def split(row: Array, shapes: Sequence[tuple[int, ...]]) -> list[Array]:
    """The entries of all parameters, in one row, as parameters of these shapes."""
    parts, start = [], 0
    for shape in shapes:
        end = start + prod(shape)
        parts.append(row[start:end].reshape(shape))
        start = end
    return parts


def parameters(values: Sequence[Array], trainable: bool = True) -> list[Tensor]:
    """Tensors with these values, named p0, p1, ..."""
    return [Tensor(v, trainable=trainable, name=f"p{i}") for i, v in enumerate(values)]


def give(tensors: Sequence[Tensor], gradients: Sequence[Array | None]) -> None:
    """Set the gradients, as backward would."""
    for tensor, gradient in zip(tensors, gradients, strict=True):
        tensor.grad = None if gradient is None else np.array(gradient, tensor.dtype)


def follow(
    subject: RuleSubject,
    hyperparameters: Mapping[str, Any],
    values: Sequence[Array],
    gradients: Sequence[Sequence[Array | None]],
    seen: Callable[[int, Any, list[Tensor]], None] | None = None,
    **options: Any,
) -> list[Array]:
    """The parameters after all steps; ``seen(t, optimizer, tensors)`` is called after each."""
    tensors = parameters(values)
    optimizer = subject.optimizer(tensors, subject.rule(hyperparameters), **options)
    for t, row in enumerate(gradients, 1):
        give(tensors, row)
        optimizer.step()
        if seen is not None:
            seen(t, optimizer, tensors)
    return [tensor.data for tensor in tensors]


def drawn(
    subject: RuleSubject, name: str, shapes: Sequence[tuple[int, ...]] = ((), (3,), (2, 3)), steps: int = 6
) -> tuple[list[Array], list[list[Array]]]:
    """Values to start from, and gradients of a drift, with exact zeros among them."""
    rng = subject.rng(name)
    values = [np.asarray(rng.normal(size=shape)) for shape in shapes]
    rows = [[np.asarray((0.5 + rng.normal(size=s)) * (rng.random(s) > 0.1)) for s in shapes] for _ in range(steps)]
    return values, rows


def alike(tally: Tally, found: list[Array], expected: list[Array], message: str) -> None:
    """The same bytes."""
    for one, other in zip(found, expected, strict=True):
        tally.require(one.tobytes() == other.tobytes(), message)
