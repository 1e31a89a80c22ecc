"""The declaration of an op for the suite: at most one OpSpec, with what cannot be derived."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from corelib.core.tensor import Array
from corelib.errors import InvalidOp

Interval: TypeAlias = tuple[float | None, float | None]
Domain: TypeAlias = Interval | list[Interval]
Kept: TypeAlias = Literal["symmetric", "positive definite", "orthogonal", "unit norm", "integer"]
Kind: TypeAlias = Literal["elementwise", "broadcast", "reduction", "matmul", "custom"]
Tie: TypeAlias = Literal["left", "right", "mean", "share", "any"] | float
Edge: TypeAlias = Literal["closed", "open"]


class OpSample:
    """One call of an op: ``OpSample(x, y, axis=1)`` stands for ``op(x, y, axis=1)``.

    args, fields: the arguments of the call. The op is differentiated in arrays of floats, also those in lists and
        tuples; other arguments are passed unchanged. The same array at two places is one variable, as in f(x, x).
    id: the name of the sample in reports; without it samples are numbered.
    kink: where the slopes jump at this point, the slope that is promised there, as ``at_kink`` of an OpSpec.

    >>> OpSample(np.ones((2, 3)), axis=1)
    OpSample(float64(2, 3), axis=1)
    """

    def __init__(self, *args: Any, id: str | None = None, kink: Tie | None = None, **fields: Any) -> None:
        self.args = args
        self.id = id
        self.kink = kink
        self.fields: Mapping[str, Any] = MappingProxyType(fields)

    def __repr__(self) -> str:
        shown = [_shape(a) for a in self.args] + [f"{k}={v!r}" for k, v in self.fields.items()]
        return f"OpSample({', '.join(shown)})"


class ErrorSample:
    """A call that must be refused: ``ErrorSample(x, raises=ValueError, axis=7)``.

    args, fields: the arguments of the call.
    raises: the exception that it must raise.
    match: a part of the message.
    id: the name of the call in reports.
    """

    def __init__(
        self, *args: Any, raises: type[Exception], id: str | None = None, match: str = "", **fields: Any
    ) -> None:
        self.args = args
        self.raises = raises
        self.id = id
        self.match = match
        self.fields: Mapping[str, Any] = MappingProxyType(fields)


class Promise:
    """The gradients of a call where no difference quotient exists: at ties, at 0 / 0, at NaN and infinity.

    ``Promise(x, y, gradients=[gx, gy], axis=1)`` declares the gradients of sum(op(x, y, axis=1)) in x and in y.

    args, fields: the arguments of the call.
    gradients: one array for each array among ``args``, of its shape. They are compared to 1e-14.
    id: the name of the call in reports.
    """

    def __init__(self, *args: Any, gradients: Sequence[Any], id: str | None = None, **fields: Any) -> None:
        self.args = args
        self.gradients = gradients
        self.id = id
        self.fields: Mapping[str, Any] = MappingProxyType(fields)


@dataclass(frozen=True, slots=True)
class Xfail:
    """A check that is known to fail. ``xfail`` makes one.

    check: the id of the check.
    reason: why it fails, for the report.
    sample: a pattern of the samples on which it fails, such as "complex*".
    """

    check: str
    reason: str
    sample: str = "*"

    def covers(self, check: str, sample: str) -> bool:
        return check == self.check and fnmatchcase(sample, self.sample)


def xfail(check: str, reason: str, sample: str = "*") -> Xfail:
    """A strict expected failure, for ``OpSpec(expected_failures=[...])``: once all its cases pass, that is a failure.

    check: the id of the check that fails.
    reason: why. Raises InvalidOp where it is empty.
    sample: a pattern of the samples on which it fails.

    >>> xfail("second_order", "no double backward yet (#12)", "complex*")
    Xfail(check='second_order', reason='no double backward yet (#12)', sample='complex*')
    """
    if not reason:
        raise InvalidOp(f"the expected failure of {check} needs a reason")
    return Xfail(check, reason, sample)


def xfails_of(given: "ExpectedFailures") -> tuple[Xfail, ...]:
    """The expected failures of a spec, one for each check."""
    return tuple(xfail(k, v) for k, v in given.items()) if isinstance(given, Mapping) else tuple(given)


ExpectedFailures: TypeAlias = Mapping[str, str] | Sequence[Xfail]
Samples: TypeAlias = Callable[[np.random.Generator], Iterable[OpSample]]


@dataclass(frozen=True)
class OpSpec:
    """What the suite needs to know of the op called ``name``, as far as it cannot be derived from the op.

    A plugin returns its OpSpecs from the hook ``corelib_conformance``. All fields but ``name`` are optional and given
    by keyword. Raises InvalidOp for kinks without ``at_kink``, an unknown ``kind``, and a missing reason.

    >>> OpSpec("relu", kinks=[0.0], at_kink="left").kinks
    [0.0]

    kind: what the op does with shapes, from which samples are derived; None derives them from the op itself.
    domain: where forward is real and finite: one interval (low, high), a list of several, or a tuple of such, one
        per argument; None stands for no bound. Without it the suite finds the domain of an entry-by-entry op by
        probing.
    edge: "closed" where the ends of the domain belong to it.
    beyond: why the declared domain is smaller than where forward is finite and smooth: the rest is not tested.
    analytic: whether the complex step may be used; without it, it is used where it agrees with differences.
    kinks: points at which the slope jumps: numbers, or tuples for ops of several arguments.
    at_kink: the slope there: that of the left or the right, their mean, "share" (equally among the arguments
        that tie), a number, or "any" between the slopes of both sides.
    singular: points at which the slope is truly infinite although forward is finite.
    nondiff: names of arguments that have no slope.
    twice: whether the gradient can be differentiated again.
    complex: whether complex numbers are tried; None tries, and skips where forward refuses them.
    reference: a function of NumPy arrays that returns what forward should return; by default the NumPy function that
        the op stands for.
    precise: forward with as many digits as are asked for, ``lambda mp, x: mp.expm1(x)``: mpmath's context, then one
        number for each array. First and second slopes are compared with it at all magnitudes, also in tails where
        differences vanish.
    samples: calls of an op with fields, made from a random generator.
    large: a call with thousands of numbers, for the checks projection and perf; else one is made from a sample.
    errors: calls that must be refused.
    promises: gradients at points where no difference quotient exists.
    sets: the set that an argument lies in, by its name: "symmetric", "positive definite" or "orthogonal" (the last two
        axes are matrices), "unit norm" (along the last axis), "integer" (whole numbers). Differences, projections and
        second derivatives move within it.
    not_applicable: what no sample needs to have (see ``demands``), each with why: {"square": "it takes vectors"}.
    expected_failures: check -> reason, or Xfails. They are strict: once such a check passes, that is a failure.
    equivalent: faults that `corelib mutate` makes in the op and that change no gradient, each with why:
        {"my_plugin.waves:_series: 20 -> 21": "the next term is below rounding"}. Keys are names as the command prints
        them, in which ``*`` stands for any text. Declare one where you have read a survivor and know why it computes
        the same. It counts only as long as no call is found for which the gradients differ.
    strategy: a hypothesis strategy of OpSamples, for the deep profile.
    extreme: values far out to try; an empty tuple where the op has no use for them.
    looks: how often a forward and a backward look at the entries of an array, as ``bool`` and ``float`` do. On a GPU
        each look waits until all that was asked of it is computed.
    numpy_only: why the op takes NumPy's arrays alone, such as a library that knows no others; it refuses the others.
    seconds, megabytes: the limits of one case. A case beyond them is stopped, and fails.
    """

    name: str
    _: KW_ONLY
    kind: Kind | None = None
    domain: Domain | tuple[Domain, ...] | None = None
    edge: Edge | None = None
    beyond: str = ""
    analytic: bool | None = None
    kinks: Sequence[Any] = ()
    at_kink: Tie | None = None
    singular: Sequence[Any] = ()
    nondiff: Sequence[str] = ()
    twice: bool = True
    complex: bool | None = None
    reference: Callable[..., Any] | None = None
    precise: Callable[..., Any] | None = None
    samples: Samples | None = None
    large: Callable[[np.random.Generator], OpSample] | None = None
    errors: Sequence[ErrorSample] = ()
    promises: Sequence[Promise] = ()
    sets: Mapping[str, Kept] = field(default_factory=dict)
    not_applicable: Mapping[str, str] = field(default_factory=dict)
    expected_failures: ExpectedFailures = ()
    equivalent: Mapping[str, str] = field(default_factory=dict)
    strategy: Any = None
    extreme: Sequence[float] | None = None
    looks: int = 0
    numpy_only: str = ""
    seconds: float = 60.0
    megabytes: float = 2048.0

    def __post_init__(self) -> None:
        if self.kinks and self.at_kink is None:
            raise InvalidOp(f"{self.name}: kinks need at_kink, the slope that is promised there")
        if self.kind is not None and self.kind not in get_args(Kind):
            raise InvalidOp(f"{self.name}: no kind {self.kind!r}; kinds are {', '.join(get_args(Kind))}")
        for pattern, reason in self.equivalent.items():
            if not reason:
                raise InvalidOp(f"{self.name}: equivalent={{{pattern!r}: ...}} needs a reason")

    @property
    def xfails(self) -> tuple[Xfail, ...]:
        return xfails_of(self.expected_failures)

    def domains(self, arguments: int) -> list[list[Interval]] | None:
        """The declared intervals of each argument."""
        if self.domain is None:
            return None
        given: Any = self.domain
        several = isinstance(given, tuple) and any(isinstance(part, (tuple, list)) for part in given)
        each = given if several else [given] * arguments
        return [one if isinstance(one, list) else [one] for one in each]


def _shape(value: Any) -> str:
    if isinstance(value, np.ndarray):
        array: Array = value
        return f"{array.dtype}{array.shape}"
    return repr(value)
