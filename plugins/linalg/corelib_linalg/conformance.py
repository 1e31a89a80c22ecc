"""What the conformance suite is told of numpy.linalg: calls of each function, and what they refuse."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample, OpSpec, Promise
from corelib.extend import Array

Generator = np.random.Generator
Maker = Callable[[Generator], OpSample]

EQUAL: Final = {"tie": "entries count by what they make of the matrix, whether two are equal or not"}
MATRICES: Final = {**EQUAL, "0-d": "it refuses arrays that are no matrices"}
SQUARES: Final = {**MATRICES, "tall": "it takes square matrices", "wide": "it takes square matrices"}
TENSORS: Final = {**SQUARES, "batch": "it takes one map, all of whose axes are its own"}
WIDE: Final = ErrorSample(np.ones((2, 3)), raises=np.linalg.LinAlgError)


def matrices(generator: Generator, *shape: int) -> Array:
    """Matrices whose singular values lie well apart."""
    n = min(shape[-2:])
    drawn: Array = generator.normal(size=shape)
    return np.asarray(drawn + 3 * np.eye(shape[-2], shape[-1]) * np.arange(1, shape[-1] + 1)) if n else drawn


def symmetric(generator: Generator, *shape: int) -> Array:
    x = matrices(generator, *shape)
    return np.asarray(x + np.swapaxes(x, -1, -2)) / 2


def definite(generator: Generator, *shape: int) -> Array:
    x = matrices(generator, *shape)
    return np.asarray(x @ np.swapaxes(x, -1, -2) / shape[-1] + np.eye(shape[-1]))


def singular(rank: int) -> Array:
    """A 3 x 3 matrix of a rank below 3, which elimination finds to be singular without rounding."""
    return np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 0.0], [0.0, 1.0, 1.0]]) * (np.arange(3) < rank)


def complexes(generator: Generator, *shape: int) -> Array:
    return np.asarray(matrices(generator, *shape) + 1j * generator.normal(size=shape))


def apart(generator: Generator, *shape: int) -> Array:
    """Square matrices whose eigenvalues are real, and lie well apart."""
    n = shape[-1]
    return np.asarray(generator.uniform(-1, 1, size=shape) / max(n, 1) + 3 * np.diag(np.arange(1.0, n + 1)))


def turning(generator: Generator) -> OpSample:
    """A matrix with two complex eigenvalues."""
    x = generator.uniform(-0.2, 0.2, size=(3, 3)) + np.array([[1.0, -2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 5.0]])
    return OpSample(np.asarray(x), id="complex eigenvalues")


def calls(make: Callable[..., Array], *shapes: tuple[int, ...], **fields: Any) -> list[Maker]:
    return [lambda generator, s=shape: OpSample(make(generator, *s), **fields) for shape in shapes]  # type: ignore[misc]


def spec(name: str, *makers: Maker, **options: Any) -> OpSpec:
    def samples(generator: Generator) -> Iterator[OpSample]:
        for maker in makers:
            yield maker(generator)

    return OpSpec(name, kind="custom", samples=samples, **options)


SQUARE: Final = ((3, 3), (2, 2), (1, 1), (2, 2, 2), (2, 1, 2, 2), (0, 0), (0, 2, 2))
ANY: Final = ((3, 3), (4, 3), (2, 3), (1, 1), (2, 1, 3, 2))


def large(make: Callable[..., Array], *shape: int) -> Maker:
    return lambda generator: OpSample(make(generator, *shape))


def pairs(generator: Generator) -> Iterator[OpSample]:
    for a, b in (((3, 3), (3,)), ((3, 3), (3, 2)), ((2, 3, 3), (3,)), ((3, 3), (2, 3, 1)), ((2, 1, 2, 2), (3, 2, 2))):
        yield OpSample(matrices(generator, *a), generator.normal(size=b))
    yield OpSample(np.array([[2.5]]), np.array([[0.5]]))
    yield OpSample(matrices(generator, 0, 0), generator.normal(size=(0, 2)))


def normal(generator: Generator, *shape: int) -> Array:
    return np.asarray(generator.normal(size=shape))


def vector_norms() -> Iterator[Maker]:
    for ord in (2, 1, 3, 1.5, 0.5, -1, np.inf, -np.inf, 0):
        yield from calls(normal, (3, 4), ord=ord)
        yield from calls(normal, (3, 4), axis=-1, ord=ord)
    yield from calls(normal, (3, 4), axis=0, keepdims=True)
    yield from calls(normal, (2, 3, 2), axis=(0, -1), keepdims=True, ord=3)
    yield from calls(normal, (3,), (1,), (2, 1, 2, 2))
    yield from calls(normal, (2, 3), axis=(1, 0))


def matrix_norms(**fields: Any) -> Iterator[Maker]:
    for ord in ("fro", "nuc", 2, -2, 1, -1, np.inf, -np.inf):
        yield from calls(matrices, (3, 2), ord=ord, **fields)
        yield from calls(matrices, (2, 2, 3), ord=ord, keepdims=True, **({"axis": (0, -1)} if fields else {}))


def norms() -> Iterator[Maker]:
    yield from calls(normal, (3,), (2, 3), (2, 3, 2), (1,), ())
    yield from calls(normal, (3, 2), axis=-1, ord=1, keepdims=True)
    yield from calls(normal, (3, 2), axis=0, ord=3)
    yield from calls(normal, (3, 2), keepdims=True)
    yield from matrix_norms(axis=(-2, -1))


ZEROS: Final = np.zeros((2, 3))
TIED: Final = np.array([2.0, -2.0, 1.0])
NORM_PROMISES: Final = tuple(Promise(ZEROS, ord=p, gradients=[ZEROS]) for p in (2, "fro", "nuc", 1, -2, np.inf))
VECTOR_PROMISES: Final = (
    *[Promise(ZEROS, ord=p, gradients=[ZEROS]) for p in (2, 1, 3, 1.5, 0.5, np.inf, -1)],
    Promise(TIED, ord=np.inf, gradients=[np.array([0.5, -0.5, 0])]),
    Promise(1 / TIED, ord=-np.inf, gradients=[np.array([0.5, -0.5, 0])]),
    Promise(np.array([4.0, 0, 1]), ord=0.5, gradients=[np.array([1.5, 0, 3])]),
    Promise(np.array([[3.0, 0, 4], [0, 0, 0]]), axis=1, gradients=[np.array([[0.6, 0, 0.8], [0, 0, 0]])]),
)


def general() -> Iterator[Maker]:
    yield from calls(apart, *SQUARE)
    yield turning


def least_squares(generator: Generator) -> Iterator[OpSample]:
    for a, b in (((4, 3), (4,)), ((3, 3), (3, 2)), ((2, 3), (2, 2)), ((4, 2), (4, 2)), ((1, 1), (1, 1))):
        yield OpSample(matrices(generator, *a), generator.normal(size=b))
    yield OpSample(matrices(generator, 3, 2), generator.normal(size=3), rcond=0.01)
    yield OpSample(matrices(generator, 3, 2), generator.normal(size=3), rcond=-1)


def chains(generator: Generator) -> Iterator[OpSample]:
    for shapes in (((3, 3), (3, 3)), ((2, 3), (3, 1), (1, 4)), ((3,), (3, 2), (2, 4), (4,)), ((2,), (2, 3))):
        yield OpSample([generator.normal(size=shape) for shape in shapes])
    twice = generator.normal(size=(2, 2))
    yield OpSample([twice, twice, twice], id="one array, three times")
    yield OpSample([generator.normal(size=(1, 1)), generator.normal(size=(1, 12)), generator.normal(size=(12, 2))])


LSTSQ: Final = {
    **MATRICES,
    "batch": "NumPy refuses stacks",
    "f(x, x)": "the solution is then the identity, at every A",
}

TURN: Final = np.array([[0.6, 0.8], [-0.8, 0.6]])

DECLARED: Final = (
    spec(
        "det", *[lambda _, r=r: OpSample(singular(r), id=f"rank {r}") for r in (2, 1, 0)], *calls(matrices, *SQUARE),
        looks=2,
        errors=[WIDE], not_applicable=SQUARES, large=large(matrices, 300, 4, 4),
    ),
    spec(
        "slogdet", *calls(matrices, *SQUARE), errors=[WIDE], promises=[
            Promise(np.ones((2, 2)), gradients=[np.array([[np.inf, -np.inf], [-np.inf, np.inf]])]),
            Promise(np.stack([np.zeros((2, 2)), np.eye(2)]), gradients=[np.stack([np.zeros((2, 2)), np.eye(2)])]),
        ],
        not_applicable=SQUARES, large=large(matrices, 60, 60)),
    spec(
        "inv", *calls(matrices, *SQUARE), errors=[WIDE, ErrorSample(np.ones((2, 2)), raises=np.linalg.LinAlgError)],
        not_applicable=SQUARES, large=large(matrices, 60, 60),
    ),
    OpSpec(
        "solve", kind="custom", samples=pairs, errors=[ErrorSample(np.ones((2, 3)), np.ones(2), raises=ValueError)],
        not_applicable=SQUARES, large=lambda g: OpSample(matrices(g, 60, 60), g.normal(size=(60, 20))),
    ),
    spec(
        "eigh", *calls(symmetric, *SQUARE[:-1]), *calls(symmetric, (3, 3), UPLO="U"), sets={"a": "symmetric"},
        errors=[WIDE], not_applicable=SQUARES, large=large(symmetric, 24, 24), looks=2,
    ),
    spec(
        "eigvalsh", *calls(symmetric, *SQUARE[:-1]), *calls(symmetric, (3, 3), UPLO="U"), sets={"a": "symmetric"},
        errors=[WIDE], not_applicable=SQUARES, large=large(symmetric, 24, 24), looks=1,
    ),
    spec(
        "vector_norm", *vector_norms(), promises=VECTOR_PROMISES, large=large(normal, 100, 120),
        errors=[ErrorSample(np.ones(3), raises=ValueError, axis=1)],
    ),
    spec(
        "matrix_norm", *matrix_norms(), *calls(matrices, *ANY), promises=NORM_PROMISES, not_applicable=MATRICES,
        large=large(matrices, 40, 50), looks=2, errors=[
            ErrorSample(np.ones(3), raises=ValueError), ErrorSample(np.ones((2, 2)), raises=ValueError, ord=3),
        ],
    ),
    spec(
        "norm", *norms(), promises=NORM_PROMISES, large=large(normal, 100, 120), looks=2, errors=[
            ErrorSample(np.ones((2, 2)), raises=ValueError, ord=3),
            ErrorSample(np.ones(2), raises=ValueError, ord="fro"),
            ErrorSample(np.ones((2, 2, 2)), raises=ValueError, ord=1),
            ErrorSample(np.ones((2, 2)), raises=ValueError, axis=(0, 0), ord=1),
        ],
    ),
    spec(
        "tensorinv", *calls(matrices, (3, 3), (1, 1), ind=1), lambda g: OpSample(matrices(g, 6, 6).reshape(2, 3, 1, 6)),
        lambda g: OpSample(matrices(g, 4, 4).reshape(4, 2, 2), ind=1),
        lambda g: OpSample(matrices(g, 4, 4).reshape(2, 2, 4)),
        not_applicable=TENSORS, large=lambda g: OpSample(matrices(g, 60, 60), ind=1),
        errors=[ErrorSample(np.ones((2, 2)), raises=ValueError, ind=0)],
    ),
    spec(
        "tensorsolve", lambda g: OpSample(matrices(g, 3, 3), g.normal(size=3)),
        lambda g: OpSample(matrices(g, 6, 6).reshape(2, 3, 6), g.normal(size=(2, 3))),
        lambda g: OpSample(matrices(g, 4, 4).reshape(2, 4, 2), g.normal(size=4), axes=(0, 2)),
        lambda g: OpSample(np.array([[2.5]]), np.array([0.5])),
        not_applicable={**TENSORS, "negative axis": "NumPy refuses it", "f(x, x)": "their shapes are different"},
        large=lambda g: OpSample(matrices(g, 60, 60), g.normal(size=60)),
        errors=[ErrorSample(np.ones((2, 3)), np.ones(2), raises=ValueError)],
    ),
    spec(
        "cholesky", *calls(definite, *SQUARE[:-1]), *calls(definite, (3, 3), (2, 2, 2), upper=True),
        sets={"a": "positive definite"}, not_applicable=SQUARES, large=large(definite, 30, 30),
        errors=[WIDE, ErrorSample(-np.eye(2), raises=np.linalg.LinAlgError)],
    ),
    spec(
        "qr", *calls(matrices, *ANY), *calls(matrices, (4, 2), (2, 3), (3, 3), (2, 3, 2), mode="complete"),
        *calls(matrices, (3, 2), (2, 3), (2, 2, 3), mode="r"),
        *calls(complexes, (3, 2), (2, 3), mode="complete"), not_applicable=MATRICES, large=large(matrices, 40, 30),
        errors=[ErrorSample(np.ones((2, 2)), raises=TypeError, mode="raw")],
    ),
    spec("eig", *general(), not_applicable=SQUARES, errors=[WIDE], large=large(apart, 100, 3, 3)),
    spec("eigvals", *general(), not_applicable=SQUARES, errors=[WIDE], large=large(apart, 100, 3, 3)),
    spec(
        "svd", *calls(matrices, (3, 3), (2, 2), (1, 1), (2, 1, 2, 2)),
        *calls(matrices, (4, 3), (2, 3), full_matrices=False),
        *calls(matrices, (4, 3), full_matrices=False, compute_uv=False, hermitian=False),
        *calls(matrices, (3, 3), hermitian=True, full_matrices=False),
        *calls(matrices, (3, 3), hermitian=True, compute_uv=False), *calls(matrices, (3, 2), (2, 3)),
        *calls(complexes, (3, 2), (2, 3), full_matrices=False), not_applicable=MATRICES,
        large=lambda g: OpSample(matrices(g, 40, 30), full_matrices=False), looks=3,
    ),
    spec(
        "pinv", *calls(matrices, *ANY), *calls(matrices, (3, 2), rcond=1e-3), *calls(matrices, (2, 3), rtol=1e-3),
        *calls(matrices, (3, 3), hermitian=True, rcond=1e-3), *calls(matrices, (3, 3), hermitian=True, rtol=None),
        not_applicable={**MATRICES, "rcond with rtol": "NumPy refuses both"}, large=large(matrices, 40, 30),
    ),
    OpSpec(
        "lstsq", kind="custom", samples=least_squares, not_applicable=LSTSQ,
        large=lambda g: OpSample(matrices(g, 60, 20), g.normal(size=(60, 10))),
        errors=[ErrorSample(np.ones((2, 3)), np.ones(3), raises=np.linalg.LinAlgError)],
    ),
    spec(
        "matrix_power", *[call for n in (0, 1, 2, 3, 5, -1, -2) for call in calls(matrices, (3, 3), n=n)],
        *calls(matrices, (2, 1, 2, 2), (1, 1), n=3), not_applicable=SQUARES,
        large=lambda g: OpSample(matrices(g, 40, 40), n=2),
        errors=[
            ErrorSample(np.ones((2, 3)), raises=np.linalg.LinAlgError, n=2),
            ErrorSample(np.eye(2), raises=TypeError, n=1.5),
        ],
    ),
    OpSpec(
        "multi_dot", kind="custom", samples=chains, errors=[
            ErrorSample([np.eye(2)], raises=ValueError), ErrorSample([np.eye(2), np.eye(3)], raises=ValueError),
        ],
        not_applicable={**EQUAL, "0-d": "it refuses arrays without axes", "batch": "NumPy refuses stacks"},
        large=lambda g: OpSample([g.normal(size=(40, 60)), g.normal(size=(60, 50)), g.normal(size=(50, 30))]),
    ),
    spec(
        "cond", *calls(matrices, (3, 3), (4, 3), (2, 3), (1, 1), (2, 1, 2, 2)),
        *[call for p in (2, -2, 1, -1, np.inf, -np.inf, "fro", "nuc") for call in calls(matrices, (2, 2), p=p)],
        errors=[ErrorSample(np.ones((2, 3)), raises=np.linalg.LinAlgError, p=1)], not_applicable=MATRICES,
        large=large(matrices, 40, 30), looks=4,
    ),
    spec(
        "svdvals", *calls(matrices, *ANY), not_applicable=MATRICES, large=large(matrices, 50, 40), looks=2, promises=[
            Promise(TURN, gradients=[TURN]), Promise(np.ones((2, 2)), gradients=[np.full((2, 2), 0.5)])
        ],
    ),
)  # fmt: skip
TESTED: Final = "what stands where values are equal or 0: plugins/linalg/tests/test_linalg_degenerate.py"
EQUIVALENT: Final = {
    "corelib_linalg.determinants:adjugate: *": "chooses between two ways that agree, by a threshold",
    "corelib_linalg.determinants:steep: *": TESTED,
    "corelib_linalg.eigen:*: *tied*": "chooses a shorter way where nothing is equal; the other agrees",
    "corelib_linalg.general:divided: *": TESTED,
    "corelib_linalg.matrices:*": "looks for what is real, empty, of NumPy or unused, and then takes a shorter way",
    "corelib_linalg.norms:*": "skips work where no norm is 0",
    "corelib_linalg.phases:*": "of complex Hermitian matrices: plugins/linalg/tests/test_linalg_gradients.py",
    "corelib_linalg.singular:even: *": TESTED,
    "corelib_linalg.singular:unknown: *": TESTED,
    "corelib_linalg.singular:over: *": TESTED,
    "corelib_linalg.singular:with_zeros: *": "adds zeros",
    "corelib_linalg.singular:Values.*": TESTED,
    "corelib_linalg.spectra:*": TESTED,
    "corelib_linalg.triangles:of_triangle: *": "a threshold of rounding between a triangle and its mirror image",
}
"""Faults of `corelib mutate` that change no gradient, by their names, and why."""

SPECS: Final = tuple(replace(one, equivalent=EQUIVALENT) for one in DECLARED)
