"""The zero frequency in the middle: fftshift and ifftshift, which move entries and change none."""

from typing import Any, Final

import numpy as np

from corelib.extend import Axis, Tensor, composed


def _fftshift(x: Any, axes: Axis = None) -> Tensor:
    """``x`` with its first entry in the middle along ``axes`` (an int, a tuple, or None for all)."""
    return _rolled(x, axes, 1)  # type: ignore[no-any-return]  # a Tensor


def _ifftshift(x: Any, axes: Axis = None) -> Tensor:
    """The inverse of ``fftshift``, which differs from it where a length is odd."""
    return _rolled(x, axes, -1)  # type: ignore[no-any-return]  # a Tensor


def _rolled(x: Any, axes: Axis, direction: int) -> Any:
    shape = np.shape(x)
    along = tuple(range(len(shape))) if axes is None else (axes,) if isinstance(axes, int) else tuple(axes)
    return np.roll(x, [direction * (shape[axis] // 2) for axis in along], along)


fftshift: Final = composed(_fftshift, numpy=np.fft.fftshift, name="fftshift")
ifftshift: Final = composed(_ifftshift, numpy=np.fft.ifftshift, name="ifftshift")
