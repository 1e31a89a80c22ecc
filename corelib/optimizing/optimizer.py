"""Optimizer: it drives a rule over parameters, and owns all that is the same for every method."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any, Generic, TypeVar, cast, overload

import numpy as np

from corelib.core.tensor import Array, Tensor
from corelib.errors import InvalidHyperparameter, OptimizerError
from corelib.optimizing.clipping import clip_factor
from corelib.optimizing.joint import Given, Sums
from corelib.optimizing.options import OPTIONS, Options, Policy, StepOptions, signature_of
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
)

__all__ = ["AnyRule", "FloatArray", "Optimizer", "Options", "Policy", "Rule", "Schedule", "Step"]

T = TypeVar("T")


class Setting(Generic[T]):
    """An attribute that is the option of its name; one that is assigned is checked, and used from the next step on."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name: str = name

    @overload
    def __get__(self, optimizer: None, owner: type) -> "Setting[T]": ...
    @overload
    def __get__(self, optimizer: "Optimizer", owner: type) -> T: ...
    def __get__(self, optimizer: "Optimizer | None", owner: type) -> "Setting[T] | T":
        return self if optimizer is None else cast(T, getattr(optimizer.options, self.name))

    def __set__(self, optimizer: "Optimizer", value: T) -> None:
        optimizer.options = optimizer.options.changed(self.name, value)


@dataclass(frozen=True)
class Arguments(Options):
    """What an Optimizer is made of."""

    params: Tensors
    rule: AnyRule


