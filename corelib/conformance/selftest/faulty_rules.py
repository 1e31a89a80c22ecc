"""Faults in optimizers: in a rule's own update, in what it keeps, and in the driver."""

import copy
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, TypeAlias

import numpy as np

from corelib.conformance.rules.subject import RuleSubject
from corelib.conformance.selftest.mutant import Host, Mutant
from corelib.optimizer import Optimizer
from corelib.parameter import real

Updated: TypeAlias = Callable[..., None]
"""A fault in an update: called with the right ``update``, the rule, and update's own keywords."""


def _with_update(kind: Any, fault: Callable[..., Any]) -> Any:
    """The kind of rule with a fault in its update. It is frozen as before, and has the same fields."""
    right = kind.update

    def update(self: Any, **given: Any) -> Any:
        return fault(partial(right, self), self, **given)

    return type(kind)(kind.__name__, (kind,), {"update": update, "__module__": kind.__module__, "__slots__": ()})


def _with_init(kind: Any, init: Callable[..., Any]) -> Any:
    return type(kind)(kind.__name__, (kind,), {"init": init, "__module__": kind.__module__, "__slots__": ()})


def _writes_grad(right: Updated, rule: Any, **given: Any) -> None:
    right(**given)
    grad = given["grad"]
    grad.flags.writeable = True
    grad[...] = 0


def _writes_param(right: Updated, rule: Any, **given: Any) -> None:
    right(**given)
    param = given["param"]
    if param.flags.writeable:
        param[...] += 1
    given["out"][...] += 0 * param


def _answers(right: Updated, rule: Any, **given: Any) -> Any:
    right(**given)
    return given["out"].copy()


def _adds_to_out(right: Updated, rule: Any, **given: Any) -> None:
    before = given["out"].copy()
    right(**given)
    given["out"][...] += before


def _reads_out(right: Updated, rule: Any, **given: Any) -> None:
    before = np.nan_to_num(given["out"])
    right(**given)
    given["out"][...] += before


def _leaves_last(right: Updated, rule: Any, **given: Any) -> None:
    before = given["out"].copy()
    right(**given)
    if before.size > 1:
        given["out"].reshape(-1)[-1] = before.reshape(-1)[-1]


def _one_late(right: Updated, rule: Any, **given: Any) -> None:
    step = given["step"]
    right(**{**given, "step": step._replace(t=step.t + 1)})


def _t_from_zero(right: Updated, rule: Any, **given: Any) -> None:
    step = given["step"]
    right(**{**given, "step": step._replace(t=max(step.t - 1, 1))})


def _own_count() -> Callable[..., None]:
    """The rule counts steps by itself, for all parameters together."""
    count = [0]

    def fault(right: Updated, rule: Any, **given: Any) -> None:
        count[0] += 1
        right(**{**given, "step": given["step"]._replace(t=count[0])})
        given["out"][...] *= 1 + 1e-9 * count[0]

    return fault


def _negated(right: Updated, rule: Any, **given: Any) -> None:
    right(**given)
    given["out"][...] *= -1


def _scaled(factor: float) -> Callable[..., None]:
    def fault(right: Updated, rule: Any, **given: Any) -> None:
        right(**given)
        given["out"][...] *= factor

    return fault


def _ignores_lr(right: Updated, rule: Any, **given: Any) -> None:
    right(**{**given, "step": given["step"]._replace(lr=rule.default_lr)})


def _abs_grad(right: Updated, rule: Any, **given: Any) -> None:
    right(**{**given, "grad": np.abs(given["grad"])})


def _clipped_grad(right: Updated, rule: Any, **given: Any) -> None:
    right(**{**given, "grad": np.clip(given["grad"], -1, 1)})


def _mean_grad(right: Updated, rule: Any, **given: Any) -> None:
    grad = given["grad"]
    right(**{**given, "grad": grad - np.mean(grad) if grad.size else grad})


