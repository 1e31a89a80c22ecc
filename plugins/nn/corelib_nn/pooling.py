"""Pooling over one, two or three axes: the largest entry of each window, and the mean of its entries."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from corelib.extend import Array, Shape, Tensor, all_finite, composed, like, linear, may, native, ones, op
from corelib_nn.recordable import refuse_complex
from corelib_nn.windows import Sizes, Windows, each


@dataclass(frozen=True, slots=True)
class Summed:
    """The sum of the entries of each window."""

    windows: Windows

    def forward(self, x: Array) -> Array:
        padded = self.windows.pad(x)
        return total([padded[index] for index in self.windows.positions()])

    def backward(self, propagated: Array, shape: Shape) -> Tensor:
        return spread(propagated, self.windows)


@dataclass(frozen=True, slots=True)
class Spread:
    """The adjoint of that: to each entry, what all windows have that it is in."""

    windows: Windows

    def forward(self, y: Array) -> Array:
        lead = y.shape[: -len(self.windows.size)]
        return self.windows.added((y for _ in self.windows.positions()), y, (*lead, *self.windows.padded))

    def backward(self, propagated: Array, shape: Shape) -> Tensor:
        return summed(propagated, self.windows)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The sum of the chosen entries of each window; ``chosen`` has a mask for each position in a window."""

    windows: Windows
    chosen: tuple[Array, ...]

    def forward(self, x: Array) -> Array:
        padded = self.windows.pad(x)
        pairs = zip(self.chosen, self.windows.positions(), strict=True)
        return total([np.where(mask, padded[index], 0) for mask, index in pairs])

    def backward(self, propagated: Array, shape: Shape) -> Tensor:
        return given_back(propagated, self.windows, self.chosen)


@dataclass(frozen=True, slots=True)
class GivenBack:
    """The adjoint of that: to each entry, what the windows have in which it is chosen."""

    windows: Windows
    chosen: tuple[Array, ...]

    def forward(self, y: Array) -> Array:
        lead = y.shape[: -len(self.windows.size)]
        quick = native(y) and all_finite(y)  # a product takes two thirds of the time, but makes NaN of 0 times infinity
        parts = (y * mask if quick else np.where(mask, y, 0) for mask in self.chosen)
        return self.windows.added(parts, y, (*lead, *self.windows.padded))

    def backward(self, propagated: Array, shape: Shape) -> Tensor:
        return gathered(propagated, self.windows, self.chosen)


