"""Options: what an Optimizer does in the same way for every rule.

A new option takes a field here, and in optimizer.py its ``Setting`` and the line where it acts. In the ``metadata`` of
a field, "range" is the interval of a number, or the texts that are allowed; True and False need none. A "transient"
option is not saved with the state: a run may be resumed with another.
"""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from numbers import Real
from typing import Any, Concatenate, Final, Literal, ParamSpec, TypeAlias, cast, get_args

from corelib.core.tensor import Tensor
from corelib.errors import InvalidHyperparameter
from corelib.rule import AnyRule, Schedule, declared, require, require_bool

Policy: TypeAlias = Literal["raise", "skip", "propagate"]
RATE: Final = "[0, inf)"
TRANSIENT: Final = {"transient": True}

P = ParamSpec("P")
Init: TypeAlias = Callable[..., None]


@dataclass(frozen=True, kw_only=True)
class GroupOptions:
    """The options that each group of parameters has for itself."""

    lr: float | Schedule | None = field(default=None, metadata={"range": RATE})
    """The learning rate, or a Schedule: a function of the number of updates made before. None: the rule's default."""
    weight_decay: float | None = field(default=None, metadata={"range": "[0, inf)"})
    """The decoupled decay: the parameter is multiplied by 1 - lr * weight_decay. None: the rule's default."""
    l2: float = field(default=0.0, metadata={"range": "[0, inf)"})
    """L2 regularization: l2 times the parameter is added to its gradient, and so the rule sees it."""
    decay: Callable[[Tensor], bool] | None = field(default=None, metadata=TRANSIENT)
    """Whether ``weight_decay`` and ``l2`` concern a parameter; asked once for each. None: they concern all."""
    maximize: bool = False
    """Whether to ascend: the rule is given minus the gradient. Both decays still shrink the parameter."""


@dataclass(frozen=True, kw_only=True)
class StepOptions:
    """The options of a step, which all groups have in common."""

    clip_norm: float | None = field(default=None, metadata={"range": "(0, inf]"})
    """The largest norm of all gradients together; where it is greater, they are scaled down to it. None: any."""
    on_nonfinite: Policy = field(default="raise", metadata={"range": get_args(Policy), **TRANSIENT})
    """What to do about a gradient with a NaN or an infinity: raise NonFinite, skip the step, or propagate it."""
    auto_zero: bool = field(default=False, metadata=TRANSIENT)
    """Whether a step forgets the gradients after it."""


@dataclass(frozen=True, kw_only=True)
class Options(StepOptions, GroupOptions):
    """All options of an Optimizer. Raises InvalidHyperparameter for one that is out of its range."""

    def __post_init__(self) -> None:
        for each in fields(self):
            if getattr(self, each.name) is not None or each.default is not None:
                self._check(each)

    def _check(self, option: Field[Any]) -> None:
        value, allowed = getattr(self, option.name), option.metadata.get("range")
        if option.name == "lr":
            checked_rate(0.0 if callable(value) else value)
        elif isinstance(allowed, str):
            require(self, allowed, option.name)
        elif isinstance(option.default, bool):
            require_bool(self, option.name)
        elif option.name == "decay":
            if not callable(value):
                raise InvalidHyperparameter(f"decay = {value!r} is no function of a Tensor")
        elif allowed is not None and value not in allowed:
            raise InvalidHyperparameter(f"{option.name} = {value!r} is none of {allowed}")

    def changed(self, name: str, value: object) -> "Options":
        """These options with another value of one, which alone is checked: a third of the time of `replace`."""
        twin = object.__new__(Options)
        vars(twin).update(vars(self), **{name: value})
        if value is not None or OPTIONS[name].default is not None:
            twin._check(OPTIONS[name])
        return twin

    def resolved(self, rule: AnyRule) -> "Options":
        """These options, with the rule's own defaults for lr and weight_decay where they are None."""
        if self.lr is not None and self.weight_decay is not None:
            return self
        lr = rule.default_lr if self.lr is None else self.lr
        decay = declared(rule, "default_weight_decay", 0.0) if self.weight_decay is None else self.weight_decay
        return replace(self, lr=lr, weight_decay=decay)

    def rate(self, iteration: int) -> float:
        """The learning rate after so many updates; raises InvalidHyperparameter for none in [0, inf)."""
        if callable(self.lr):
            return checked_rate(self.lr(iteration), f" (the schedule at {iteration})")
        return checked_rate(self.lr)

    def saved(self) -> dict[str, object]:
        """What a saved state must agree with, for JSON: all that changes an update."""
        values = {each.name: getattr(self, each.name) for each in fields(self) if not each.metadata.get("transient")}
        return {**values, "lr": "a schedule" if callable(self.lr) else self.rate(0)}


OPTIONS: Final[Mapping[str, Field[Any]]] = {each.name: each for each in fields(Options)}
"""The options by name."""

ADDED: Final[Mapping[str, Any]] = {
    name: each.default
    for name, each in OPTIONS.items()
    if name not in {"lr", "weight_decay"} and not each.metadata.get("transient")
}
"""What a saved state stands for that does not name an option. Every version saved lr and weight_decay."""


def checked_rate(lr: Any, where: str = "") -> float:
    """The learning rate as a float; raises InvalidHyperparameter for what is no number in [0, inf)."""
    if isinstance(lr, bool) or not isinstance(lr, (float, Real)) or not 0 <= cast(float, lr) < math.inf:
        raise InvalidHyperparameter(f"lr = {lr!r}{where} is no number in {RATE}")
    return float(lr)


def signature_of(
    arguments: Callable[P, object],
) -> Callable[[Callable[..., None]], Callable[Concatenate[Any, P], None]]:
    """Give an ``__init__`` of ``**options`` the signature of a dataclass, for type checkers and for `help`."""

    def signed(init: Init) -> Callable[Concatenate[Any, P], None]:
        cast(Any, init).__signature__ = inspect.signature(cast(Any, arguments).__init__)
        return init

    return signed
