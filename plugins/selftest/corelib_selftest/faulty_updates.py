"""Faults in the update of an optimizer's rule."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import numpy as np

Updated: TypeAlias = Callable[..., None]
"""The right ``update``: a fault is called with it, with the rule, and with update's own keywords."""


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
    "returns the update": lambda: _answers,
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
