"""Checks of dtypes and shapes: float32 stays float32, empty arrays work, and complex gradients are right."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from corelib.conformance.cases.op_case import Check
from corelib.conformance.checks.reference import arrays_of, reference_of
from corelib.conformance.checks.select import select_first, select_interior
from corelib.conformance.failure import Skip
from corelib.conformance.numerics.calls import MAX_JACOBIAN, Call, flat, values
from corelib.conformance.numerics.jacobians import compare_call
from corelib.conformance.sample import Sample, Tag
from corelib.conformance.sampling.cotangents import gaussian
from corelib.conformance.sampling.samples import tagged
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally
from corelib.core.tensor import Array, Tensor

SINGLE: Final = 1e-4
WIDEST: Final = 1e30  # float32 ends at 3e38, and slopes may be larger than values
HALF: Final = 5e-2
ROOM: Final = 1e3  # float16 ends at 65504, and intermediate values may be larger than the results


def dtype(subject: Subject, sample: Sample, tally: Tally) -> None:
    """float32 in, float32 out and back, near the float64 numbers; each gradient has the dtype of its operand."""
    sample = replace(sample, args=tuple(map(_narrow_constant, sample.args)))
    narrow = [a.astype(_narrower(a.dtype)) for a in sample.arrays]
    double = Call(subject.op, sample, [a.astype(_wider(a.dtype)) for a in narrow])
    single = Call(subject.op, sample, narrow)
    kinds = _promised(subject, sample, narrow) or [_narrower(r.dtype) for r in double.results]
    if _as_reference(subject, sample, narrow, single.results):
        kinds = [r.dtype for r in single.results]
    for result, kind in zip(single.results, kinds, strict=True):
        tally.require(result.dtype == kind, f"float32 arguments give a {result.dtype} result, not {kind}")
    if _beyond(double):
        return
    for result, exact in zip(single.results, double.results, strict=True):
        tally.close(result.data, exact.data, _near(exact.data), "float32 and float64 results differ")
    cotangents = [
        np.asarray(g, r.dtype) for g, r in zip(gaussian(subject, sample, double.results), single.results, strict=True)
    ]
    expected = double.gradients([g.astype(r.dtype) for g, r in zip(cotangents, double.results, strict=True)])
    _own_dtype(tally, single.gradients(cotangents), narrow, expected)
    if kinds == [_narrower(r.dtype) for r in double.results]:
        _no_leak(tally, single, cotangents)
    for i in range(len(narrow)) if len(narrow) > 1 else ():
        mixed = [a if k == i else a.astype(_wider(a.dtype)) for k, a in enumerate(narrow)]
        call = Call(subject.op, sample, mixed)
        back = [g.astype(r.dtype) for g, r in zip(cotangents, call.results, strict=True)]
        _own_dtype(tally, call.gradients(back), mixed, expected)
    _half(subject, sample, tally)


def _beyond(call: Call) -> bool:
    """Whether results overflow in float32."""
    return any(np.any(np.abs(r.data) > WIDEST) for r in call.results)


def _as_reference(subject: Subject, sample: Sample, narrow: list[Array], results: Sequence[Tensor]) -> bool:
    """Whether the declared reference returns these dtypes too: some of SciPy's functions know only float64."""
    if subject.spec.reference is None:
        return False
    returned = arrays_of(subject.spec.reference(*sample.filled(narrow), **sample.fields))
    return [a.dtype for a in returned if a.dtype.kind in "fc"] == [r.dtype for r in results]


def _narrow_constant(arg: Any) -> Any:
    """An array that is not differentiated, as float32: float64 would make the results float64."""
    if type(arg) in (list, tuple):
        return type(arg)([_narrow_constant(part) for part in arg])
    return arg.astype(np.float32) if isinstance(arg, np.ndarray) and arg.dtype == np.float64 else arg


def _half(subject: Subject, sample: Sample, tally: Tally) -> None:
    """Where forward takes and returns float16, so does backward, near the float64 numbers."""
    arrays = [a.astype(np.float16) for a in sample.arrays]
    try:
        call = Call(subject.op, sample, arrays)
    except (TypeError, ValueError):  # not every function has a loop for float16
        return
    if all(r.dtype == np.float16 for r in call.results):
        exact = Call(subject.op, sample, [a.astype(np.float64) for a in arrays])
        wanted = exact.gradients([np.ones(r.shape) for r in exact.results])
        if any(np.any(np.abs(a) > ROOM) for a in (*wanted, *[r.data for r in exact.results])):
            return
        for i, found in enumerate(call.gradients([np.ones(r.shape, r.dtype) for r in call.results])):
            tally.require(found.dtype == np.float16, f"arg{i} is float16, and its gradient {found.dtype}")
            slack = HALF * (float(np.max(np.abs(wanted[i]), initial=0.0)) + 0.2)
            tally.close(found, wanted[i], slack, f"arg{i}: its float16 and float64 gradients differ")


def _promised(subject: Subject, sample: Sample, arrays: list[Array]) -> list[Any]:
    """The dtypes that NumPy's own function returns (float_power always float64), if there is one."""
    if not getattr(subject.op, "functions", ()):
        return []
    returned = reference_of(subject)(*sample.filled(arrays), **sample.fields)
    return [a.dtype for a in arrays_of(returned) if a.dtype.kind in "fc"]


def _narrower(kind: Any) -> Any:
    return np.dtype(np.complex64 if np.dtype(kind).kind == "c" else np.float32)


