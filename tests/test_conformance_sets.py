"""Arguments that are declared to lie in a set: differences move within it."""

from typing import Any

import numpy as np
import pytest

from corelib import Array, op
from corelib.conformance import OpSample, OpSpec, run, subject_of
from corelib.conformance.numerics.sets import basis, lies_in, retract, tangents
from corelib.conformance.reporting.report import Report
from corelib.conformance.sample import Tag, prepared
from corelib.conformance.sampling.samples import samples_of

KINDS = ("symmetric", "positive definite", "orthogonal", "unit norm", "integer")
CHECKS = ("jacobian", "projection", "second_order", "declared", "dtype", "cotangent_linear", "protocol", "extreme")


def point(kind: str, rng: np.random.Generator, *shape: int) -> Array:
    x = rng.normal(size=(*shape, 3, 3))
    if kind == "integer":
        return np.round(3 * x)
    if kind == "unit norm":
        return np.asarray(x / np.linalg.norm(x, axis=-1, keepdims=True))
    if kind == "orthogonal":
        return np.asarray(np.linalg.qr(x)[0])
    return np.asarray(x + np.swapaxes(x, -1, -2) + 8 * (kind == "positive definite") * np.eye(3))


@pytest.mark.parametrize("shape", [(), (2,)])
@pytest.mark.parametrize("kind", KINDS)
def test_a_point_that_moves_along_a_tangent_stays_in_the_set(kind: str, shape: tuple[int, ...]) -> None:
    x = point(kind, np.random.default_rng(0), *shape)
    assert lies_in(kind, x)
    assert kind == "integer" or not lies_in(kind, x + np.triu(np.ones(x.shape), 1) + 20 * (kind == "unit norm"))
    for v in tangents(kind, x):
        near, far = retract(kind, x, 1e-6 * v), retract(kind, x, 0.125 * v)
        np.testing.assert_allclose((near - x) / 1e-6, v, atol=1e-5)
        assert lies_in(kind, far)


class LowerInverse:
    """The inverse of a symmetric matrix, of which LAPACK reads the lower half."""

    factor = 1.0

    def forward(self, a: Array) -> Array:
        low = np.tril(a)
        return np.asarray(np.linalg.inv(low + np.swapaxes(np.tril(a, -1), -1, -2)))

    def backward(self, propagated: Any, a: Array, *, result: Any) -> Any:
        return self.factor * -(result @ propagated @ result)


class Turned(LowerInverse):
    """For an orthogonal matrix the inverse is the transpose."""

    def forward(self, a: Array) -> Array:
        return np.asarray(np.linalg.inv(a))

    def backward(self, propagated: Any, a: Array, *, result: Any) -> Any:
        return self.factor * np.swapaxes(propagated, -1, -2)


def report(rule: Any, kind: str, factor: float = 1.0, *checks: str) -> Report:
    made = op(type("Made", (rule,), {"factor": factor}), name="inverse")
    sets: Any = {"a": kind} if kind else {}
    spec = OpSpec(
        "inverse", samples=lambda rng: [OpSample(point(kind or "symmetric", rng))], reference=np.linalg.inv, sets=sets
    )
    return run([subject_of(made, spec)], "default", checks=checks or CHECKS)


@pytest.mark.parametrize(
    ("rule", "kind"), [(LowerInverse, "symmetric"), (LowerInverse, "positive definite"), (Turned, "orthogonal")]
)
def test_an_op_over_a_set_is_red_where_its_argument_leaves_it_and_green_within(rule: Any, kind: str) -> None:
    within = report(rule, kind)
    assert not within.failures, within.failures[0].detail
    for check in ("jacobian", "projection", "second_order"):
        assert any(r.check == check and r.status == "pass" for r in within.results)
    assert report(rule, kind, 1 + 1e-6, "jacobian").failures
    assert report(rule, kind, 1 + 1e-6, "projection").failures


def test_without_the_declaration_it_is_red() -> None:
    assert report(LowerInverse, "", 1.0, "jacobian").failures


class OnSphere:
    """x itself, for vectors of norm 1: its gradient may have any part along x."""

    part = 7.0

    def forward(self, x: Array) -> Array:
        return np.asarray(x / np.sqrt(np.sum(x * x, axis=-1, keepdims=True)))

    def backward(self, propagated: Any, x: Any) -> Any:
        return propagated + self.part * x * np.sum(propagated, axis=-1, keepdims=True)


