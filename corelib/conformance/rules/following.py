"""Following a rule along given gradients: alone, as its author wrote it, and inside an Optimizer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from corelib.conformance.rules.subject import RuleSubject
from corelib.conformance.tally import Tally
from corelib.rule import Step
from corelib.tensor import Array, Tensor

LR: Final = 0.05


class Loose:
    """A rule without a driver: what Optimizer does with one parameter, in ten lines. All it is given is checked."""

    def __init__(self, rule: Any, param: Array, lr: float) -> None:
        self.rule = rule
        self.param: Array = np.array(param)
        self.lr = lr
        self.t: int = 0
        self.state: Any = None
        self.garbage: float = np.nan
        """What ``out`` and the work arrays hold before each update."""

    def step(self, gradient: Array) -> Array:
        """The parameter after one more update."""
        param = self.param.view()
        param.flags.writeable = False
        grad = np.array(gradient, self.param.dtype)
        grad.flags.writeable = False
        if self.t == 0:
            self.state = self.rule.init(param)
        self.t += 1
        out, *work = [np.full(param.shape, self.garbage, param.dtype) for _ in range(1 + self.rule.scratch)]
        self.rule.update(out=out, grad=grad, param=param, state=self.state, step=Step(self.t, self.lr, tuple(work)))
        self.out = out
        self.param -= out
        return self.param


def parameters(values: Sequence[Array], trainable: bool = True) -> list[Tensor]:
    """Tensors with these values, named p0, p1, ..."""
    return [Tensor(v, trainable=trainable, name=f"p{i}") for i, v in enumerate(values)]


def give(tensors: Sequence[Tensor], gradients: Sequence[Array | None]) -> None:
    """Put gradients where backward would."""
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
    """Values to start from, and gradients with exact zeros among them."""
    rng = subject.rng(name)
    values = [np.asarray(rng.normal(size=shape)) for shape in shapes]
    rows = [[np.asarray(rng.normal(size=s) * (rng.random(s) > 0.1)) for s in shapes] for _ in range(steps)]
    return values, rows


def alike(tally: Tally, found: list[Array], expected: list[Array], message: str) -> None:
    """The same bytes."""
    for one, other in zip(found, expected, strict=True):
        tally.require(one.tobytes() == other.tobytes(), message)