def _decays(right: Updated, rule: Any, **given: Any) -> None:
    right(**given)
    given["out"][...] += 1e-4 * given["step"].lr * given["param"]


def _single(right: Updated, rule: Any, **given: Any) -> None:
    right(**given)
    given["out"][...] = given["out"].astype(np.float32)


def _empty_fails(right: Updated, rule: Any, **given: Any) -> None:
    np.max(given["grad"])
    right(**given)


def _moves_at_zero(right: Updated, rule: Any, **given: Any) -> None:
    right(**given)
    given["out"][...] += 1e-6


def _allocates(right: Updated, rule: Any, **given: Any) -> None:
    right(**{**given, "grad": given["grad"] * np.ones(given["grad"].shape)})


def _noisy(right: Updated, rule: Any, **given: Any) -> None:
    right(**given)
    given["out"][...] *= 1 + 1e-15 * np.random.random()


UPDATES: Final[dict[str, Callable[[], Callable[..., Any]]]] = {
    "writes to grad": lambda: _writes_grad,
    "writes to param": lambda: _writes_param,
    "answers the update": lambda: _answers,
    "adds to out": lambda: _adds_to_out,
    "reads out": lambda: _reads_out,
    "leaves the last entry": lambda: _leaves_last,
    "the update is negated": lambda: _negated,
    "the update is 1e-9 too large": lambda: _scaled(1 + 1e-9),
    "the update is halved": lambda: _scaled(0.5),
    "ignores the learning rate": lambda: _ignores_lr,
    "abs of the gradient": lambda: _abs_grad,
    "the gradient is clipped": lambda: _clipped_grad,
    "the gradient is centered": lambda: _mean_grad,
    "decays on its own": lambda: _decays,
    "computes in float32": lambda: _single,
    "fails where empty": lambda: _empty_fails,
    "moves where the gradient is zero": lambda: _moves_at_zero,
    "allocates": lambda: _allocates,
    "is random": lambda: _noisy,
    "counts steps for all parameters": _own_count,
}
COUNTED: Final[dict[str, Callable[[], Callable[..., Any]]]] = {
    "counts one late": lambda: _one_late,
    "counts from 0": lambda: _t_from_zero,
}
"""Faults of rules whose update depends on the number of the step."""


# In what is kept


def _shared_init(kind: Any) -> Any:
    """All parameters of a shape have one state."""
    states: dict[Any, Any] = {}
    right = kind.init

    def init(self: Any, param: Any) -> Any:
        key = (param.shape, param.dtype)
        return states.setdefault(key, right(self, param))

    return _with_init(kind, init)


def _wide_init(kind: Any) -> Any:
    right = kind.init
    return _with_init(kind, lambda self, param: right(self, np.asarray(param, np.float64)))


# In the driver


class AliasingSave(Optimizer):
    """What it saves is its own state, and no copy."""

    def state_dict(self) -> Any:
        saved = super().state_dict()
        for p in self.parameters:
            for name in _fields(p.state):
                if isinstance(getattr(p.state, name), np.ndarray):
                    saved[f"{p.name}/{name}"] = getattr(p.state, name)
        return saved


class AliasingLoad(Optimizer):
    """What it loads it goes on with, and with no copy."""

    def load_state_dict(self, state: Any, *, accept_changes: bool = False) -> None:
        super().load_state_dict(state, accept_changes=accept_changes)
        for p in self.parameters:
            for name in _fields(p.state):
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
        answer = super().step(closure)
        for p in self.parameters:
            if p.tensor.grad is None and p.t:
                p.t += 1
        return answer


class Rebinds(Optimizer):
    """Each step gives parameters new arrays."""

    def step(self, closure: Any = None) -> Any:
        answer = super().step(closure)
        for p in self.parameters:
            p.tensor.data = p.tensor.data.copy()
        return answer


class WritesGradients(Optimizer):
    """Gradients are scaled where they lie."""

    def step(self, closure: Any = None) -> Any:
        answer = super().step(closure)
        for p in self.parameters:
            if p.tensor.grad is not None:
                p.tensor.grad *= 0.5
        return answer


