"""The discrete Fourier transforms of numpy.fft."""

from corelib_fft.one_axis import fft, hfft, ifft, ihfft, irfft, rfft
from corelib_fft.several_axes import fft2, fftn, ifft2, ifftn, irfft2, irfftn, rfft2, rfftn
from corelib_fft.shifting import fftshift, ifftshift

__all__ = [
    "fft", "fft2", "fftn", "fftshift", "hfft", "ifft", "ifft2", "ifftn", "ifftshift", "ihfft", "irfft", "irfft2",
    "irfftn", "rfft", "rfft2", "rfftn",
]  # fmt: skip
