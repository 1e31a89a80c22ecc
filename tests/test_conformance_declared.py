"""What a spec declares is held against the op: arguments without a slope, and domains."""

from typing import Any, ClassVar

import numpy as np
import pytest

from corelib import Array, elementwise, op
from corelib.conformance import OpSample, OpSpec, run, subject_of
from corelib.conformance.reporting.report import Report


def report(made: Any, spec: OpSpec, *checks: str) -> Report:
    return run([subject_of(made, spec)], "default", checks=checks)


class Power:
    """x**n, which has a slope in x alone."""

    nondiff: ClassVar[tuple[str, ...]] = ("n",)

    def forward(self, x: Array, n: Array) -> Array:
        return np.power(x, n)

    def backward(self, propagated: Any, x: Array, n: Array) -> tuple[Any, Any]:
        return propagated * n * np.power(x, n - 1), None


class Silent(Power):
    """It does not say so to the core, and has a gradient of zeros in n."""

    nondiff: ClassVar[tuple[str, ...]] = ()

    def backward(self, propagated: Any, x: Array, n: Array) -> tuple[Any, Any]:
        return propagated * n * np.power(x, n - 1), np.zeros(np.shape(n))


class Forgets(Silent):
    def backward(self, propagated: Any, x: Array, n: Array) -> tuple[Any, Any]:
        return propagated * n * np.power(x, n - 1), None


def powers(rng: np.random.Generator) -> list[OpSample]:
    x = rng.uniform(0.5, 2, (2, 3))
    exponents = np.array([[1.0, 2.0, 3.0]] * 2), np.array(2.0), np.array(2, np.int8)
    return [OpSample(x, exponents[0]), OpSample(x[0, 0], exponents[1]), OpSample(x, exponents[2])]


SPEC = OpSpec("power", samples=powers, reference=np.power, nondiff=("n",), complex=False)


def test_an_op_that_refuses_the_gradient_that_it_says_it_has_not_is_green() -> None:
    found = report(op(Power, broadcasts=True), SPEC)
    assert not found.failures, found.failures[0].detail
    assert {r.status for r in found.results if r.check == "refused"} == {"pass"}


def test_the_class_alone_may_declare_it() -> None:
    spec = OpSpec("power", samples=powers, reference=np.power, complex=False)
    found = report(op(Power, broadcasts=True), spec, "refused", "jacobian", "protocol")
    assert not found.failures, found.failures[0].detail


@pytest.mark.parametrize(
    ("rule", "text"), [(Silent, "returns a gradient"), (Forgets, "raises GradientType, not NotDifferentiable")]
)
def test_a_gradient_that_is_not_refused_is_found(rule: Any, text: str) -> None:
    (first, *_) = report(op(rule, broadcasts=True), SPEC, "refused").failures
    assert "'n' is nondiff" in first.detail
    assert text in first.detail


def test_a_slope_of_none_is_refused_by_the_argument_it_is_of() -> None:
    made = elementwise(np.power, lambda x, n: n * np.power(x, n - 1), None)
    spec = OpSpec("power", samples=powers, reference=np.power, complex=False)
    found = report(made, spec)
    assert not found.failures, found.failures[0].detail
    assert any(r.check == "refused" and r.status == "pass" for r in found.results)


def test_none_where_a_gradient_is_wanted_is_red() -> None:
    spec = OpSpec("power", samples=powers, reference=np.power, complex=False)
    assert "protocol" in {r.check for r in report(op(Forgets, broadcasts=True), spec).failures}


def inverse(slope: Any = lambda x: -1 / np.square(x)) -> Any:
    return elementwise(np.reciprocal, slope)


def test_an_op_that_goes_on_beyond_its_declared_domain_is_undeclared() -> None:
    found = report(inverse(), OpSpec("reciprocal", domain=(0, None), edge="open"), "domain")
    assert [r.check for r in found.undeclared] == ["domain"]
    assert "arg0 = -0.125" in found.undeclared[0].detail


def test_a_slope_that_is_wrong_beyond_the_declared_domain_came_through() -> None:
    wrong = inverse(lambda x: -np.sign(np.asarray(getattr(x, "data", x))) / np.square(x))
    assert report(wrong, OpSpec("reciprocal", domain=(0, None), edge="open"), "jacobian").green
    assert not report(wrong, OpSpec("reciprocal", domain=(0, None), edge="open"), "jacobian", "domain").green
    whole = OpSpec("reciprocal", domain=[(None, 0), (0, None)], edge="open")
    assert report(wrong, whole, "jacobian").failures


def test_a_domain_of_several_intervals_is_green_and_so_is_a_reason() -> None:
    whole = OpSpec("reciprocal", domain=[(None, 0), (0, None)], edge="open")
    assert report(inverse(), whole, "domain", "jacobian", "shapes", "projection", "jacobian_complex").green
    said = OpSpec("reciprocal", domain=(0, None), edge="open", beyond="it is odd: the other half is the same")
    assert report(inverse(), said, "domain").green


def test_a_reason_that_is_not_needed_is_red() -> None:
    log = elementwise(np.log, lambda x: 1 / x, singular=True)
    assert report(log, OpSpec("log", domain=(0, None), edge="open", beyond="it goes on"), "domain").failures
    assert report(log, OpSpec("log", domain=(0, None), edge="open"), "domain").green


def test_bounds_that_are_integers_are_numbers() -> None:
    arcsin = elementwise(np.arcsin, lambda x: 1 / np.sqrt(1 - x * x), singular=True)
    spec = OpSpec("arcsin", domain=(-1, 1), edge="closed", singular=(-1, 1))
    ((given,),) = subject_of(arcsin, spec).ranges
    assert (type(given.low), type(given.high)) == (float, float)
    found = report(arcsin, spec, "boundary", "jacobian", "domain", "extreme")
    assert not found.failures, found.failures[0].detail


