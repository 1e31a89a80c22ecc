"""The gradients of every product, to second order.

A product is linear in each of its arguments, so a difference over any step is its slope: no step is too large,
and nothing here is approximate but for rounding.
"""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import corelib
from corelib_matmul import (
    cross,
    dot,
    einsum,
    inner,
    kron,
    linalg_cross,
    linalg_outer,
    matmul,
    matvec,
    outer,
    tensordot,
    vdot,
    vecdot,
    vecmat,
)  # fmt: skip

Shapes = tuple[tuple[int, ...], ...]
generator = np.random.default_rng(5)

RANKS: list[Shapes] = [
    ((3,), (3,)), ((3,), (3, 4)), ((2, 3), (3,)), ((2, 3), (3, 4)), ((3,), (5, 3, 4)), ((5, 2, 3), (3,)),
    ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((2, 3), (5, 3, 1)), ((5, 2, 3), (5, 3, 4)),
    ((5, 1, 2, 3), (6, 3, 4)), ((1, 2, 3), (5, 3, 4)), ((5, 2, 3), (1, 3, 4)), ((1, 1, 2, 3), (3, 4)),
    ((2, 3), (1, 3, 4)), ((1, 5, 2, 3), (6, 1, 3, 4)), ((0, 3), (3, 4)), ((2, 0), (0, 4)), ((2, 3), (3, 0)),
    ((0, 2, 3), (3, 4)), ((5, 2, 0), (0, 4)), ((2, 3), (0, 3, 4)),
]  # fmt: skip

CASES: list[tuple[Callable[..., Any], Shapes]] = [
    *[(matmul, shapes) for shapes in RANKS], (operator.matmul, ((2, 3), (3, 4))), (matvec, ((2, 3), (3,))),
    (matvec, ((5, 2, 3), (3,))), (matvec, ((2, 3), (5, 3))), (matvec, ((5, 1, 2, 3), (4, 3))),
    (vecmat, ((2,), (2, 3))), (vecmat, ((5, 2), (2, 3))), (vecmat, ((2,), (5, 2, 3))),
    (vecmat, ((5, 1, 2), (4, 2, 3))), (vecdot, ((3,), (3,))), (vecdot, ((5, 3), (3,))),
    (vecdot, ((5, 1, 3), (4, 3))), (vecdot, ((0,), (0,))),
    (lambda x, y: vecdot(x, y, axis=0), ((3, 2), (3, 2))),
    (lambda x, y: vecdot(x, y, axis=1), ((4, 3, 2), (1, 3, 1))), (dot, ((), ())), (dot, ((), (2, 3))),
    (dot, ((2, 3), ())), (dot, ((3,), (3,))), (dot, ((2, 3), (3,))), (dot, ((3,), (3, 2))),
    (dot, ((2, 3), (3, 4))), (dot, ((5, 2, 3), (3,))), (dot, ((5, 2, 3), (4, 3, 2))),
    (dot, ((3,), (4, 3, 2))), (dot, ((0,), (0,))), (dot, ((2, 0), (0, 3))), (inner, ((), (3,))),
    (inner, ((3,), ())), (inner, ((3,), (3,))), (inner, ((2, 3), (4, 3))), (inner, ((5, 2, 3), (3,))),
    (vdot, ((), ())), (vdot, ((3,), (3,))), (vdot, ((2, 3), (2, 3))), (vdot, ((2, 3), (6,))),
    (outer, ((2,), (3,))), (outer, ((2, 2), (3,))), (outer, ((), (3,))), (outer, ((0,), (3,))),
    (linalg_outer, ((2,), (3,))), (tensordot, ((2, 3, 4), (3, 4, 5))),
    (lambda x, y: tensordot(x, y, 0), ((2,), (3, 2))), (lambda x, y: tensordot(x, y, 0), ((), (3,))),
    (lambda x, y: tensordot(x, y, axes=1), ((2, 3), (3, 4))),
    (lambda x, y: tensordot(x, y, ([2, 0], [0, 1])), ((2, 3, 4), (4, 2, 5))),
    (lambda x, y: tensordot(x, y, ((-1, 1), (0, -1))), ((2, 3, 4), (4, 5, 3))),
    (lambda x, y: tensordot(x, y, (0, -1)), ((2, 3), (4, 2))),
    (lambda x, y: tensordot(x, y, (0, 0)), ((0, 3), (0, 2))), (kron, ((2, 3), (4, 5))), (kron, ((3,), (2,))),
    (kron, ((3,), (2, 2))), (kron, ((2, 1, 3), (2,))), (kron, ((), (2, 2))), (kron, ((), ())),
    (kron, ((2, 0), (2, 3))), (cross, ((3,), (3,))), (cross, ((5, 3), (3,))), (cross, ((5, 1, 3), (4, 3))),
    (linalg_cross, ((5, 3), (3,))), (lambda x, y: linalg_cross(x, y, axis=0), ((3, 5), (3, 1))),
    (lambda x, y: cross(x, y, axisa=0, axisb=1, axisc=0), ((3, 4), (4, 3))),
    (lambda x, y: cross(x, y, axis=1), ((4, 3, 2), (4, 3, 2))),
    (lambda x, y: cross(x, y, axisc=0), ((5, 3), (4, 1, 3))),
]  # fmt: skip