def _wider(kind: Any) -> Any:
    return np.dtype(np.complex128 if np.dtype(kind).kind == "c" else np.float64)


def _near(exact: Array) -> float:
    return SINGLE * float(np.max(np.abs(exact), initial=0.0)) + 1e-6


def _own_dtype(tally: Tally, gradients: list[Array], arrays: Sequence[Array], expected: list[Array]) -> None:
    for i, (gradient, array, exact) in enumerate(zip(gradients, arrays, expected, strict=True)):
        tally.require(gradient.dtype == array.dtype, f"arg{i} is {array.dtype}, and its gradient {gradient.dtype}")
        tally.close(gradient, exact, _near(exact), f"arg{i}: its float32 and float64 gradients differ")


def _no_leak(tally: Tally, call: Call, cotangents: list[Array]) -> None:
    """The op's own backward computes in float32 too: the core's cast would hide float64 in between."""
    raw = call.raw(cotangents)
    for i, entry in enumerate(raw[1] if raw is not None else ()):
        if entry is not None:
            wide = np.dtype(entry.dtype).itemsize > np.dtype(_narrower(entry.dtype)).itemsize
            tally.require(not wide, f"backward returns {entry.dtype} for the float32 arg{i}: it computes in float64")


def integers(subject: Subject, sample: Sample, tally: Tally) -> None:
    """Integers beside a float argument are constants; integers only give a result that is not trainable."""
    whole = [_integers(subject, i, a.shape) for i, a in enumerate(sample.arrays)]
    for i in range(len(sample.arrays)):
        arrays = [a if k == i else w for k, (a, w) in enumerate(zip(sample.arrays, whole, strict=True))]
        wanted = [k == i for k in range(len(arrays))]
        call = Call(subject.op, sample, arrays, wanted)
        cotangents = gaussian(subject, sample, call.results)
        same = Call(subject.op, sample, [a.astype(np.float64) for a in arrays], wanted)
        found, expected = call.vjp(cotangents)[i], same.vjp(cotangents)[i]
        tally.require((found is None) == (expected is None), f"arg{i} beside integers has no gradient")
        if found is not None and expected is not None:
            scale = float(np.max(np.abs(expected), initial=0.0))
            tally.close(found, expected, 1e-12 * scale + 1e-300, f"arg{i} has another gradient beside integers")


def _integers(subject: Subject, i: int, shape: tuple[int, ...]) -> Array:
    """2 and -1 in turns, as far as they are in the domain: with 1 only, log(1) = 0 would hide a mistake."""
    inside = [n for n in (2, -1) if any(bool(r.contains(np.array(float(n)))) for r in subject.ranges[i])]
    return np.resize(np.array(inside or [1], np.int64), shape)


def select_several(subject: Subject, seed: int) -> Sequence[Sample]:
    found = [s for s in select_interior(subject, seed) if len(s.arrays) > 1]
    if not found or not subject.entrywise:
        raise Skip("no entry-by-entry op of several arrays: no integers to mix with floats")
    return found[:1]


def shapes(subject: Subject, sample: Sample, tally: Tally) -> None:
    """At every shape, empty ones too, results and gradients have the right shapes."""
    call = Call(subject.op, sample)
    if subject.entrywise and not sample.fields:
        shape = np.broadcast_shapes(*[a.shape for a in sample.arrays])
        for result in call.results:
            tally.require(result.shape == shape, f"the result has shape {result.shape}, expected {shape}")
    cotangents = gaussian(subject, sample, call.results)
    for i, (gradient, array) in enumerate(zip(call.gradients(cotangents), sample.arrays, strict=True)):
        tally.require(gradient.shape == array.shape, f"arg{i} has shape {array.shape}, its gradient {gradient.shape}")
        tally.require(np.all(np.isfinite(gradient)), f"arg{i}: its gradient is not finite")


def select_every_shape(subject: Subject, seed: int) -> Sequence[Sample]:
    return [*select_interior(subject, seed), *tagged(subject, Tag.EMPTY, seed)]


def complex_numbers(subject: Subject, sample: Sample, tally: Tally) -> None:
    """The gradient is that of Re(sum(conj(g) f)) in the real and the imaginary parts (PyTorch's convention)."""
    try:
        values(subject.op, sample, sample.arrays)
    except (TypeError, ValueError) as error:
        raise Skip(f"forward refuses complex numbers: {type(error).__name__}") from error
    call = Call(subject.op, sample)
    if not call.results:
        raise Skip("no result of complex numbers can be differentiated")
    for gradient, array in zip(call.gradients(gaussian(subject, sample, call.results)), sample.arrays, strict=True):
        tally.require(gradient.dtype == array.dtype, f"the gradient of a {array.dtype} is {gradient.dtype}")
    compare_call(tally, subject.op, sample, call)


def select_complex(subject: Subject, seed: int) -> Sequence[Sample]:
    if subject.spec.complex is False:
        raise Skip("declared real: no complex numbers")
    found = [s for s in tagged(subject, Tag.COMPLEX, seed) if flat(s.arrays).size <= MAX_JACOBIAN]
    if not found:
        raise Skip("no sample of complex numbers")
    return found


CHECKS = (
    Check("dtype", select_first(select_interior, 3), dtype),
    Check("integers", select_several, integers),
    Check("shapes", select_every_shape, shapes, gradients=True),
    Check("complex", select_complex, complex_numbers, seeded=True),
)
