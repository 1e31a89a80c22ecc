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
    """Parameters that share a rule and its options.

    Where ``lr`` or ``weight_decay`` is None, it is that of the MultiOptimizer.
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
    ``weight_decay`` are for the groups that give none; without either, the group's rule decides. Raises
    OptimizerError where two groups have a Tensor or a name in common.
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
        """One more group, now or between steps; its schedule starts at 0. Returns its Optimizer."""
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
        """Update all groups once, after one call of ``closure`` if there is one; returns what it returned."""
        value = None if closure is None else closure()
        step_together(self.optimizers, self._options)
        return value

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for optimizer in self.optimizers:
            optimizer.zero_grad()

    def state_dict(self) -> StateDict:
        """A snapshot of the state of all groups, as `Optimizer.state_dict`."""
        return save(self.optimizers)

    def load_state_dict(self, state: Mapping[str, Array], *, accept_changes: bool = False) -> None:
        """Go on from a saved state, as `Optimizer.load_state_dict`; groups are known by their parameters."""
        load(self.optimizers, state, accept_changes=accept_changes)
