"""Checks of the call: what is refused, and that NumPy's function finds the op with every keyword."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from inspect import Parameter, signature
from typing import Any, Final

import numpy as np

from corelib.conformance.cases.op_case import Check
from corelib.conformance.checks.select import select_interior, select_whole_with_samples
from corelib.conformance.failure import Failure, Skip
from corelib.conformance.numerics.calls import Call, outputs
from corelib.conformance.sample import Sample
from corelib.conformance.sampling.cotangents import gaussian
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally
from corelib.core.arrays import DIFFERENTIABLE
from corelib.core.dispatch import ops_for
from corelib.core.tensor import Tensor, make

UFUNC_KEYWORDS: Final[dict[str, Any]] = {
    "out": "array", "where": "mask", "dtype": np.float32, "casting": "unsafe", "order": "F", "subok": False,
    "no_such_keyword": 1,
}  # fmt: skip


def errors(subject: Subject, sample: Sample, tally: Tally) -> None:
    """Calls that make no sense raise an error of the declared type."""
    for given in subject.spec.errors:
        what = given.id or repr(dict(given.fields))
        _refused(tally, given.raises, given.match, partial(subject.op, *given.args, **given.fields), what)
    some = select_interior(subject, 0)[0]
    args = some.filled([Tensor(a, trainable=True) for a in some.arrays])
    _refused(tally, TypeError, "", lambda: subject.op(*args, **some.fields, no_such_keyword=1), "an unknown keyword")
    _refused(tally, TypeError, "", subject.op, "no argument at all")
    if some.arrays:
        words = some.filled([np.full(a.shape, "word") for a in some.arrays])
        _refused(tally, TypeError, "", lambda: subject.op(*words, **some.fields), "an array of text")
    if subject.entrywise and (subject.arity or 1) > 1:
        misfits = [np.ones(2 + k) for k in range(subject.arity or 1)]
        _refused(tally, ValueError, "", lambda: subject.op(*misfits), "shapes that do not broadcast")


def _refused(tally: Tally, kind: type[Exception], match: str, call: Callable[[], Any], what: str) -> None:
    try:
        returned = call()
    except kind as error:
        tally.require(match in str(error), f"{what}: the error does not say {match!r}: {error}")
        return
    except Exception as error:
        raise Failure(f"{what}: raised {type(error).__name__} and not {kind.__name__}: {error}") from error
    raise Failure(f"{what}: accepted, and returned {returned!r}; {kind.__name__} was expected")


def numpy_dispatch(subject: Subject, sample: Sample, tally: Tally) -> None:
    """Each function that the op stands for, called on a Tensor, returns what the op returns, or refuses the call."""
    for function in subject.op.functions:
        _found(subject, sample, tally, function)
        for keyword, value in _unknown(subject, function):
            _right_or_refused(subject, sample, tally, function, keyword, value)


def _found(subject: Subject, sample: Sample, tally: Tally, function: Callable[..., Any]) -> None:
    """With the fields of the sample: the same value and the same gradient as the op itself."""
    if not _takes(function, sample):
        tally.assertions += 1
        return
    expected, found = Call(subject.op, sample), Call(_by_numpy(subject, function), sample)
    cotangents = gaussian(subject, sample, expected.results)
    name = getattr(function, "__name__", "function")
    tally.require(len(found.results) == len(expected.results), f"numpy.{name} has {len(found.results)} results")
    for result, known in zip(found.results, expected.results, strict=True):
        tally.same(result.data, known.data, f"numpy.{name} returns something else than the op")
    for a, b in zip(found.gradients(cotangents), expected.gradients(cotangents), strict=True):
        tally.same(a, b, f"numpy.{name} has another gradient than the op")


def _takes(function: Callable[..., Any], sample: Sample) -> bool:
    """Whether the function has all the keywords that the sample sets."""
    try:
        signature(function).bind(*sample.args, **sample.fields)
    except TypeError:
        return False
    return True


def _by_numpy(subject: Subject, function: Callable[..., Any]) -> Callable[..., Any]:
    """The call as NumPy's protocols make it, but of this op: the registry may find another one."""

    def call(*args: Any, **keywords: Any) -> Any:
        return subject.op.from_numpy(function, args, keywords)

    return call


def _unknown(subject: Subject, function: Callable[..., Any]) -> Iterator[tuple[str, Any]]:
    """Keywords of the function that are no field of the op, with a value that is not their default."""
    if isinstance(function, np.ufunc):
        yield from UFUNC_KEYWORDS.items()
        return
    for p in signature(function).parameters.values():
        if p.default is not Parameter.empty and p.name not in subject.fields and p.name not in subject.argument_names:
            yield p.name, _unusual(p.name, p.default)
    yield "no_such_keyword", 1


def _unusual(name: str, default: Any) -> Any:
    if isinstance(default, bool):
        return not default
    if name in ("out", "where", "dtype"):
        return UFUNC_KEYWORDS[name]
    return 2 if isinstance(default, (int, float)) else {"axis": 0, "keepdims": True}.get(name, 1)


def _right_or_refused(
    subject: Subject, sample: Sample, tally: Tally, function: Callable[..., Any], keyword: str, value: Any
) -> None:
    """A keyword that the op does not know is a TypeError; if it is accepted, the result is NumPy's."""
    fields = {k: v for k, v in sample.fields.items() if k != keyword}
    name = getattr(function, "__name__", "function")
    try:
        expected = function(*sample.filled(sample.arrays), **fields, **{keyword: _value(value, subject, sample)})
    except Exception:  # NumPy refuses this value here: there is nothing to compare with
        expected = None
    try:
        tensors = sample.filled([make(a, None) for a in sample.arrays])
        returned = _called(subject, function, tensors, {**fields, keyword: _value(value, subject, sample)})
    except (TypeError, ValueError, NotImplementedError):
        tally.assertions += 1
        return
    tally.require(expected is not None, f"numpy.{name}({keyword}={value!r}) on a Tensor is taken, and NumPy refuses it")
    for a, b in zip(outputs(returned), _differentiable(expected), strict=True):
        tally.same(a.data, np.asarray(b), f"numpy.{name}({keyword}={value!r}) on a Tensor ignores the keyword")


def _called(subject: Subject, function: Callable[..., Any], args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """NumPy's own function where it finds this op, else the call that the protocol makes."""
    if isinstance(function, np.ufunc) or ops_for.get(function) is subject.op:
        return function(*args, **keywords)
    return subject.op.from_numpy(function, args, keywords)


def _differentiable(returned: Any) -> list[Any]:
    parts = list(returned) if isinstance(returned, (list, tuple)) else [returned]
    return [p for p in parts if np.asarray(p).dtype.kind in DIFFERENTIABLE]


def _value(value: Any, subject: Subject, sample: Sample) -> Any:
    """The value of a keyword, made to fit the sample."""
    if isinstance(value, str) and value == "array":
        return np.empty(np.shape(outputs(subject.op(*sample.filled(sample.arrays), **sample.fields))[0].data))
    return np.zeros(sample.arrays[0].shape, bool) if isinstance(value, str) and value == "mask" else value


def select_with_functions(subject: Subject, seed: int) -> Sequence[Sample]:
    if not getattr(subject.op, "functions", ()):
        raise Skip("it stands for no function of NumPy's")
    if not any(callable(f) for f in subject.op.functions):
        raise Skip("it stands for no function of NumPy's")
    return select_interior(subject, seed)[: 2 if subject.entrywise else 6]


CHECKS = (
    Check("errors", select_whole_with_samples, errors),
    Check("numpy_dispatch", select_with_functions, numpy_dispatch),
)
