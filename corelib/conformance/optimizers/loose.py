"""A rule without a driver: what Optimizer does with one parameter, in ten lines."""

from typing import Any

import numpy as np

from corelib.core.tensor import Array
from corelib.rule import Step, declared, joint


def updated(rule: Any, *, state: Any, shared: Any, step: Step, **arrays: Any) -> Any:
    """What ``update`` returns for a single parameter. ``arrays`` are out, grad, param and terms."""
    terms = arrays.pop("terms")
    whole = joint(rule)
    if whole is None:
        return rule.update(state=state, step=step, **arrays)
    whole.measure(
        terms=terms, grad=arrays["grad"], param=arrays["param"], state=state, shared=shared, step=step
    )  # fmt: skip
    sums = [float(np.sum(term, dtype=np.float64)) for term in terms]
    rate = whole.combine(sums=sums, shared=shared, step=Step(step.t, step.lr))
    returned: Any = whole.update(state=state, shared=shared, step=step._replace(lr=rate), **arrays)  # type: ignore[func-returns-value]  # a mutant may
    return returned


def begun(rule: Any) -> Any:
    """What a rule over all parameters shares before its first step; None for others."""
    whole = joint(rule)
    return None if whole is None else whole.begin()


class Loose:
    """One parameter and its state, updated by calls of the rule itself. All that the rule is given is checked."""

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
