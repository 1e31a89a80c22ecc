"""Quantiles of the entries along an axis, and of those that are not NaN: quantile, percentile, nanmedian, ..."""

from typing import Any, Final

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from corelib.errors import NotDifferentiable
from corelib.extend import Axis, Tensor, composed, full, like, may, native, reduced_shape
from corelib_reduce.averages import fitted
from corelib_reduce.axes import last
from corelib_reduce.quantile_places import Method, places

SEARCH_LIMIT: Final = 4  # positions that are looked for one by one: each is compared with all entries


def _quantile(
    a: Any, q: Any, axis: Axis = None, *, method: Method = "linear", keepdims: bool = False, weights: Any = None
) -> Tensor:
    """The entry, or the place between two, below which the share ``q`` of the sorted entries along ``axis`` lies.

    The slope goes to these two by how near each is; entries that tie share it equally. ``q`` and ``weights`` are
    constants. NaN where an entry is NaN. Raises ValueError for q outside of [0, 1], an unknown method, and weights
    with another method than "inverted_cdf".
    """
    return quantiles_of(a, shares(q, 1), axis, method, keepdims, weights)


def _percentile(
    a: Any, q: Any, axis: Axis = None, *, method: Method = "linear", keepdims: bool = False, weights: Any = None
) -> Tensor:
    """The quantile of q / 100: see ``quantile``."""
    return quantiles_of(a, shares(q, 100), axis, method, keepdims, weights)


def _nanquantile(
    a: Any, q: Any, axis: Axis = None, *, method: Method = "linear", keepdims: bool = False, weights: Any = None
) -> Tensor:
    """The quantile of the entries that are not NaN; those that are get the gradient 0: see ``quantile``."""
    return quantiles_of(a, shares(q, 1), axis, method, keepdims, weights, with_nan=False)


def _nanpercentile(
    a: Any, q: Any, axis: Axis = None, *, method: Method = "linear", keepdims: bool = False, weights: Any = None
) -> Tensor:
    """The quantile of q / 100 of the entries that are not NaN; those that are get the gradient 0."""
    return quantiles_of(a, shares(q, 100), axis, method, keepdims, weights, with_nan=False)


def shares(q: Any, whole: int) -> Any:
    """Which quantiles are asked for, each in [0, 1]: of NumPy's, for many kinds of array compute with those."""
    found = constant(q, "q")
    if type(found) in (int, float):
        found = float(found / whole)
    elif native(found) or not hasattr(found, "dtype"):
        found = np.true_divide(found, whole) if whole > 1 else np.asarray(found)
    else:
        return found / whole if whole > 1 else found  # nobody looks at the entries of other arrays
    if np.ndim(found) > 2 or not np.all((np.asarray(found) >= 0) & (np.asarray(found) <= 1)):
        raise ValueError(f"quantiles lie in [0, {whole}], in a number, a row or a table; these are {q}")
    return found


def constant(value: Any, name: str) -> Any:
    """The array of a Tensor that is no variable. Raises NotDifferentiable for one that is."""
    if not isinstance(value, Tensor):
        return value
    if value.trainable:
        raise NotDifferentiable(f"a quantile has no gradient in {name}, which is trainable; write {name}=tensor.data")
    return value.data


def quantiles_of(
    a: Any, q: Any, axis: Axis, method: Method, keepdims: bool, weights: Any, *, with_nan: bool = True
) -> Tensor:
    x: Any = a if isinstance(a, Tensor) else Tensor(a)
    if x.dtype.kind == "c":
        raise TypeError("complex numbers have no order, and so no quantiles")
    axes = None if axis is None else normalize_axis_tuple(axis, x.ndim)
    entries: Any = last(x, axes)
    if not entries.shape[-1]:
        raise ValueError("there are no entries, and so no quantiles")
    row = np.asarray(q, like=like(x)).reshape(-1)
    if weights is None:
        found = unweighted(entries, row, method, weak=type(q) is float or row.dtype.kind in "iu", with_nan=with_nan)
    elif method == "inverted_cdf":
        w = last(weights_of(constant(weights, "weights"), x, axes), axes)
        found = weighted(entries, row, w, with_nan)
    else:
        raise ValueError(f"weights go with the method 'inverted_cdf' alone, not with {method!r}")
    shape = np.shape(q)
    kept = reduced_shape(x.shape, axes) if keepdims else found.shape[:-1]
    quantiles: Tensor = np.moveaxis(found, -1, 0).reshape((*shape, *kept))
    return quantiles


def weights_of(weights: Any, x: Tensor, axes: Axis) -> Any:
    """The weights in the shape of ``x``. Raises ValueError where one is negative, or none is positive and finite."""
    found = np.broadcast_to(np.asarray(fitted(weights, x.shape, axes), like=like(x)), x.shape)
    if native(found):
        total = np.sum(found, axis=axes)
        if np.any(found < 0) or not np.all((total > 0) & np.isfinite(total)):
            raise ValueError("weights are neither negative nor infinite, and not all of them zero")
    return found


