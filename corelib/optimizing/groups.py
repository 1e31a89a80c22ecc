"""MultiOptimizer: several groups of parameters, each with its own rule and options, in one step."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from corelib.core.tensor import Array
from corelib.errors import OptimizerError
from corelib.optimizing.optimizer import Optimizer, step_together
from corelib.optimizing.options import OPTIONS, GroupOptions, StepOptions, signature_of
from corelib.optimizing.parameter import Tensors, check_leaves, named_tensors
from corelib.optimizing.state import StateDict, load, save
from corelib.rule import AnyRule, Schedule

T = TypeVar("T")


@dataclass(frozen=True)
class Group(GroupOptions):
    """Parameters that share a rule and the options of a group, `GroupOptions`.

    Where ``lr`` or ``weight_decay`` is None, it is that of the MultiOptimizer, else the rule's default.

    >>> from corelib import Tensor
    >>> from corelib.optimizers import sgd
    >>> Group([Tensor([1.0], trainable=True)], sgd(), lr=0.1).l2
    0.0
    """

    params: Tensors
    rule: AnyRule


@dataclass(frozen=True, kw_only=True)
class CommonOptions(StepOptions):
    """All options of a MultiOptimizer; ``lr`` and ``weight_decay`` are for the groups that give none."""

    lr: float | Schedule | None = None
    weight_decay: float | None = None


@dataclass(frozen=True)
class Arguments(CommonOptions):
    """What a MultiOptimizer is made of."""

    groups: Iterable[Group]


class MultiOptimizer:
    """One Optimizer for each group, stepped together.

    It is as if each were stepped by itself, except that the gradients of all groups are clipped by one
    global norm, and that a gradient which is not finite stops all groups or none. ``lr`` and
    ``weight_decay`` are for the groups that give none; without either, the group's rule decides. The
    other keywords are `StepOptions`. ``optimizers`` are the Optimizers, in the order of the groups.

    >>> from corelib import Tensor
    >>> from corelib.optimizers import adam, sgd
    >>> weights, bias = (Tensor([1.0], trainable=True, name=name) for name in ("weights", "bias"))
    >>> both = MultiOptimizer([Group([weights], adam(), l2=0.1), Group([bias], sgd())], lr=0.5, clip_norm=1.0)
    >>> (3.0 * weights + 4.0 * bias).sum().backward()
    >>> both.step()
    >>> bias.item()  # 1 - 0.5 * 4 / 5
    0.6

    Raises OptimizerError where there is no group, or where two have a Tensor or a name in common, and
    InvalidHyperparameter for an option out of its range.
    """

    @signature_of(Arguments)
    def __init__(self, groups: Iterable[Group], **options: Any) -> None:
        self._options = CommonOptions(**options)
        self.optimizers: list[Optimizer] = []
        for group in groups:
            self.add(group)
        if not self.optimizers:
            raise OptimizerError("there is no group to optimize: the list is empty")

    def add(self, group: Group) -> Optimizer:
        """Add a group, now or between steps; its schedule starts at 0. Returns its Optimizer.

        Raises OptimizerError for what is no Group, and for a Tensor or a name that another group has.
        """
        if not isinstance(group, Group):
            raise OptimizerError(f"a group is a corelib.Group, and a {type(group).__name__} is none")
        here = [(each.name, each.tensor) for optimizer in self.optimizers for each in optimizer.parameters]
        named = named_tensors(group.params, first=len(here))
        check_leaves([*here, *named])
        own = {name: value for name, value in vars(group).items() if name in OPTIONS and value is not None}
        optimizer = Optimizer(dict(named), group.rule, **{**vars(self._options), **own})
        self.optimizers.append(optimizer)
        return optimizer

    @overload
    def step(self) -> None: ...
    @overload
    def step(self, closure: Callable[[], T]) -> T: ...
    def step(self, closure: Callable[[], T] | None = None) -> T | None:
        """Update all groups once, after one call of ``closure`` if there is one; returns what it returned.

        Raises what `Optimizer.step` raises; no group has changed then.
        """
        value = None if closure is None else closure()
        step_together(self.optimizers, self._options)
        return value

    def zero_grad(self) -> None:
        """Clear the gradients of all parameters."""
        for optimizer in self.optimizers:
            optimizer.zero_grad()

    def state_dict(self) -> StateDict:
        """A snapshot of the state of all groups, as `Optimizer.state_dict`."""
        return save(self.optimizers)

    def load_state_dict(self, state: Mapping[str, Array], *, accept_changes: bool = False) -> None:
        """Go on from a saved state, as `Optimizer.load_state_dict`; groups are known by their parameters."""
        load(self.optimizers, state, accept_changes=accept_changes)
