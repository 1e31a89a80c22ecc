"""Faults that show only now and then: in some layouts, shapes, dtypes and places, or at some calls."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from corelib_selftest.arriving import doubled, where
from corelib_selftest.bending import BackwardCall, Behaviour, each


def _any(test: Callable[[Any], Any]) -> Callable[[BackwardCall], bool]:
    return lambda call: any(test(a) for a in call.arrays())


def _arrives(test: Callable[[Any], Any]) -> Callable[[BackwardCall], bool]:
    return lambda call: any(test(g) for g in each(call.propagated) if isinstance(g, (np.ndarray, np.generic)))


def _is_strided(a: Any) -> bool:
    return bool(a.size > 1 and not a.flags.c_contiguous and not a.flags.f_contiguous)


LAYOUTS: Final = (
    where("wrong where anything is not contiguous", _any(lambda a: not a.flags.c_contiguous), doubled),
    where("wrong where a stride is negative", _any(lambda a: any(s < 0 for s in a.strides)), doubled),
)
ARRIVING: Final = (
    where("wrong where what arrives is strided", _arrives(_is_strided), doubled),
    where("wrong where what arrives has stride 0", _arrives(lambda g: g.size > 1 and 0 in g.strides), doubled),
)

FORTRAN: Final = where(
    "wrong in Fortran order", _any(lambda a: a.flags.f_contiguous and not a.flags.c_contiguous), doubled
)

SCALAR: Final = where("wrong where 0-d", _arrives(lambda g: g.ndim == 0), doubled)
SINGLE: Final = where("wrong where there is one entry", _arrives(lambda g: g.size == 1), doubled)
MANY: Final = where("wrong from 10 entries on", _arrives(lambda g: g.size >= 10), doubled)

EMPTY: Final = (
    where("of another shape where empty", _arrives(lambda g: g.size == 0), lambda g: np.zeros((*np.shape(g), 2))),
)


def _fails_where_empty(call: BackwardCall) -> Sequence[Any]:
    for g in each(call.propagated):
        np.max(g)  # raises ValueError for no entries
    return call.true()


RAISES_EMPTY: Final = Behaviour("raises where empty", _fails_where_empty)

DTYPES: Final = (
    where("wrong in float32", _arrives(lambda g: g.dtype in (np.float32, np.complex64)), doubled),
    where("wrong in float64", _arrives(lambda g: g.dtype in (np.float64, np.complex128)), doubled),
)

COMPLEX: Final = (
    where("the conjugate in complex numbers", _arrives(lambda g: g.dtype.kind == "c"), np.conj),
    where(
        "the real part in complex numbers", _any(lambda a: a.dtype.kind == "c"), lambda g: np.real(g).astype(g.dtype)
    ),
)

INTEGERS: Final = where("wrong beside integers", lambda p: any(_kind(a) in "iu" for a in p.args), doubled)
ALONE: Final = where("wrong where one gradient alone is wanted", lambda p: sum(map(bool, p.wanted)) == 1, doubled)
TWICE: Final = where("wrong where two arguments are one", lambda p: p.args[0] is p.args[1], doubled)


def _kind(a: Any) -> str:
    return a.dtype.kind if isinstance(a, np.ndarray) else "?"


def averaged(call: BackwardCall) -> Sequence[Any]:
    """The gradient of a broadcast argument is the mean over the broadcast axes, where the sum is right."""
    (entry,) = call.true()
    shape = np.shape(call.args[call.index or 0])
    count = np.size(call.propagated) / max(int(np.prod(shape)), 1)
    return [entry / count if count > 1 else entry]


MEAN: Final = Behaviour("broadcast by mean", averaged)


def at_places(name: str, place: Callable[[Any], Any]) -> Behaviour:
    """The gradient is zero at entries where the argument is at some place."""

    def fault(call: BackwardCall) -> Sequence[Any]:
        (entry,) = call.true()
        x = np.asarray(call.args[call.index or 0])
        return [np.where(np.broadcast_to(place(x), np.shape(entry)), np.zeros((), entry.dtype), entry)]

    return Behaviour(name, fault)


NEGATIVE: Final = at_places("zero where the argument is negative", lambda x: np.real(x) < 0)
POSITIVE: Final = at_places("zero where the argument is positive", lambda x: np.real(x) > 0)
FAR: Final = at_places("zero where the argument is above 10", lambda x: np.real(x) > 10)
FAR_BELOW: Final = at_places("zero where the argument is below -10", lambda x: np.real(x) < -10)
TINY: Final = at_places("zero where the argument is tiny", lambda x: (np.abs(x) < 1e-8) & (x != 0))
NEAR_ONE: Final = at_places("zero near 1e-3", lambda x: (np.abs(x) > 1e-4) & (np.abs(x) < 2e-3))


def infinite(call: BackwardCall) -> Sequence[Any]:
    (entry,) = call.true()
    x = np.asarray(call.args[call.index or 0])
    large = np.abs(x) > 1e100
    return [entry + np.where(large, np.exp(np.where(large, 800.0, 0.0)), 0) * np.zeros((), entry.dtype)]


OVERFLOW: Final = Behaviour("overflows far out", infinite)


# At some calls


def _seen(memory: dict[Any, Any], args: Sequence[Any]) -> None:
    memory["args"] = args


def _stale(call: BackwardCall) -> Sequence[Any]:
    return call.true(args=call.memory["args"])


def _counted(call: BackwardCall) -> Sequence[Any]:
    call.memory["calls"] = call.memory.get("calls", 0) + 1
    return call.true() if call.memory["calls"] % 5 else [g if g is None else doubled(g) for g in call.true()]


def _once(call: BackwardCall) -> Sequence[Any]:
    """What a call remembers is used up by its first backward."""
    seen = call.memory.setdefault("seen", [])
    if any(a is call.result for a in seen):
        return [g if g is None else np.zeros(np.shape(g), g.dtype) for g in call.true()]
    seen.append(call.result)
    return call.true()


def _shared(call: BackwardCall) -> Sequence[Any]:
    """A scratch array of the op's own, which another thread may overwrite."""
    call.memory["scratch"] = call.propagated
    time.sleep(1e-3)
    arrived = call.memory["scratch"]
    same = [np.shape(g) for g in each(arrived)] == [np.shape(g) for g in each(call.propagated)]
    return call.true(arrived if same else None)


