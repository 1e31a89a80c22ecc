"""Transforms along several axes: those of one axis, one after the other, in NumPy's own order."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from corelib.errors import UnsupportedArgument
from corelib.extend import Tensor, composed
from corelib_fft.one_axis import Norm, fft, ifft, irfft, rfft

Lengths = Sequence[int] | None
Axes = Sequence[int] | None
Step = tuple[int | None, int]
LAST_TWO: Final = (-2, -1)


def steps(a: Any, s: Lengths, axes: Axes) -> list[Step]:
    """The length and the axis of each transform. Raises UnsupportedArgument for what NumPy deprecates."""
    if axes is None:
        if s is not None:
            raise UnsupportedArgument("s without axes is deprecated in NumPy; write axes=... too, as many as s has")
        axes = range(-np.ndim(a), 0)
    if s is None:
        return [(None, axis) for axis in axes]
    if any(n is None for n in s):
        raise UnsupportedArgument("None in s is deprecated in NumPy; write -1 for the length that the axis has")
    if len(s) != len(axes):
        raise ValueError(f"s has {len(s)} lengths for {len(axes)} axes")
    return [(None if n == -1 else n, axis) for n, axis in zip(s, axes, strict=True)]


def _along(op: Callable[..., Any], a: Any, each: Sequence[Step], norm: Norm) -> Any:
    for n, axis in each:
        a = op(a, n=n, axis=axis, norm=norm)
    return a


def _fftn(a: Any, s: Lengths = None, axes: Axes = None, norm: Norm = None) -> Tensor:
    """``fft`` along each of ``axes``, all by default, of the lengths ``s``; -1 in s is the length of the axis."""
    return _along(fft, a, steps(a, s, axes)[::-1], norm)  # type: ignore[no-any-return]  # a Tensor


def _ifftn(a: Any, s: Lengths = None, axes: Axes = None, norm: Norm = None) -> Tensor:
    """``ifft`` along each of ``axes``: the inverse of ``fftn``."""
    return _along(ifft, a, steps(a, s, axes)[::-1], norm)  # type: ignore[no-any-return]  # a Tensor


def _rfftn(a: Any, s: Lengths = None, axes: Axes = None, norm: Norm = None) -> Tensor:
    """``rfft`` along the last of ``axes``, then ``fft`` along the others, for real numbers."""
    *others, last = _some(steps(a, s, axes))
    return _along(fft, _along(rfft, a, [last], norm), others[::-1], norm)  # type: ignore[no-any-return]  # a Tensor


def _irfftn(a: Any, s: Lengths = None, axes: Axes = None, norm: Norm = None) -> Tensor:
    """``ifft`` along all but the last of ``axes``, then ``irfft`` along it: the inverse of ``rfftn``."""
    *others, last = _some(steps(a, s, axes))
    n = np.shape(a)[last[1]] if s is not None and last[0] is None else last[0]  # as NumPy: -1 is what the axis has
    return _along(irfft, _along(ifft, a, others, norm), [(n, last[1])], norm)  # type: ignore[no-any-return]  # a Tensor


def _some(each: list[Step]) -> list[Step]:
    if not each:
        raise ValueError("a transform of real numbers takes one axis or more")
    return each


def _fft2(a: Any, s: Lengths = None, axes: Axes = LAST_TWO, norm: Norm = None) -> Tensor:
    """``fftn`` along two axes, the last ones by default."""
    return fftn(a, s=s, axes=axes, norm=norm)


def _ifft2(a: Any, s: Lengths = None, axes: Axes = LAST_TWO, norm: Norm = None) -> Tensor:
    """``ifftn`` along two axes, the last ones by default."""
    return ifftn(a, s=s, axes=axes, norm=norm)


def _rfft2(a: Any, s: Lengths = None, axes: Axes = LAST_TWO, norm: Norm = None) -> Tensor:
    """``rfftn`` along two axes, the last ones by default."""
    return rfftn(a, s=s, axes=axes, norm=norm)


def _irfft2(a: Any, s: Lengths = None, axes: Axes = LAST_TWO, norm: Norm = None) -> Tensor:
    """``irfftn`` along two axes, the last ones by default."""
    return irfftn(a, s=s, axes=axes, norm=norm)


fftn: Final = composed(_fftn, numpy=np.fft.fftn, name="fftn")
ifftn: Final = composed(_ifftn, numpy=np.fft.ifftn, name="ifftn")
rfftn: Final = composed(_rfftn, numpy=np.fft.rfftn, name="rfftn")
irfftn: Final = composed(_irfftn, numpy=np.fft.irfftn, name="irfftn")
fft2: Final = composed(_fft2, numpy=np.fft.fft2, name="fft2")
ifft2: Final = composed(_ifft2, numpy=np.fft.ifft2, name="ifft2")
rfft2: Final = composed(_rfft2, numpy=np.fft.rfft2, name="rfft2")
irfft2: Final = composed(_irfft2, numpy=np.fft.irfft2, name="irfft2")
