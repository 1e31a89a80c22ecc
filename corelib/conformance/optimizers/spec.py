"""The declaration of an optimizer's rule for the suite: at most one RuleSpec, with what cannot be derived."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from corelib.conformance.spec import ExpectedFailures, Xfail, xfails_of
from corelib.errors import OptimizerError

Floats: TypeAlias = npt.NDArray[np.float64]
Reference: TypeAlias = Callable[..., Floats]
PROBLEMS: Final = ("quadratic 1", "quadratic 1e2", "quadratic 1e4", "rosenbrock", "logistic")


@dataclass(frozen=True, slots=True)
class Budget:
    """For the check ``descent``: with the learning rate ``lr`` a problem is solved within ``steps`` steps.

    It is solved when a thousandth of the loss at the start is left.
    """

    lr: float
    steps: int


@dataclass(frozen=True)
class Trajectories:
    """Trajectories that another library computed, saved in a file of the plugin.

    The file, read without pickle, holds ``values`` (n), where parameters start; ``gradients`` (steps, n);
    ``rates`` (steps); ``trajectories`` (cases, recorded, n), the parameters after the ``recorded`` steps; and
    ``cases``, as JSON in bytes: a list of {"rule", "hyperparameters", "options", "scale", "zero", "scheduled"},
    where the gradients are multiplied by ``scale``, a ``zero`` case starts at 0, and one that is ``scheduled``
    has the ``rates`` for its learning rates; in the first ``idle`` steps, where that is given, all gradients are
    zeros. ``shapes`` are those of the parameters, in order.
    """

    file: Path
    recorded: Sequence[int] = (1, 2, 3, 10, 30, 60, 71, 80, 100)
    shapes: Sequence[tuple[int, ...]] = ((), (3,), (2, 3))

    def load(self) -> dict[str, Any]:
        """All that is in the file, with the cases read."""
        return _loaded(self.file)


@cache
def _loaded(file: Path) -> dict[str, Any]:
    with np.load(file, allow_pickle=False) as saved:
        found = dict(saved)
    return {**found, "cases": json.loads(found["cases"].tobytes())}


@dataclass(frozen=True)
class RuleSpec:
    """What the suite needs to know of the optimizer's rule called ``name``.

    A plugin returns its RuleSpecs from the hook ``corelib_conformance``. Raises OptimizerError where ``descent`` names
    an unknown problem.

    >>> def formula(start, gradients, lr):  # gradient descent
    ...     return start - np.cumsum(lr[:, None] * gradients, axis=0)
    >>> RuleSpec("descend", reference=formula, descent={"quadratic 1": Budget(lr=0.5, steps=20)}).name
    'descend'

    reference: Trajectories, or a NumPy function ``reference(start, gradients, lr, **hyperparameters)`` that
        returns the parameters (steps, n) after each of the gradients (steps, n) with each learning rate
        ``lr`` (steps): the formula, written a second time.
    from_library: whose trajectories they are: "torch", "optax".
    descent: the Budget of each problem that the rule can solve; PROBLEMS names them.
    others: values for hyperparameters that the suite cannot find by itself, off their defaults.
    together: combinations of hyperparameters that matter, besides each off its default once.
    odd: whether (p, g) -> (-p, -g) turns the update around.
    scale_free: hyperparameters with which the update is the same for gradients 2**10 times as large, or None.
    uses_values: whether the update depends on the parameters, and not only on their gradients.
    expected_failures: check -> reason, or Xfails, whose ``sample`` is a pattern of the names of hyperparameters such
        as "beta=0.5*". They are strict: once such a check passes, that is a failure.
    equivalent: faults of `corelib mutate` that change no update, each with why, as those of an OpSpec. No call that
        shows a difference is searched for: only the reason counts.
    """

    name: str
    _: KW_ONLY
    reference: Trajectories | Reference | None = None
    from_library: str = ""
    descent: Mapping[str, Budget] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)
    together: Sequence[Mapping[str, Any]] = ()
    odd: bool = True
    scale_free: Mapping[str, Any] | None = None
    uses_values: bool = False
    expected_failures: ExpectedFailures = ()
    equivalent: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = sorted(set(self.descent) - set(PROBLEMS))
        if unknown:
            raise OptimizerError(f"{self.name}: no problem {', '.join(unknown)}; problems are {', '.join(PROBLEMS)}")
        for pattern, reason in self.equivalent.items():
            if not reason:
                raise OptimizerError(f"{self.name}: equivalent={{{pattern!r}: ...}} needs a reason")

    @property
    def xfails(self) -> tuple[Xfail, ...]:
        return xfails_of(self.expected_failures)