class LateRate(Optimizer):
    """A learning rate counts one step late."""

    def rate(self) -> float:
        now = super().rate()
        before, self._late = getattr(self, "_late", now), now
        return before


class CallsTwice(Optimizer):
    """The closure is called once more after the update."""

    def step(self, closure: Any = None) -> Any:
        answer = super().step(closure)
        return answer if closure is None else closure()


class SkipsLate(Optimizer):
    """A gradient that is not finite is found after the state was changed."""

    def step(self, closure: Any = None) -> Any:
        for p in self.parameters:
            if p.tensor.grad is not None and not np.all(np.isfinite(p.tensor.grad)):
                p.t += 1
        return super().step(closure)


class SharedAcrossInstances(Optimizer):
    """All optimizers of a rule go by one count."""

    counts: dict[str, int] = {}  # noqa: RUF012  # shared on purpose: this is the fault

    def apply(self, updates: Any, lr: float, factor: float) -> None:
        for update in updates:
            update.data[...] *= 1 + 1e-12 * (self.counts.get(self.rule.name, 0) % 7)
        self.counts[self.rule.name] = self.counts.get(self.rule.name, 0) + 1
        super().apply(updates, lr, factor)


class TakesAnything(Optimizer):
    """Options are not looked at."""

    def check(self) -> None:
        return None


DRIVERS: Final = (
    AliasingSave, AliasingLoad, ForgetsCounts, MovesFrozen, CountsFrozen, CountsNone, Rebinds, WritesGradients,
    LateRate, CallsTwice, SkipsLate, SharedAcrossInstances, TakesAnything,
)  # fmt: skip
STATEFUL: Final = (AliasingSave, AliasingLoad)


def _fields(state: Any) -> list[str]:
    return list(getattr(type(state), "__dataclass_fields__", ()))


def rule_behaviours(subject: RuleSubject) -> Iterator[Mutant]:
    """All behavioural faults that the rule and its driver can have."""
    counted = _depends_on_t(subject)
    kept = _fields(subject.rule(max(subject.variants.values(), key=len)).init(np.zeros(2)))
    for name, make in {**UPDATES, **(COUNTED if counted else {})}.items():
        yield _mutant(subject, name, partial(_updated, subject, make))
    if kept:
        yield _mutant(subject, "all parameters share a state", lambda: subject.with_kind(_shared_init(subject.kind)))
        yield _mutant(subject, "the state is of float64", lambda: subject.with_kind(_wide_init(subject.kind)))
    for driver in DRIVERS:
        if driver is ForgetsCounts and not counted:
            continue
        if kept or driver not in STATEFUL:
            yield _mutant(subject, f"driver: {_said(driver)}", partial(subject.with_optimizer, driver))


def _said(driver: type) -> str:
    return (driver.__doc__ or driver.__name__).splitlines()[0].rstrip(".")


def _updated(subject: RuleSubject, make: Callable[[], Callable[..., Any]]) -> RuleSubject:
    return subject.with_kind(_with_update(subject.kind, make()))


def _mutant(subject: RuleSubject, name: str, make: Callable[[], Any]) -> Mutant:
    return Mutant("behaviour", name, (Host(subject, make),))


def _depends_on_t(subject: RuleSubject) -> bool:
    """Whether any variant's update depends on the number of the step."""
    return any(not _same_at(subject, given) for given in subject.variants.values())


def _same_at(subject: RuleSubject, given: Any) -> bool:
    from corelib.rule import Step

    answers = []
    for t in (1, 2):
        rule, param = subject.rule(given), np.ones(2)
        out, *work = [np.empty(2) for _ in range(1 + rule.scratch)]
        state = copy.deepcopy(rule.init(param))
        rule.update(out=out, grad=np.full(2, 0.5), param=real(param), state=state, step=Step(t, 0.1, tuple(work)))
        answers.append(out.tobytes())
    return answers[0] == answers[1]
