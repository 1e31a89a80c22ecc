"""layer_norm, batch_norm, batch_statistics: numbers less their mean, over their standard deviation."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Final

import numpy as np

from corelib import typed
from corelib.extend import Array, Tensor, composed, op
from corelib_nn.operands import tensor
from corelib_nn.recordable import refuse_complex

Three = tuple[Array, Array, Array]


@dataclass(frozen=True, slots=True)
class Standardized:
    """y = (x - m) / sqrt(v + eps) of the mean m and the variance v along ``axes``; and m and v."""

    axes: tuple[int, ...]
    eps: float

    def forward(self, x: Array) -> Three:
        refuse_complex("a normalization", x)
        mean = typed.mean(x, self.axes, keepdims=True)
        y: Array = x - mean
        variance = typed.mean(np.square(y), self.axes, keepdims=True)
        y /= np.sqrt(variance + self.eps)
        return y, mean, variance

    def backward(self, propagated: Three, x: Array, *, result: Three) -> Array:
        g, of_mean, of_variance = propagated
        y, _, variance = result
        n = prod([np.shape(x)[axis] for axis in self.axes])
        deviation = np.sqrt(variance + self.eps)
        shift = (of_mean - typed.sum(g, self.axes, keepdims=True) / deviation) / n
        slope = (2 * deviation * of_variance - typed.sum(g * y, self.axes, keepdims=True) / deviation) / n
        gradient: Array = g / deviation
        gradient += shift
        gradient += y * slope
        return gradient


standardized: Final = op(Standardized)


def _layer_norm(
    x: Any, normalized_shape: int | Sequence[int], weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Tensor:
    """(x - m) / sqrt(v + eps) of the mean m and variance v over the last axes, of the lengths ``normalized_shape``.

    That times ``weight`` plus ``bias``, both of that shape. Raises ValueError where x has other lengths.
    Source: Ba, Kiros and Hinton, Layer normalization, 2016.
    """
    x = tensor(x)
    shape = tuple(normalized_shape) if isinstance(normalized_shape, (tuple, list)) else (normalized_shape,)
    if not shape or x.shape[-len(shape) :] != shape:
        raise ValueError(f"normalized_shape={normalized_shape} are not the last lengths of x, of shape {x.shape}")
    for name, given in (("weight", weight), ("bias", bias)):
        if given is not None and np.shape(given) != shape:
            raise ValueError(f"{name} of shape {np.shape(given)} is not of shape {shape}")
    return scaled(standardized(x, tuple(range(-len(shape), 0)), eps)[0], weight, bias)


def scaled(y: Any, weight: Any, bias: Any) -> Tensor:
    """y times ``weight`` plus ``bias``, where they are given."""
    y = y if weight is None else y * weight
    return y if bias is None else y + bias  # type: ignore[no-any-return]  # a Tensor


def _batch_norm(
    x: Any, running_mean: Any, running_var: Any, weight: Any = None, bias: Any = None, training: bool = False,
    eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    """(x - m) / sqrt(v + eps) for each channel of x (batch, channels, ...), times ``weight`` plus ``bias``.

    The mean m and the variance v are the running ones or, in ``training``, those of this batch; then the running ones
    are not read, and may be None. Nothing is kept: ``batch_statistics`` returns those to go on with. Raises ValueError
    for shapes that do not fit, and for a batch of one number per channel.
    Source: Ioffe and Szegedy, Batch normalization, 2015.
    """
    x = tensor(x)
    check_channels(x, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    along = (-1, *[1] * (x.ndim - 2))
    weight, bias = (None if a is None else np.reshape(a, along) for a in (weight, bias))
    if training:
        check_batch(x.shape)
        return scaled(standardized(x, channels(x), eps)[0], weight, bias)
    if running_mean is None or running_var is None:
        raise ValueError("running_mean and running_var are needed where not training")
    factor: Any = 1 / np.sqrt(np.reshape(running_var, along) + eps)
    factor = factor if weight is None else factor * weight
    shift: Any = -np.reshape(running_mean, along) * factor
    return x * factor + (shift if bias is None else shift + bias)  # type: ignore[no-any-return]  # of Tensors


@dataclass(frozen=True, slots=True)
class BatchStatistics:
    """The running mean and variance of each channel, after one batch x (batch, channels, ...).

    They are (1 - momentum) running + momentum of this batch, of which the variance is the unbiased one. Pass their
    ``.data`` to the next step. Raises ValueError for shapes that do not fit, and for a batch of one number per channel.
    """

    momentum: float = 0.1

    def forward(self, x: Array, running_mean: Array, running_var: Array) -> tuple[Array, Array]:
        refuse_complex("batch_statistics", x)
        check_channels(x, running_mean=running_mean, running_var=running_var)
        n = check_batch(x.shape)
        mean = typed.mean(x, channels(x), keepdims=True)
        variance = typed.sum(np.square(x - mean), channels(x)) / (n - 1)
        old = 1 - self.momentum
        return old * running_mean + self.momentum * mean.reshape(-1), old * running_var + self.momentum * variance

    def backward(self, propagated: tuple[Array, Array], x: Array, running_mean: Array, running_var: Array) -> Three:
        of_mean, of_variance = propagated
        along, axes = (-1, *[1] * (x.ndim - 2)), channels(x)
        n = prod(x.shape) // x.shape[1]
        centred = x - typed.mean(x, axes, keepdims=True)
        by_entry = np.reshape(of_mean, along) / n + np.reshape(of_variance, along) * (2 / (n - 1)) * centred
        return self.momentum * by_entry, (1 - self.momentum) * of_mean, (1 - self.momentum) * of_variance


def channels(x: Any) -> tuple[int, ...]:
    """All axes but that of the channels."""
    return (0, *range(2, x.ndim))


def check_batch(shape: tuple[int, ...]) -> int:
    """How many numbers each channel has. Raises ValueError for one or none."""
    n = prod(shape[:1] + shape[2:])
    if n < 2:
        raise ValueError(f"x of shape {shape} has {n} numbers for each channel, which have no variance")
    return n


def check_channels(x: Any, **given: Any) -> None:
    """Raises ValueError for an array without channels, and for what has not one number for each of them."""
    if x.ndim < 2:
        raise ValueError(f"it takes (batch, channels, ...), not an array of shape {x.shape}")
    for name, array in given.items():
        if array is not None and np.shape(array) != x.shape[1:2]:
            raise ValueError(f"{name} of shape {np.shape(array)} does not fit the {x.shape[1]} channels of x")


layer_norm: Final = composed(_layer_norm, name="layer_norm")
batch_norm: Final = composed(_batch_norm, name="batch_norm")
batch_statistics: Final = op(BatchStatistics)
