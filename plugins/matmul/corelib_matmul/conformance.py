"""What the conformance suite is told of the products: calls of each, and what they refuse."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample, OpSpec
from corelib.extend import Array

Generator = np.random.Generator


EQUAL: Final = {"tie": "a product treats equal entries as it does others"}
AXES: Final = {**EQUAL, "0-d": "it refuses arrays without axes"}
APART: Final = {**AXES, "f(x, x)": "a matrix and a vector are never one array"}
VECTORS: Final = dict.fromkeys(("1x1", "square", "tall", "wide", "batch"), "it takes vectors alone")
THREES: Final = {**AXES, "1x1": "its vectors have two entries or three"}
AXIS: Final = {"axis? with axis": "axis stands for all three"}
REASONS: Final = {
    "matmul": AXES, "matvec": APART, "vecmat": APART, "vecdot": AXES, "cross": {**THREES, **AXIS},
    "linalg_cross": THREES,
    "linalg_outer": {**AXES, **VECTORS},
}  # fmt: skip


def drawn(generator: Generator, *shapes: tuple[int, ...]) -> list[Array]:
    return [np.asarray(generator.normal(size=shape)) for shape in shapes]


def products(name: str, *shapes: tuple[tuple[int, ...], ...], wrong: tuple[tuple[int, ...], ...]) -> OpSpec:
    """The spec of an op of two arrays, from the shapes it is called with and a pair that does not fit."""

    def samples(generator: Generator) -> Iterator[OpSample]:
        for pair in shapes:
            one, other = drawn(generator, *pair)
            yield OpSample(one, other)
            if one.shape == other.shape and one.size:
                yield OpSample(one, one, id=f"one twice, {one.shape}")

    errors = [ErrorSample(*(np.ones(shape) for shape in wrong), raises=ValueError)] if wrong else []
    return OpSpec(name, kind="custom", samples=samples, errors=errors)


def with_fields(
    name: str,
    *calls: Callable[[Generator], OpSample],
    errors: tuple[ErrorSample, ...] = (),
    many: Callable[[Generator], OpSample] | None = None,
) -> OpSpec:
    """The spec of an op with fields, from calls of it, one of ``many`` numbers apart."""

    def samples(generator: Generator) -> Iterator[OpSample]:
        for call in calls:
            yield call(generator)

    return OpSpec(name, kind="custom", samples=samples, errors=errors, large=many)


def fielded(*shapes: tuple[int, ...], **fields: Any) -> Callable[[Generator], OpSample]:
    return lambda generator: OpSample(*drawn(generator, *shapes), **fields)


def subscripted(subscripts: str, *shapes: tuple[int, ...], **fields: Any) -> Callable[[Generator], OpSample]:
    return lambda generator: OpSample(subscripts, *drawn(generator, *shapes), id=subscripts, **fields)


def large(generator: Generator) -> OpSample:
    return OpSample(*drawn(generator, (120, 100), (100, 120)))


DECLARED: Final = (
    OpSpec(
        "matmul", kind="matmul", large=large,
        errors=[ErrorSample(np.ones((2, 3)), np.ones((2, 3)), raises=ValueError)],
    ),
    products("matvec", ((2, 3), (3,)), ((4, 2, 3), (3,)), ((2, 3), (4, 3)), ((2, 0), (0,)), wrong=((2, 3), (2,))),
    products("vecmat", ((2,), (2, 3)), ((4, 2), (2, 3)), ((2,), (4, 2, 3)), ((0,), (0, 3)), wrong=((3,), (2, 3))),
    products("dot", ((2, 3), (3, 4)), ((3,), (3,)), ((), (3,)), ((4, 2, 3), (5, 3, 2)), wrong=((2, 3), (2,))),
    products("inner", ((2, 3), (4, 3)), ((3,), (3,)), ((), (2, 3)), ((4, 2, 3), (3,)), wrong=((2, 3), (2,))),
    products("vdot", ((3,), (3,)), ((2, 3), (3, 2)), ((), ()), ((0,), (0,)), wrong=((2, 3), (2,))),
    products(
        "outer", ((2,), (3,)), ((2, 2), (3,)), ((3, 2), (2, 3)), ((), (3,)), ((0,), (3,)), ((2,), (2,)), wrong=(),
    ),
    products("linalg_outer", ((2,), (3,)), ((10,), (2,)), ((2,), (2,)), ((0,), (3,)), wrong=((2, 2), (3,))),
    products("kron", ((2, 3), (4, 2)), ((3,), (2, 2)), ((), (3,)), ((2, 1, 3), (2,)), ((2, 0), (2, 3)), wrong=()),
    with_fields(
        "vecdot", fielded((2, 3), (2, 3)), fielded((4, 1, 3), (2, 3)),
        fielded((3, 2), (3, 2), axis=0), fielded((2, 3, 2), (2, 3, 2), axis=-2), fielded((0,), (0,)),
        errors=(ErrorSample(np.ones(3), np.ones(3), raises=IndexError, axis=4),),
    ),
    with_fields(
        "tensordot", fielded((2, 3, 4), (3, 4, 2)), fielded((2,), (3,), axes=0), fielded((2, 3), (3, 2), axes=1),
        fielded((2, 3, 4), (4, 2, 5), axes=([2, 0], [0, 1])), fielded((2, 3), (4, 2), axes=(0, -1)),
        fielded((2, 3, 2), (2, 3), axes=([-1], [0])), fielded((3, 2), (2, 2, 3), axes=(0, -1)),
        errors=(ErrorSample(np.ones((2, 3)), np.ones((2, 3)), raises=ValueError, axes=1),),
    ),
    with_fields(
        "cross", fielded((2, 3), (3,)), fielded((3,), (3,)), fielded((3, 4), (3, 4), axis=0),
        fielded((3, 4), (4, 3), axisa=0, axisb=1, axisc=0), fielded((4, 3), (3, 4), axisb=0),
        fielded((3, 3), (3, 3), axis=-2),
        errors=(ErrorSample(np.ones(4), np.ones(4), raises=ValueError),), many=fielded((400, 3), (400, 3)),
    ),
    with_fields(
        "linalg_cross", fielded((2, 3), (3,)), fielded((3, 4), (3, 1), axis=0), fielded((3, 3), (3, 3), axis=-2),
        errors=(ErrorSample(np.ones(2), np.ones(2), raises=ValueError),), many=fielded((400, 3), (400, 3)),
    ),
    with_fields(
        "einsum", subscripted("ij,jk->ik", (2, 3), (3, 4)), subscripted("ii->i", (3, 3)),
        subscripted("iij,k", (2, 2, 3), (4,)), subscripted("i,->i", (3,), ()),
        subscripted("...ij,...jk->...ik", (4, 2, 3), (2, 1, 3, 2)), subscripted("ij->", (2, 3)),
        subscripted("ij,jk,ki->i", (2, 3), (3, 4), (4, 2), optimize=True), subscripted("bi,bi->b", (4, 1), (1, 3)),
        subscripted("i,i", (3,), (3,), out=None, dtype=None, order="K", casting="safe"),
        errors=(ErrorSample("ij,jk->ik", np.ones((2, 3)), np.ones((2, 3)), raises=ValueError),),
    ),
)  # fmt: skip
EQUIVALENT: Final = {
    "backward ignores optimize": "the order of contraction changes speed and rounding alone",
    "corelib_matmul.contraction:*": "chooses a shorter way for vectors, or for what nobody wants; the other agrees",
    "corelib_matmul.cross_product:*": "vectors of two entries, of which NumPy warns: tests/test_matmul_gradients.py",
    "corelib_matmul.matrix:*": "computes what nobody wants, or conj of what is real, or chooses between dot and matmul",
    "corelib_matmul.outer_products:*": "ravel and conj of what is flat, or real, already",
    "corelib_matmul.products:*": "chooses among ways of computing one product, and both ways agree",
    "corelib_matmul.summation:*": "chooses the order of contraction, or a keyword of speed",
}
"""Faults of `corelib mutate` that change no gradient, by their names, and why."""

SPECS: Final = tuple(
    replace(spec, not_applicable=REASONS.get(spec.name, EQUAL), equivalent=EQUIVALENT) for spec in DECLARED
)
