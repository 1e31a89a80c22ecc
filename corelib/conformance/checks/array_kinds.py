"""The check of arrays of other kinds: forward, backward and its backward on an array that refuses what CuPy refuses."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np

from corelib.conformance.cases.op_case import Check
from corelib.conformance.checks.second import function_of
from corelib.conformance.checks.select import NO_SAMPLES
from corelib.conformance.failure import Failure, Skip, Undeclared
from corelib.conformance.guarded import GUARDED, Convention, counted
from corelib.conformance.guarded.contents import hosts
from corelib.conformance.guarded.conventions import broken_by
from corelib.conformance.guarded.looks import Look
from corelib.conformance.numerics.calls import Call
from corelib.conformance.sample import Sample, Tag
from corelib.conformance.sampling.cotangents import gaussian, normal
from corelib.conformance.sampling.samples import samples_of
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally
from corelib.core.array_kinds import ArrayKind, kind_of_array
from corelib.core.tensor import Array
from corelib.errors import CorelibError, NotDifferentiable
from corelib.transforms.derivatives import vjp

ULPS: Final = 64
"""Of the largest entry, or of 1, as terms of the size of the operands cancel. On the same path the numbers are equal to
the bit. A rule may compute in another order where the array is not NumPy's: einsum in the place of matvec, a formula
without the shortcut that a look at the entries would allow. The sums of the samples have some ten terms, and a second
derivative a few such sums."""
FORMS: Final = (np.float64, np.float32)
PATHS: Final = frozenset({Tag.COMPLEX, Tag.KINK, Tag.SIDES, Tag.NUMBER, Tag.SAME})


class Case(NamedTuple):
    """One sample in one dtype, on NumPy's arrays: what all other kinds of array are compared with."""

    subject: Subject
    sample: Sample
    form: Any
    arrays: list[Array]
    call: Call
    cotangents: list[Array]
    kind: ArrayKind
    placed: str = "fcb"
    """Constants of these sorts of dtype are of the kind too."""


def array_kinds(subject: Subject, sample: Sample, tally: Tally) -> None:
    """Results and gradients are of the kind of the operands, have NumPy's dtypes and values, and no entry is looked at.

    The gradient of the gradient too. ``OpSpec(looks=)`` allows some looks, ``numpy_only`` refusing instead.
    """
    for given in _cases(subject, sample, subject.array_kind or GUARDED):
        if subject.spec.numpy_only:
            _refuses(given, tally)
            continue
        case = _placing(given)
        with counted() as looks:
            results, gradients = _foreign(case, _called)
        tally.require(len(looks) <= subject.spec.looks or case.kind is not GUARDED, _looked(case, looks))
        tally.require(len(results) == len(case.call.results), f"{len(results)} results on {case.kind.name} arrays")
        _alike(tally, case, "the result", results, [r.data for r in case.call.results])
        _alike(tally, case, "the gradient", gradients, case.call.vjp(case.cotangents))
        if case.form == FORMS[0] and subject.spec.twice and sample.arrays and not subject.is_constant:
            _twice(case, tally)


def looks_of(subject: Subject, sample: Sample) -> int:
    """How often the entries of guarded arrays are looked at in a forward and a backward."""
    most = 0
    for case in _cases(subject, sample, GUARDED):
        with counted() as looks, suppress(CorelibError, TypeError):  # the check itself reports it
            _called(_placing(case))
        most = max(most, len(looks))
    return most


def _cases(subject: Subject, sample: Sample, kind: ArrayKind) -> list[Case]:
    """The sample in double and in single precision, as far as forward takes it on NumPy's arrays."""
    cases = []
    for form in FORMS:
        arrays = [a.astype(_form(a.dtype, form)) for a in sample.arrays]
        try:
            call = Call(subject.op, sample, arrays)
        except (TypeError, ValueError) as error:
            if Tag.COMPLEX in sample.tags:
                raise Skip(f"forward refuses complex numbers: {type(error).__name__}") from error
            raise
        cases.append(Case(subject, sample, form, arrays, call, gaussian(subject, sample, call.results), kind))
    return cases


def _form(given: Any, form: Any) -> Any:
    return np.result_type(form, np.complex64) if np.dtype(given).kind == "c" else form


def _forward(case: Case) -> Call:
    """The same call on arrays of the kind."""
    return Call(case.subject.op, _of_kind(case), [case.kind.from_host(a) for a in case.arrays])


def _placing(case: Case) -> Case:
    """The case, with integers of the kind where forward takes no NumPy arrays of them.

    CuPy takes an index in NumPy's arrays, and other integers, as the exponents of ldexp, in its own.
    """
    sample = case.sample
    if any(array.dtype.kind in "iu" for array in hosts([*sample.args, dict(sample.fields)])):
        try:
            _forward(case)
        except (CorelibError, TypeError) as error:
            broken = broken_by(error)
            if broken is None or broken.convention is Convention.MIXED:
                return case._replace(placed="fcbiu")
    return case


def _of_kind(case: Case) -> Sample:
    """The sample with constants of the kind."""
    sample = case.sample
    fields = {name: _placed(value, case) for name, value in sample.fields.items()}
    return replace(sample, args=tuple([_placed(arg, case) for arg in sample.args]), fields=fields, memo={})


def _placed(value: Any, case: Case) -> Any:
    if type(value) in (list, tuple):
        return type(value)([_placed(part, case) for part in value])
    return case.kind.from_host(value) if isinstance(value, np.ndarray) and value.dtype.kind in case.placed else value


