"""What is measured: inputs, the same computation by hand, and as each library's user writes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.floating[Any]]
Outcome: TypeAlias = tuple[Any, tuple[Any, ...]]  # the loss and the gradients
Step: TypeAlias = Callable[[], Any]
Loss: TypeAlias = Callable[..., Any]


@dataclass(frozen=True)
class Inputs:
    """The arrays whose gradients are asked for, and the arrays whose gradients are not."""

    params: tuple[Array, ...]
    data: tuple[Array, ...] = ()


@dataclass(frozen=True)
class Target:
    """What corelib is to reach: at most so many times a peer's time, or so many microseconds a call."""

    compiled: float
    interpreted: float
    beside: str = "numpy"
    per_call: bool = False

    @property
    def limit(self) -> float:
        """What holds for the core that runs."""
        from corelib.core.interpreting import is_compiled  # here, since an older checkout that is compared may lack it

        return self.compiled if is_compiled() else self.interpreted

    def __str__(self) -> str:
        if self.per_call:
            return f"{self.limit:g} us/call"
        return f"{self.limit:g}" if self.beside == "numpy" else f"{self.limit:g} of {self.beside}"


@dataclass(frozen=True)
class Workload:
    """One computation, its loss and all its gradients.

    ``by_hand(*params, *data)`` returns (loss, gradients) in NumPy. ``loss(np, *own, *params, *data)`` is
    the loss as users of corelib, autograd, jax and mygrad write it: ``np`` is the NumPy of that library
    (NumPy itself for corelib), and ``own`` are the functions that the library has and NumPy has not,
    found at ``own[library]``. ``torch_loss(torch, *params, *data)`` says the same in torch;
    ``torch_fused`` with torch's fused functions, where it has some; ``dezero_loss(functions, *params, *data)`` with
    DeZero's, whose names and arguments are its own. A ``second_order`` workload wants the
    Hessian of the loss in its only parameter.
    """

    name: str
    title: str
    make: Callable[..., Inputs]
    by_hand: Callable[..., Outcome]
    loss: Loss
    torch_loss: Loss
    full: Mapping[str, int]
    small: Mapping[str, int]
    torch_fused: Loss | None = None
    dezero_loss: Loss | None = None
    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    target: Target | None = None
    calls: str | None = None
    """The size that counts the calls of ops, for a time per call."""
    second_order: bool = False
    slow: bool = False
    """Left out unless asked for."""
    without: Mapping[str, str] = field(default_factory=dict)
    """Contenders that do not take part, and why."""

    def sizes(self, small: bool) -> Mapping[str, int]:
        return self.small if small else self.full

    def count(self, small: bool) -> int | None:
        """How many calls of ops one run makes, where that is what the workload is about."""
        return None if self.calls is None else self.sizes(small)[self.calls]
