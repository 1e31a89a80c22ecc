"""Scaled dot-product attention."""

from math import sqrt
from typing import Any, Final

import numpy as np

from corelib.extend import Tensor, composed, like, may
from corelib_nn.layers import dropout
from corelib_nn.operands import entries, tensor
from corelib_nn.softmax import softmax


def _scaled_dot_product_attention(
    query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: float = 0.0, is_causal: bool = False,
    scale: float | None = None, enable_gqa: bool = False, generator: np.random.Generator | int | None = None,
) -> Tensor:  # fmt: skip
    """softmax(scale query key' + mask) value, for queries (..., L, E), keys (..., S, E) and values (..., S, V).

    ``scale`` is 1 / sqrt(E) where it is not given. ``attn_mask`` is added to the products, or is True where a query may
    see a key; ``is_causal`` lets query i see keys 0 to i. A query without keys gets 0. With ``enable_gqa`` each head
    of keys and values serves several of queries. ``dropout_p`` of the weights are dropped, drawn from ``generator``.
    Raises ValueError for a mask beside ``is_causal``, and for shapes that do not fit.
    Source: Vaswani et al., Attention is all you need, 2017.
    """
    query, key, value = tensor(query), tensor(key), tensor(value)
    check(query, key, value)
    if is_causal and attn_mask is not None:
        raise ValueError("attn_mask and is_causal are both given")
    if attn_mask is not None and np.ndim(attn_mask) == 0:
        raise ValueError("attn_mask is one number, which would change nothing")
    if enable_gqa:
        key, value = (shared(x, query) for x in (key, value))
    size: Any = 1 / sqrt(query.shape[-1] or 1) if scale is None else scale
    transposed: Any = np.swapaxes(key, -1, -2)
    scores: Any = (query * size) @ transposed
    if is_causal:
        rows, columns = (np.arange(n, like=like(scores)) for n in scores.shape[-2:])
        attn_mask = np.expand_dims(rows, -1) >= columns
    weights: Any = softmax(scores) if attn_mask is None else masked(scores, attn_mask)
    if dropout_p:
        weights = dropout(weights, dropout_p, generator)
    return weights @ value  # type: ignore[no-any-return]  # of Tensors


def check(query: Tensor, key: Tensor, value: Tensor) -> None:
    """Raises ValueError for arrays that are no stacks of matrices, or whose lengths do not fit."""
    shapes = (query.shape, key.shape, value.shape)
    fit = min(map(len, shapes)) > 1 and query.shape[-1] == key.shape[-1] and key.shape[-2] == value.shape[-2]
    if not fit:
        raise ValueError(f"it takes (..., L, E), (..., S, E) and (..., S, V), not arrays of shapes {shapes}")


def shared(x: Tensor, query: Tensor) -> Any:
    """The heads of ``x``, each as often as heads of the query share it."""
    if min(x.ndim, query.ndim) < 3 or query.shape[-3] % x.shape[-3]:
        raise ValueError(f"heads of shape {x.shape} cannot be shared by those of shape {query.shape}")
    return np.repeat(x, query.shape[-3] // x.shape[-3], axis=-3)  # type: ignore[call-overload]  # of a Tensor


def masked(scores: Any, mask: Any) -> Any:
    """The weights of what the mask lets through: 0 in a row where that is nothing."""
    numbers = entries(mask)
    if numbers.dtype.kind == "b":
        seen, scores = numbers, np.where(numbers, scores, -np.inf)
    else:
        seen, scores = numbers != -np.inf, scores + mask
    blank = ~np.any(seen, axis=-1, keepdims=True)
    if not may(blank):
        return softmax(scores)
    weights: Any = softmax(np.where(blank, 0, scores))
    return np.where(blank, 0, weights)


scaled_dot_product_attention: Final = composed(_scaled_dot_product_attention, name="scaled_dot_product_attention")
