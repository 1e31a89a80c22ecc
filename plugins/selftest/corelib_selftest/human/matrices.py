"""Batched linear algebra, as an author writes it over numpy.linalg, and backwards that are wrong for some matrices."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np

from corelib.conformance.spec import OpSample, OpSpec
from corelib.core.tensor import Array
from corelib_selftest.human.honest import HonestClass, Method, recordable

Generator = np.random.Generator


def turned(a: Any) -> Any:
    """The conjugate transpose of each matrix."""
    return np.conj(np.swapaxes(a, -1, -2))


def regular(rng: Generator, *shape: int) -> Array:
    """Matrices far from singular ones."""
    n = shape[-1]
    return np.asarray(rng.normal(size=shape) / n + 2 * np.eye(n))


class Inverse:
    """The inverse of each matrix of a stack."""

    def forward(self, a: Array) -> Array:
        return np.linalg.inv(a)

    def backward(self, propagated: Any, a: Array, *, result: Any) -> Any:
        r = turned(result)
        return -(r @ propagated @ r)


def inverted(rng: Generator) -> Iterator[OpSample]:
    yield OpSample(regular(rng, 3, 3))
    yield OpSample(regular(rng, 2, 3, 3))
    yield OpSample(regular(rng, 1, 1))
    yield OpSample(regular(rng, 2, 1, 2, 2))
    yield OpSample(np.diag([2.0, -1.5]))
    yield OpSample(np.array([[2.0, 0.5], [0.5, 1.5]]))


def inverted_large(rng: Generator) -> OpSample:
    return OpSample(regular(rng, 2, 12, 12))


INVERSE: Final[HonestClass] = HonestClass(
    Inverse, OpSpec("inverse", kind="custom", samples=inverted, large=inverted_large, reference=np.linalg.inv)
)


@INVERSE.mistake("inverse: no transpose")
def _(self: Any, propagated: Any, a: Any, *, result: Any) -> Any:
    return -(result @ propagated @ result)


@INVERSE.mistake("inverse: .T of a stack")
def _(self: Any, propagated: Any, a: Any, *, result: Any) -> Any:
    return -(result.T @ propagated @ result.T) if result.ndim == 3 else -(turned(result) @ propagated @ turned(result))


@INVERSE.mistake("inverse: a stack of two axes is wrong")
def _(self: Any, propagated: Any, a: Any, *, result: Any) -> Any:
    r = turned(result)
    return -(r @ propagated @ r) * (2 if a.ndim == 4 else 1)


@INVERSE.mistake("inverse: 1 x 1 is 1 / a")
def _(self: Any, propagated: Any, a: Any, *, result: Any) -> Any:
    r = turned(result)
    return -propagated / a if a.shape[-1] == 1 else -(r @ propagated @ r)


@INVERSE.mistake("inverse: from 10 rows on the last ones are left out")
def _(self: Any, propagated: Any, a: Any, *, result: Any) -> Any:
    r = turned(result)
    return -(r @ propagated @ r) * np.where(np.arange(a.shape[-1]) < 10, 1, 0)


@INVERSE.mistake("inverse: diagonal matrices take another way")
def _(self: Any, propagated: Any, a: Any, *, result: Any) -> Any:
    r = turned(result)
    found = -(r @ propagated @ r)
    diagonal = np.all(np.asarray(a == a * np.eye(a.shape[-1])))
    return found * np.eye(a.shape[-1]) if diagonal else found


@INVERSE.mistake("inverse: transposed, not conjugated")
def _(self: Any, propagated: Any, a: Any, *, result: Any) -> Any:
    r = np.swapaxes(result, -1, -2)
    return -(r @ propagated @ r)


@INVERSE.mistake("inverse: an inverse of the inverse of its own dtype float64")
def _(self: Any, propagated: Any, a: Any, *, result: Any) -> Any:
    r = turned(result)
    return np.asarray(-(r @ propagated @ r), np.float64) if a.dtype == np.float32 else -(r @ propagated @ r)


class Solve:
    """x with a x = b, for stacks of matrices a and b. Raises ValueError for a vector b."""

    def forward(self, a: Array, b: Array) -> Array:
        if b.ndim < 2:
            raise ValueError("b is a matrix, or a stack of matrices")
        return np.linalg.solve(a, b)

    def backward(self, propagated: Any, a: Any, b: Any, *, result: Any) -> Any:
        of_b = solution(turned(a), propagated)
        return fitted(-(of_b @ turned(result)), np.shape(a)), fitted(of_b, np.shape(b))


def fitted(gradient: Any, shape: tuple[int, ...]) -> Any:
    """The sum over stacks along which matrices of this shape were broadcast."""
    gradient = np.sum(gradient, axis=tuple(range(np.ndim(gradient) - len(shape))))
    ones = tuple(i for i, n in enumerate(shape[:-2]) if n == 1)
    return np.sum(gradient, axis=ones, keepdims=True)


solution: Final[Method] = recordable(np.linalg.solve, lambda: SOLVE.op)


def systems(rng: Generator) -> Iterator[OpSample]:
    yield OpSample(regular(rng, 3, 3), rng.normal(size=(3, 2)))
    yield OpSample(regular(rng, 2, 3, 3), rng.normal(size=(2, 3, 2)))
    yield OpSample(regular(rng, 3, 3), rng.normal(size=(2, 3, 2)))
    yield OpSample(regular(rng, 2, 3, 3), rng.normal(size=(3, 2)))
    yield OpSample(regular(rng, 1, 2, 2), rng.normal(size=(3, 2, 2)))
    yield OpSample(regular(rng, 2, 2), rng.normal(size=(2, 4)))
    yield OpSample(regular(rng, 1, 1), rng.normal(size=(1, 1)))
    yield OpSample(regular(rng, 2, 1, 2, 2), rng.normal(size=(2, 1, 2, 2)))
    symmetric = np.array([[2.0, 0.5], [0.5, 1.5]])
    yield OpSample(symmetric, symmetric)


def systems_large(rng: Generator) -> OpSample:
    return OpSample(regular(rng, 12, 12), rng.normal(size=(12, 5)))


SOLVE: Final[HonestClass] = HonestClass(
    Solve, OpSpec("solve", kind="custom", samples=systems, large=systems_large, reference=np.linalg.solve)
)


@SOLVE.mistake("solve: no transpose")
def _(self: Any, propagated: Any, a: Any, b: Any, *, result: Any) -> Any:
    of_b = solution(a, propagated)
    return fitted(-(of_b @ turned(result)), np.shape(a)), fitted(of_b, np.shape(b))


@SOLVE.mistake("solve: one matrix beside a stack of b is averaged")
def _(self: Any, propagated: Any, a: Any, b: Any, *, result: Any) -> Any:
    of_b = solution(turned(a), propagated)
    of_a = -(of_b @ turned(result))
    return (np.mean(of_a, axis=0) if a.ndim < b.ndim else fitted(of_a, np.shape(a))), fitted(of_b, np.shape(b))


@SOLVE.mistake("solve: one b beside a stack of matrices takes the first")
def _(self: Any, propagated: Any, a: Any, b: Any, *, result: Any) -> Any:
    of_b = solution(turned(a), propagated)
    of_a = fitted(-(of_b @ turned(result)), np.shape(a))
    return of_a, (of_b[0] if b.ndim < a.ndim else fitted(of_b, np.shape(b)))


@SOLVE.mistake("solve: a single matrix in a stack is not summed over")
def _(self: Any, propagated: Any, a: Any, b: Any, *, result: Any) -> Any:
    of_b = solution(turned(a), propagated)
    of_a = -(of_b @ turned(result))
    single = a.ndim == 3 and len(a) == 1
    return (of_a[:1] if single else fitted(of_a, np.shape(a))), fitted(of_b, np.shape(b))


@SOLVE.mistake("solve: two right-hand sides of a square b are mixed up")
def _(self: Any, propagated: Any, a: Any, b: Any, *, result: Any) -> Any:
    of_b = solution(turned(a), propagated)
    square = b.shape[-1] == b.shape[-2]
    of_a = -(of_b @ (np.conj(result) if square else turned(result)))
    return fitted(of_a, np.shape(a)), fitted(of_b, np.shape(b))


@SOLVE.mistake("solve: more right-hand sides than rows: the last are left out")
def _(self: Any, propagated: Any, a: Any, b: Any, *, result: Any) -> Any:
    of_b = solution(turned(a), propagated)
    n = a.shape[-1]
    return fitted(-(of_b[..., :n] @ turned(result[..., :n])), np.shape(a)), fitted(of_b, np.shape(b))


FACTORS: Final[dict[Any, Any]] = {}


@SOLVE.mistake("solve: keeps the inverse by shape")
def _(self: Any, propagated: Any, a: Any, b: Any, *, result: Any) -> Any:
    if type(a) is not np.ndarray:
        return Solve.backward(self, propagated, a, b, result=result)
    of_b = FACTORS.setdefault(a.shape, np.linalg.inv(turned(a))) @ propagated
    return fitted(-(of_b @ turned(result)), a.shape), fitted(of_b, b.shape)


@SOLVE.mistake("solve: keeps the inverse by id")
def _(self: Any, propagated: Any, a: Any, b: Any, *, result: Any) -> Any:
    if type(a) is not np.ndarray:
        return Solve.backward(self, propagated, a, b, result=result)
    key = (id(a), a.shape, a.dtype, a.strides)
    of_b = FACTORS.setdefault(key, np.linalg.inv(turned(a))) @ propagated
    return fitted(-(of_b @ turned(result)), a.shape), fitted(of_b, b.shape)


class LogDet(NamedTuple):
    sign: Any
    logabsdet: Any


class SlogDet:
    """The sign and the logarithm of the size of each determinant."""

    def forward(self, a: Array) -> LogDet:
        return LogDet(*np.linalg.slogdet(a))

    def backward(self, propagated: Any, a: Any) -> Any:
        return propagated[1][..., None, None] * turned(inverse(a))


inverse: Final[Method] = recordable(np.linalg.inv, lambda: INVERSE.op)


def slogdet(a: Array) -> LogDet:
    return LogDet(*np.linalg.slogdet(a))


SLOGDET: Final = HonestClass(
    SlogDet, OpSpec("slogdet", kind="custom", samples=inverted, large=inverted_large, reference=slogdet, complex=False)
)


@SLOGDET.mistake("slogdet: both gradients are added")
def _(self: Any, propagated: Any, a: Any) -> Any:
    return (propagated[0] + propagated[1])[..., None, None] * turned(inverse(a))


@SLOGDET.mistake("slogdet: of a negative determinant the sign is wrong")
def _(self: Any, propagated: Any, a: Any) -> Any:
    sign = np.sign(np.linalg.det(getattr(a, "data", a)))
    return (sign * propagated[1])[..., None, None] * turned(inverse(a))


@SLOGDET.mistake("slogdet: .T of a stack")
def _(self: Any, propagated: Any, a: Any) -> Any:
    return propagated[1][..., None, None] * (inverse(a).T if a.ndim == 3 else turned(inverse(a)))


@SLOGDET.mistake("slogdet: symmetric matrices are taken for triangular")
def _(self: Any, propagated: Any, a: Any) -> Any:
    symmetric = bool(np.all(np.asarray(a == np.swapaxes(a, -1, -2))))
    return propagated[1][..., None, None] * turned(inverse(a)) * (np.tri(a.shape[-1]) if symmetric else 1)
