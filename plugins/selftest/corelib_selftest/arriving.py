"""Faults in what a backward does with the gradient that arrives, and with the gradients it returns."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from corelib_selftest.bending import BackwardCall, Behaviour, mapped


def arriving(name: str, function: Callable[[Any], Any]) -> Behaviour:
    """Backward sees something else than what arrives."""
    return Behaviour(name, lambda call: call.true(mapped(function, call.propagated)))


def leaving(name: str, function: Callable[[Any], Any], *, first: bool = False) -> Behaviour:
    """Each gradient, or the ``first`` alone, leaves changed."""

    def fault(call: BackwardCall) -> Sequence[Any]:
        entries = call.true()
        return [g if g is None or (first and i) else function(g) for i, g in enumerate(entries)]

    return Behaviour(name, fault)


def where(name: str, condition: Callable[[BackwardCall], Any], function: Callable[[Any], Any]) -> Behaviour:
    """Each gradient leaves changed where a condition on the call holds."""

    def fault(call: BackwardCall) -> Sequence[Any]:
        if not condition(call):
            return call.true()
        return [None if g is None else function(g) for g in call.true()]

    return Behaviour(name, fault)


def doubled(g: Any) -> Any:
    return np.asarray(g * 2)


def _zeros_at(place: Any) -> Callable[[Any], Any]:
    def zeroed(g: Any) -> Any:
        changed = np.array(g)
        if changed.size:
            changed.reshape(-1)[place] = 0
        return changed

    return zeroed


def _half_at(place: int, smallest: int = 1) -> Callable[[Any], Any]:
    """One entry is halved: the nonzero entry nearest to ``place``, or the first after it."""

    def halved(g: Any) -> Any:
        changed = np.array(g, order="C")
        if changed.size >= smallest:
            flat = changed.reshape(-1)
            found = np.flatnonzero(flat)
            if found.size:
                flat[found[place * found.size // 1000 if place >= 0 else place]] *= 0.5
        return changed

    return halved


def _turned(g: Any) -> Any:
    return np.ascontiguousarray(np.asarray(g)[..., ::-1]) if np.ndim(g) else g


SIGNS: Final = (
    arriving("abs of what arrives", lambda g: np.abs(g).astype(g.dtype)),
    arriving("relu of what arrives", lambda g: np.where(np.real(g) > 0, g, np.zeros((), g.dtype))),
    arriving("minus relu of what arrives", lambda g: np.where(np.real(g) < 0, g, np.zeros((), g.dtype))),
    arriving("sign of what arrives", np.sign),
    arriving("what arrives is clipped to 1", lambda g: g / np.maximum(np.abs(g), 1)),
    arriving("what arrives is clipped to 100", lambda g: g / np.maximum(np.abs(g) / 100, 1)),
    arriving("what arrives is clipped to 1e6", lambda g: g / np.maximum(np.abs(g) / 1e6, 1)),
    arriving("what is small is flushed", lambda g: np.where(np.abs(g) < 1e-6, np.zeros((), g.dtype), g)),
    arriving("what arrives is rounded", lambda g: np.round(g, 6)),
    arriving("the square of what arrives", lambda g: g * np.abs(g)),
    arriving("NaN that arrives is swallowed", np.nan_to_num),
    arriving("half precision on the way", lambda g: g.astype(_narrower(g.dtype)).astype(g.dtype)),
)
"""Faults that one cotangent of ones, or one-hot, does not show."""

LARGEST: Final = arriving(
    "only the largest arrives", lambda g: np.where(np.abs(g) == np.max(np.abs(g), initial=0), g, 0 * g)
)

SIZES: Final = (
    leaving("negated", lambda g: -g),
    leaving("doubled", doubled),
    leaving("halved", lambda g: np.asarray(g / 2)),
    leaving("1e-3 too large", lambda g: np.asarray(g * 1.001)),
    leaving("1e-5 too large", lambda g: np.asarray(g * 1.00001)),
    leaving("1e-7 too large", lambda g: np.asarray(g * (1 + 1e-7))),
    leaving("zero", lambda g: np.zeros(np.shape(g), g.dtype)),
    leaving("the first argument alone is negated", lambda g: -g, first=True),
    leaving("the last entry halved", _half_at(-1)),
    leaving("the first entry halved", _half_at(0)),
    leaving("the middle entry halved", _half_at(500)),
    leaving("the last entry zero", _zeros_at(-1)),
    leaving("all but the first entry zero", _zeros_at(slice(1, None))),
    leaving("the last axis backwards", _turned),
)
"""Faults in the numbers."""

LARGE: Final = leaving("one of a thousand entries halved", _half_at(617, 1000))
FORMS: Final = (
    leaving("None", lambda g: None),
    leaving("a list", lambda g: np.asarray(g).tolist()),
    leaving("one axis too many", lambda g: np.asarray(g)[None]),
    leaving("flattened", lambda g: np.ravel(g) if np.ndim(g) != 1 else np.asarray(g)[None]),
    leaving("integers", lambda g: np.asarray(np.real(g)).astype(np.int64)),
    leaving("an offset", lambda g: np.asarray(g + np.asarray(1e-3, g.dtype))),
)
"""Faults in the form, of which the slope does not matter."""

WIDER: Final = leaving(
    "wider than what arrived", lambda g: np.asarray(g, np.complex128 if g.dtype.kind == "c" else np.float64)
)

SPREADING: Final = (
    leaving("NaN spreads", lambda g: np.asarray(g + 0 * np.sum(g))),
    arriving("a share of all leaks into each", lambda g: g + np.asarray(1e-6 * np.sum(g), g.dtype)),
)


def extra(call: BackwardCall) -> Sequence[Any]:
    entries = list(call.true())
    return [*entries, entries[-1]]


def missing(call: BackwardCall) -> Sequence[Any]:
    return list(call.true())[:-1] or [None]


def swapped(call: BackwardCall) -> Sequence[Any]:
    entries = list(call.true())
    return [entries[1], entries[0], *entries[2:]]


COUNTS: Final = (Behaviour("a gradient too many", extra), Behaviour("a gradient too few", missing))
SWAPPED: Final = Behaviour("the gradients of two arguments are swapped", swapped)


def _narrower(kind: Any) -> Any:
    return np.complex64 if np.dtype(kind).kind == "c" else np.float32
