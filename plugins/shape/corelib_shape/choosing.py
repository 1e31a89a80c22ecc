"""Entries chosen by conditions: choose, compress, extract, piecewise."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from corelib.extend import Array, Shape, Tensor, Wanted, composed, like, linear, native
from corelib_shape.broadcasting import summed
from corelib_shape.foreign import as_index
from corelib_shape.splitting import unstack
from corelib_shape.taking import along, on_host, tensor
from corelib_shape.updating import index_set, put_in, without_tensors

Mode = Literal["raise", "wrap", "clip"]


@dataclass(frozen=True, slots=True)
class Choose:
    """y[i] = choices[a[i]][i], all broadcast. The gradient of an entry goes to the choice that it came from.

    ``mode`` says what becomes of a number that is no choice: "wrap" counts on from the first one after the last one,
    "clip" takes the nearest. Raises ValueError, else.
    """

    a: Any
    mode: Mode = "raise"

    def numbers(self, choices: int) -> Array:
        """``a``, each entry the number of a choice."""
        numbers: Array = np.asarray(self.a)
        if self.mode == "raise":
            return numbers
        return numbers % choices if self.mode == "wrap" else numbers.clip(0, choices - 1)

    def forward(self, *choices: Array) -> Array:
        if all([native(choice) for choice in choices]):
            y: Array = np.choose(self.a, choices, mode=self.mode)
            return y
        numbers = self.numbers(len(choices))
        np.choose(numbers, [0] * len(choices))  # raises for what is no choice
        chosen: Array = choices[0]
        for i, choice in enumerate(choices[1:], 1):
            chosen = np.where(np.asarray(numbers == i, like=like(choice)), choice, chosen)
        shape = np.broadcast_shapes(numbers.shape, chosen.shape)
        return chosen if chosen.shape == shape else np.broadcast_to(chosen, shape)

    def backward(self, propagated: Array, *shapes: Shape, wanted: Wanted) -> tuple[Array | None, ...]:
        numbers = self.numbers(len(shapes))
        parts: list[Array | None] = []
        for i, (shape, asked) in enumerate(zip(shapes, wanted, strict=True)):
            here = np.asarray(numbers == i, like=like(propagated)) if asked else None
            parts.append(summed(np.where(here, propagated, 0), shape) if here is not None else None)
        return tuple(parts)


chosen_from: Final = linear(Choose, name="choose")


def _choose(a: Any, choices: Any, *, mode: Mode = "raise") -> Tensor:
    """y[i] = choices[a[i]][i], all broadcast: ``choices`` is a list of arrays, or an array of them.

    ``mode`` says what becomes of a number that is no choice: "wrap" counts on from the first one after the last one,
    "clip" takes the nearest. Raises InvalidOperand, else.
    """
    rows = choices if isinstance(choices, (list, tuple)) else unstack(choices)
    return chosen_from(list(rows), on_host(without_tensors(a)), mode)


def _compress(condition: Any, a: Any, axis: int | None = None) -> Tensor:
    """The entries of ``a`` along ``axis`` where ``condition``, which may be shorter, is true; flattened without one."""
    if axis is None:
        a, axis = np.ravel(a), 0
    given = np.asarray(on_host(without_tensors(condition)), bool)
    if given.ndim != 1:
        raise ValueError("compress takes a condition of one axis; extract takes others")
    length = np.shape(a)[axis]
    if np.any(given[length:]):
        raise IndexError(f"the condition is true beyond the {length} entries along axis {axis}")
    mask = np.zeros(length, bool)
    mask[: len(given)] = given[:length]
    x = tensor(a)
    return x[along(axis, x.ndim, mask if native(x) else np.flatnonzero(mask))]


def _extract(condition: Any, arr: Any) -> Tensor:
    """The entries of ``arr`` where ``condition`` is true, in a row."""
    return _compress(np.ravel(on_host(without_tensors(condition))), np.ravel(arr))


def _piecewise(x: Any, condlist: Any, funclist: Sequence[Callable[..., Any] | Any], *args: Any, **kw: Any) -> Tensor:
    """What each function returns of the entries of ``x`` where its condition is true, and 0 where none is.

    A function may be a number. One more of them than conditions is for the rest. Where several conditions are true, the
    last one counts. ``args`` and ``kw`` go to each function. The result has the dtype of ``x``, as in NumPy.
    """
    t = tensor(x)
    y: Any = tensor(np.zeros(t.shape, dtype=t.dtype, like=like(t)))
    for condition, function in zip(_conditions(t, condlist, len(funclist)), funclist, strict=True):
        values = function
        if callable(function):
            entries = t[condition]
            if not entries.size:
                continue
            values = function(entries, *args, **kw)
        y = index_set(y, condition, put_in(t.dtype, values))
    return y  # type: ignore[no-any-return]  # a Tensor


def _conditions(x: Tensor, condlist: Any, functions: int) -> list[Any]:
    """The conditions, one for each function."""
    if np.isscalar(condlist) or (not isinstance(condlist[0], list) and not np.ndim(condlist[0]) and x.ndim):
        condlist = [condlist]
    found = [as_index(without_tensors(condition)) for condition in condlist]
    found = [condition if condition.dtype == bool else condition.astype(bool) for condition in found]
    if functions == len(found) + 1:
        any_of = found[0]
        for condition in found[1:]:
            any_of = any_of | condition
        found.append(~any_of)
    if functions != len(found):
        raise ValueError(f"{len(found)} conditions go with as many functions, or one more, not with {functions}")
    return found


choose: Final = composed(_choose, numpy=np.choose, name="choose")
compress: Final = composed(_compress, numpy=np.compress, name="compress")
extract: Final = composed(_extract, numpy=np.extract, name="extract")
piecewise: Final = composed(_piecewise, numpy=np.piecewise, name="piecewise")
