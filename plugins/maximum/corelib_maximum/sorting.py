"""Entries in order along an axis: sort, partition, top_k."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from corelib.errors import UnsupportedArgument
from corelib.extend import Array, Shape, Tensor, TensorLike, composed, linear, may, native, op
from corelib_maximum.runs import equal_neighbours, run_means

SortKind: TypeAlias = Literal["quicksort", "mergesort", "heapsort", "stable"]


@dataclass(frozen=True, slots=True)
class Arrange:
    """The entries along the last axis at the positions ``order``, a permutation; with ``back``, its inverse."""

    order: Any
    back: bool = False

    def forward(self, x: Array) -> Array:
        if not self.back:
            return np.take_along_axis(x, self.order, -1)
        if not native(x):
            return np.take_along_axis(x, np.argsort(self.order, axis=-1), -1)
        entries = np.empty_like(x)
        np.put_along_axis(entries, self.order, x, -1)
        return entries

    def backward(self, propagated: Array, shape: Shape) -> Array:
        return arranged(propagated, self.order, not self.back)


def arranged(x: Any, order: Any, back: bool) -> Array:
    """The entries of ``x``, an array or a Tensor, in another order."""
    entries: Array = arrange(x, order, back) if isinstance(x, Tensor) else Arrange(order, back).forward(x)  # type: ignore[assignment]  # or a Tensor
    return entries


@dataclass(frozen=True, slots=True)
class Sort:
    """The entries along ``axis`` from the smallest to the largest, NaN last; of the flattened array without one.

    The slope is 1 from each entry to the place where it goes. Entries that tie share the gradients of their places
    equally, for any of them may stand in each: whatever ``kind`` or ``stable`` say of their order.
    """

    axis: int | None = -1
    kind: SortKind | None = None
    stable: bool | None = None

    def forward(self, x: Array) -> Array:
        if native(x):
            return np.sort(x, self.axis, self.kind, stable=self.stable)
        flat = self.axis is None
        return of_its_kind(np.sort(x.reshape(-1), axis=0) if flat else np.sort(x, axis=self.axis), x, "sort")

    def backward(self, propagated: Array, x: Array, *, result: Array) -> Array:
        entries, arrived = along(values(x), self.axis), along(propagated, self.axis)
        shared = among_ties(arrived, along(values(result), self.axis))
        order = np.argsort(entries, axis=-1)
        return unalong(arranged(shared, order, True), x.shape, self.axis)


@dataclass(frozen=True, slots=True)
class Partition:
    """The entries along ``axis`` such that the ``kth`` stands where it would be if all were sorted.

    Those before it are not larger, those after it not smaller; their order is any, as NumPy's. The gradients are
    those of ``sort``.
    """

    kth: int | Sequence[int]
    axis: int | None = -1
    kind: Literal["introselect"] = "introselect"

    def forward(self, x: Array) -> Array:
        if native(x):
            return np.partition(x, self.kth, self.axis, self.kind)
        flat = self.axis is None
        parted = np.partition(x.reshape(-1), self.kth) if flat else np.partition(x, self.kth, self.axis)
        return of_its_kind(parted, x, "partition")

    def backward(self, propagated: Array, x: Array, *, result: Array) -> Array:
        entries, parted = along(values(x), self.axis), along(values(result), self.axis)
        order = np.argsort(parted, axis=-1)  # of the result: argpartition may put the others elsewhere
        arrived = arranged(along(propagated, self.axis), order, False)
        shared = among_ties(arrived, np.take_along_axis(parted, order, -1))
        return unalong(arranged(shared, np.argsort(entries, axis=-1), True), x.shape, self.axis)


def _top_k(x: TensorLike, k: int, axis: int = -1) -> tuple[Tensor, Tensor]:
    """The ``k`` largest entries along ``axis``, the largest first, and their positions, which have no gradient.

    Entries that tie share the gradients of their places equally, those left out among them: so does ``max``. NaN is
    the largest of all. Raises ValueError for k < 0, and for more than there are.
    """
    entries = x if isinstance(x, Tensor) else Tensor(x)
    axis = normalize_axis_index(axis, entries.ndim)
    n = entries.shape[axis]
    if not 0 <= k <= n:
        raise ValueError(f"k is {k}, which is not between 0 and the {n} entries along axis {axis}")
    largest: tuple[Any, ...] = (*[slice(None)] * axis, slice(n - k, None))
    downwards: tuple[Any, ...] = (*[slice(None)] * axis, slice(None, None, -1))
    if native(entries) and 0 < k < n:
        found = apart(entries.data, largest, downwards, axis)
        if found is not None:
            chosen: Any = np.take_along_axis(entries, found, axis)
            return chosen, Tensor(found)
    upper = partition(entries, n - k, axis)[largest] if 0 < k < n else entries[largest]
    order = np.argsort(entries.data, axis=axis)
    return sort(upper, axis)[downwards], Tensor(order[largest][downwards])


def apart(x: Array, largest: tuple[Any, ...], downwards: tuple[Any, ...], axis: int) -> Array | None:
    """The positions of the largest entries, the largest first; None where some of them tie, or are NaN."""
    kth = largest[-1].start
    index = np.argpartition(x, kth, axis)[largest]
    found = np.take_along_axis(x, index, axis)
    index = np.take_along_axis(index, np.argsort(found, axis)[downwards], axis)
    found = np.take_along_axis(x, index, axis)
    smallest = np.take(found, [-1], axis)
    tied = np.count_nonzero(x == smallest) != smallest.size or np.any(equal_neighbours(along(found, axis)))
    return None if tied else index


def of_its_kind(result: Any, x: Any, function: str) -> Array:
    """What a function of NumPy returned. Raises UnsupportedArgument where that is NumPy's, and ``x`` is not.

    Dask computes the whole array for a function that it lacks.
    """
    if isinstance(result, np.ndarray) and not native(x):
        raise UnsupportedArgument(f"{type(x).__module__} has no {function}; compute the array first")
    found: Array = result
    return found


def along(x: Any, axis: int | None) -> Any:
    """``x`` with ``axis`` as the last one; flattened without one."""
    return x.reshape(-1) if axis is None else np.moveaxis(x, axis, -1)


def unalong(x: Any, shape: Shape, axis: int | None) -> Array:
    """The array of ``shape`` that ``along`` made ``x`` of."""
    entries: Array = x.reshape(shape) if axis is None else np.moveaxis(x, -1, axis)
    return entries


def values(x: Any) -> Any:
    """The array of a Tensor; an array as it is."""
    return x.data if isinstance(x, Tensor) else x


def among_ties(arrived: Any, ordered: Any) -> Any:
    """The gradients of entries in order, the mean of them where entries are equal."""
    same = equal_neighbours(ordered)
    return run_means(arrived, same) if may(same) else arrived


arrange: Final = linear(Arrange)
sort: Final = op(Sort, numpy=np.sort)
partition: Final = op(Partition, numpy=np.partition)
top_k: Final = composed(_top_k, name="top_k")
