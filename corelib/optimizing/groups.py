"""MultiOptimizer: several groups of parameters, each with its own rule and options, in one step."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar, overload

from corelib.core.tensor import Array, Tensor
from corelib.errors import OptimizerError
from corelib.optimizing.clipping import Policy
from corelib.optimizing.optimizer import Optimizer, step_together
from corelib.optimizing.parameter import Tensors, check_leaves, named_tensors
from corelib.optimizing.state import StateDict, load, save
from corelib.rule import AnyRule, Schedule

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Group:
    """Parameters that share a rule and its options; those that are None are the MultiOptimizer's."""

    params: Tensors
    rule: AnyRule
    lr: float | Schedule | None = None
    weight_decay: float | None = None
    l2: float = 0.0
    decay: Callable[[Tensor], bool] | None = None


class MultiOptimizer:
    """One Optimizer for each group, stepped together.

    It is as if each were stepped by itself, except that the gradients of all groups are clipped by one
    global norm, and that a gradient which is not finite stops all groups or none. ``lr`` and
    ``weight_decay`` are for the groups that give none; without either, the group's rule decides. Raises
    OptimizerError where two groups have a Tensor or a name in common.
    """

    def __init__(
        self,
        groups: Iterable[Group],
        *,
        lr: float | Schedule | None = None,
        weight_decay: float | None = None,
        clip_norm: float | None = None,
        on_nonfinite: Policy = "raise",
        auto_zero: bool = False,
    ) -> None:
        self._lr = lr
        self._weight_decay = weight_decay
        self._clip_norm = clip_norm
        self._on_nonfinite: Policy = on_nonfinite
        self._auto_zero = auto_zero
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
        optimizer = Optimizer(
            dict(named),
            group.rule,
            lr=self._lr if group.lr is None else group.lr,
            weight_decay=self._weight_decay if group.weight_decay is None else group.weight_decay,
            l2=group.l2,
            decay=group.decay,
            clip_norm=self._clip_norm,
            on_nonfinite=self._on_nonfinite,
        )
        self.optimizers.append(optimizer)
        return optimizer

    @overload
    def step(self) -> None: ...
    @overload
    def step(self, closure: Callable[[], T]) -> T: ...
    def step(self, closure: Callable[[], T] | None = None) -> T | None:
        """Update all groups once, after one call of ``closure`` if there is one; returns what it returned."""
        value = None if closure is None else closure()
        step_together(self.optimizers, self._clip_norm, self._on_nonfinite)
        if self._auto_zero:
            self.zero_grad()
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
