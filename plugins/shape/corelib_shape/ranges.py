"""Numbers between two ends: linspace, logspace and geomspace; and one number everywhere: full."""

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from corelib import typed
from corelib.extend import Array, Shape, Tensor, Wanted, composed, like, linear, native, op
from corelib.extend import full as filled
from corelib_shape.broadcasting import fitted, summed
from corelib_shape.taking import tensor


def fractions(num: int, endpoint: bool, model: Array) -> Array:
    """How far each of ``num`` places lies between the ends, from 0 to 1, along the first axis of ``model``."""
    divisions = max(num - 1 if endpoint else num, 1)
    places = np.arange(num, dtype=np.finfo(model.dtype).dtype, like=like(model)) / divisions
    return places.reshape((num,) + (1,) * (np.ndim(model) - 1))


@dataclass(frozen=True, slots=True)
class Linspace:
    """``num`` numbers at equal distances from ``start`` to ``stop``, two arrays of one shape, along ``axis``.

    y = (1 - t) start + t stop, where t grows from 0 to 1; it reaches 1 where ``endpoint`` is true.
    """

    num: int = 50
    endpoint: bool = True
    dtype: npt.DTypeLike | None = None
    axis: int = 0

    def forward(self, start: Array, stop: Array) -> Array:
        if native(start) and native(stop):
            y: Array = np.linspace(start, stop, self.num, self.endpoint, dtype=self.dtype, axis=self.axis)
            return y
        width = (stop - start) * 1.0
        step = width / max(self.num - 1 if self.endpoint else self.num, 1)
        places = np.arange(self.num, dtype=np.finfo(width.dtype).dtype, like=like(width))
        y = places.reshape((self.num,) + (1,) * np.ndim(width)) * step + start  # rounded as NumPy's
        if self.endpoint and self.num > 1:
            y = np.concatenate([y[:-1], stop[None] + 0 * width])
        y = np.moveaxis(y, 0, self.axis)
        return y if self.dtype is None else y.astype(self.dtype)

    def backward(
        self, propagated: Array, start: Shape, stop: Shape, *, wanted: Wanted
    ) -> tuple[Array | None, Array | None]:
        rows = np.moveaxis(propagated, self.axis, 0) if self.axis else propagated
        t = fractions(self.num, self.endpoint, rows)
        by_start = typed.sum((1 - t) * rows, axis=0) if wanted[0] else None
        return by_start, typed.sum(t * rows, axis=0) if wanted[1] else None


@dataclass(frozen=True, slots=True)
class Geomspace:
    """``num`` numbers with equal ratios from ``start`` to ``stop``, two arrays of one shape, along ``axis``.

    y = start (stop / start)^t has the slopes (1 - t) y / start and t y / stop.
    """

    num: int = 50
    endpoint: bool = True
    dtype: npt.DTypeLike | None = None
    axis: int = 0

    def forward(self, start: Array, stop: Array) -> Array:
        if native(start) and native(stop):
            y: Array = np.geomspace(start, stop, self.num, self.endpoint, dtype=self.dtype, axis=self.axis)
            return y
        dtype = np.result_type(start.dtype, stop.dtype, np.zeros((), self.dtype))  # NumPy computes in double precision
        start, stop = start.astype(dtype), stop.astype(dtype)
        ratio = stop / start
        y = np.moveaxis(start * ratio ** fractions(self.num, self.endpoint, ratio[None]), 0, self.axis)
        return y if self.dtype is None else y.astype(self.dtype)

    def backward(
        self, propagated: Array, start: Array, stop: Array, *, result: Array, wanted: Wanted
    ) -> tuple[Array | None, Array | None]:
        rows, y = np.moveaxis(propagated, self.axis, 0), np.moveaxis(result, self.axis, 0)
        t = fractions(self.num, self.endpoint, rows)
        by_start = typed.sum((1 - t) * rows * conjugate(y / start), axis=0) if wanted[0] else None
        return by_start, typed.sum(t * rows * conjugate(y / stop), axis=0) if wanted[1] else None


def conjugate(x: Array) -> Array:
    return np.conj(x) if x.dtype.kind == "c" else x


linspace_between: Final = linear(Linspace, name="linspace")
geomspace_between: Final = op(Geomspace, name="geomspace")


