"""Following a rule along given gradients: alone, as its author wrote it, and inside an Optimizer."""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, Final

import numpy as np

from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.tally import Tally
from corelib.core.tensor import Array, Tensor
from corelib.rule import Step, declared, joint

LR: Final = 0.05


def updated(rule: Any, *, state: Any, shared: Any, step: Step, **arrays: Any) -> Any:
    """What ``update`` returns for a parameter that is alone. ``arrays`` are out, grad, param and terms."""
    terms = arrays.pop("terms")
    whole = joint(rule)
    if whole is None:
        return rule.update(state=state, step=step, **arrays)
    whole.measure(
        terms=terms, grad=arrays["grad"], param=arrays["param"], state=state, shared=shared, step=step
    )  # fmt: skip
    sums = [float(np.sum(term, dtype=np.float64)) for term in terms]
    rate = whole.combine(sums=sums, shared=shared, step=Step(step.t, step.lr))
    answer: Any = whole.update(state=state, shared=shared, step=step._replace(lr=rate), **arrays)  # type: ignore[func-returns-value]  # a mutant may
    return answer


def begun(rule: Any) -> Any:
    """What a rule over all parameters shares before its first step; None for others."""
    whole = joint(rule)
    return None if whole is None else whole.begin()


class Loose:
    """A rule without a driver: what Optimizer does with one parameter, in ten lines. All it is given is checked."""

    def __init__(self, rule: Any, param: Array, lr: float) -> None:
        self.rule = rule
        self.param: Array = np.array(param)
        self.lr = lr
        self.t: int = 0
        self.state: Any = None
        self.shared: Any = begun(rule)
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
        out, terms, work = junk(self.rule, param, self.garbage)
        step = Step(self.t, self.lr, work)
        updated(
            self.rule, out=out, terms=terms, grad=grad, param=param, state=self.state, shared=self.shared, step=step
        )
        self.out = out
        self.param -= out
        return self.param


def junk(rule: Any, like: Array, garbage: float) -> tuple[Array, tuple[Array, ...], tuple[Array, ...]]:
    """``out``, the terms and the work arrays of a rule, full of garbage."""
    counts = (1, declared(rule, "sums", 0), rule.scratch)
    out, terms, work = (tuple(np.full(like.shape, garbage, like.dtype) for _ in range(count)) for count in counts)
    return out[0], terms, work


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
    """Values to start from, and gradients of a drift, with exact zeros among them."""
    rng = subject.rng(name)
    values = [np.asarray(rng.normal(size=shape)) for shape in shapes]
    rows = [[np.asarray((0.5 + rng.normal(size=s)) * (rng.random(s) > 0.1)) for s in shapes] for _ in range(steps)]
    return values, rows


def alike(tally: Tally, found: list[Array], expected: list[Array], message: str) -> None:
    """The same bytes."""
    for one, other in zip(found, expected, strict=True):
        tally.require(one.tobytes() == other.tobytes(), message)
