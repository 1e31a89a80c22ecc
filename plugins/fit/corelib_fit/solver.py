"""Solver: the optimizer of a run, made of a name and the words after ``--set``."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final

from corelib import Optimizer, Tensor
from corelib.errors import CorelibError
from corelib.plugins import find_optimizer, optimizer_names
from corelib.rule import AnyRule, hyperparameters, make_rule
from corelib_fit.refusal import BadInput, listed
from corelib_fit.table import number

DRIVERS: Final = ("lr", "weight_decay", "l2", "clip_norm")
"""What may be set for every optimizer: these are options of the Optimizer, not of its rule."""

DEFAULTS: Final[Mapping[str, Mapping[str, float]]] = {
    # Small networks on standardised data bear larger steps than the rules' own defaults, which are for large ones.
    "sgd": {"lr": 0.01, "momentum": 0.9},
    "adam": {"lr": 0.003},
    "adamw": {"lr": 0.003},
    "rmsprop": {"lr": 0.001},
    "adagrad": {"lr": 0.03},
}


@dataclass(frozen=True, slots=True)
class Solver:
    """A rule, and the options of the Optimizer that drives it."""

    rule: AnyRule
    options: Mapping[str, float]

    @property
    def lr(self) -> float:
        """The learning rate."""
        return self.options.get("lr", self.rule.default_lr)

    def rate(self, n: int, steps: int) -> float:
        """The learning rate of step n, from 0, of so many: over the last third of them it falls to zero, in a line.

        So the noise that batches bring dies away, whatever the optimizer.
        """
        return self.lr * min(1.0, 3 * (steps - n) / steps)

    def drive(self, parameters: Mapping[str, Tensor], steps: int) -> Optimizer:
        """The Optimizer of these parameters for so many steps; each step forgets the gradients that it used."""
        options: dict[str, Any] = {**self.options, "lr": lambda n: self.rate(n, steps), "auto_zero": True}
        return Optimizer(parameters, self.rule, **options)

    def __str__(self) -> str:
        values = {"lr": self.lr, **dict(self.options), **hyperparameters_of(self.rule)}
        return f"{self.rule.name} ({', '.join(f'{name}={value}' for name, value in values.items())})"


def make_solver(name: str, words: Sequence[str]) -> Solver:
    """The solver that ``--optimizer name --set key=value ...`` asks for.

    Raises BadInput for an optimizer that is not installed, a word that is no key=value, a key that the optimizer does
    not have, and a value out of its range.
    """
    if name not in optimizer_names():
        raise BadInput(f"there is no optimizer {name!r}; there are {', '.join(optimizer_names()) or 'none installed'}")
    kind = find_optimizer(name)
    known: dict[str, Any] = {field.name: field.default for field in fields(kind)} if is_dataclass(kind) else {}
    values = {**DEFAULTS.get(name, {}), **dict(parsed(word, name, known) for word in words)}
    options: dict[str, Any] = {key: float(value) for key, value in values.items() if key in DRIVERS}
    try:
        solver = Solver(make_rule(kind, {k: v for k, v in values.items() if k not in DRIVERS}), options)
        Optimizer([Tensor(0.0, trainable=True)], solver.rule, **options)  # it checks them
    except (CorelibError, TypeError) as error:  # a TypeError where the rule has a hyperparameter without default
        raise BadInput(f"--set: {error}") from error
    return solver


def parsed(word: str, name: str, known: Mapping[str, Any]) -> tuple[str, float | bool]:
    """The key and the value of a word such as "lr=0.1" or "nesterov=true". ``known`` has defaults by key."""
    key, sign, text = (part.strip() for part in word.partition("="))
    if not sign or not key:
        raise BadInput(f"--set {word!r}: a hyperparameter and its value are wanted, such as lr=0.01")
    if key not in (*DRIVERS, *known):
        raise BadInput(f"--set {word!r}: {name} has no hyperparameter {key!r}; it has {listed((*DRIVERS, *known))}")
    return key, value_of(text, word, known.get(key, 0.0))


def value_of(text: str, word: str, default: Any) -> float | bool:
    """The value that a word ends with: true or false where the default is either, else a number."""
    if isinstance(default, bool):
        if text.lower() not in {"true", "false"}:
            raise BadInput(f"--set {word!r}: {text!r} is no value; true or false is wanted")
        return text.lower() == "true"
    value = number(text)
    if not math.isfinite(value):
        raise BadInput(f"--set {word!r}: {text!r} is no value; a number is wanted")
    return value


def hyperparameters_of(rule: AnyRule) -> dict[str, Any]:
    """Those that differ from the rule's own defaults."""
    usual = {field.name: field.default for field in fields(type(rule))}  # type: ignore[arg-type]  # hyperparameters() checks
    return {name: value for name, value in hyperparameters(rule).items() if value != usual[name]}
