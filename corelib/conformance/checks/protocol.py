"""Checks of the protocol: what backward returns, and what it must not change."""

import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from corelib.conformance.cases.op_case import Check
from corelib.conformance.checks.select import select_first, select_interior, select_tagged
from corelib.conformance.failure import Failure, describe
from corelib.conformance.numerics.calls import Call, outputs
from corelib.conformance.sample import Sample, Tag
from corelib.conformance.sampling.cotangents import gaussian
from corelib.conformance.sampling.samples import tagged
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally
from corelib.core.graph import Node
from corelib.core.tensor import Array, Tensor
from corelib.primitives.elementwise_op import Elementwise

THREADS: Final = 4
NEARBY: Final = 0.984375  # times this, a sample stays in its domain
REPEATS: Final = 3


def protocol(subject: Subject, sample: Sample, tally: Tally) -> None:
    """One gradient per array, of its shape, an array of floats; None only where declared.

    Each gradient is the same whether it is requested with the others or by itself.
    """
    call = Call(subject.op, sample)
    tally.require(call.results, f"no result of {describe(call.returned)} can be differentiated")
    cotangents = gaussian(subject, sample, call.results)
    raw = call.raw(cotangents)
    if raw is not None:
        node, entries = raw
        tally.require(len(entries) == len(node.parents), f"{len(entries)} gradients for {len(node.parents)} arrays")
        for i, (entry, parent) in enumerate(zip(entries, node.parents, strict=True)):
            if parent is not None and not (entry is None and _added_elsewhere(node, i, entries)):
                _entry(subject, tally, i, entry, parent.shape)
    gradients = call.vjp(cotangents)
    _one_at_a_time(subject, sample, tally, cotangents, gradients)


def _entry(subject: Subject, tally: Tally, i: int, entry: Any, shape: tuple[int, ...]) -> None:
    name = subject.name_of(i)
    if entry is None:
        tally.require(name in subject.nondiff, f"the gradient of '{name}' is None, and it is not declared nondiff")
        return
    tally.require(hasattr(entry, "dtype"), f"the gradient of '{name}' is a {describe(entry)}, not an array")
    tally.require(entry.shape == shape, f"the gradient of '{name}' has shape {entry.shape}, and the array {shape}")
    tally.require(entry.dtype.kind in "fc", f"the gradient of '{name}' has dtype {entry.dtype}")


def _added_elsewhere(node: Node, i: int, entries: Sequence[Any]) -> bool:
    """Whether another operand is the same variable and its entry holds the whole gradient, as in x * x."""
    others = [e for k, (e, p) in enumerate(zip(entries, node.parents, strict=True)) if k != i and p is node.parents[i]]
    return isinstance(node.op, Elementwise) and any(e is not None for e in others)


def _one_at_a_time(
    subject: Subject, sample: Sample, tally: Tally, cotangents: Sequence[Array], gradients: Sequence[Array | None]
) -> None:
    """Each array gets the same gradient by itself as with the others."""
    for i in range(len(sample.arrays)) if len(sample.arrays) > 1 else ():
        call = Call(subject.op, sample, wanted=[k == i for k in range(len(sample.arrays))])
        single, among = call.vjp(cotangents)[i], gradients[i]
        tally.require((single is None) == (among is None), f"arg{i} has a gradient only by itself or only with others")
        if single is not None and among is not None:
            scale = float(np.max(np.abs(among), initial=0.0))
            tally.close(
                single, among, 1e-12 * scale + 1e-300, f"arg{i} has another gradient by itself than with the others"
            )


def no_mutation(subject: Subject, sample: Sample, tally: Tally) -> None:
    """Neither the arrays, nor the result, nor the incoming cotangent are written to."""
    arrays = [a.copy() for a in sample.arrays]
    for a in arrays:
        a.flags.writeable = False
    _guarded(subject, sample, tally, arrays)
    _guarded(subject, sample, tally, [a.copy() for a in sample.arrays])