def test_a_gradient_is_compared_along_a_sphere_alone() -> None:
    def spec(**sets: Any) -> OpSpec:
        return OpSpec("sphere", samples=lambda rng: [OpSample(point("unit norm", rng))], sets=sets)

    within = run([subject_of(op(OnSphere), spec(x="unit norm"))], "default", checks=["jacobian", "projection"])
    assert not within.failures
    assert run([subject_of(op(OnSphere), spec())], "default", checks=["jacobian"]).failures


class Polynomial:
    """x**n for whole n; of another n forward is nothing."""

    def forward(self, n: Array, x: Array) -> Array:
        return np.where(n == np.round(n), np.power(x, n), np.nan)

    def backward(self, propagated: Any, n: Array, x: Array) -> tuple[Any, Any]:
        return propagated * 0.0 * x * n, propagated * n * np.power(x, n - 1)


def test_whole_numbers_do_not_move() -> None:
    def samples(rng: np.random.Generator) -> list[OpSample]:
        return [OpSample(np.array([1.0, 2.0, 3.0]), rng.uniform(0.5, 2, 3))]

    made = op(Polynomial, broadcasts=True)
    whole = OpSpec("polynomial", samples=samples, sets={"n": "integer"})
    found = run([subject_of(made, whole)], "default", checks=["jacobian", "projection", "declared"])
    assert not found.failures, found.failures[0].detail
    free = run([subject_of(made, OpSpec("polynomial", samples=samples))], "default", checks=["jacobian"])
    assert free.failures


def test_a_sample_outside_of_its_set_is_red_and_so_is_a_set_of_nobody() -> None:
    def samples(rng: np.random.Generator) -> list[OpSample]:
        return [OpSample(rng.normal(size=(3, 3)))]

    wrong: tuple[Any, ...] = ({"a": "symmetric"}, {"b": "symmetric"})
    for sets in wrong:
        spec = OpSpec("inverse", samples=samples, reference=np.linalg.inv, sets=sets)
        assert run([subject_of(op(LowerInverse), spec)], checks=["declared"]).failures


def test_the_basis_of_a_sample_is_that_of_all_its_arrays() -> None:
    given = OpSample(np.eye(2), np.ones(3))
    one = prepared(given, "one", (Tag.INTERIOR,), names=("a", "b"), sets={"a": "symmetric"})
    assert basis(one).shape == (3 + 3, 4 + 3)
    free = prepared(given, "free", (Tag.INTERIOR,), names=("a", "b"))
    assert free.sets == ()


class Inverse:
    def forward(self, a: Array) -> Array:
        return np.linalg.inv(a)

    def backward(self, propagated: Any, a: Array) -> Any:
        inverse = np.swapaxes(np.linalg.inv(a), -1, -2)
        return -inverse @ propagated @ inverse


def batched(rng: np.random.Generator) -> list[OpSample]:
    a = rng.normal(size=(4, 4))
    return [OpSample(a @ a.T + 4 * np.eye(4))]


@pytest.mark.parametrize("kind", ["symmetric", "positive definite"])
def test_forms_of_a_matrix_in_a_set_that_lie_in_it_too_are_derived(kind: Any) -> None:
    spec = OpSpec("inverse", samples=batched, reference=np.linalg.inv, sets={"a": kind}, complex=False, twice=False)
    one = subject_of(op(Inverse), spec)
    assert {"form-1x1", "form-batch"} <= {s.id for s in samples_of(one)}
    assert all(lies_in(kind, s.arrays[0]) for s in samples_of(one))
    found = run([one], "default", checks=["jacobian", "declared", "layout", "shapes"])
    assert not found.failures, found.failures[0].detail


def test_a_block_that_leaves_the_set_is_not_derived() -> None:
    def turned(rng: np.random.Generator) -> list[OpSample]:
        return [OpSample(point("orthogonal", rng))]

    spec = OpSpec("inverse", samples=turned, reference=np.linalg.inv, sets={"a": "orthogonal"}, twice=False)
    assert not [s.id for s in samples_of(subject_of(op(Inverse), spec)) if s.id.startswith("form-")]


def test_a_gradient_that_is_lost_far_out_of_symmetric_matrices_is_found() -> None:
    class Lost(Inverse):
        def backward(self, propagated: Any, a: Array) -> Any:
            return super().backward(propagated, a) * np.sqrt(np.sum(a**4)) / np.sqrt(np.sum(a**4))

    spec = OpSpec("inverse", samples=batched, reference=np.linalg.inv, sets={"a": "symmetric"}, twice=False)
    assert run([subject_of(op(Lost), spec)], "default", checks=["extreme"]).failures
    assert not run([subject_of(op(Inverse), spec)], "default", checks=["extreme"]).failures
