"""Transforms along one axis. Each is linear, and its gradient is another of them: the adjoint.

With w = exp(-2 pi i / n), ``fft`` is y[k] = sum_j w^(j k) x[j]. Its adjoint is sum_k w^(-j k) g[k], which is ``ifft``
without the factor 1 / n: the ``norm`` "forward" where fft has "backward", and the other way round; "ortho" is its own.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from corelib.extend import Array, Shape, Tensor, composed, like, linear

Norm: TypeAlias = Literal["backward", "ortho", "forward"] | None
ADJOINT: Final[dict[Norm, Norm]] = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}


@dataclass(frozen=True, slots=True)
class Fft:
    """The discrete Fourier transform of ``n`` entries along ``axis``: y[k] = sum_j exp(-2 pi i j k / n) a[j].

    Entries after the first n are left out, and zeros added where there are fewer. ``norm`` is "backward" (no factor),
    "ortho" (1 / sqrt(n)) or "forward" (1 / n). Raises InvalidOperand for an n below 1 or another norm.
    """

    n: int | None = None
    axis: int = -1
    norm: Norm = None

    def forward(self, a: Array) -> Array:
        return np.fft.fft(a, self.n, self.axis, self.norm)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return fitted(np.fft.ifft(propagated, None, self.axis, ADJOINT[self.norm]), shape, self.axis)


@dataclass(frozen=True, slots=True)
class Ifft:
    """The inverse transform: y[j] = 1/n sum_k exp(2 pi i j k / n) a[k].

    ``n``, ``axis`` and ``norm`` are those of ``fft``: the factor is 1 / n for "backward", none for "forward".
    """

    n: int | None = None
    axis: int = -1
    norm: Norm = None

    def forward(self, a: Array) -> Array:
        return np.fft.ifft(a, self.n, self.axis, self.norm)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return fitted(np.fft.fft(propagated, None, self.axis, ADJOINT[self.norm]), shape, self.axis)


@dataclass(frozen=True, slots=True)
class Rfft:
    """The first n // 2 + 1 entries of ``fft`` of real numbers; the others are their conjugates.

    Raises InvalidOperandType for complex numbers.
    """

    n: int | None = None
    axis: int = -1
    norm: Norm = None

    def forward(self, a: Array) -> Array:
        return np.fft.rfft(a, self.n, self.axis, self.norm)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        n = shape[self.axis] if self.n is None else self.n
        once = scaled(propagated, self.axis, n, 0.5)  # irfft counts them twice: for the conjugates too
        return fitted(np.fft.irfft(once, n, self.axis, ADJOINT[self.norm]), shape, self.axis)


@dataclass(frozen=True, slots=True)
class Irfft:
    """The ``n`` real numbers of which ``a`` is half of the spectrum, 2 (m - 1) of them by default for m entries.

    ``a`` has the first n // 2 + 1 entries; the imaginary parts of a[0], and of a[n / 2] for an even n, are ignored.
    """

    n: int | None = None
    axis: int = -1
    norm: Norm = None

    def forward(self, a: Array) -> Array:
        return np.fft.irfft(a, self.n, self.axis, self.norm)

    def backward(self, propagated: Array, shape: Shape) -> Array:
        n = propagated.shape[self.axis]
        spectrum = np.fft.rfft(propagated, n, self.axis, ADJOINT[self.norm])
        return fitted(scaled(spectrum, self.axis, n, 2.0), shape, self.axis)


def scaled(spectrum: Array, axis: int, n: int, factor: float) -> Array:
    """Half of a spectrum of ``n``, times ``factor`` where an entry stands for its conjugate too: not at 0 and n / 2."""
    if type(spectrum) is np.ndarray:
        return in_place(spectrum * factor, spectrum, axis, n)
    k = np.arange(spectrum.shape[axis], like=like(spectrum))
    factors = np.where((k == 0) | (2 * k == n), 1, factor).astype(np.float32)  # exact, so no precision is changed
    shape = [-1 if i == axis % spectrum.ndim else 1 for i in range(spectrum.ndim)]
    product: Array = spectrum * np.reshape(factors, shape)
    return product


def in_place(product: Array, spectrum: Array, axis: int, n: int) -> Array:
    """The same, written into the product: one pass over the entries in the place of five over a row of factors."""
    before: tuple[Any, ...] = (slice(None),) * (axis % spectrum.ndim)
    for k in (0, n // 2) if n % 2 == 0 else (0,):
        product[(*before, k)] = spectrum[(*before, k)]
    return product


def fitted(x: Array, shape: Shape, axis: int) -> Array:
    """The adjoint of cutting off or adding zeros at the end of ``axis``, for entries of this ``shape``."""
    n, length = x.shape[axis], shape[axis]
    if n == length:
        return x
    if n > length:
        return x[(slice(None),) * (axis % x.ndim) + (slice(length),)]
    missing = list(x.shape)
    missing[axis] = length - n
    return np.concatenate([x, np.zeros(missing, dtype=x.dtype, like=like(x))], axis=axis)


def _hfft(a: Any, n: int | None = None, axis: int = -1, norm: Norm = None) -> Tensor:
    """The real transform of ``n`` numbers of which ``a`` has half, the others being conjugates: irfft of conj(a).

    y[k] = sum_j exp(-2 pi i j k / n) a[j] over all n, which are 2 (m - 1) by default for m entries of a.
    """
    return irfft(np.conj(a), n=n, axis=axis, norm=ADJOINT[_known(norm)])


def _ihfft(a: Any, n: int | None = None, axis: int = -1, norm: Norm = None) -> Tensor:
    """The inverse of ``hfft``: the first n // 2 + 1 entries of ifft(a), for real numbers ``a``."""
    return np.conj(rfft(a, n=n, axis=axis, norm=ADJOINT[_known(norm)]))  # type: ignore[no-any-return]  # of a Tensor


def _known(norm: Norm) -> Norm:
    """``norm``. Raises ValueError where there is no such."""
    if norm not in ADJOINT:
        raise ValueError(f"invalid norm {norm!r}; it is 'backward', 'ortho' or 'forward'")
    return norm


fft: Final = linear(Fft, numpy=np.fft.fft)
ifft: Final = linear(Ifft, numpy=np.fft.ifft)
rfft: Final = linear(Rfft, numpy=np.fft.rfft)
irfft: Final = linear(Irfft, numpy=np.fft.irfft)
hfft: Final = composed(_hfft, numpy=np.fft.hfft, name="hfft")
ihfft: Final = composed(_ihfft, numpy=np.fft.ihfft, name="ihfft")
