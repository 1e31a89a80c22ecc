"""Entries before and after those of an array: pad, in every mode that returns its result."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

import corelib
from corelib.errors import UnsupportedArgument
from corelib.extend import Array, Shape, Tensor, composed, linear
from corelib_shape.joining import concatenate
from corelib_shape.ranges import full, linspace
from corelib_shape.taking import along, tensor
from corelib_shape.updating import put_in

Pair = tuple[Any, Any]
STATISTICS: Final[dict[str, Callable[..., Any]]] = {
    "maximum": np.max, "mean": np.mean, "median": np.median, "minimum": np.min,
}  # fmt: skip
REFLECTING: Final = ("reflect", "symmetric")
KEYWORDS: Final = {
    "constant": "constant_values", "linear_ramp": "end_values", **dict.fromkeys(STATISTICS, "stat_length"),
    **dict.fromkeys(REFLECTING, "reflect_type"), "edge": "", "wrap": "", "empty": "",
}  # fmt: skip
"""Each mode, and the keyword that goes with it."""


@dataclass(frozen=True, slots=True)
class PadConstant:
    """``x`` with ``constant_values`` around it: their number before and after each axis is ``pad_width``."""

    pad_width: Any
    constant_values: Any = 0

    def forward(self, x: Array) -> Array:
        padded: Array = np.pad(x, widths(self.pad_width, np.ndim(x)), constant_values=self.constant_values)
        return padded

    def backward(self, propagated: Array, shape: Shape) -> Array:
        inner = tuple([slice(b, b + n) for (b, _), n in zip(widths(self.pad_width, len(shape)), shape, strict=True)])
        entries: Array = propagated[inner]
        return entries


def widths(pad_width: Any, ndim: int) -> list[tuple[int, int]]:
    """How many entries go before and after each axis, from any spelling that NumPy takes."""
    if isinstance(pad_width, dict):
        unknown = [axis for axis in pad_width if axis not in range(-ndim, ndim)]
        if unknown:
            raise ValueError(f"pad_width names axes {unknown} of an array that has {ndim}")
        given: list[Any] = [pad_width.get(i, pad_width.get(i - ndim, 0)) for i in range(ndim)]
        each = [(before, after) for before, after in [(p, p) if isinstance(p, int) else p for p in given]]
    else:
        each = pairs(np.asarray(pad_width), ndim)
    found = [(operator.index(before), operator.index(after)) for before, after in each]
    if any([before < 0 or after < 0 for before, after in found]):
        raise ValueError("pad_width is not negative")
    return found


def pairs(values: Any, ndim: int) -> list[Pair]:
    """The two values of each axis, from one for all, from two for all, or from an array that is broadcast."""
    if values is None:
        return [(None, None)] * ndim
    given: Any = corelib.asarray(values) if _holds_tensor(values) else np.array(values)
    if given.size == 1:
        both = given.reshape(-1)
        return [(both[0], both[0])] * ndim
    if given.size == 2 and given.shape != (2, 1):  # one before and one after
        both = given.reshape(-1)
        return [(both[0], both[1])] * ndim
    table: Any = np.broadcast_to(given, (ndim, 2))
    rows = table if isinstance(table, Tensor) else table.tolist()  # numbers of Python's, which keep float32
    return [(row[0], row[1]) for row in rows]


def _holds_tensor(values: Any, depth: int = 2) -> bool:
    """Whether there is a Tensor among values: one for each side of each axis."""
    if isinstance(values, Tensor) or depth == 0 or not isinstance(values, (list, tuple)):
        return isinstance(values, Tensor)
    return any([_holds_tensor(value, depth - 1) for value in values])


def _ends(x: Tensor, axis: int, before: int, after: int) -> Pair:
    """So many of the first and of the last entries along an axis."""
    n = x.shape[axis]
    return x[along(axis, x.ndim, slice(0, before))], x[along(axis, x.ndim, slice(n - after, n))]


def _between(x: Tensor, axis: int, left: Any, right: Any) -> Tensor:
    return concatenate([left, x, right], axis)


def _copies(x: Tensor, axis: int, width: Pair, mode: str) -> Tensor:
    """Entries of ``x`` again before and after it: "edge", "wrap", and even "reflect" and "symmetric"."""
    positions: Any = np.pad(np.arange(x.shape[axis]), width, mode=mode)  # type: ignore[call-overload]  # any of four
    return x[along(axis, x.ndim, positions)]


def _odd(x: Tensor, axis: int, width: Pair, mode: str) -> Tensor:
    """Twice the edge minus the mirror image of ``x``, before and after it, until the width is filled."""
    n, (before, after) = x.shape[axis], width
    if n == 1:
        return _copies(x, axis, width, "edge")
    skipped = 0 if mode == "symmetric" else 1  # the edge itself
    while before or after:
        length = (x.shape[axis] - skipped) // (n - skipped) * (n - skipped)
        left, right = min(length, before), min(length, after)
        first, last = _ends(x, axis, 1, 1)
        head, tail = _ends(x, axis, left + skipped, right + skipped)
        back = along(axis, x.ndim, slice(None, None, -1))
        x = _between(
            x, axis,
            2 * first - head[along(axis, x.ndim, slice(skipped, None))][back],
            2 * last - tail[along(axis, x.ndim, slice(0, right))][back],
        )  # fmt: skip
        before, after = before - left, after - right
    return x


def _statistics(x: Tensor, axis: int, width: Pair, mode: str, lengths: Pair) -> Tensor:
    """The maximum, mean, ... of so many entries of each end before and after ``x``."""
    n = x.shape[axis]
    counts = [n if length is None else min(operator.index(length), n) for length in lengths]
    if 0 in counts and mode in ("maximum", "minimum"):
        raise ValueError("stat_length of 0 yields no value for padding")
    ends = [STATISTICS[mode](end, axis=axis, keepdims=True) for end in _ends(x, axis, counts[0], counts[1])]
    left, right = (_stretched(end, axis, n) for end, n in zip(ends, width, strict=True))
    return _between(x, axis, left, right)


def _stretched(end: Any, axis: int, length: int) -> Any:
    return np.broadcast_to(end, (*end.shape[:axis], length, *end.shape[axis + 1 :]))


def _ramps(x: Tensor, axis: int, width: Pair, values: Pair) -> Tensor:
    """Numbers at equal distances from the end values to the edges of ``x``."""
    left, right = (
        linspace(value, np.squeeze(edge, axis), num, False, dtype=x.dtype, axis=axis)
        for value, edge, num in zip(values, _ends(x, axis, 1, 1), width, strict=True)
    )
    return _between(x, axis, left, right[along(axis, x.ndim, slice(None, None, -1))])


def _constants(x: Tensor, axis: int, width: Pair, values: Pair) -> Tensor:
    """Copies of the values, which may be Tensors."""
    left, right = (
        put_in(x.dtype, full((*x.shape[:axis], num, *x.shape[axis + 1 :]), value))
        for value, num in zip(values, width, strict=True)
    )
    return _between(x, axis, left, right)


def _pad(
    array: Any,
    pad_width: Any,
    mode: str = "constant",
    *,
    constant_values: Any = 0,
    reflect_type: Literal["even", "odd"] = "even",
    stat_length: Any = None,
    end_values: Any = 0,
) -> Tensor:
    """``array`` with ``pad_width`` entries more before and after each axis, one axis after the other.

    They are ``constant_values``, copies of entries ("edge", "reflect", "symmetric", "wrap"), numbers between
    ``end_values`` and the edge ("linear_ramp"), a "maximum", "mean", "median" or "minimum" of ``stat_length`` entries,
    or not defined ("empty"). It has a gradient in ``constant_values`` and ``end_values`` too. Raises
    UnsupportedArgument for a mode that is a function, which would write into an array.
    """
    given = {"constant_values": constant_values, "reflect_type": reflect_type, "stat_length": stat_length,
             "end_values": end_values}  # fmt: skip
    _check(mode, given)
    x = tensor(array)
    if mode == "empty" or (mode == "constant" and not _holds_tensor(constant_values)):
        return pad_constant(x, pad_width, constant_values)
    if x.dtype.kind not in "fc":  # NumPy rounds what it computes of integers
        word = KEYWORDS[mode]
        options: Any = {word: given[word]} if word else {}
        padded: Any = np.pad(x.data, widths(pad_width, x.ndim), mode=mode, **options)  # type: ignore[call-overload]  # any
        return tensor(padded)
    values = pairs(given[KEYWORDS[mode]], x.ndim) if mode in ("constant", "linear_ramp", *STATISTICS) else []
    for axis, width in enumerate(widths(pad_width, x.ndim)):
        if width != (0, 0):
            x = _along(x, axis, width, mode, values[axis] if values else reflect_type)
    return x


def _check(mode: Any, given: dict[str, Any]) -> None:
    """Refuse a mode that there is not, and keywords of another one."""
    if callable(mode):
        raise UnsupportedArgument(
            "pad: a mode that is a function writes into an array, which a graph could not see; "
            "use a mode by name, or np.concatenate"
        )
    if mode not in KEYWORDS:
        raise ValueError(f"mode {mode!r} is not supported; modes are {', '.join(KEYWORDS)}")
    defaults = {"constant_values": 0, "reflect_type": "even", "stat_length": None, "end_values": 0}
    foreign = [k for k, value in given.items() if k != KEYWORDS[mode] and not _is(value, defaults[k])]
    if foreign:
        raise ValueError(f"mode {mode!r} does not take {', '.join(foreign)}")
    if given["reflect_type"] not in ("even", "odd"):
        raise ValueError(f"reflect_type is 'even' or 'odd', not {given['reflect_type']!r}")


def _is(value: Any, default: Any) -> bool:
    return value is default or (type(value) is type(default) and bool(value == default))


def _along(x: Tensor, axis: int, width: Pair, mode: str, option: Any) -> Tensor:
    """``x`` padded along one axis."""
    if not x.shape[axis] and mode != "constant":
        raise ValueError(f"the empty axis {axis} is extended by the modes 'constant' and 'empty' alone")
    if mode in STATISTICS:
        return _statistics(x, axis, width, mode, option)
    if mode == "linear_ramp":
        return _ramps(x, axis, width, option)
    if mode == "constant":
        return _constants(x, axis, width, option)
    return _odd(x, axis, width, mode) if option == "odd" else _copies(x, axis, width, mode)


pad_constant: Final = linear(PadConstant)
pad: Final = composed(_pad, numpy=np.pad, name="pad")