def total(parts: list[Array]) -> Array:
    if not native(parts[0]):
        return sum(parts[1:], start=parts[0])
    result = parts[0].copy()
    for part in parts[1:]:
        result += part
    return result


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest entry of each window. Entries that tie share the gradient equally; PyTorch gives it to the first."""

    windows: Windows

    def forward(self, x: Array) -> Array:
        refuse_complex("max_pool", x)
        padded = self.padded(x)
        first, *others = self.windows.positions()
        largest: Array = padded[first].copy()
        for index in others:
            if native(largest):
                np.maximum(largest, padded[index], out=largest)
            else:
                largest = np.maximum(largest, padded[index])
        return largest

    def padded(self, x: Array) -> Array:
        return self.windows.pad(x, -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min)

    def backward(self, propagated: Array, x: Array, *, result: Array) -> Tensor:
        entries, largest = (a.data if isinstance(a, Tensor) else a for a in (x, result))
        unknown = np.isnan(largest)
        chosen = self.chosen(entries, largest, may(unknown))
        if may(unknown):
            propagated = np.where(unknown, np.nan, propagated)
        if not native(largest) or sum([np.count_nonzero(mask) for mask in chosen]) > largest.size:
            number = total([np.where(mask, 1, 0) for mask in chosen])
            propagated = propagated / np.maximum(number, 1).astype(largest.dtype)
        return given_back(propagated, self.windows, chosen)

    def chosen(self, x: Array, largest: Array, unknown: bool) -> tuple[Array, ...]:
        """For each position in a window, whether its entry is the largest, or NaN."""
        padded = self.padded(x)
        chosen = [padded[index] == largest for index in self.windows.positions()]
        if unknown:
            chosen = [mask | np.isnan(padded[i]) for mask, i in zip(chosen, self.windows.positions(), strict=True)]
        if padded is not x and may(largest == -np.inf):  # as the padding is
            inside = self.windows.pad(ones(self.windows.lengths, bool, x), False)
            chosen = [mask & inside[i] for mask, i in zip(chosen, self.windows.positions(), strict=True)]
        return tuple(chosen)


summed: Final = linear(Summed)
spread: Final = linear(Spread)
gathered: Final = linear(Gathered)
given_back: Final = linear(GivenBack)
largest: Final = op(Largest)


def windows_of(
    axes: int, x: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> Windows:
    """The windows of a pooling. Raises ValueError for an array of other axes, and more padding than half a window."""
    if np.ndim(x) not in (axes + 1, axes + 2):
        raise ValueError(
            f"it takes (batch, channels, ...) of {axes + 2} axes or {axes + 1}, not of shape {np.shape(x)}"
        )
    size = each(kernel_size, axes, "kernel_size", 1)
    steps = size if stride is None else each(stride, axes, "stride", 1)
    apart, around = each(dilation, axes, "dilation", 1), each(padding, axes, "padding", 0)
    if any(p > k // 2 for p, k in zip(around, size, strict=True)):
        raise ValueError(f"padding={padding!r} is more than half of kernel_size={kernel_size!r}")
    lengths = np.shape(x)[-axes:]
    sides = [
        (p, after(n, p, d * (k - 1) + 1, s, ceil_mode))
        for n, p, k, d, s in zip(lengths, around, size, apart, steps, strict=True)
    ]
    return Windows(size, steps, tuple(sides), apart, lengths)


def after(length: int, padding: int, span: int, stride: int, ceil_mode: bool) -> int:
    """What to put after an axis so that its windows fit: with ``ceil_mode`` the last may reach beyond the padding."""
    room = length + 2 * padding - span
    if room < 0 or not ceil_mode:
        return padding
    steps = -(-room // stride)
    if steps * stride >= length + padding:  # a window that would lie in the padding alone
        steps -= 1
    return max(steps * stride + span - length - padding, 0)


def largest_of(
    axes: int, x: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> Tensor:
    return largest(x, windows_of(axes, x, kernel_size, stride, padding, dilation, ceil_mode))


def mean_of(
    axes: int, x: Any, kernel_size: Any, stride: Any, padding: Any, ceil_mode: bool, include: bool, divisor: int | None
) -> Tensor:
    windows = windows_of(axes, x, kernel_size, stride, padding, 1, ceil_mode)
    if divisor == 0:
        raise ValueError("divisor_override must not be 0")
    sums = summed(x, windows)
    if divisor is not None:
        return sums / divisor
    around = each(padding, axes, "padding", 0)
    numbers = entries_of(windows, around, include)
    if numbers.size and numbers.min() == numbers.max():
        return sums / int(numbers.flat[0])
    return sums / np.asarray(numbers, dtype=sums.dtype, like=like(sums))


def entries_of(windows: Windows, padding: Shape, include: bool) -> Array:
    """How many entries each window has, with those of the padding or without."""
    numbers: Array = np.ones((), int)
    for k, s, n, p, count in zip(windows.size, windows.stride, windows.lengths, padding, windows.count, strict=True):
        first = np.arange(count) * s - p
        last = np.minimum(first + k, n + p)
        inside = last - first if include else np.minimum(last, n) - np.maximum(first, 0)
        numbers = numbers[..., np.newaxis] * inside
    return numbers


def _max_pool1d(
    x: Any, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> Tensor:  # fmt: skip
    """The largest entry of each window of ``kernel_size`` along the last axis, ``stride`` (kernel_size) apart.

    Entries that tie share the gradient equally; PyTorch gives it to the first. With ``ceil_mode`` a last window may
    reach beyond the padding. Raises ValueError for windows that do not fit.
    """
    return largest_of(1, x, kernel_size, stride, padding, dilation, ceil_mode)


def _max_pool2d(
    x: Any, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> Tensor:  # fmt: skip
    """max_pool1d over the last two axes; each setting is one for both, or one for each."""
    return largest_of(2, x, kernel_size, stride, padding, dilation, ceil_mode)


def _max_pool3d(
    x: Any, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> Tensor:  # fmt: skip
    """max_pool1d over the last three axes."""
    return largest_of(3, x, kernel_size, stride, padding, dilation, ceil_mode)


def _avg_pool1d(
    x: Any, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:  # fmt: skip
    """The mean of each window of ``kernel_size`` along the last axis, ``stride`` (kernel_size) apart.

    The zeros of the padding count where ``count_include_pad`` is True. Raises ValueError for windows that do not fit.
    """
    return mean_of(1, x, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def _avg_pool2d(
    x: Any, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Tensor:  # fmt: skip
    """avg_pool1d over the last two axes; ``divisor_override`` is what to divide the sums by, whatever their number."""
    return mean_of(2, x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def _avg_pool3d(
    x: Any, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Tensor:  # fmt: skip
    """avg_pool2d over the last three axes."""
    return mean_of(3, x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


max_pool1d: Final = composed(_max_pool1d, name="max_pool1d")
max_pool2d: Final = composed(_max_pool2d, name="max_pool2d")
max_pool3d: Final = composed(_max_pool3d, name="max_pool3d")
avg_pool1d: Final = composed(_avg_pool1d, name="avg_pool1d")
avg_pool2d: Final = composed(_avg_pool2d, name="avg_pool2d")
avg_pool3d: Final = composed(_avg_pool3d, name="avg_pool3d")
