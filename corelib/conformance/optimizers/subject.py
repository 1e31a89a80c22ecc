"""A RuleSubject: a rule under examination, and the hyperparameters to try."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from functools import cached_property
from typing import Any, Final
from zlib import crc32

import numpy as np

from corelib.conformance.optimizers.loose import Loose
from corelib.conformance.optimizers.spec import RuleSpec
from corelib.core.array_kinds import ArrayKind
from corelib.errors import OptimizerError
from corelib.optimizing.optimizer import Optimizer
from corelib.rule import declared, joint

CANDIDATES: Final = (0.5, 0.9, 0.25, 0.0, 1e-3, 2.0)
STEPS: Final = 12


@dataclass(eq=False)
class RuleSubject:
    """A rule's class with its spec. ``optimizer`` drives it; a mutant may replace it."""

    kind: Any
    spec: RuleSpec
    distribution: str = "local"
    declared: bool = True
    base_seed: int = 0
    optimizer: Callable[..., Any] = Optimizer
    array_kind: ArrayKind | None = None
    """Of what kind the arrays of the check array_kinds are; None for guarded ones."""

    @property
    def name(self) -> str:
        return f"{self.distribution}.{self.spec.name}"

    def rng(self, *words: object) -> np.random.Generator:
        """Random numbers that are the same in every run, on every machine."""
        text = "::".join(map(str, (self.name, *words)))
        return np.random.default_rng([self.base_seed, crc32(text.encode())])

    @property
    def elementwise(self) -> bool:
        return declared(self.kind, "elementwise", False)

    @property
    def joint(self) -> bool:
        """Whether the method is over all parameters together."""
        return joint(self.kind) is not None

    @cached_property
    def hyperparameters(self) -> dict[str, Any]:
        """Names and defaults; a field without a default takes the first candidate that the rule accepts."""
        rule = self.kind(**self.required)
        return {f.name: getattr(rule, f.name) for f in fields(self.kind)}

    @cached_property
    def required(self) -> dict[str, Any]:
        """Declared values of the hyperparameters that have no default."""
        without = [f.name for f in fields(self.kind) if f.default is MISSING and f.default_factory is MISSING]
        missing = [name for name in without if name not in self.spec.others]
        if missing:
            raise OptimizerError(f"{self.name}: {', '.join(missing)} has no default; declare a value in others")
        return {name: self.spec.others[name] for name in without}

    @cached_property
    def variants(self) -> dict[str, dict[str, Any]]:
        """Hyperparameters to try: the defaults, and each off its default once, so that it makes a difference."""
        found: dict[str, dict[str, Any]] = {"defaults": dict(self.required)}
        for name in self.hyperparameters:
            change = self.effect_of(name)
            if change is not None:
                found["-".join(f"{k}={v}" for k, v in change.items())] = change
        for given in self.spec.together:
            found["-".join(f"{k}={v}" for k, v in given.items())] = {**self.required, **given}
        return found

    def effect_of(self, name: str) -> dict[str, Any] | None:
        """Hyperparameters with one off its default that change the trajectory; None if nothing does."""
        for base in self._bases(name):
            without = self._path(base)
            for value in self._values(name):
                changed = self._path({**base, name: value})
                if without is not None and changed is not None and not np.array_equal(without, changed):
                    return {**base, name: value}
        return None

    def _bases(self, name: str) -> Iterator[dict[str, Any]]:
        """The defaults, and each other hyperparameter off its own: some have an effect only beside another."""
        yield dict(self.required)
        for other in self.hyperparameters:
            if other != name:
                for value in self._values(other):
                    yield {**self.required, other: value}
        yield from ({**self.required, **{k: v for k, v in given.items() if k != name}} for given in self.spec.together)

    def _values(self, name: str) -> Sequence[Any]:
        default = self.hyperparameters[name]
        if name in self.spec.others and name not in self.required:
            return [self.spec.others[name]]
        if isinstance(default, bool):
            return [not default]
        if isinstance(default, (int, float)):
            return [value for value in CANDIDATES if value != default][:4]
        return []

    def _path(self, hyperparameters: Mapping[str, Any]) -> Any:
        """A short trajectory; None where the rule refuses the hyperparameters, or cannot be followed."""
        rng = np.random.default_rng(5)
        path = []
        try:
            loose = Loose(self.kind(**hyperparameters), rng.normal(size=4), 0.1)
            with np.errstate(all="ignore"):
                for g in 0.5 + rng.normal(size=(STEPS, 4)):  # a drift, so that estimates grow
                    path.append(loose.step(g).copy())
        except Exception:  # whatever it is, the checks will report it
            return None
        return np.array(path)

    def rule(self, hyperparameters: Mapping[str, Any] | None = None) -> Any:
        """The rule with these hyperparameters, and those that have no default."""
        return self.kind(**{**self.required, **(hyperparameters or {})})

    def with_kind(self, kind: Any) -> "RuleSubject":
        """The same examination of another kind of rule: a mutant."""
        return self._twin(replace(self, kind=kind))

    def with_optimizer(self, optimizer: Callable[..., Any]) -> "RuleSubject":
        """The same examination with another driver: a mutant."""
        return self._twin(replace(self, optimizer=optimizer))

    def _twin(self, twin: "RuleSubject") -> "RuleSubject":
        twin.__dict__["hyperparameters"] = self.hyperparameters
        twin.__dict__["variants"] = self.variants
        return twin