def _same_shape(start: Any, stop: Any) -> tuple[Any, Any]:
    """Both ends in the shape that is common to them."""
    shapes = np.shape(start), np.shape(stop)
    if shapes[0] == shapes[1]:
        return start, stop
    shape = np.broadcast_shapes(*shapes)
    start, stop = _beside(start, stop), _beside(stop, start)
    return start if shapes[0] == shape else np.broadcast_to(start, shape), (
        stop if shapes[1] == shape else np.broadcast_to(stop, shape)
    )


def _beside(x: Any, other: Any) -> Any:
    """A Python number in the dtype that it has beside an array; anything else as it is."""
    if not isinstance(x, (int, float, complex)) or not hasattr(other, "dtype"):
        return x
    return np.asarray(x, dtype=np.result_type(other.dtype, x), like=like(other))


def _linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: npt.DTypeLike | None = None,
    axis: int = 0,
) -> Tensor:
    """``num`` numbers at equal distances from ``start`` to ``stop``, along a new ``axis``; with ``retstep`` also that.

    The gradient of an entry is shared by the ends, the nearer one getting more. Without ``endpoint``, ``stop`` is left
    out.
    """
    a, b = _same_shape(start, stop)
    y = linspace_between(a, b, num=num, endpoint=endpoint, dtype=dtype, axis=axis)
    if not retstep:
        return y
    divisions = num - 1 if endpoint else num
    step: Any = np.subtract(a, b) / -divisions if divisions > 0 else tensor(np.nan)
    return y, step  # type: ignore[return-value]  # a Tensor without retstep


def _logspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    base: Any = 10.0,
    dtype: npt.DTypeLike | None = None,
    axis: int = 0,
) -> Tensor:
    """The powers of ``base`` whose exponents are the numbers of ``linspace``. It has a gradient in ``base`` too."""
    if np.ndim(base):
        ndim = max(np.ndim(start), np.ndim(stop), np.ndim(base))
        start, stop, base = (np.reshape(x, (1,) * (ndim - np.ndim(x)) + np.shape(x)) for x in (start, stop, base))
        base = np.expand_dims(base, axis)
    exponents: Any = _linspace(start, stop, num, endpoint, axis=axis)
    powers: Any = np.power(base, exponents)
    return powers if dtype is None else np.astype(powers, dtype, copy=False)  # type: ignore[return-value]  # a Tensor


def _geomspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: npt.DTypeLike | None = None, axis: int = 0
) -> Tensor:
    """``num`` numbers with equal ratios from ``start`` to ``stop``, along a new ``axis``.

    Raises InvalidOperand where an end is 0. Without ``endpoint``, ``stop`` is left out.
    """
    return geomspace_between(*_same_shape(start, stop), num=num, endpoint=endpoint, dtype=dtype, axis=axis)


@dataclass(frozen=True, slots=True)
class Filled:
    """An array of ``shape``, each entry of which is ``value``, broadcast. The gradient is the sum over the copies."""

    shape: int | Shape
    dtype: npt.DTypeLike | None = None
    order: Literal["C", "F"] = "C"

    def forward(self, value: Array) -> Array:
        dtype = value.dtype if self.dtype is None else self.dtype
        if native(value):
            copies: Array = np.full(self.shape, value, dtype, self.order)
        else:
            shape = (self.shape,) if isinstance(self.shape, int) else tuple(self.shape)
            copies = filled(shape, 1, dtype, value) * fitted(value.astype(dtype), shape)
        return copies

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return summed(propagated, shape)


filled_with: Final = linear(Filled, name="full")


def _full(
    shape: int | Shape, fill_value: Any, dtype: npt.DTypeLike | None = None, order: Literal["C", "F"] = "C"
) -> Tensor:
    """An array of ``shape`` with ``fill_value``, broadcast, everywhere. The gradient is the sum over the copies."""
    return filled_with(fill_value, shape, dtype, order)


linspace: Final = composed(_linspace, numpy=np.linspace, name="linspace")
logspace: Final = composed(_logspace, numpy=np.logspace, name="logspace")
geomspace: Final = composed(_geomspace, numpy=np.geomspace, name="geomspace")
full: Final = composed(_full, numpy=np.full, name="full")