def _guarded(subject: Subject, sample: Sample, tally: Tally, arrays: list[Array]) -> None:
    """Forward and backward; their arrays are read-only if ``arrays`` are, and compared afterwards in any case."""
    try:
        call = Call(subject.op, sample, arrays)
        cotangents = gaussian(subject, sample, call.results)
        results = [r.data for r in call.results]
        before = [a.copy() for a in (*arrays, *results, *cotangents)]
        if arrays and not arrays[0].flags.writeable:
            for seen in (*results, *cotangents):
                seen.flags.writeable = False
        call.raw(cotangents)
        call.vjp(cotangents)
    except ValueError as error:
        if "read-only" in str(error):
            raise Failure(f"writes to an array that is not its own: {error}") from error
        raise
    for seen, old in zip((*arrays, *results, *cotangents), before, strict=True):
        tally.same(seen, old, f"changes an array of {describe(seen)} that is not its own")
    for a, old in zip(arrays, sample.arrays, strict=True):
        tally.same(a, old, "forward changes its argument")


def no_alias(subject: Subject, sample: Sample, tally: Tally) -> None:
    """The gradients share memory with nothing: no argument, no result, no gradient of another call.

    Cotangents of ones are tested too: a product with 1 may return the other factor itself.
    """
    cotangents = gaussian(subject, sample, Call(subject.op, sample).results)
    _apart(subject, sample, tally, cotangents)
    _apart(subject, sample, tally, [np.ones_like(g) for g in cotangents])


def _apart(subject: Subject, sample: Sample, tally: Tally, cotangents: list[Array]) -> None:
    (mine, seen), (others, _) = [_stored(subject, sample, cotangents) for _ in range(2)]
    for i, gradient in enumerate(mine):
        for other in (*seen, *others, *mine[:i]):
            tally.require(
                not np.shares_memory(gradient, other), f"the gradient of arg{i} shares memory with {describe(other)}"
            )
    if getattr(subject.op, "fresh", False):
        _fresh(Call(subject.op, sample), gaussian(subject, sample, Call(subject.op, sample).results), tally)


def _fresh(call: Call, cotangents: Sequence[Array], tally: Tally) -> None:
    """What ``fresh = True`` promises, also for cotangents that may have a shortcut."""
    kept: list[Array] = [*call.arrays, *[r.data for r in call.results]]
    for given in (cotangents, *[[np.full_like(g, value) for g in cotangents] for value in (1, 0, -1)]):
        _, entries = call.raw(given) or (None, ())
        arrays = [entry for entry in entries if isinstance(entry, np.ndarray)]
        for array in arrays:
            shared = [other for other in kept if np.shares_memory(array, other)]
            tally.require(not shared, "says fresh, and backward returns an array that it, or its caller, keeps")
        kept += arrays


def _stored(subject: Subject, sample: Sample, cotangents: list[Array]) -> tuple[list[Array], list[Array]]:
    """The gradients in .grad after backward(), and the arrays with which they must not share memory."""
    tensors = [Tensor(a, trainable=True) for a in sample.arrays]
    returned = subject.op(*sample.filled(tensors), **sample.fields)
    results = outputs(returned)
    for result, cotangent in zip(results, cotangents, strict=True):
        if result.trainable:
            result.backward(cotangent, retain_graph=True)
    seen = [*cotangents, *[r.data for r in results], *[t.data for t in tensors]]
    return [t.grad for t in tensors if t.grad is not None], seen


def layout(subject: Subject, sample: Sample, tally: Tally) -> None:
    """The memory layout changes nothing: Fortran order, strides, negative strides, stride 0."""
    call = Call(subject.op, sample)
    cotangents = gaussian(subject, sample, call.results)
    expected = call.gradients(cotangents)
    for name, lay in LAYOUTS.items():
        twin = Call(subject.op, sample, [lay(a) for a in sample.arrays])
        _alike(tally, twin.gradients([lay(g) for g in cotangents]), expected, f"arrays in {name}")
        for result, known in zip(twin.results, call.results, strict=True):
            tally.close(result.data, known.data, 1e-12 * _scale(known.data), f"forward on arrays in {name}")
    flat = [np.broadcast_to(np.asarray(0.75, g.dtype), g.shape) for g in cotangents]
    _alike(tally, call.gradients(flat), call.gradients([g.copy() for g in flat]), "a gradient of stride 0")


