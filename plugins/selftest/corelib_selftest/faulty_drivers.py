"""Faults in the driver of an optimizer's rule."""

from typing import Any, Final

import numpy as np

from corelib.errors import InvalidHyperparameter
from corelib.optimizing.optimizer import Optimizer


class AliasingSave(Optimizer):
    """What it saves is its own state, and no copy."""

    def state_dict(self) -> Any:
        saved = super().state_dict()
        for p in self.parameters:
            for name in state_fields(p.state):
                if isinstance(getattr(p.state, name), np.ndarray):
                    saved[f"{p.name}/{name}"] = getattr(p.state, name)
        return saved


class AliasingLoad(Optimizer):
    """What it loads it goes on with, and with no copy."""

    def load_state_dict(self, state: Any, *, accept_changes: bool = False) -> None:
        super().load_state_dict(state, accept_changes=accept_changes)
        for p in self.parameters:
            for name in state_fields(p.state):
                if isinstance(getattr(p.state, name), np.ndarray):
                    setattr(p.state, name, state[f"{p.name}/{name}"])


class ForgetsCounts(Optimizer):
    """Loading does not restore how many updates there were."""

    def load_state_dict(self, state: Any, *, accept_changes: bool = False) -> None:
        super().load_state_dict(state, accept_changes=accept_changes)
        for p in self.parameters:
            p.t = max(p.t - 1, 0)


class MovesFrozen(Optimizer):
    """What is frozen decays all the same."""

    def step(self, closure: Any = None) -> Any:
        for p in self.parameters:
            if not p.tensor.trainable:
                p.tensor.data[...] *= 1 - 1e-3 * self.weight_decay
        return super().step(closure)


class CountsFrozen(Optimizer):
    """A gradient of what is frozen counts in the norm."""

    def step(self, closure: Any = None) -> Any:
        frozen = [p.tensor for p in self.parameters if not p.tensor.trainable and p.tensor.grad is not None]
        if frozen and self.clip_norm:
            for p in self.parameters:
                if p.tensor.trainable and p.tensor.grad is not None:
                    p.tensor.grad = p.tensor.grad * 0.5
        return super().step(closure)


class CountsNone(Optimizer):
    """A step without a gradient counts as one."""

    def step(self, closure: Any = None) -> Any:
        loss = super().step(closure)
        for p in self.parameters:
            if p.tensor.grad is None and p.t:
                p.t += 1
        return loss


class Rebinds(Optimizer):
    """Each step gives parameters new arrays."""

    def step(self, closure: Any = None) -> Any:
        loss = super().step(closure)
        for p in self.parameters:
            p.tensor.data = p.tensor.data.copy()
        return loss


class WritesGradients(Optimizer):
    """Gradients are scaled where they lie."""

    def step(self, closure: Any = None) -> Any:
        loss = super().step(closure)
        for p in self.parameters:
            if p.tensor.grad is not None:
                p.tensor.grad *= 0.5
        return loss


class LateRate(Optimizer):
    """A learning rate counts one step late."""

    def rate(self) -> float:
        now = super().rate()
        before, self._late = getattr(self, "_late", now), now
        return before


class CallsTwice(Optimizer):
    """The closure is called once more after the update."""

    def step(self, closure: Any = None) -> Any:
        loss = super().step(closure)
        return loss if closure is None else closure()


class SkipsLate(Optimizer):
    """A gradient that is not finite is found after the state was changed."""

    def step(self, closure: Any = None) -> Any:
        for p in self.parameters:
            if p.tensor.grad is not None and not np.all(np.isfinite(p.tensor.grad)):
                p.t += 1
        return super().step(closure)


class AscendsClipped(Optimizer):
    """Maximize counts only where the gradients are not clipped."""

    def apply(self, updates: Any, lr: float, factor: float) -> None:
        clipped = self.options.maximize and factor != 1.0
        super().apply(updates, lr, -factor if clipped else factor)


class SharedAcrossInstances(Optimizer):
    """All optimizers of a rule go by one count."""

    counts: dict[str, int] = {}  # noqa: RUF012  # shared on purpose: this is the fault

    def apply(self, updates: Any, lr: float, factor: float) -> None:
        for update in updates:
            update.data[...] *= 1 + 1e-12 * (self.counts.get(self.rule.name, 0) % 7)
        self.counts[self.rule.name] = self.counts.get(self.rule.name, 0) + 1
        super().apply(updates, lr, factor)


class TakesAnything(Optimizer):
    """Options that are out of their range are passed over."""

    def __init__(self, params: Any, rule: Any, **options: Any) -> None:
        try:
            super().__init__(params, rule, **options)
        except InvalidHyperparameter:
            super().__init__(params, rule)


class ForgetsShared(Optimizer):
    """Loading begins anew with what is known of all parameters."""

    shared: Any

    def load_state_dict(self, state: Any, *, accept_changes: bool = False) -> None:
        super().load_state_dict(state, accept_changes=accept_changes)
        self.shared = None


class SharesAcrossInstances(Optimizer):
    """All optimizers of a rule go by one estimate."""

    shared: Any
    estimates: dict[Any, Any] = {}  # noqa: RUF012  # shared on purpose: this is the fault

    def apply(self, updates: Any, lr: float, factor: float) -> None:
        self.shared = self.estimates.get(self.rule)
        super().apply(updates, lr, factor)
        if self.shared is not None:
            self.estimates[self.rule] = self.shared


class EstimatesApart(Optimizer):
    """Each parameter is measured and combined by itself."""

    def apply(self, updates: Any, lr: float, factor: float) -> None:
        for update in updates:
            super().apply([update], lr, factor)


class MeasuresFrozen(Optimizer):
    """What is frozen is measured with its stale gradient."""

    def step(self, closure: Any = None) -> Any:
        loss = super().step(closure)
        for p in self.parameters:
            if not p.tensor.trainable and p.tensor.grad is not None and self.shared is not None:
                name = state_fields(self.shared)[0]
                setattr(self.shared, name, getattr(self.shared, name) * 1.5)
        return loss


DRIVERS: Final = (
    AliasingSave, AliasingLoad, ForgetsCounts, MovesFrozen, CountsFrozen, CountsNone, Rebinds, WritesGradients,
    LateRate, CallsTwice, SkipsLate, AscendsClipped, SharedAcrossInstances, TakesAnything,
)  # fmt: skip
STATEFUL: Final = (AliasingSave, AliasingLoad)
JOINT: Final = (ForgetsShared, SharesAcrossInstances, EstimatesApart, MeasuresFrozen)
"""Faults that only a driver of a rule over all parameters together can have."""


def state_fields(state: Any) -> list[str]:
    """The names of what a state holds."""
    return list(getattr(type(state), "__dataclass_fields__", ()))