class Optimizer:
    """Changes trainable Tensors in place, by a rule, along their gradients.

    ``params`` are Tensors, or a mapping from names to them. A Tensor in a list is called by its own name,
    else "param0", "param1", ... by its position; saved states go by these names. ``rule`` is the method,
    such as ``corelib_optimizers.Adam()``. The keywords are the `Options`.

    >>> from corelib import Tensor
    >>> from corelib.optimizers import sgd
    >>> w = Tensor([1.0, -2.0], trainable=True, name="w")
    >>> optimizer = Optimizer([w], sgd(), lr=0.25)
    >>> loss = (w * w).sum()
    >>> loss.backward()
    >>> optimizer.step()
    >>> w.data.tolist()  # w - 0.25 * 2 w
    [0.5, -1.0]

    With n the number of updates made before, g the gradient of a parameter p, and |g| the Euclidean norm
    of all gradients together, each `step`

    1. picks the parameters that are trainable and have a gradient: no other is read, counted or changed;
    2. computes |g|;
    3. where a gradient is not finite, raises NonFinite and changes nothing (``on_nonfinite="raise"``), leaves
       all state and counts as they were ("skip"), or continues ("propagate");
    4. multiplies g by clip_norm / |g| where |g| is greater than ``clip_norm``, negates it with ``maximize``,
       and then adds ``l2`` * p (L2 regularization: unlike weight decay, the rule sees it);
    5. takes ``lr``, or ``lr(n)`` where it is a Schedule;
    6. calls the rule for the update;
    7. multiplies p by 1 - lr * ``weight_decay`` (decoupled decay: Loshchilov and Hutter, 2019);
    8. subtracts the update from p;

    and with ``auto_zero`` clears the gradients. ``lr`` and ``weight_decay`` are the rule's own defaults
    where they are None. ``decay(tensor)``, called once for each parameter, says whether 4 and 7 decay it;
    without it, all decay. Gradients are never written to. A complex parameter is optimized as pairs of real ones.

    Parameters may be arrays of any kind that is changed in place, CuPy's among them, and of several kinds; all that is
    computed on one stays of its kind. 2 and 3 look at the entries once a step, which waits for a GPU. With
    ``on_nonfinite="propagate"`` and no ``clip_norm`` nobody looks.

    A `JointRule`, whose method is defined over all parameters together, is given those of this Optimizer at 6;
    the learning rate that it returns is then that of 7. ``shared`` is its state for all of them.

    ``rule``, ``options``, and each option but ``decay`` may be assigned between steps. Raises OptimizerError for
    parameters that are none or appear twice, InvalidHyperparameter for an option out of its range, and TypeError for
    an unknown one.
    """

    lr: Setting[float | Schedule] = Setting()
    weight_decay: Setting[float] = Setting()
    l2: Setting[float] = Setting()
    clip_norm: Setting[float | None] = Setting()
    on_nonfinite: Setting[Policy] = Setting()
    auto_zero: Setting[bool] = Setting()
    maximize: Setting[bool] = Setting()
    decay: Setting[Callable[[Tensor], bool] | None] = Setting()

    @signature_of(Arguments)
    def __init__(self, params: Tensors, rule: AnyRule, **options: Any) -> None:
        hyperparameters(rule)
        named = named_tensors(params)
        check_leaves(named)
        self._rule = rule
        self._options = Options(**options).resolved(rule)
        decay = self._options.decay
        self.parameters: list[Parameter] = [
            Parameter(name, each, decays=decay is None or decay(each)) for name, each in named
        ]
        self.iteration: int = 0
        self.shared: Any = None
        self._workspace = Workspace(2 + rule.scratch + declared(rule, "sums", 0))
        self._packing = Packing()

    @classmethod
    def named(
        cls, params: Tensors, name: str, hyperparameters: Mapping[str, Any] | None = None, /, **given: Any
    ) -> "Optimizer":
        """An Optimizer with an installed rule: ``Optimizer.named(params, "lion", beta1=0.9, lr=1e-3)``.

        A keyword that is no option of an Optimizer is a hyperparameter of the rule; those may come in a mapping,
        too. `corelib.optimizers.named` does the same, and type checkers know the hyperparameters there.

        Raises OptimizerNotFound for a rule that is not installed, UnknownHyperparameter for a keyword that is
        neither, and InvalidHyperparameter for a value out of its range or a keyword that is both.
        """
        from corelib.plugins.registry import find_optimizer  # no plugin is looked for before it is asked for

        kind = find_optimizer(name)
        options = {key: value for key, value in given.items() if key in OPTIONS}
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

    @property
    def options(self) -> Options:
        """The options. Others may be assigned: ``optimizer.options = replace(optimizer.options, l2=0.1)``."""
        return self._options

    @options.setter
    def options(self, options: Options) -> None:
        if not isinstance(options, Options):
            raise OptimizerError(f"the options of an Optimizer are an Options, and a {type(options).__name__} is none")
        if options.decay is not self._options.decay:
            raise OptimizerError("decay is asked when an Optimizer is made; make another for another decay")
        self._options = options.resolved(self._rule)

    @overload
    def step(self) -> None: ...
    @overload
    def step(self, closure: Callable[[], T]) -> T: ...
    def step(self, closure: Callable[[], T] | None = None) -> T | None:
        """Update the parameters once, after one call of ``closure`` if there is one; returns what it returned.

        Raises NonFinite for a gradient that is not finite (see ``on_nonfinite``), OptimizerError for a value or
        a gradient whose shape or dtype has changed, and InvalidHyperparameter for a rate of the schedule that is
        out of its range. Nothing has changed then.
        """
        value = None if closure is None else closure()
        step_together([self], self._options)
        return value

    def zero_grad(self) -> None:
        """Clear the gradients of all parameters."""
        for parameter in self.parameters:
            parameter.tensor.cleargrad()

    def state_dict(self) -> StateDict:
        """A snapshot of all state, by parameter name, in NumPy's arrays, that `numpy.savez` saves without pickle.

        Raises InvalidOperandType for an array of a kind that no plugin describes.
        """
        return save([self])

    def load_state_dict(self, state: Mapping[str, Array], *, accept_changes: bool = False) -> None:
        """Go on from a saved state. Nothing is cast and nothing is adopted but state and counts.

        A state fits parameters of every kind of array, whatever the kind of those that it was saved from.
        Raises StateMismatch, with every difference, and then nothing was loaded. ``accept_changes`` lets
        hyperparameters and options differ from the saved ones; those of this optimizer stay.
        """
        load([self], state, accept_changes=accept_changes)

    # What step_together asks of an optimizer

    def rate(self) -> float:
        """The learning rate of the next update."""
        return self._options.rate(self.iteration)

    def unpack(self) -> None:
        """Give every parameter its own state."""
        self._packing.dissolve()

    def updates(self) -> list[Update]:
        """What the next step would work on."""
        return [parameter.update() for parameter in self.parameters if parameter.eligible()]

    def apply(self, updates: Sequence[Update], lr: float, factor: float) -> None:
        """Make these updates, with the gradients multiplied by ``factor``."""
        factor = -factor if self._options.maximize else factor
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
        grad = final_gradient(update, factor, self._options.l2 if parameter.decays else 0.0, out, copy)
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
        decay = self._options.weight_decay
        if parameter.decays and decay:
            data *= 1.0 - lr * decay
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


def step_together(optimizers: Sequence[Optimizer], options: StepOptions) -> None:
    """One step of several optimizers, clipped by one norm. All are looked at before any changes anything."""
    updates = [optimizer.updates() for optimizer in optimizers]
    aliased = {id(owner(each.data)) for each in chain(*updates)}
    updates = [[apart(each, aliased) for each in work] for work in updates]
    rates = [optimizer.rate() for optimizer in optimizers]
    factor = clip_factor([*chain(*updates)], options.clip_norm, options.on_nonfinite)
    if factor is not None:
        for optimizer, work, lr in zip(optimizers, updates, rates, strict=True):
            optimizer.apply(work, lr, factor)
    if options.auto_zero:
        for optimizer in optimizers:
            optimizer.zero_grad()