def _alike(tally: Tally, found: list[Array], expected: list[Array], what: str) -> None:
    for i, (a, b) in enumerate(zip(found, expected, strict=True)):
        tally.close(a, b, 1e-12 * _scale(b), f"{what}: the gradient of arg{i} is another")


def _scale(x: Array) -> float:
    return float(np.max(np.abs(x), initial=0.0)) + 1e-300


def _strided(a: Array) -> Array:
    wide = np.full((*a.shape[:-1], 2 * a.shape[-1]) if a.ndim else (2,), 7.5, a.dtype)
    view = wide[..., ::2] if a.ndim else wide[:1].reshape(())
    view[...] = a
    return view


def _reversed(a: Array) -> Array:
    if not a.ndim:
        return a
    return a[..., ::-1].copy()[..., ::-1]


LAYOUTS: Final[dict[str, Callable[[Array], Array]]] = {
    "Fortran order": lambda a: np.array(a, order="F"),
    "stride 2": _strided,
    "negative strides": _reversed,
}


def purity(subject: Subject, sample: Sample, tally: Tally) -> None:
    """The same call has the same result: after another call, a second time, and on other threads."""
    call = Call(subject.op, sample)
    cotangents = gaussian(subject, sample, call.results)
    expected = call.gradients(cotangents)
    interrupted = Call(subject.op, sample)
    others = [sample.having([np.asarray(a * NEARBY) for a in sample.arrays]), *tagged(subject, Tag.INTERIOR)[-1:]]
    for other in others:
        made = Call(subject.op, other)
        _identical(tally, interrupted.gradients(cotangents), expected, "after another forward")
        made.gradients(gaussian(subject, other, made.results))
        _identical(tally, interrupted.gradients(cotangents), expected, "after another backward")
    _identical(tally, call.gradients(cotangents), expected, "a second time")
    _threads(subject, sample, tally, cotangents, expected)


def _identical(tally: Tally, found: list[Array], expected: list[Array], when: str) -> None:
    for i, (a, b) in enumerate(zip(found, expected, strict=True)):
        tally.same(a, b, f"{when} the gradient of arg{i} is another: the op keeps a state")


def _threads(subject: Subject, sample: Sample, tally: Tally, cotangents: list[Array], expected: list[Array]) -> None:
    """Half of the threads use the negative cotangent, so that gradients mixed up between threads differ."""
    reversed_ones = [-g for g in cotangents]
    opposite = Call(subject.op, sample).gradients(reversed_ones)
    found: list[tuple[list[Array], list[Array]]] = []

    def work(number: int) -> None:
        arriving, wanted = ((cotangents, expected), (reversed_ones, opposite))[number % 2]
        with np.errstate(all="ignore"):  # a new thread has its own settings
            found.extend((Call(subject.op, sample).gradients(arriving), wanted) for _ in range(REPEATS))

    _at_once(work)
    for gradients, wanted in found:
        _identical(tally, gradients, wanted, "on several threads at once")
    tally.require(len(found) == THREADS * REPEATS, "a thread did not come back")


def _at_once(work: Callable[[int], None]) -> None:
    """Run ``work(number)`` on several threads that switch as often as possible; raise what they raise."""
    together = threading.Barrier(THREADS)
    errors: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            together.wait()
            work(number)
        except BaseException as error:  # raised again below, on the calling thread
            errors.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    threads = [threading.Thread(target=guarded, args=(number,), daemon=True) for number in range(THREADS)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    for error in errors:
        raise error


CHECKS = (
    Check("protocol", select_tagged(Tag.INTERIOR, Tag.EMPTY, Tag.KINK), protocol),
    Check("no_mutation", select_tagged(Tag.INTERIOR, Tag.LARGE), no_mutation),
    Check("no_alias", select_tagged(Tag.INTERIOR), no_alias, gradients=True),
    Check("layout", select_tagged(Tag.INTERIOR), layout),
    Check("purity", select_first(select_interior, 1), purity),
)