def _called(case: Case) -> tuple[list[Any], list[Any]]:
    """The results and the gradients on arrays of the kind."""
    call = _forward(case)
    return [r.data for r in call.results], call.vjp([case.kind.from_host(g) for g in case.cotangents])


def _twice(case: Case, tally: Tally) -> None:
    """The gradient of <w, gradient of <u, f>>, on both kinds of arrays."""
    weights = [normal(case.subject.rng("w", k), a.shape, a.dtype) for k, a in enumerate(case.arrays)]
    try:
        expected = _second(case, case.sample, case.arrays, case.cotangents, weights)
    except NotDifferentiable:  # at a kink, or where singular values are equal
        return

    def second(case: Case) -> list[Any]:
        placed = [[case.kind.from_host(a) for a in arrays] for arrays in (case.arrays, case.cotangents, weights)]
        return _second(case, _of_kind(case), *placed)

    _alike(tally, case, "the gradient of the gradient", _foreign(case, second), expected)


def _second(case: Case, sample: Sample, arrays: list[Any], cotangents: list[Any], weights: list[Any]) -> list[Any]:
    f = function_of(case.subject.op, sample)

    def gradient(*arrays: Any) -> list[Any]:
        returned = vjp(f, *arrays)[1](list(cotangents))
        return [returned] if len(arrays) == 1 else list(returned)

    returned = vjp(gradient, *arrays)[1](weights)
    return [returned] if len(arrays) == 1 else list(returned)


def _foreign(case: Case, function: Callable[[Case], Any]) -> Any:
    """What the function returns on arrays of the kind. Raises a Failure that names the convention that was broken."""
    try:
        return function(case)
    except Exception as error:
        broken = broken_by(error)
        if broken is not None and broken.convention is Convention.OUTSIDE and isinstance(error, CorelibError):
            raise Skip(broken.refused) from error
        if case.kind is not GUARDED and isinstance(error, CorelibError):
            raise Skip(f"refused: {error}") from error
        if broken is not None:
            raise Failure(f"{broken}\nsample: {case.sample}") from error
        raise


def _refuses(case: Case, tally: Tally) -> None:
    """The op is declared to take NumPy's arrays alone: it refuses the guarded ones in words.

    Of another kind it is left open: CuPy hands some of SciPy's ufuncs on to its own, and a plugin cannot rely on that.
    """
    if case.kind is not GUARDED:
        raise Skip(f"declared for NumPy's arrays alone: {case.subject.spec.numpy_only}")
    tally.assertions += 1
    try:
        _forward(case)
    except CorelibError:
        return
    raise Failure(f"declared numpy_only, and takes arrays of another kind: remove it\nsample: {case.sample}")


def _alike(tally: Tally, case: Case, what: str, found: Sequence[Any], expected: Sequence[Any]) -> None:
    """Of the kind, with the dtype and the values that NumPy's arrays give."""
    near = _near(expected)
    for i, (array, known) in enumerate(zip(found, expected, strict=True)):
        name = what if len(found) == 1 else f"{what} {i}"
        if array is None or known is None:
            tally.require(array is known, f"{name}: None only on one kind of array")
            continue
        kind = f"{name} is a {type(array).__module__}.{type(array).__name__}: {Convention.KIND.value}"
        tally.require(kind_of_array(array) is case.kind, f"{kind}\nsample: {case.sample}")
        host = case.kind.to_host(array)
        tally.require(host.dtype == known.dtype, f"{name} is {host.dtype}, and {known.dtype} of NumPy's arrays")
        tally.close(host, known, near, f"{name} differs from that of NumPy's arrays\nsample: {case.sample}")


def _near(expected: Sequence[Any]) -> float:
    """The tolerance: some units in the last place of the largest finite entry, and of 1."""
    known = [array for array in expected if array is not None and array.dtype.kind in "fc"]
    sizes = [float(np.max(np.abs(array), where=np.isfinite(array), initial=1.0)) for array in known]
    return max([ULPS * float(np.finfo(array.dtype).eps) for array in known], default=0.5) * max(sizes, default=1.0)


def _looked(case: Case, looks: Sequence[Look]) -> str:
    declared = case.subject.spec.looks
    lines = "".join(f"\n  {one}" for one in looks)
    count = "1 look" if len(looks) == 1 else f"{len(looks)} looks"
    return f"{count} at the data, {declared} declared: {Convention.LOOK.value}{lines}\nsample: {case.sample}"


def select_paths(subject: Subject, seed: int) -> Sequence[Sample]:
    """The first sample of each path that an op may take: not large and far-out ones, nor one more of the same form."""
    found = [s for s in samples_of(subject, seed) if Tag.LARGE not in s.tags and not s.id.startswith("tails-")]
    if not found:
        raise Undeclared(NO_SAMPLES)
    return list({_path(subject, sample): sample for sample in reversed(found)}.values())[::-1]


def _path(subject: Subject, sample: Sample) -> Any:
    """What decides which path an op takes on arrays that are not looked at."""
    if subject.entrywise and len(sample.arrays) == 1:
        shapes: Any = (sample.arrays[0].ndim > 0, sample.arrays[0].size > 0)
    else:
        shapes = tuple([tuple([min(n, 2) for n in a.shape]) for a in sample.arrays])
    return sample.tags & PATHS, shapes, repr(sample.args), repr(dict(sample.fields))


CHECKS = (Check("array_kinds", select_paths, array_kinds),)
