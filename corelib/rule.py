"""Rule: the method by which an optimizer changes a parameter. It is all that a third party writes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, ClassVar, NamedTuple, Protocol, TypeAlias, TypeVar, cast

import numpy as np
import numpy.typing as npt

from corelib.core.naming import shown
from corelib.errors import InvalidHyperparameter, OptimizerError, UnknownHyperparameter

FloatArray: TypeAlias = npt.NDArray[np.floating[Any]]
Schedule: TypeAlias = Callable[[int], float]
"""The learning rate as a function of n, the number of updates made before: n = 0 at the first. A number in [0, inf).

``lambda n: 0.1 / (1 + n)`` is 0.1 / t at update t.
"""
State = TypeVar("State")
State_co = TypeVar("State_co", covariant=True)
Shared = TypeVar("Shared")
Declared = TypeVar("Declared")


class Step(NamedTuple):
    """One update of one parameter: its number ``t``, the learning rate, and arrays to work in.

    >>> step = Step(1, 0.1, (np.empty(3),))
    >>> step.scratch(0).shape
    (3,)
    """

    t: int
    """How many updates this parameter has had, with this one: 1 at the first."""
    lr: float
    """The learning rate, with the schedule applied."""
    work: tuple[FloatArray, ...] = ()
    """The arrays that `scratch` returns."""

    def scratch(self, k: int) -> FloatArray:
        """Work array ``k`` of the parameter's shape and dtype, with undefined entries.

        Raises OptimizerError where the rule declares no more than ``k`` of them.
        """
        if k >= len(self.work):
            raise OptimizerError(f"scratch({k}) was called; the rule declares scratch = {len(self.work)}")
        return self.work[k]


class Method(Protocol[State_co]):
    """What a `Rule` and a `JointRule` have in common: a frozen dataclass whose fields are its hyperparameters.

    It sees one parameter at a time, as an array, and never a Tensor or a schedule. What it must remember of
    a parameter from one update to the next it keeps in a State: a dataclass of arrays, floats, ints, bools
    and None, one for each parameter. A field with ``metadata={"transient": True}`` is not saved.

    Two more class variables are optional:

    ``elementwise: ClassVar[bool] = True`` promises that each entry of ``out`` and of the state depends on
    the same entry of the arrays only, and that the State holds nothing but arrays of the parameter's shape
    and None. The optimizer may then give many small parameters to one call, as one flat array.

    ``default_weight_decay: ClassVar[float]`` is the decoupled decay of an Optimizer that is given none.
    """

    name: ClassVar[str]
    """What `Optimizer.named` and saved states call it."""
    state_version: ClassVar[int]
    """Raised by one whenever the fields of State change their meaning."""
    default_lr: ClassVar[float]
    """The learning rate of an Optimizer that is given none."""
    scratch: ClassVar[int]
    """How many work arrays `Step.scratch` has."""

    def init(self, param: FloatArray, /) -> State_co:
        """The state of a parameter before its first update. ``param``, its value, is a read-only view."""
        ...


class Rule(Method[State], Protocol[State]):
    """A method of optimization that treats each parameter by itself: p ← p - u(g, p, state, t, lr).

    A class needs not inherit from it. This is gradient descent, u = lr g, without a state:

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Descent:
    ...     name: ClassVar[str] = "descent"
    ...     state_version: ClassVar[int] = 1
    ...     default_lr: ClassVar[float] = 0.1
    ...     scratch: ClassVar[int] = 0
    ...
    ...     def init(self, param, /):
    ...         return None
    ...
    ...     def update(self, *, out, grad, param, state, step):
    ...         np.multiply(grad, step.lr, out=out)
    >>> out = np.empty(2)
    >>> Descent().update(out=out, grad=np.array([1.0, 2.0]), param=np.zeros(2), state=None, step=Step(1, 0.5))
    >>> out.tolist()
    [0.5, 1.0]
    """

    def update(self, *, out: FloatArray, grad: FloatArray, param: FloatArray, state: State, step: Step) -> None:
        """Write into ``out`` what is to be subtracted from the parameter, and bring ``state`` up to date.

        ``out``, ``grad`` and ``param`` have one shape, one dtype and one kind of array. ``grad`` and ``param``
        are read-only: writing into NumPy's raises ValueError. The entries of ``out`` are undefined before.
        """
        ...


class JointRule(Method[State], Protocol[State, Shared]):
    """A method that is defined over all parameters together, such as Prodigy: it knows them through sums.

    In each step the Optimizer calls

    1. ``measure`` for each parameter that the step concerns: terms a_k of the parameter's shape, k < ``sums``;
    2. ``combine`` once, with S_k, the sum of all entries of a_k over all parameters: it returns the learning rate;
    3. ``update`` for each parameter, with that rate.

    What the method knows of all parameters is in ``shared``: a dataclass of floats, counts and bools, one for
    each Optimizer, that is saved. ``elementwise`` extends to the terms of ``measure``.
    docs/writing-an-optimizer.md has an example.
    """

    sums: ClassVar[int]
    """How many sums over all entries of all parameters the method needs."""

    def begin(self) -> Shared:
        """The shared state before the first step."""
        ...

    def measure(
        self, *, terms: Sequence[FloatArray], grad: FloatArray, param: FloatArray, state: State, shared: Shared,
        step: Step,
    ) -> None:  # fmt: skip
        """Write into ``terms``, ``sums`` arrays, what is to be summed over all entries of all parameters.

        ``state`` may be brought up to date here or in ``update``; ``shared`` is only read.
        """
        ...

    def combine(self, *, sums: Sequence[float], shared: Shared, step: Step) -> float:
        """Bring ``shared`` up to date, and return the learning rate of this step, a Python float.

        ``step.t`` counts the steps of the Optimizer, from 1. The rate is ``step.lr`` in each ``update``, and
        weight decay is multiplied by it. Another type than float is an OptimizerError.
        """
        ...

    def update(
        self, *, out: FloatArray, grad: FloatArray, param: FloatArray, state: State, shared: Shared, step: Step
    ) -> None:
        """As `Rule.update`; ``shared`` is only read."""
        ...


AnyJointRule: TypeAlias = JointRule[Any, Any]
AnyRule: TypeAlias = Rule[Any] | AnyJointRule


def joint(rule: AnyRule) -> AnyJointRule | None:
    """The rule, if it is one over all parameters together."""
    return cast(AnyJointRule, rule) if hasattr(rule, "combine") else None


def hyperparameters(rule: AnyRule) -> dict[str, Any]:
    """The hyperparameters by name."""
    if isinstance(rule, type) or not is_dataclass(rule):
        raise OptimizerError(f"a rule is an instance of a frozen dataclass, such as Lion(); {shown(rule)} is none")
    return {field.name: getattr(rule, field.name) for field in fields(rule)}


def make_rule(kind: type[AnyRule], values: Mapping[str, Any]) -> AnyRule:
    """``kind(**values)``; raises UnknownHyperparameter for a value that the rule has no name for."""
    known = [field.name for field in fields(cast(Any, kind))]
    unknown = [repr(name) for name in values if name not in known]
    if unknown:
        has = ", ".join(known) or "none"
        raise UnknownHyperparameter(f"{kind.name} has no hyperparameter {', '.join(unknown)}; it has {has}")
    return kind(**values)


def declared(rule: AnyRule, option: str, default: Declared) -> Declared:
    """What the rule says of an optional class variable."""
    value: Declared = getattr(rule, option, default)
    return value


def require(owner: object, interval: str, *names: str) -> None:
    """Raise InvalidHyperparameter unless the attributes are numbers, not bools, in an interval such as "[0, 1)"."""
    for name in names:
        value = getattr(owner, name)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not within(value, interval):
            kind = type(owner).__name__
            raise InvalidHyperparameter(f"{kind}: {name} = {value!r} is no number in {interval}")


def require_bool(owner: object, *names: str) -> None:
    """Raise InvalidHyperparameter unless the attributes are True or False."""
    for name in names:
        value = getattr(owner, name)
        if not isinstance(value, bool):
            kind = type(owner).__name__
            raise InvalidHyperparameter(f"{kind}: {name} = {value!r} is neither True nor False")


def within(value: float, interval: str) -> bool:
    """Whether the number is in the interval; NaN is in none."""
    low, high = ends(interval)
    above = value >= low if interval[0] == "[" else value > low
    below = value <= high if interval[-1] == "]" else value < high
    return above and below


@cache
def ends(interval: str) -> tuple[float, float]:
    low, high = interval[1:-1].split(",")
    return float(low), float(high)
