"""Optimizer: it drives a rule over parameters, and owns all that is the same for every method."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from inspect import signature
from itertools import chain
from numbers import Real
from typing import Any, Final, TypedDict, TypeVar, cast, get_args, overload

import numpy as np

from corelib.core.tensor import Array, Tensor
from corelib.errors import InvalidHyperparameter, OptimizerError
from corelib.optimizing.clipping import Policy, clip_factor
from corelib.optimizing.joint import Given, Sums
from corelib.optimizing.packing import Pack, Packing, Updates
from corelib.optimizing.parameter import (
    Parameter,
    Tensors,
    Update,
    apart,
    check_leaves,
    named_tensors,
    owner,
    readonly,
)
from corelib.optimizing.state import StateDict, load, save
from corelib.optimizing.workspace import Workspace
from corelib.rule import (
    AnyJointRule,
    AnyRule,
    FloatArray,
    Rule,
    Schedule,
    Step,
    declared,
    hyperparameters,
    joint,
    make_rule,
    require,
)

__all__ = ["AnyRule", "FloatArray", "Optimizer", "Options", "Policy", "Rule", "Schedule", "Step"]

POLICIES: Final = get_args(Policy)

T = TypeVar("T")


class Options(TypedDict, total=False):
    """The options of an Optimizer."""

    lr: float | Schedule | None
    weight_decay: float | None
    l2: float
    decay: Callable[[Tensor], bool] | None
    clip_norm: float | None
    on_nonfinite: Policy
    auto_zero: bool


class Optimizer:
    """Changes trainable Tensors in place, by a rule, along their gradients.

    ``params`` are Tensors, or a mapping from names to them. A Tensor in a list is called by its own name,
    else "param0", "param1", ... by its position; saved states go by these names. With n the number of
    updates made before, and p a parameter, each `step`

    1. picks the parameters that are trainable and have a gradient: no other is read, counted or changed;
    2. takes the global norm of their gradients;
    3. where one is not finite, raises NonFinite and changes nothing (``on_nonfinite="raise"``), leaves
       all state and counts as they were ("skip"), or goes on ("propagate");
    4. multiplies the gradients by clip_norm / norm where the norm is greater than ``clip_norm``, and then
       adds ``l2`` * p (L2 regularization: unlike weight decay, the rule sees it);
    5. takes ``lr``, or ``lr(n)`` where it is a Schedule;
    6. asks the rule for the update;
    7. multiplies p by 1 - lr * ``weight_decay`` (decoupled decay: Loshchilov and Hutter, 2019);
    8. subtracts the update from p;

    and with ``auto_zero`` forgets the gradients. ``lr`` and ``weight_decay`` are the rule's own defaults
    where they are None. ``decay(tensor)``, asked once, says which parameters 4 and 7 decay: without it,
    all. Gradients are never written to. A complex parameter is optimized as pairs of real ones.

    A `JointRule`, whose method is defined over all parameters together, sees those of this Optimizer at 6;
    the learning rate that it returns is then that of 7. ``shared`` is what it knows of all of them.

    ``rule``, ``lr``, ``weight_decay``, ``l2``, ``clip_norm``, ``on_nonfinite`` and ``auto_zero`` may be
    assigned between steps; the next one goes by them. Raises OptimizerError for parameters that are none
    or stand there twice, and InvalidHyperparameter for an option out of its range.
    """

    def __init__(
        self,
        params: Tensors,
        rule: AnyRule,
        *,
        lr: float | Schedule | None = None,
        weight_decay: float | None = None,
        l2: float = 0.0,
        decay: Callable[[Tensor], bool] | None = None,
        clip_norm: float | None = None,
        on_nonfinite: Policy = "raise",
        auto_zero: bool = False,
    ) -> None:
        hyperparameters(rule)
        named = named_tensors(params)
        check_leaves(named)
        self.parameters: list[Parameter] = [
            Parameter(name, each, decays=decay is None or decay(each)) for name, each in named
        ]
        self._rule = rule
        self.lr: float | Schedule = rule.default_lr if lr is None else lr
        default_decay = declared(rule, "default_weight_decay", 0.0)
        self.weight_decay: float = default_decay if weight_decay is None else weight_decay
        self.l2 = l2
        self.clip_norm = clip_norm
        self.on_nonfinite: Policy = on_nonfinite
        self.auto_zero = auto_zero
        self.iteration: int = 0
        self.shared: Any = None
        self._workspace = Workspace(2 + rule.scratch + declared(rule, "sums", 0))
        self._packing = Packing()
        self.check()

    @classmethod
    def named(
        cls, params: Tensors, name: str, hyperparameters: Mapping[str, Any] | None = None, /, **given: Any
    ) -> "Optimizer":
        """An Optimizer with an installed rule: ``Optimizer.named(params, "lion", beta1=0.9, lr=1e-3)``.

        What is no option of an Optimizer is a hyperparameter of the rule; those may come in a mapping, too.
        `corelib.optimizers.named` does the same, and type checkers know the hyperparameters there.
        """
        from corelib.plugins.registry import find_optimizer  # no plugin is looked for before it is asked for

        kind = find_optimizer(name)
        options = {key: value for key, value in given.items() if key in Options.__annotations__}
        values = {key: value for key, value in given.items() if key not in options}
        refuse_shared(kind, options)
        return cls(params, make_rule(kind, joined(hyperparameters or {}, values)), **options)

    @property
    def rule(self) -> AnyRule:
        """The method. Another of the same class, with other hyperparameters, may be assigned."""
        return self._rule

    @rule.setter
    def rule(self, rule: AnyRule) -> None:
        if type(rule) is not type(self._rule):
            raise OptimizerError(f"{rule!r} cannot go on with the state of {self._rule!r}")
        self._rule = rule

    @overload
    def step(self) -> None: ...
    @overload
    def step(self, closure: Callable[[], T]) -> T: ...
    def step(self, closure: Callable[[], T] | None = None) -> T | None:
        """Update the parameters once, after one call of ``closure`` if there is one; returns what it returned."""
        value = None if closure is None else closure()
        step_together([self], self.clip_norm, self.on_nonfinite)
        if self.auto_zero:
            self.zero_grad()
        return value

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self.parameters:
            parameter.tensor.cleargrad()

    def state_dict(self) -> StateDict:
        """A snapshot of all state, by parameter name, that `numpy.savez` saves without pickle."""
        return save([self])

    def load_state_dict(self, state: Mapping[str, Array], *, accept_changes: bool = False) -> None:
        """Go on from a saved state. Nothing is cast and nothing is adopted but state and counts.

        Raises StateMismatch, with every difference, and then nothing was loaded. ``accept_changes`` lets
        hyperparameters and options differ from the saved ones; those of this optimizer stay.
        """
        load([self], state, accept_changes=accept_changes)

    def options(self) -> dict[str, object]:
        """The options that a saved state must agree with."""
        lr = "a schedule" if callable(self.lr) else float(self.lr)
        return {"lr": lr, "weight_decay": self.weight_decay, "l2": self.l2, "clip_norm": self.clip_norm}

    def default_options(self) -> dict[str, object]:
        """The values that ``options`` had before they existed. ``lr`` and ``weight_decay`` are in every saved state."""
        taken = signature(Optimizer.__init__).parameters
        return {name: taken[name].default for name in self.options() if name not in {"lr", "weight_decay"}}

    # What step_together asks of an optimizer

    def check(self) -> None:
        """Raise InvalidHyperparameter for an option out of its range."""
        require(self, "[0, inf)", "weight_decay", "l2")
        if self.clip_norm is not None:
            require(self, "(0, inf]", "clip_norm")
        if self.on_nonfinite not in POLICIES:
            raise InvalidHyperparameter(f"on_nonfinite = {self.on_nonfinite!r} is none of {POLICIES}")
        if not callable(self.lr):
            self.rate()

    def rate(self) -> float:
        """The learning rate of the next update."""
        lr = self.lr(self.iteration) if callable(self.lr) else self.lr
        if isinstance(lr, bool) or not isinstance(lr, Real) or not 0 <= lr < math.inf:
            where = f" (the schedule at {self.iteration})" if callable(self.lr) else ""
            raise InvalidHyperparameter(f"lr = {lr!r}{where} is no number in [0, inf)")
        return float(lr)

    def unpack(self) -> None:
        """Give every parameter its own state."""
        self._packing.dissolve()

    def updates(self) -> list[Update]:
        """What the next step would work on."""
        return [parameter.update() for parameter in self.parameters if parameter.eligible()]

    def apply(self, updates: Sequence[Update], lr: float, factor: float) -> None:
        """Make these updates, with the gradients multiplied by ``factor``."""
        merged, packed = self._packing.pack(self.rule, updates)
        rule = joint(self.rule)
        rate = lr if rule is None or not updates else self._combined(rule, merged, packed, lr, factor)
        for update in merged:
            self._apply(update, rate, factor)
        for pack, members in packed:
            pack.scatter(members)
        if updates:
            self.iteration += 1

    def _combined(
        self, rule: AnyJointRule, merged: Sequence[Update], packed: Sequence[tuple[Pack, Updates]], lr: float,
        factor: float,
    ) -> float:  # fmt: skip
        """The learning rate of a step by a method over all parameters, once each was measured."""
        if self.shared is None:
            self.shared = rule.begin()
        sums = Sums(rule.sums, {pack.whole: pack.slices for pack, _ in packed})
        for update in merged:
            _, grad, param, step, terms = self._given(update, lr, factor)
            if update.parameter.t == 0:
                update.parameter.state = rule.init(param)
            rule.measure(
                terms=terms, grad=grad, param=param, state=update.parameter.state, shared=self.shared, step=step
            )
            sums.add(update.parameter, terms)
        rate = rule.combine(sums=sums.totals(), shared=self.shared, step=Step(self.iteration + 1, lr))
        if not isinstance(rate, float):
            raise OptimizerError(f"combine of {rule.name} returned {rate!r}: it returns the learning rate, a float")
        return rate

    def _given(self, update: Update, lr: float, factor: float) -> Given:
        parameter, data, _ = update
        out, copy, *work = self._workspace.arrays(data)
        grad = final_gradient(update, factor, self.l2 if parameter.decays else 0.0, out, copy)
        count = self.rule.scratch
        return Given(out, grad, readonly(data), Step(parameter.t + 1, lr, tuple(work[:count])), tuple(work[count:]))

    def _apply(self, update: Update, lr: float, factor: float) -> None:
        parameter, data, _ = update
        out, grad, param, step, _ = self._given(update, lr, factor)
        joint_rule = joint(self.rule)
        if joint_rule is not None:
            joint_rule.update(out=out, grad=grad, param=param, state=parameter.state, shared=self.shared, step=step)
        else:
            rule = cast("Rule[Any]", self.rule)
            if parameter.t == 0:
                parameter.state = rule.init(param)
            rule.update(out=out, grad=grad, param=param, state=parameter.state, step=step)
        parameter.t += 1
        if lr == 0.0:
            out += 0.0  # a parameter of -0.0 would become 0.0 if -0.0 were subtracted
        if parameter.decays and self.weight_decay:
            data *= 1.0 - lr * self.weight_decay
        data -= out


def refuse_shared(kind: type[AnyRule], options: Mapping[str, Any]) -> None:
    """Raise InvalidHyperparameter for an option that has the name of a hyperparameter of the rule."""
    shared = ", ".join(field.name for field in fields(cast(Any, kind)) if field.name in options)
    if shared:
        raise InvalidHyperparameter(
            f"{shared}: an option of Optimizer and a hyperparameter of {kind.name}; give the one of the rule in a "
            f"mapping, or write Optimizer(params, {kind.__name__}(...), ...)"
        )


def joined(hyperparameters: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Both, which have no name in common."""
    twice = ", ".join(name for name in more if name in hyperparameters)
    if twice:
        raise InvalidHyperparameter(f"{twice}: given in the mapping and by keyword; give each once")
    return {**hyperparameters, **more}


def final_gradient(update: Update, factor: float, l2: float, out: FloatArray, copy: FloatArray) -> FloatArray:
    """The gradient; clipped or regularized, it is in ``copy``, and ``out`` was overwritten."""
    if factor == 1.0 and l2 == 0.0:
        return update.gradient
    np.multiply(update.gradient, factor, out=copy)
    if l2 != 0.0:
        np.multiply(update.data, l2, out=out)
        copy += out
    return readonly(copy)


def step_together(optimizers: Sequence[Optimizer], clip_norm: float | None, on_nonfinite: Policy) -> None:
    """One step of several optimizers, clipped by one norm. All are looked at before any changes anything."""
    for optimizer in optimizers:
        optimizer.check()
    updates = [optimizer.updates() for optimizer in optimizers]
    aliased = {id(owner(each.data)) for each in chain(*updates)}
    updates = [[apart(each, aliased) for each in work] for work in updates]
    rates = [optimizer.rate() for optimizer in optimizers]
    factor = clip_factor([*chain(*updates)], clip_norm, on_nonfinite)
    if factor is not None:
        for optimizer, work, lr in zip(optimizers, updates, rates, strict=True):
            optimizer.apply(work, lr, factor)
