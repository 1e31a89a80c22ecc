"""What samples must have among them: demanded of the author, cut out of the author's samples, or said not to apply."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from corelib import Array, grad, linear, op
from corelib.conformance import OpSample, OpSpec, installed, run, subject_of
from corelib.conformance.reporting.report import Report
from corelib.conformance.sample import Tag
from corelib.conformance.sampling.samples import samples_of

SHAPES = {
    "0-d": lambda s: s == (), "1x1": lambda s: s[-2:] == (1, 1), "square": lambda s: len(s) == 2 and s[0] == s[1] > 1,
    "tall": lambda s: len(s) == 2 and s[0] > s[1] > 1, "wide": lambda s: len(s) == 2 and 1 < s[0] < s[1],
    "batch": lambda s: len(s) > 3,
}  # fmt: skip


def report(made: Any, spec: OpSpec, *checks: str) -> Report:
    return run([subject_of(made, spec)], "default", checks=checks)


def turned(wrong: Any = lambda shape: False) -> Any:
    """The squares, transposed, with twice the gradient at some shapes."""

    class Turned:
        def forward(self, x: Array) -> Array:
            return np.square(x).T

        def backward(self, propagated: Any, x: Array) -> Any:
            return propagated.T * np.conj(x) * (4 if wrong(x.shape) else 2)

    return op(Turned)


def squares(rng: np.random.Generator) -> list[OpSample]:
    x = rng.normal(size=(3, 4))
    x[0, 0] = x[1, 1]
    return [OpSample(x)]


SPEC = OpSpec("turned", samples=squares, reference=lambda x: np.square(x).T)


@pytest.mark.parametrize("form", sorted({*SHAPES} - {"wide"}))
def test_a_backward_that_is_wrong_for_one_form_of_array_is_found(form: str) -> None:
    """The author's one sample is 3 x 4; the others are cut out of it."""
    assert report(turned(), SPEC).green
    found = report(turned(SHAPES[form]), SPEC, "jacobian")
    assert {r.sample for r in found.failures} >= {f"form-{form}"}


class Inverse:
    def forward(self, a: Array) -> Array:
        return np.linalg.inv(a)

    def backward(self, propagated: Any, a: Array, *, result: Any) -> Any:
        turned_result = np.conj(np.swapaxes(result, -1, -2))
        return -turned_result @ propagated @ turned_result


def regular(rng: np.random.Generator) -> list[OpSample]:
    return [OpSample(rng.normal(size=(3, 3)) / 3 + 2 * np.eye(3))]


def many(rng: np.random.Generator) -> OpSample:
    return OpSample(rng.normal(size=(12, 12)) / 12 + 2 * np.eye(12))


def test_what_no_sample_is_and_no_form_can_be_is_undeclared() -> None:
    found = report(op(Inverse), OpSpec("inverse", samples=regular, reference=np.linalg.inv), "samples")
    (missing,) = found.undeclared
    assert missing.detail == (
        "no sample is 0-d; no sample is tall; no sample is wide; no sample is large (n >= 10); no sample has a tie"
    )
    assert not found.green


def test_what_does_not_apply_is_said_with_a_reason() -> None:
    only = "it takes square matrices"
    reasons = {"0-d": only, "tall": only, "wide": only, "tie": "equal entries are like others"}
    spec = OpSpec("inverse", samples=regular, large=many, reference=np.linalg.inv, not_applicable=reasons)
    assert report(op(Inverse), spec, "samples", "jacobian", "second_order").green
    assert report(op(Inverse), OpSpec("inverse", samples=regular, not_applicable={"tall": ""}), "samples").failures
    stray = OpSpec("inverse", samples=regular, not_applicable={"talll": only})
    assert "talll" in report(op(Inverse), stray, "samples").failures[0].detail


@dataclass(frozen=True)
class Sum:
    axis: int | None = None
    keepdims: bool = False

    def forward(self, x: Array) -> Array:
        return np.asarray(np.sum(x, axis=self.axis, keepdims=self.keepdims))

    def backward(self, propagated: Any, shape: tuple[int, ...]) -> Array:
        if self.axis is not None and not self.keepdims:
            propagated = np.expand_dims(propagated, self.axis)
        return np.broadcast_to(propagated, shape)


def test_each_field_with_each_other_and_a_negative_axis_are_asked_for() -> None:
    def apart(rng: np.random.Generator) -> list[OpSample]:
        x = rng.normal(size=(3, 4))
        return [OpSample(x), OpSample(x, axis=0), OpSample(x, keepdims=True)]

    def together(rng: np.random.Generator) -> list[OpSample]:
        return [*apart(rng), OpSample(rng.normal(size=(3, 4)), axis=-1, keepdims=True)]

    (missing,) = report(linear(Sum), OpSpec("sum", samples=apart, reference=np.sum), "samples").undeclared
    assert missing.detail == "no sample has a negative axis; no sample sets axis with keepdims"
    assert report(linear(Sum), OpSpec("sum", samples=together, reference=np.sum), "samples").green


def test_one_array_in_two_places_is_tried_and_three_arrays_are_asked_for() -> None:
    class Product:
        def forward(self, *arrays: Array) -> Array:
            return np.asarray(np.prod(np.stack(arrays), axis=0))

        def backward(self, propagated: Any, *arrays: Array) -> tuple[Any, ...]:
            return (propagated * arrays[1], propagated * arrays[0])

    def pairs(rng: np.random.Generator) -> list[OpSample]:
        return [OpSample([rng.normal(size=(3, 4)), rng.normal(size=(3, 4))])]

    spec = OpSpec("product", samples=pairs, reference=lambda arrays: np.prod(np.stack(arrays), axis=0), complex=False)
    subject = subject_of(op(Product), spec)
    assert [len(s.arrays) for s in samples_of(subject) if s.id == "form-same"] == [1]
    assert "no sample has more than two arrays" in run([subject], checks=["samples"]).undeclared[0].detail


def test_the_product_up_to_each_of_a_number_has_a_gradient() -> None:
    """Found by the form 0-d: it raised ZeroDivisionError."""
    assert grad(lambda x: np.sum(np.cumprod(x, axis=0)))(2.5) == 1.0
    cumprod = installed("corelib-reduce.cumprod")[0]
    assert any(a.shape == () for s in samples_of(cumprod) for a in s.arrays)


def test_every_tag_is_that_of_some_sample() -> None:
    ops = ("corelib-elementwise.absolute", "corelib-elementwise.multiply", "corelib-reduce.sum")
    found = {tag for name in ops for sample in samples_of(installed(name)[0]) for tag in sample.tags}
    assert found == set(Tag)