def test_domains_are_one_for_all_arguments_or_one_for_each() -> None:
    def lows(domain: Any) -> list[list[float]]:
        made = elementwise(np.divide, lambda x, y: 1 / y, lambda x, y: -x / y**2)
        return [[r.low for r in ranges] for ranges in subject_of(made, OpSpec("divide", domain=domain)).ranges]

    assert lows((0, None)) == [[0.0], [0.0]]
    assert lows([(-1, 0), (1, None)]) == [[-1.0, 1.0], [-1.0, 1.0]]
    assert lows(((0, None), [(-2, -1), (1, 2)])) == [[0.0], [-2.0, 1.0]]


class Levels:
    """The sum of the arrays rounded down, which has no slope in any of them."""

    nondiff: ClassVar[tuple[str, ...]] = ("arrays",)

    def forward(self, *arrays: Array) -> Array:
        levels: Array = np.sum(np.floor(np.stack(arrays)), axis=0)
        return levels

    def backward(self, propagated: Any, *arrays: Array) -> tuple[Any, ...]:
        return (None,) * len(arrays)


class Scaled:
    """x times the sum of the other arrays rounded down, which have no slope."""

    nondiff: ClassVar[tuple[str, ...]] = ("others",)

    def forward(self, x: Array, *others: Array) -> Array:
        scaled: Array = x * np.sum(np.floor(np.stack(others)), axis=0)
        return scaled

    def backward(self, propagated: Any, x: Array, *others: Array) -> tuple[Any, ...]:
        return propagated * np.sum(np.floor(np.stack(others)), axis=0), *[None] * len(others)


class Weighed:
    """The sum of the arrays, times a weight that has no slope."""

    nondiff: ClassVar[tuple[str, ...]] = ("weight",)

    def forward(self, weight: Array, *arrays: Array) -> Array:
        weighed: Array = np.sum(weight) * np.sum(np.stack(arrays), axis=0)
        return weighed

    def backward(self, propagated: Any, weight: Array, *arrays: Array) -> tuple[Any, ...]:
        return None, *[propagated * np.sum(weight)] * len(arrays)


class Quiet(Weighed):
    """It does not say so to the core, and has a gradient of zeros in the weight."""

    nondiff: ClassVar[tuple[str, ...]] = ()

    def backward(self, propagated: Any, weight: Array, *arrays: Array) -> tuple[Any, ...]:
        return np.zeros(weight.shape), *[propagated * np.sum(weight)] * len(arrays)


def several(rng: np.random.Generator) -> list[OpSample]:
    """Two arrays or more in a list, of every form."""
    shapes = [(3,), (), (1, 1), (3, 3), (12,), (2, 3), (3, 2), (2, 2, 1, 2)]
    return [OpSample([rng.uniform(1.1, 1.9, shape) for _ in range(2 + k % 3)]) for k, shape in enumerate(shapes)]


@pytest.mark.parametrize("rule", [Levels, Scaled, Weighed])
def test_an_op_of_any_number_of_arrays_may_refuse_the_gradient_of_some(rule: Any) -> None:
    made = op(rule)
    spec = OpSpec(made.name, samples=several, reference=lambda arrays: rule().forward(*arrays))
    found = report(made, spec)
    assert not found.failures, found.failures[0].detail
    assert not [r.detail for r in found.results if r.status == "undeclared"]
    assert [r.status for r in found.results if r.check == "refused"] == ["pass"] * 3


def test_the_gradient_of_one_of_any_number_of_arrays_that_is_not_refused_is_found() -> None:
    spec = OpSpec("quiet", samples=several, nondiff=("weight",))
    (first, *_) = report(op(Quiet), spec, "refused").failures
    assert "'weight' is nondiff, and backward() returns a gradient" in first.detail


def test_of_an_op_without_any_gradient_nothing_is_asked_of_gradients() -> None:
    found = report(op(Levels), OpSpec("levels", samples=several), "jacobian", "second_order", "samples", "refused")
    assert [r.detail for r in found.results if r.status == "skip"] == ["no argument has a gradient"] * 3


def test_a_gradient_of_none_names_the_array_of_any_number() -> None:
    class Forgetful(Weighed):
        nondiff: ClassVar[tuple[str, ...]] = ("weight",)

        def backward(self, propagated: Any, weight: Array, *arrays: Array) -> tuple[Any, ...]:
            return None, *[None] * len(arrays)

    (first, *_) = report(op(Forgetful), OpSpec("forgetful", samples=several), "protocol").failures
    assert "the gradient of 'arrays' is None, and it is not declared nondiff" in first.detail


def test_an_op_of_four_arguments_is_examined() -> None:
    def product(x: Any, y: Any, z: Any, u: Any) -> Any:
        return x * y * z * np.floor(u)

    def beside(rng: np.random.Generator) -> list[OpSample]:
        return [OpSample(*rng.uniform(1.1, 1.9, (4, *shape))) for shape in ((), (3,), (2, 3))]

    make: Any = elementwise  # its overloads end at three
    slopes = (
        lambda x, y, z, u: y * z * np.floor(u),
        lambda x, y, z, u: x * z * np.floor(u),
        lambda x, y, z, u: x * y * np.floor(u),
        None,
    )
    spec = OpSpec("product", samples=beside, reference=product, complex=False)
    found = report(make(product, *slopes, name="product"), spec)
    assert not found.failures, found.failures[0].detail
    assert {r.status for r in found.results if r.check == "refused"} == {"pass"}
