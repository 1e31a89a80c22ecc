"""Honest ops on which the suite once raised an alarm."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from corelib import Array, elementwise, op
from corelib.conformance import OpSample, OpSpec, run, subject_of


def alarms(made: Any, spec: OpSpec | None = None) -> list[str]:
    found = run([subject_of(made, spec)], "default")
    return [f"{r.check}: {r.detail}" for r in found.failures]


def test_a_function_that_overflows_at_forty_needs_no_spec() -> None:
    """As erfcx and erfi do."""
    grown = elementwise(lambda x: np.exp(x * x), lambda x, *, result: 2 * x * result, name="grown")
    assert not alarms(grown, OpSpec("grown", reference=lambda x: np.exp(np.square(x)), complex=False))


@dataclass(frozen=True)
class PowerMean:
    """(mean x**p)**(1/p) of positive numbers; at 1e-150 the cubes are 0."""

    p: float = 3.0

    def forward(self, x: Array) -> Array:
        return np.asarray(np.mean(x**self.p) ** (1 / self.p))

    def backward(self, propagated: Any, x: Array, *, result: Array) -> Any:
        return propagated * result ** (1 - self.p) * x ** (self.p - 1) / x.size


def positive(rng: np.random.Generator) -> list[OpSample]:
    x = rng.uniform(0.5, 3, (2, 3))
    return [OpSample(x), OpSample(x, p=2.0), OpSample(x[0], p=5.0), OpSample(x)]


def mean_of_powers(x: Array, p: float = 3.0) -> Any:
    return np.mean(x**p) ** (1 / p)


def test_a_power_mean_whose_powers_underflow_raises_no_alarm() -> None:
    spec = OpSpec("mean", samples=positive, reference=mean_of_powers, complex=False)
    found = run([subject_of(op(PowerMean), spec)], "default", checks=["extreme"])
    assert not found.failures


def test_a_slope_that_is_more_than_any_number_raises_no_alarm() -> None:
    """Trigamma is 1e300 at 1e-150, and its slope -2e450."""

    class Inverse:
        def forward(self, x: Array) -> Array:
            return np.asarray(np.sum(1 / np.square(x)))

        def backward(self, propagated: Any, x: Array) -> Any:
            return propagated * -2 / x / x / x

    spec = OpSpec("inverse", samples=positive_alone, reference=lambda x: np.sum(1 / np.square(x)), complex=False)
    assert not run([subject_of(op(Inverse), spec)], "default", checks=["extreme"]).failures


def positive_alone(rng: np.random.Generator) -> list[OpSample]:
    return [OpSample(rng.uniform(0.5, 3, (2, 3)))]


def test_what_is_infinite_where_another_argument_is_needs_no_zero_there() -> None:
    """As betaln, of which no domain is declared."""
    special = pytest.importorskip("scipy.special")
    psi = special.psi
    betaln = elementwise(
        special.betaln, lambda a, b: psi(a) - psi(a + b), lambda a, b: psi(b) - psi(a + b), numpy=(), singular=False,
        name="betaln",
    )  # fmt: skip
    found = run([subject_of(betaln)], "default", checks=["boundary"])
    assert not [r for r in found.failures if "x = inf" in r.detail]


def test_numbers_that_float32_has_not_raise_no_alarm() -> None:
    huge = elementwise(np.exp, lambda x, *, result: result)
    assert not alarms(huge, OpSpec("exp", domain=(0.0, 600.0), edge="open", complex=False))


def test_a_function_that_knows_float64_alone_is_as_its_reference() -> None:
    def cube(x: Any) -> Any:
        return np.power(x, np.float64(3.0), dtype=np.float64)

    made = elementwise(cube, lambda x: 3 * x * x, numpy=(), name="cube")
    found = run([subject_of(made, OpSpec("cube", reference=cube, complex=False))], "default", checks=["dtype"])
    assert not found.failures


def _grown(x: Array) -> Array:
    """exp(x), whose slope is off by 3 % on complex numbers from 30 on."""
    result: Array = np.exp(x)
    if not np.iscomplexobj(x):
        return result
    return result + 0.03j * np.imag(result) * (np.real(x) > 30)


def test_a_function_that_loses_its_digits_on_complex_numbers_is_not_judged_by_them() -> None:
    """As scipy.special.hyp1f1 does at -37 and at 40."""
    made = elementwise(_grown, lambda x, *, result: result, name="grown")
    assert not alarms(made, OpSpec("grown", reference=np.exp, complex=False, twice=False))


def test_a_slope_that_is_off_in_the_tail_is_still_seen_by_the_complex_step() -> None:
    made = elementwise(np.tanh, lambda x: np.where(x > 11, 0, 1 / np.cosh(x) ** 2), name="flat", numpy=())
    assert any(told.startswith("jacobian_complex") for told in alarms(made, OpSpec("flat", reference=np.tanh)))


@dataclass(frozen=True)
class Both:
    """Sine and cosine."""

    def forward(self, x: Array) -> tuple[Array, Array]:
        return np.sin(x), np.cos(x)

    def backward(self, propagated: tuple[Array, Array], x: Array) -> Array:
        gradient: Array = propagated[0] * np.cos(x) - propagated[1] * np.sin(x)
        return gradient


def test_slopes_far_out_of_several_results_are_those_of_the_first() -> None:
    """As those of scipy.special.fresnel: by the complex step, and second ones."""
    both = op(Both, broadcasts=True)
    assert not alarms(
        both, OpSpec("both", kind="elementwise", reference=lambda x: (np.sin(x), np.cos(x)), complex=False)
    )