SUBSCRIPTS: list[tuple[str, Shapes]] = [
    ("ij,jk->ik", ((2, 3), (3, 4))), ("ij,jk", ((2, 3), (3, 4))), ("bij,bjk->bik", ((5, 2, 3), (5, 3, 4))),
    ("ij->ji", ((2, 3),)), ("ij->", ((2, 3),)), ("ij->j", ((2, 3),)), ("ji", ((2, 3),)), ("->", ((),)),
    ("", ((),)), ("ii->i", ((3, 3),)), ("ii", ((3, 3),)), ("iij->j", ((3, 3, 2),)), ("iij->ij", ((3, 3, 2),)),
    ("iji->", ((3, 2, 3),)), ("iii->i", ((3, 3, 3),)), ("ijij->ij", ((2, 3, 2, 3),)),
    ("ijji", ((2, 3, 3, 2),)), ("ii->i", ((0, 0),)), ("ii", ((1, 1),)), ("ii,i->i", ((3, 3), (3,))),
    ("iij,jk->ik", ((2, 2, 3), (3, 4))), ("ii,jj->ij", ((2, 2), (3, 3))), ("ij,ii", ((3, 2), (3, 3))),
    ("...i->...", ((4, 2, 3),)), ("i...->...i", ((2, 3, 4),)), ("...ii->...i", ((4, 3, 3),)),
    ("...", ((2, 3),)), ("...ij,...jk->...ik", ((5, 2, 3), (4, 1, 3, 2))),
    ("ij...,jk...->ik...", ((2, 3, 4), (3, 2, 4))), ("...,...", ((3, 1), (4,))),
    ("i,...->i...", ((3,), (2, 4))), ("i->...i", ((3,),)), ("...i,i", ((2, 3), (3,))), ("i...->i", ((3,),)),
    ("...i,...", ((2, 3), ())), ("ij,k->i", ((2, 3), (4,))), ("ij,jk->k", ((2, 3), (3, 4))),
    ("i,j,k->", ((2,), (3,), (4,))), ("i,i->", ((0,), (0,))), ("ij,jk->ik", ((2, 1), (3, 4))),
    ("ij,ij->ij", ((1, 3), (2, 3))), ("ij,ij->", ((1, 3), (2, 1))), ("i,i->i", ((1,), (3,))),
    ("ij,ij->j", ((2, 3), (1, 3))), ("ii,i->", ((1, 1), (3,))), ("i,i", ((1,), (1,))),
    ("bi,bi->b", ((4, 1), (1, 3))), ("Ab,bA->", ((2, 3), (3, 2))), ("bA", ((2, 3),)),
    ("i j , j k -> i k", ((2, 3), (3, 4))), (" ... i -> i ...", ((2, 3),)),
    ("ij,jk,kl->il", ((2, 3), (3, 4), (4, 2))), ("ij,jk,ki", ((2, 3), (3, 4), (4, 2))),
    ("i,ij,j", ((2,), (2, 3), (3,))), (",ij", ((), (2, 3))),
]  # fmt: skip


def named(subscripts: str) -> Callable[..., Any]:
    def product(*arrays: Any) -> Any:
        return einsum(subscripts, *arrays)

    return product


ALL = [*CASES, *[(named(subscripts), shapes) for subscripts, shapes in SUBSCRIPTS]]
LABELS = [*[f"{getattr(f, '__name__', 'op')}{s}" for f, s in CASES], *[f"{s}{shapes}" for s, shapes in SUBSCRIPTS]]


def random(shape: tuple[int, ...], dtype: str) -> Any:
    values = generator.normal(size=shape) + (1j * generator.normal(size=shape) if dtype.startswith("c") else 0)
    return np.asarray(values, dtype)