def unweighted(entries: Any, q: Any, method: Method, *, weak: bool, with_nan: bool) -> Any:
    """The quantiles along the last axis, on an axis of their own in its place."""
    n: Any = entries.shape[-1]
    unknown = np.isnan(entries.data)
    some = may(unknown)
    if some and not with_nan:
        n = np.sum(~unknown, axis=-1, keepdims=True)
    below, onwards = places(method, n, q)
    positions = [below] if onwards is None else [below, np.minimum(below + 1, np.maximum(n - 1, 0))]
    ordered, ends = in_order(entries, positions, some)
    found = ends[0]
    if onwards is not None:
        dtype = entries.dtype if weak and entries.dtype.kind == "f" else onwards.dtype
        found = between(ends[0], ends[1], onwards.astype(dtype))
    return found if not some else with_unknown(found, ordered, unknown, with_nan)


def in_order(entries: Any, positions: list[Any], some_unknown: bool) -> tuple[Any, list[Any]]:
    """The entries sorted, and those at each row of positions then; not sorted where it is enough to partition them."""
    together = np.concatenate(positions, axis=-1)
    if native(entries) and not some_unknown and together.ndim == 1 and together.size <= SEARCH_LIMIT:
        index = np.argpartition(entries.data, together, axis=-1)[..., together]
        chosen = np.take_along_axis(entries.data, index, -1)
        if np.count_nonzero(np.expand_dims(entries.data, -2) == np.expand_dims(chosen, -1)) == chosen.size:  # no ties
            found: Any = np.take_along_axis(entries, index, -1)
            return found, [found[..., i * below.size : (i + 1) * below.size] for i, below in enumerate(positions)]
    ordered: Any = np.sort(entries, axis=-1)
    return ordered, [at(ordered, position) for position in positions]


def with_unknown(found: Any, ordered: Any, unknown: Any, with_nan: bool) -> Any:
    """The quantiles, NaN where an entry is NaN, or where all are; in the one case with the slope NaN in the NaN."""
    nan = full((), np.nan, found.dtype, found)
    if not with_nan:
        return np.where(np.all(unknown, axis=-1, keepdims=True), nan, found)
    spoilt = np.any(unknown, axis=-1, keepdims=True)
    spoils = np.where(spoilt, nan, full((), 1, found.dtype, found))
    return np.where(spoilt, ordered[..., -1:] * spoils, found)


def at(ordered: Any, position: Any) -> Any:
    """The entries at a row of positions along the last axis; at rows of their own where there are several."""
    return ordered[..., position] if position.ndim == 1 else np.take_along_axis(ordered, position, -1)


def between(low: Any, high: Any, onwards: Any) -> Any:
    """As far from low to high as ``onwards`` says, exact at both ends."""
    apart = high - low
    return np.where(onwards < 0.5, low + apart * onwards, high - apart * (1 - onwards))


def weighted(entries: Any, q: Any, weights: Any, with_nan: bool) -> Any:
    """The first entries, in order, up to which the share of the weights is at least q.

    An entry of weight 0 goes last: none that it ties with shares its gradient with it.
    """
    x = entries.data
    unknown = np.isnan(x)
    counts = (weights > 0) | unknown if with_nan else (weights > 0) & ~unknown
    infinite = full((), np.inf, x.dtype, x)
    order = np.argsort(np.where(counts, x, infinite), axis=-1)
    heights = np.take_along_axis(np.where(counts, weights, 0 * weights), order, -1)
    reached = np.cumsum(heights.astype(float), axis=-1)
    below = np.expand_dims(reached / reached[..., -1:], -1) < q.astype(float)
    position = np.minimum(np.sum(below, axis=-2), x.shape[-1] - 1)
    ordered: Any = np.sort(np.where(counts, entries, infinite), axis=-1)
    found = np.take_along_axis(ordered, position, -1)
    return found if not may(unknown) else with_unknown(found, ordered, unknown, with_nan)


def _nanmedian(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Tensor:
    """The middle one of the entries along ``axis`` that are not NaN, sorted; of an even number the mean of two.

    Entries that tie with a middle one share its gradient equally; those that are NaN get the gradient 0.
    """
    return quantiles_of(a, 0.5, axis, "linear", keepdims, None, with_nan=False)


quantile: Final = composed(_quantile, numpy=np.quantile, name="quantile")
percentile: Final = composed(_percentile, numpy=np.percentile, name="percentile")
nanquantile: Final = composed(_nanquantile, numpy=np.nanquantile, name="nanquantile")
nanpercentile: Final = composed(_nanpercentile, numpy=np.nanpercentile, name="nanpercentile")
nanmedian: Final = composed(_nanmedian, numpy=np.nanmedian, name="nanmedian")
