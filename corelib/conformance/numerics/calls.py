"""Calling an op as its user does, and its backward as the core does."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from corelib.conformance.sample import Sample
from corelib.core.arrays import DIFFERENTIABLE
from corelib.core.backward import complete, reached
from corelib.core.graph import Leaf, Node, Picked
from corelib.core.tensor import Array, Tensor, make
from corelib.primitives.class_op import Bound
from corelib.primitives.elementwise_op import Elementwise

AnyCall = Callable[..., Any]


class Call:
    """One call of an op on new variables: its results, and gradients for any cotangent.

    ``wanted`` says which arrays are variables; by default all. The arrays are passed without a copy, so that their
    layouts and read-only flags reach the op.
    """

    def __init__(
        self, op: AnyCall, sample: Sample, arrays: Sequence[Any] | None = None, wanted: Sequence[bool] | None = None
    ) -> None:
        arrays = sample.arrays if arrays is None else arrays
        wanted = [True] * len(arrays) if wanted is None else wanted
        self.leaves: list[Leaf | None] = [
            Leaf(a.shape, a.dtype) if w else None for a, w in zip(arrays, wanted, strict=True)
        ]
        tensors = [make(a, leaf) for a, leaf in zip(arrays, self.leaves, strict=True)]
        self.arrays: list[Any] = list(arrays)
        self.returned: Any = op(*sample.filled(tensors), **sample.fields)
        self.results: list[Tensor] = outputs(self.returned)

    def vjp(self, cotangents: Sequence[Array]) -> list[Array | None]:
        """The gradient of each array, None where it has none."""
        found: dict[Node, Any] = {}
        for result, cotangent in zip(self.results, cotangents, strict=True):
            if result._node is not None:
                for leaf, entry in reached(result._node, cotangent, retain=True).items():
                    found[leaf] = found[leaf] + entry if leaf in found else entry
        return [None if leaf is None else found.get(leaf) for leaf in self.leaves]

    def gradients(self, cotangents: Sequence[Array]) -> list[Array]:
        """The same, with zeros instead of None."""
        found = self.vjp(cotangents)
        return [
            np.zeros(a.shape, a.dtype) if g is None else np.asarray(g) for a, g in zip(self.arrays, found, strict=True)
        ]

    def raw(self, cotangents: Sequence[Array]) -> tuple[Node, Sequence[Any]] | None:
        """The node of this call, and what the op's own backward returns; None for an op that has none."""
        node = self.node
        if node is None or any(r._node is None for r in self.results):
            return None
        propagated: Any = cotangents[0]
        if isinstance(self.results[0]._node, Picked):
            entries: list[Any] = [None] * len(node.shape)
            for result, cotangent in zip(self.results, cotangents, strict=True):
                entries[_index(result)] = cotangent
            propagated = complete(node, entries)
        op: Any = node.op
        return node, op.pullback(node, propagated, node.args or (), node.result)

    @property
    def node(self) -> Node | None:
        """The call of a class or an entry-by-entry op; None for an op written in others."""
        node = self.results[0].creator if self.results else None
        return node if node is not None and isinstance(node.op, (Bound, Elementwise)) else None


def _index(result: Tensor) -> int:
    """Which of the results of its call a Tensor is."""
    picked: Any = result._node
    index: int = picked.op.index
    return index


def outputs(returned: Any) -> list[Tensor]:
    """The results that can be differentiated, from a Tensor or from tuples and lists of them."""
    if isinstance(returned, (list, tuple)):
        return [tensor for part in returned for tensor in outputs(part)]
    return [returned] if isinstance(returned, Tensor) and returned.dtype.kind in DIFFERENTIABLE else []


def values(op: AnyCall, sample: Sample, arrays: Sequence[Any]) -> list[Array]:
    """What the op returns on NumPy arrays."""
    return [tensor.data for tensor in outputs(op(*sample.filled(arrays), **sample.fields))]


def flat(arrays: Sequence[Array]) -> Array:
    """All numbers of ``arrays`` as float64, a complex one as two: its real and its imaginary part."""
    if not arrays:
        return np.empty(0)
    return np.concatenate([_real(a) for a in arrays])


def _real(array: Any) -> Array:
    array = np.asarray(array)
    if array.dtype.kind == "c":
        return np.ascontiguousarray(array, np.complex128).reshape(-1).view(np.float64)
    return np.asarray(array, np.float64).reshape(-1)


class Point:
    """All numbers of a sample as one vector, whose entries can be varied."""

    def __init__(self, arrays: Sequence[Array]) -> None:
        self.buffer: Array = flat(arrays)
        self.start: Array = self.buffer.copy()
        self.arrays: list[Array] = []
        at = 0
        for a in arrays:
            kind: Any = np.complex128 if a.dtype.kind == "c" else np.float64
            length = a.size * (2 if a.dtype.kind == "c" else 1)
            self.arrays.append(self.buffer[at : at + length].view(kind).reshape(a.shape))
            at += length


def columns(function: Callable[[list[Array]], Array], arrays: Sequence[Array]) -> Callable[[Array, Array], Array]:
    """The curves t -> f(x + t e_j), one for each real number j of ``arrays``."""
    point = Point(arrays)

    def curves(t: Array, lines: Array) -> Array:
        rows = []
        for j, step in zip(lines.tolist(), t.tolist(), strict=True):
            point.buffer[j] = point.start[j] + step
            rows.append(np.array(function(point.arrays)))
            point.buffer[j] = point.start[j]
        return np.array(rows)

    return curves


def along(
    function: Callable[[list[Array]], Array], arrays: Sequence[Array], directions: Array
) -> Callable[[Array, Array], Array]:
    """The curves t -> f(x + t v), one for each row v of ``directions``."""
    point = Point(arrays)

    def curves(t: Array, lines: Array) -> Array:
        rows = []
        for j, step in zip(lines.tolist(), t.tolist(), strict=True):
            point.buffer[:] = point.start + step * directions[j]
            rows.append(np.array(function(point.arrays)))
        point.buffer[:] = point.start
        return np.array(rows)

    return curves


def one_hot(results: Sequence[Tensor]) -> list[list[Array]]:
    """Each cotangent that is 1 (or i) at one real number of the results, and 0 elsewhere."""
    point = Point([r.data for r in results])
    point.buffer[:] = 0
    rows = []
    for i in range(point.buffer.size):
        point.buffer[i] = 1
        rows.append([a.astype(r.dtype) for a, r in zip(point.arrays, results, strict=True)])
        point.buffer[i] = 0
    return rows


MAX_JACOBIAN: Final = 64
