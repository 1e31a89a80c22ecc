"""Optimizer: it drives a rule over parameters, and owns all that is the same for every method."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from numbers import Real
from typing import Any, TypeAlias, TypedDict, TypeVar, Unpack, overload

import numpy as np

from corelib.clipping import Policy, clip_factor
from corelib.errors import InvalidHyperparameter
from corelib.parameter import Parameter, Update, make_parameters, readonly
from corelib.rule import AnyRule, FloatArray, Rule, Schedule, Step, declared, hyperparameters, make_rule, require
from corelib.state import StateDict, load, save
from corelib.tensor import Array, Tensor

__all__ = ["AnyRule", "FloatArray", "Optimizer", "Options", "Parameters", "Policy", "Rule", "Schedule", "Step"]

Parameters: TypeAlias = Iterable[Tensor] | Mapping[str, Tensor]
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

    ``params`` are Tensors, or a mapping from names to them. A Tensor in a list is called by its own name, else
    "param0", "param1", ... by its position; saved states go by these names. With n counted from 0 over the
    updates made, and p the parameter, each `step`

    1. picks the parameters that are trainable and have a gradient: no other is read, counted or changed;
    2. takes the global norm of their gradients;
    3. where one is not finite, raises NonFinite and changes nothing (``on_nonfinite="raise"``), leaves all state
       and counts as they were ("skip"), or goes on ("propagate");
    4. multiplies the gradients by clip_norm / norm where the norm is greater than ``clip_norm``, and then adds
       ``l2`` * p (L2 regularization: the rule sees it, unlike weight decay);
    5. takes ``lr``, or ``lr(n)`` where it is a Schedule;
    6. asks the rule for the update;
    7. multiplies p by 1 - lr * ``weight_decay`` (decoupled decay, Loshchilov and Hutter, 2019);
    8. subtracts the update from p;

    and with ``auto_zero`` forgets the gradients. ``lr`` and ``weight_decay`` are the rule's own defaults where
    they are None. ``decay(tensor)``, asked once, says which parameters 4 and 7 decay: all, without it. The
    gradients themselves are never written to. Complex parameters are optimized as pairs of real ones.

    ``rule``, ``lr``, ``weight_decay``, ``l2``, ``clip_norm``, ``on_nonfinite`` and ``auto_zero`` may be assigned
    between steps: the next one goes by them. Raises OptimizerError for parameters that are none, or twice the
    same, and InvalidHyperparameter for an option out of its range.
    """

    def __init__(
        self,
        params: Parameters,
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
        self.parameters = make_parameters(params, decay)
        self.rule = rule
        self.lr: float | Schedule = rule.default_lr if lr is None else lr
        self.weight_decay = declared(rule, "default_weight_decay", 0.0) if weight_decay is None else weight_decay
        self.l2 = l2
        self.clip_norm = clip_norm
        self.on_nonfinite: Policy = on_nonfinite
        self.auto_zero = auto_zero
        self.iteration = 0
        self._workspace = Workspace()
        self.check()
