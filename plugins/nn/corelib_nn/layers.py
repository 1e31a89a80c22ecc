"""Layers without windows: linear, embedding, dropout."""

from typing import Any, Final

import numpy as np

from corelib.extend import Tensor, composed, like, native
from corelib_nn.operands import entries, tensor


def _linear(x: Any, weight: Any, bias: Any = None) -> Tensor:
    """y[..., o] = sum over i of x[..., i] weight[o, i], plus ``bias[o]``.

    A weight of one axis makes one output of it.
    """
    y: Any = np.matmul(x, np.transpose(weight))
    return y if bias is None else y + bias  # type: ignore[no-any-return]  # of a Tensor


def _embedding(indices: Any, weight: Any, padding_idx: int | None = None) -> Tensor:
    """The rows of ``weight`` (rows, features) at ``indices``, which are integers of any shape.

    The row ``padding_idx`` gets no gradient. Raises IndexError for a row that is not there, ValueError for a weight
    that is no matrix, TypeError for indices that are no integers.
    """
    indices = entries(indices)
    if np.ndim(weight) != 2:
        raise ValueError(f"weight of shape {np.shape(weight)} is no matrix (rows, features)")
    if indices.dtype.kind not in "iu":
        raise TypeError(f"indices are integers, not {indices.dtype}")
    rows = np.shape(weight)[0]
    if native(indices) and indices.size and not 0 <= indices.min() <= indices.max() < rows:
        raise IndexError(f"indices are from 0 to {rows - 1}, not from {indices.min()} to {indices.max()}")
    table: Any = tensor(weight)
    taken: Any = np.take(table, indices, axis=0)
    if padding_idx is None:
        return taken  # type: ignore[no-any-return]  # a Tensor
    if not -rows <= padding_idx < rows:
        raise IndexError(f"padding_idx={padding_idx} is no row of {rows}")
    masked: Any = np.where(np.expand_dims(indices == padding_idx % rows, -1), taken.data, taken)
    return masked  # type: ignore[no-any-return]  # a Tensor


def _dropout(
    x: Any, p: float = 0.5, generator: np.random.Generator | int | None = None, training: bool = True
) -> Tensor:
    """x with entries set to 0 at random, each with probability ``p``, and the others divided by 1 - p.

    The numbers are drawn from ``generator``, or from a new one of that seed. Where not ``training``, x as it is. Raises
    ValueError for a p outside of [0, 1], TypeError without a generator.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p={p} must be in [0, 1]")
    if not training or p == 0:
        return tensor(x) * 1.0
    if generator is None:
        raise TypeError("dropout draws from a generator of yours: generator=numpy.random.default_rng(seed)")
    kept = np.random.default_rng(generator).random(np.shape(x)) >= p
    scaled: Any = tensor(x) * (1 / (1 - p) if p < 1 else 0.0)
    result: Any = np.where(np.asarray(kept, dtype=bool, like=like(scaled)), scaled, 0)
    return result  # type: ignore[no-any-return]  # a Tensor


linear: Final = composed(_linear, name="linear")
embedding: Final = composed(_embedding, name="embedding")
dropout: Final = composed(_dropout, name="dropout")
