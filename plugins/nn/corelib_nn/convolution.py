"""Convolutions over one, two or three axes, and their transposes."""

from collections.abc import Sequence
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from corelib.extend import Shape, Tensor, composed
from corelib_nn.bilinear import convolution, transposed
from corelib_nn.windows import Pairs, Sizes, Windows, each

Padding: TypeAlias = int | Sequence[int | tuple[int, int]] | Literal["same", "valid"]


def paddings(padding: Any, size: Shape, stride: Shape, dilation: Shape) -> Pairs:
    """What to put before and after each axis. Raises ValueError for "same" with a stride, and no padding."""
    axes = len(size)
    if padding == "same":
        if max(stride) > 1:
            raise ValueError('padding="same" needs a stride of 1')
        totals = [d * (k - 1) for k, d in zip(size, dilation, strict=True)]
        return tuple([(n // 2, n - n // 2) for n in totals])
    if padding == "valid":
        return ((0, 0),) * axes
    if isinstance(padding, (tuple, list)) and any(isinstance(entry, (tuple, list)) for entry in padding):
        if len(padding) != axes:
            raise ValueError(f"padding={padding!r} has no entry for each of the {axes} axes")
        pairs = [each(entry, 2, "padding", 0) for entry in padding]
        return tuple([(low, high) for low, high in pairs])
    return tuple([(n, n) for n in each(padding, axes, "padding", 0)])


def check(x: Any, weight: Any, axes: int, groups: int, transposing: bool) -> None:
    """Raises ValueError for arrays whose axes, channels or groups do not fit."""
    if np.ndim(weight) != axes + 2 or np.ndim(x) not in (axes + 1, axes + 2):
        needs = f"x of {axes + 2} axes (batch, channels, ...) or {axes + 1}, and weights of {axes + 2}"
        raise ValueError(f"it takes {needs}, not arrays of shapes {np.shape(x)} and {np.shape(weight)}")
    channels, (first, second) = np.shape(x)[-axes - 1], np.shape(weight)[:2]
    if isinstance(groups, bool) or not isinstance(groups, int) or groups < 1:
        raise ValueError(f"groups={groups!r} must be a positive whole number")
    expected = first if transposing else second * groups
    if channels != expected or first % groups:
        raise ValueError(
            f"x of {channels} channels and weights of shape {np.shape(weight)} do not fit in {groups} groups"
        )


def with_bias(y: Tensor, bias: Any, batched: bool) -> Tensor:
    """y plus a number for each channel; without the batch where x had none."""
    if bias is not None:
        if np.shape(bias) != y.shape[1:2]:
            raise ValueError(f"a bias of shape {np.shape(bias)} does not fit the {y.shape[1]} channels of the result")
        y = y + np.reshape(bias, (-1, *[1] * (y.ndim - 2)))
    return y if batched else y[0]


def convolved(
    axes: int, x: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int
) -> Tensor:
    check(x, weight, axes, groups, transposing=False)
    batched = np.ndim(x) == axes + 2
    x = x if batched else np.expand_dims(x, 0)
    size, steps, apart = np.shape(weight)[2:], each(stride, axes, "stride", 1), each(dilation, axes, "dilation", 1)
    windows = Windows(size, steps, paddings(padding, size, steps, apart), apart, np.shape(x)[2:])
    return with_bias(convolution(x, weight, windows, groups), bias, batched)


def unconvolved(
    axes: int,
    x: Any,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: int,
    dilation: Any,
) -> Tensor:
    check(x, weight, axes, groups, transposing=True)
    batched = np.ndim(x) == axes + 2
    x = x if batched else np.expand_dims(x, 0)
    size, steps, apart = np.shape(weight)[2:], each(stride, axes, "stride", 1), each(dilation, axes, "dilation", 1)
    around, more = each(padding, axes, "padding", 0), each(output_padding, axes, "output_padding", 0)
    if any(m >= max(s, d) for m, s, d in zip(more, steps, apart, strict=True)):
        raise ValueError(f"output_padding={output_padding!r} must be less than the stride or the dilation")
    counts, sides = np.shape(x)[2:], tuple([(p, p) for p in around])
    per_axis = zip(counts, steps, apart, size, around, more, strict=True)
    lengths = tuple([(n - 1) * s + d * (k - 1) + 1 + m - 2 * p for n, s, d, k, p, m in per_axis])
    if min(lengths) < 1:
        raise ValueError(f"padding={padding!r} leaves nothing of the result")
    return with_bias(transposed(x, weight, Windows(size, steps, sides, apart, lengths), groups), bias, batched)


def _conv1d(
    x: Any, weight: Any, bias: Any = None, stride: Sizes = 1, padding: Padding = 0, dilation: Sizes = 1, groups: int = 1
) -> Tensor:
    """y[n, o, i] = bias[o] + sum over c and k of x[n, c, stride i + dilation k] weight[o, c, k], of the padded x.

    x is (batch, channels, length), or without a batch; weight (outputs, channels / groups, size). ``padding`` is a
    number of zeros, a pair (before, after) in a list, "same" or "valid". Raises ValueError for shapes that do not fit.
    """
    return convolved(1, x, weight, bias, stride, padding, dilation, groups)


def _conv2d(
    x: Any, weight: Any, bias: Any = None, stride: Sizes = 1, padding: Padding = 0, dilation: Sizes = 1, groups: int = 1
) -> Tensor:
    """conv1d over two axes: x is (batch, channels, height, width), weight (outputs, channels / groups, size, size).

    ``stride``, ``padding`` and ``dilation`` are one for both axes, or one for each.
    """
    return convolved(2, x, weight, bias, stride, padding, dilation, groups)


def _conv3d(
    x: Any, weight: Any, bias: Any = None, stride: Sizes = 1, padding: Padding = 0, dilation: Sizes = 1, groups: int = 1
) -> Tensor:
    """conv1d over three axes: x is (batch, channels, depth, height, width)."""
    return convolved(3, x, weight, bias, stride, padding, dilation, groups)


def _conv_transpose1d(
    x: Any, weight: Any, bias: Any = None, stride: Sizes = 1, padding: Sizes = 0, output_padding: Sizes = 0,
    groups: int = 1, dilation: Sizes = 1,
) -> Tensor:  # fmt: skip
    """The adjoint of conv1d in x, of the same weight, whose first axis is that of the channels of x.

    Of a length n the result has (n - 1) stride - 2 padding + dilation (size - 1) + output_padding + 1.
    Raises ValueError for shapes that do not fit.
    """
    return unconvolved(1, x, weight, bias, stride, padding, output_padding, groups, dilation)


def _conv_transpose2d(
    x: Any, weight: Any, bias: Any = None, stride: Sizes = 1, padding: Sizes = 0, output_padding: Sizes = 0,
    groups: int = 1, dilation: Sizes = 1,
) -> Tensor:  # fmt: skip
    """conv_transpose1d over two axes: the adjoint of conv2d."""
    return unconvolved(2, x, weight, bias, stride, padding, output_padding, groups, dilation)


def _conv_transpose3d(
    x: Any, weight: Any, bias: Any = None, stride: Sizes = 1, padding: Sizes = 0, output_padding: Sizes = 0,
    groups: int = 1, dilation: Sizes = 1,
) -> Tensor:  # fmt: skip
    """conv_transpose1d over three axes: the adjoint of conv3d."""
    return unconvolved(3, x, weight, bias, stride, padding, output_padding, groups, dilation)


conv1d: Final = composed(_conv1d, name="conv1d")
conv2d: Final = composed(_conv2d, name="conv2d")
conv3d: Final = composed(_conv3d, name="conv3d")
conv_transpose1d: Final = composed(_conv_transpose1d, name="conv_transpose1d")
conv_transpose2d: Final = composed(_conv_transpose2d, name="conv_transpose2d")
conv_transpose3d: Final = composed(_conv_transpose3d, name="conv_transpose3d")