def _random(call: BackwardCall) -> Sequence[Any]:
    np.random.random()  # uses the state that all programs share
    return call.true()


def _noisy(call: BackwardCall) -> Sequence[Any]:
    generator = call.memory.setdefault("generator", np.random.default_rng(1))
    noise = 1 + 1e-14 * generator.normal()
    return [g if g is None else np.asarray(g * np.asarray(noise, g.dtype)) for g in call.true()]


def _settings(call: BackwardCall) -> Sequence[Any]:
    np.seterr(divide="print")
    return call.true()


STALE: Final = Behaviour("uses the arguments of the latest call", _stale, on_forward=_seen)
THREADS: Final = Behaviour("uses what arrives on another thread", _shared)
STATES: Final = (
    Behaviour("wrong at each fifth call", _counted),
    Behaviour("wrong at the second backward of a call", _once),
    Behaviour("a little noise", _noisy),
)
SIDE_EFFECTS: Final = (
    Behaviour("uses NumPy's global random numbers", _random),
    Behaviour("changes NumPy's error settings", _settings),
)


# What is not its own


def _writes_arriving(call: BackwardCall) -> Sequence[Any]:
    entries = [g if g is None else np.array(g) for g in call.true()]
    for g in each(call.propagated):
        if isinstance(g, np.ndarray):
            g[...] = 0
    return entries


def _writes_argument(call: BackwardCall) -> Sequence[Any]:
    entries = [g if g is None else np.array(g) for g in call.true()]
    for a in call.args:
        if isinstance(a, np.ndarray) and a.dtype.kind in "fc":
            a[...] += 1
    return entries


def _writes_result(call: BackwardCall) -> Sequence[Any]:
    entries = [g if g is None else np.array(g) for g in call.true()]
    for r in each(call.result):
        if isinstance(r, np.ndarray):
            r[...] = 0
    return entries


def _buffered(call: BackwardCall) -> Sequence[Any]:
    """Every call returns one and the same array."""
    found = []
    for i, g in enumerate(call.true()):
        if isinstance(g, np.ndarray):
            buffer = call.memory.setdefault((i, g.shape, g.dtype), np.empty_like(g))
            buffer[...] = g
            found.append(buffer)
        else:
            found.append(g)
    return found


WRITES: Final = (
    Behaviour("writes to what arrives", _writes_arriving),
    Behaviour("returns an array that it keeps", _buffered),
)
WRITES_ARGUMENT: Final = Behaviour("writes to its arguments", _writes_argument)
WRITES_RESULT: Final = Behaviour("writes to the result", _writes_result)
