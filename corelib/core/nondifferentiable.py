"""NumPy functions without derivative: on Tensors they return what they return on arrays."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

NON_DIFFERENTIABLE: Final[frozenset[Callable[..., Any]]] = frozenset(
    {
        # of shapes and types
        np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.min_scalar_type, np.common_type,
        np.einsum_path, np.iscomplexobj, np.isrealobj, np.iscomplex, np.isreal, np.shares_memory, np.may_share_memory,
        np.diag_indices_from, np.tril_indices_from, np.triu_indices_from, np.ix_,
        # of positions and counts
        np.argmax, np.argmin, np.argsort, np.argpartition, np.argwhere, np.nonzero, np.flatnonzero,
        np.searchsorted, np.digitize, np.count_nonzero, np.lexsort, np.nanargmax, np.nanargmin,
        np.bincount, np.histogram, np.histogram_bin_edges, np.ravel_multi_index, np.unravel_index,
        # of truth
        np.all, np.any, np.allclose, np.isclose, np.array_equal, np.array_equiv, np.isin,
        np.isposinf, np.isneginf, np.signbit,
        # of new arrays that have only the shape and type of an old one, or its kind (``like=``)
        np.zeros, np.ones, np.empty, np.zeros_like, np.ones_like, np.empty_like, np.full_like,
        # of text
        np.array2string, np.array_repr, np.array_str,
    }
)  # fmt: skip

# The arguments in which these would have a gradient, by position and name: a trainable Tensor there is refused.
WEIGHT_ARGUMENTS: Final[dict[Callable[..., Any], tuple[tuple[int, str], ...]]] = {
    np.full_like: ((1, "fill_value"),),
    np.bincount: ((1, "weights"),),
    np.histogram: ((4, "weights"), (1, "bins"), (0, "a")),
    np.histogram_bin_edges: ((1, "bins"), (0, "a")),
}

# What has a gradient in such an argument.
INSTEAD: Final[dict[Callable[..., Any], str]] = {np.full_like: "corelib.ops.full(shape, value)"}

_INTEGERS_AND_TRUTHS: Final = frozenset("?bBhHiIlLqQnNpP")


def weight_arguments(function: Callable[..., Any], args: tuple[Any, ...], keywords: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call in which its result would have a gradient, by name."""
    found: dict[str, Any] = {
        name: args[position] if position < len(args) else keywords.get(name)
        for position, name in WEIGHT_ARGUMENTS.get(function, ())
    }
    if function is np.histogram and np.ndim(found["bins"]):
        del found["a"]  # the edges are given: what is left are counts
    return found


def is_non_differentiable(function: Callable[..., Any]) -> bool:
    """Whether ``function`` has no derivative: it is listed above, or a ufunc that never returns real numbers."""
    if not isinstance(function, np.ufunc):
        return function in NON_DIFFERENTIABLE
    results = {loop.split("->")[1] for loop in function.types} - {"O"}  # comparisons also return objects
    return bool(results) and all(set(result) <= _INTEGERS_AND_TRUTHS for result in results)
