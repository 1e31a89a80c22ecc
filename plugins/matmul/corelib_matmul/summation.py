"""einsum: products of the entries of arrays, summed over the labels that the result does not have."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np

from corelib.errors import UnsupportedArgument
from corelib.extend import Array, Shape, Tensor, Wanted, composed, like, linear, ones, op
from corelib_matmul.products import conj
from corelib_matmul.subscripts import spelt_out

Optimize: TypeAlias = bool | str | Sequence[Any]


@dataclass(frozen=True, slots=True)
class Rearrangement:
    """einsum of one array: its axes in another order, its diagonals, sums over some of its axes."""

    subscripts: str

    def forward(self, x: Array) -> Array:
        z: Array = np.einsum(self.subscripts, x)
        return z

    def backward(self, propagated: Array, shape: Shape) -> Array:
        term, output = self.subscripts.split("->")
        gradient: Array = gradient_of(term, shape, [output], [propagated])
        return gradient


@dataclass(frozen=True, slots=True)
class Summation:
    """einsum of several arrays. The gradient of one of them is einsum of the others' conjugates and g."""

    subscripts: str
    optimize: Optimize = False

    def forward(self, *arrays: Array) -> Array:
        z: Array = np.einsum(self.subscripts, *arrays, optimize=self.optimize)
        return z

    def backward(self, propagated: Array, *arrays: Array, wanted: Wanted) -> tuple[Array | None, ...]:
        inputs, output = self.subscripts.split("->")
        terms, factors = inputs.split(","), [conj(x) for x in arrays]
        return tuple(
            gradient_of(
                term, np.shape(arrays[i]), [output, *terms[:i], *terms[i + 1 :]],
                [propagated, *factors[:i], *factors[i + 1 :]], self.strategy(),
            )
            if wanted[i] else None
            for i, term in enumerate(terms)
        )  # fmt: skip

    def strategy(self) -> Optimize:
        """How the gradients are computed: like the result, but for an order that was chosen for its own operands."""
        optimize = self.optimize
        return optimize if isinstance(optimize, (bool, str)) or optimize[0] != "einsum_path" else True


def gradient_of(
    term: str, shape: Shape, terms: Sequence[str], factors: Sequence[Any], optimize: Optimize = False
) -> Any:
    """The gradient of the operand of ``shape`` labelled ``term``, from g and the other ``factors``.

    Their product is summed over the labels that the operand does not have, and over those along which it was
    broadcast. It is the same all along a label that only the operand has, and zero off a diagonal.
    """
    sizes = dict(zip(term, shape, strict=True))
    found = [label for label, size in sizes.items() if size != 1 and any(label in other for other in terms)]
    gradient = np.einsum(f"{','.join(terms)}->{''.join(found)}", *factors, optimize=optimize)
    gradient = np.expand_dims(gradient, tuple(i for i, label in enumerate(sizes) if label not in found))
    gradient = np.broadcast_to(gradient, tuple(sizes.values()))
    return gradient if len(sizes) == len(term) else on_diagonal(gradient, term, shape)


def on_diagonal(x: Any, term: str, shape: Shape) -> Any:
    """Zeros of ``shape``, with ``x`` where the axes that have one label in ``term`` have one index."""
    repeats = [i for i, label in enumerate(term) if term.index(label) != i]
    diagonal = ones((1,) * len(shape), bool, x)
    for i in repeats:
        diagonal = diagonal & (_positions(i, shape, x) == _positions(term.index(term[i]), shape, x))
    return np.where(diagonal, np.expand_dims(x, tuple(repeats)), 0)


def _positions(axis: int, shape: Shape, x: Any) -> Array:
    """The index along ``axis``, in a shape that broadcasts with ``shape``, in an array of the kind of ``x``."""
    return np.arange(shape[axis], like=like(x)).reshape([-1 if i == axis else 1 for i in range(len(shape))])


rearrangement: Final = linear(Rearrangement, name="einsum")
summation: Final = op(Summation, name="einsum")


def _einsum(
    *operands: Any,
    optimize: Optimize = False,
    out: None = None,
    dtype: None = None,
    order: str = "K",
    casting: str = "safe",
) -> Tensor:
    """Products of entries, summed over every label that the result does not have.

    ``einsum("ij,jk->ik", x, y)`` or ``einsum(x, [0, 1], y, [1, 2], [0, 2])``: all that NumPy takes, with labels that
    repeat (diagonals), ellipses, and no output (the labels that appear once, in alphabetical order). Axes of one
    entry broadcast. ``optimize`` is NumPy's, and holds for the gradients too. Raises InvalidOperand for subscripts
    that do not fit, UnsupportedArgument for an out, dtype, order or casting of one's own.
    """
    given = {"out": out is not None, "dtype": dtype is not None, "order": order != "K", "casting": casting != "safe"}
    if any(given.values()):
        names = ", ".join(f"{name}=" for name, changed in given.items() if changed)
        raise UnsupportedArgument(f"einsum on a Tensor does not take {names}; it takes optimize")
    subscripts, arrays = spelt_out(operands)
    return rearrangement(arrays[0], subscripts) if len(arrays) == 1 else summation(arrays, subscripts, optimize)


einsum: Final = composed(_einsum, numpy=np.einsum, name="einsum")