def assert_slopes(function: Callable[..., Any], args: list[Any], tolerance: float) -> Any:
    """The pullback of a function that is linear in each of its arguments agrees with differences."""
    values, pullback = corelib.vjp(function, *args)
    several = isinstance(values, tuple)
    seeds = [random(np.shape(v), v.dtype.name) for v in (values if several else [values])]
    gradients = pullback(tuple(seeds) if several else seeds[0])
    gradients = gradients if len(args) > 1 else (gradients,)
    for i, (x, gradient) in enumerate(zip(args, gradients, strict=True)):
        assert gradient.shape == x.shape
        assert gradient.dtype == x.dtype
        step = random(x.shape, x.dtype.name)
        up, down = (function(*args[:i], x + sign * step, *args[i + 1 :]) for sign in (1, -1))
        pairs = zip(up, down, seeds, strict=True) if several else [(up, down, seeds[0])]
        change = sum(np.vdot(seed, entries_of(a) - entries_of(b)).real / 2 for a, b, seed in pairs)
        np.testing.assert_allclose(np.vdot(gradient, step).real, change, rtol=tolerance, atol=tolerance)
    return seeds[0]


def entries_of(value: Any) -> Any:
    return value.data if isinstance(value, corelib.Tensor) else value


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-11), ("complex128", 1e-11), ("float32", 1e-3)])
@pytest.mark.parametrize(("function", "shapes"), ALL, ids=LABELS)
def test_a_gradient_and_its_gradient_agree_with_differences(
    function: Callable[..., Any], shapes: Shapes, dtype: str, tolerance: float
) -> None:
    args = [random(shape, dtype) for shape in shapes]
    seed = assert_slopes(function, args, tolerance)

    def pullback(g: Any, *args: Any) -> Any:
        gradients = corelib.vjp(function, *args)[1](g)
        return gradients if len(args) > 1 else (gradients,)

    assert_slopes(pullback, [seed, *args], tolerance)


@pytest.mark.parametrize(("function", "shapes"), ALL, ids=LABELS)
def test_a_gradient_that_nobody_wants_changes_nothing(function: Callable[..., Any], shapes: Shapes) -> None:
    args = [random(shape, "float64") for shape in shapes]
    value, pullback = corelib.vjp(function, *args)
    seed = random(value.shape, "float64")
    gradients = pullback(seed) if len(args) > 1 else (pullback(seed),)
    for i, expected in enumerate(gradients):

        def of_one(x: Any, i: int = i) -> Any:
            return function(*args[:i], x, *args[i + 1 :])

        np.testing.assert_array_equal(corelib.vjp(of_one, args[i])[1](seed), expected)


@pytest.mark.parametrize("shapes", [((2,), (2,)), ((4, 2), (4, 3)), ((4, 3), (2,)), ((4, 2), (2,)), ((1, 2), (4, 2))])
@pytest.mark.parametrize("dtype", ["float64", "complex128"])
@pytest.mark.filterwarnings("ignore:Arrays of 2-dimensional vectors")
@pytest.mark.skipif(np.lib.NumpyVersion(np.__version__) >= "2.5.0", reason="NumPy 2.5 takes vectors in space only")
def test_cross_takes_the_plane_vectors_that_numpy_takes(shapes: Shapes, dtype: str) -> None:
    args = [random(shape, dtype) for shape in shapes]
    seed = assert_slopes(cross, args, 1e-11)
    assert_slopes(lambda g, *args: corelib.vjp(cross, *args)[1](g), [seed, *args], 1e-11)


@pytest.mark.parametrize("optimize", [True, "greedy", "optimal", ("greedy", 100), ["einsum_path", (1, 2), (0, 1)]])
def test_einsum_has_the_same_gradients_in_every_order(optimize: Any) -> None:
    args = [random(shape, "complex128") for shape in ((2, 3), (3, 1), (4, 5))]

    def product(*arrays: Any) -> Any:
        return einsum("ij,jk,kl->il", *arrays, optimize=optimize)

    plain_gradients = corelib.vjp(named("ij,jk,kl->il"), *args)[1](np.ones((2, 5), complex))
    for gradient, expected in zip(
        corelib.vjp(product, *args)[1](np.ones((2, 5), complex)), plain_gradients, strict=True
    ):
        np.testing.assert_allclose(gradient, expected, rtol=1e-12)


def test_a_nan_stays_on_the_diagonal() -> None:
    gradient = corelib.vjp(named("ii->i"), np.ones((2, 2)))[1](np.array([np.nan, np.inf]))
    np.testing.assert_array_equal(gradient, [[np.nan, 0], [0, np.inf]])
