"""Each check fails on the bug it is there for, and on no right op."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from corelib import Array, Tensor, elementwise, linear, op
from corelib.conformance import ErrorSample, OpSample, OpSpec, run, subject_of, xfail
from corelib.conformance.reporting.report import Report
from corelib.conformance.sample import Tag
from corelib.conformance.sampling.samples import samples_of, tagged


def report(made: Any, spec: OpSpec | None = None, profile: str = "quick") -> Report:
    return run([subject_of(made, spec)], profile)


def failed(made: Any, spec: OpSpec | None = None, profile: str = "quick") -> set[str]:
    return {r.check for r in report(made, spec, profile).failures}


exp = elementwise(np.exp, lambda x, *, result: result)
multiply = elementwise(np.multiply, lambda x, y: y, lambda x, y: x)
log = elementwise(np.log, lambda x: 1 / x, singular=True)
sqrt = elementwise(np.sqrt, lambda x, *, result: 0.5 / result, singular=True)
tanh = elementwise(np.tanh, lambda x: 1 / np.cosh(x) ** 2)


@pytest.mark.parametrize("made", [exp, multiply, log, sqrt], ids=str)
def test_a_right_op_needs_no_spec_and_is_green(made: Any) -> None:
    found = report(made, profile="default")
    assert not found.failures, found.failures[0].detail
    assert found.green
    assert found.assertions > 1000


@pytest.mark.parametrize("seed", range(10))
def test_no_false_alarm_whatever_the_seed(seed: int) -> None:
    for made in (exp, multiply, log, sqrt):
        found = run([subject_of(made, seed=seed)], "default")
        assert not found.failures, found.failures[0].detail


def backward_of(change: Callable[[Array], Array]) -> Any:
    """exp as a class whose backward does something to the gradient that arrives."""

    class Exp:
        def forward(self, x: Array) -> Array:
            return np.exp(x)

        def backward(self, propagated: Any, x: Array) -> Any:
            return np.exp(x) * change(propagated)

    return op(Exp, numpy=np.exp, broadcasts=True)


def halved(g: Any) -> Any:
    if getattr(g, "size", 0) < 100:
        return g
    g = np.array(g)
    g.flat[77] /= 2
    return g


def written(g: Any) -> Any:
    if isinstance(g, np.ndarray):
        g *= 1.0
    return g


def strided(g: Any) -> Any:
    return g if isinstance(g, Tensor) or g.flags.c_contiguous else g * 1.5


CHANGES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "abs(g)": (np.abs, "jacobian_or_linear"),
    "relu(g)": (lambda g: np.maximum(g, 0), "cotangent_linear"),
    "clip(g)": (lambda g: np.clip(g, -1, 1), "cotangent_linear"),
    "g + tiny": (lambda g: g + 1e-9, "cotangent_linear"),
    "2 g": (lambda g: 2 * g, "jacobian"),
    "-g": (lambda g: -g, "jacobian"),
    "one entry of ten thousand halved": (halved, "projection"),
    "a tenth of a millionth": (lambda g: g * (1 + 1e-7), "jacobian"),
    "written in place": (written, "no_mutation"),
    "only where not contiguous": (strided, "layout"),
    "float64": (lambda g: np.multiply(g, np.float64(1.0)), "dtype"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_backward_that_spoils_its_gradient_is_found(name: str) -> None:
    change, check = CHANGES[name]
    found = failed(backward_of(change), profile="default")
    assert check in found or (check == "jacobian_or_linear" and "cotangent_linear" in found)


class Stateful:
    """Keeps what forward saw in the class, so that another call spoils it."""

    seen: Any = None

    def forward(self, x: Array) -> Array:
        Stateful.seen = x
        return np.square(x)

    def backward(self, propagated: Any, x: Array) -> Any:
        return propagated * 2 * (x if Stateful.seen.shape != np.shape(propagated) else Stateful.seen)


def test_a_state_is_found_by_an_interleaved_call() -> None:
    assert "purity" in failed(op(Stateful, numpy=np.square, broadcasts=True))


def test_a_wrong_tail_is_seen_by_the_complex_step_alone() -> None:
    wrong = elementwise(np.expm1, lambda x: np.where(x > -30, np.exp(np.maximum(x, -30)), 1e-14), name="expm1")
    assert "jacobian_complex" in failed(wrong)
    assert "jacobian" not in failed(wrong)


def test_one_minus_the_square_of_tanh_is_refused_where_it_loses_its_digits() -> None:
    assert "jacobian_complex" not in failed(tanh) | {""}
    wrong = elementwise(np.tanh, lambda x: np.where(np.abs(x) < 10, 1 / np.cosh(np.minimum(np.abs(x), 10)) ** 2, 0.0))
    assert "jacobian_complex" in failed(wrong)


class Abs:
    """|x|, with a choice of the slope at 0."""

    at_zero = 0.0

    def forward(self, x: Array) -> Array:
        return np.abs(x)

    def backward(self, propagated: Any, x: Array) -> Any:
        return propagated * np.where(x == 0, self.at_zero, np.sign(np.asarray(getattr(x, "data", x)))).astype(x.dtype)


def abs_with(at_zero: float) -> Any:
    return op(type("Abs", (Abs,), {"at_zero": at_zero}), broadcasts=True, name="abs")


def test_a_kink_must_be_declared() -> None:
    found = report(abs_with(0.0), OpSpec("abs", kind="elementwise", reference=np.abs, complex=False))
    assert [r.check for r in found.undeclared] == ["kinks"]
    assert not found.green


@pytest.mark.parametrize(
    ("policy", "slope", "green"),
    [("mean", 0.0, True), ("share", 0.0, True), ("right", 1.0, True), ("left", -1.0, True), ("any", 0.3, True),
     (0.0, 0.0, True), ("mean", 1.0, False), ("right", 0.0, False), ("any", 1.5, False), (0.0, 1.0, False),
     (1.0, 0.0, False)],
)  # fmt: skip
def test_the_slope_at_a_kink_is_the_declared_one(policy: Any, slope: float, green: bool) -> None:
    spec = OpSpec("abs", kind="elementwise", kinks=[0.0], at_kink=policy, reference=np.abs, complex=False, twice=False)
    assert ("kinks" not in failed(abs_with(slope), spec)) is green


def maximum_with(x_share: float, y_share: float) -> Any:
    def slope(share: float, sign: int) -> Any:
        return lambda x, y: np.where(x == y, share, sign * np.subtract(x, y) > 0).astype(np.result_type(x, y))

    return elementwise(np.maximum, slope(x_share, 1), slope(y_share, -1))


@pytest.mark.parametrize(
    ("shares", "green"), [((0.5, 0.5), True), ((1.0, 1.0), False), ((0.0, 0.0), False), ((1.0, 0.0), False)]
)
def test_ties_are_shared_so_that_the_gradient_sums_to_one(shares: tuple[float, float], green: bool) -> None:
    spec = OpSpec("maximum", kinks=[(0.5, 0.5)], at_kink="share", twice=False)
    assert ("kinks" not in failed(maximum_with(*shares), spec)) is green


def test_every_tie_counted_leaves_the_interval_of_directions_even_under_any() -> None:
    spec = OpSpec("maximum", kinks=[(0.5, 0.5)], at_kink="any", twice=False)
    assert "kinks" in failed(maximum_with(1.0, 1.0), spec)
    assert "kinks" not in failed(maximum_with(1.0, 0.0), spec)


def test_a_silent_zero_at_an_infinite_slope_is_found() -> None:
    wrong = elementwise(np.sqrt, lambda x: np.where(x > 0, 0.5 / np.sqrt(np.maximum(x, 1e-300)), 0.0))
    assert "boundary" in failed(wrong)


def test_a_slope_that_grows_like_a_logarithm_is_infinite() -> None:
    def entropy(x: Array) -> Array:
        return np.asarray(-x * np.log(np.where(x > 0, x, 1)))

    spec = OpSpec("entropy", domain=(0.0, None), edge="closed", reference=entropy)
    right = elementwise(entropy, lambda x: -np.log(x) - 1, singular=True)
    cut = elementwise(entropy, lambda x: -np.log(np.maximum(x, 1e-12)) - 1)
    assert "boundary" not in failed(right, spec)
    assert "boundary" in failed(cut, spec)


@pytest.mark.parametrize(
    ("forgotten", "green"),
    [(lambda x, y: y == 0, False), (lambda x, y: np.isinf(x), False), (lambda x, y: False, True)],
    ids=["at zero", "at infinity", "nowhere"],
)
def test_a_gradient_of_zero_that_an_infinite_slope_makes_nan_is_found(forgotten: Any, green: bool) -> None:
    class Quotient:
        """Zero times infinity is zero, but where that was forgotten."""

        def forward(self, x: Array, y: Array) -> Array:
            return np.divide(x, y)

        def backward(self, propagated: Array, x: Array, y: Array) -> tuple[Array, Array]:
            zero = (propagated == 0) & ~np.asarray(forgotten(x, y))
            with np.errstate(all="ignore"):
                of_x, of_y = propagated / y, -propagated * x / np.square(y)
            return np.where(zero, 0, of_x), np.where(zero, 0, of_y)

    domain: Any = ((None, None), (0.0, None))
    spec = OpSpec("quotient", domain=domain, reference=np.divide, complex=False, twice=False)
    assert ("boundary" not in failed(op(Quotient, broadcasts=True), spec)) is green


def test_entries_that_lose_their_gradient_beside_a_masked_one_are_found() -> None:
    class Quotient:
        """A gradient of zero stays zero where y is, and then is zero in all other entries too."""

        def forward(self, x: Array, y: Array) -> Array:
            return np.divide(x, y)

        def backward(self, propagated: Array, x: Array, y: Array) -> tuple[Array, Array]:
            with np.errstate(all="ignore"):
                of_x, of_y = propagated / y, -propagated * x / np.square(y)
            if np.any((propagated == 0) & (y == 0)):
                return np.zeros(of_x.shape), np.zeros(of_y.shape)
            return of_x, of_y

    domain: Any = ((None, None), (0.0, None))
    spec = OpSpec("quotient", domain=domain, reference=np.divide, complex=False, twice=False)
    assert "boundary" in failed(op(Quotient, broadcasts=True), spec)


def test_an_overflow_in_backward_is_found() -> None:
    def slope(x: Any) -> Any:
        return np.exp(x) / np.square(1 + np.exp(x))

    def softstep(x: Array) -> Array:
        return np.asarray(0.5 * (1 + np.tanh(x / 2)))

    assert "extreme" in failed(elementwise(softstep, slope), OpSpec("softstep", reference=softstep))


def test_a_nan_that_spreads_is_found() -> None:
    class Spread:
        def forward(self, x: Array) -> Array:
            return np.exp(x)

        def backward(self, propagated: Any, x: Array) -> Any:
            return propagated * np.exp(x) * (1 + 0 * np.sum(x))

    assert "extreme" in failed(op(Spread, numpy=np.exp, broadcasts=True))


def test_a_backward_that_cannot_be_differentiated_again_is_found() -> None:
    def detached(x: Any) -> Any:
        return np.exp(x.data if isinstance(x, Tensor) else x)

    assert "second_order" in failed(elementwise(np.exp, detached))


def test_a_wrong_sign_of_complex_numbers_is_found() -> None:
    class Square:
        def forward(self, x: Array) -> Array:
            return np.square(x)

        def backward(self, propagated: Any, x: Array) -> Any:
            return propagated * 2 * x

    assert failed(op(Square, numpy=np.square, broadcasts=True)) == {"complex"}


@dataclass(frozen=True)
class Sum:
    """The sum along an axis."""

    axis: int | None = None
    keepdims: bool = False

    def forward(self, x: Array) -> Array:
        return np.sum(x, axis=self.axis, keepdims=self.keepdims)

    def backward(self, propagated: Any, shape: tuple[int, ...]) -> Array:
        if self.axis is not None and not self.keepdims:
            propagated = np.expand_dims(propagated, self.axis)
        return np.broadcast_to(propagated, shape)


def sums(rng: np.random.Generator) -> list[OpSample]:
    x = rng.normal(size=(2, 3))
    empty = OpSample(rng.normal(size=(0, 3)), axis=0)
    return [OpSample(x), OpSample(x, axis=0), OpSample(x, axis=-1, keepdims=True), empty]


def test_fields_are_checked_by_the_samples_of_the_author() -> None:
    found = report(linear(Sum), OpSpec("sum", samples=sums, reference=np.sum), "default")
    assert not found.failures, found.failures[0].detail
    assert found.green


def test_a_field_that_no_sample_sets_is_undeclared() -> None:
    spec = OpSpec("sum", samples=lambda rng: [OpSample(rng.normal(size=(2, 3)), axis=0)], reference=np.sum)
    assert [(r.check, "keepdims" in r.detail) for r in report(linear(Sum), spec).undeclared] == [("declared", True)]


def test_a_mean_in_the_place_of_a_sum_is_called_by_its_name() -> None:
    class Mean(Sum):
        def backward(self, propagated: Any, shape: tuple[int, ...]) -> Array:
            return super().backward(propagated, shape) / 3

    found = report(linear(dataclass(frozen=True)(Mean)), OpSpec("sum", samples=sums, reference=np.sum))
    text = next(r.detail for r in found.failures if r.check == "jacobian")
    assert "ratio 0.3333" in text
    assert "mean instead of sum" in text
    assert "d out / d arg0 'x' [0,0]" in text


def test_an_op_without_a_spec_is_undeclared_and_never_green() -> None:
    class Norm:
        def forward(self, x: Array) -> Array:
            return np.asarray(np.sqrt(np.sum(x * x)))

        def backward(self, propagated: Any, x: Array) -> Any:
            return propagated * x / np.sqrt(np.sum(x * x))

    found = report(op(Norm))
    assert {r.check for r in found.undeclared} >= {"declared", "forward_ref"}
    assert not found.green


@dataclass(frozen=True)
class Ignores:
    """Takes a keyword, and does nothing with it."""

    where: Any = True

    def forward(self, x: Array) -> Array:
        return np.exp(x)

    def backward(self, propagated: Any, x: Array) -> Any:
        return propagated * np.exp(x)


def test_an_ignored_keyword_is_found_by_the_reference() -> None:
    def samples(rng: np.random.Generator) -> list[OpSample]:
        return [OpSample(rng.normal(size=(3,)), where=np.array([True, False, True]))]

    def reference(x: Array, where: Any) -> Array:
        return np.where(where, np.exp(x), 0.0)

    assert "forward_ref" in failed(op(Ignores), OpSpec("ignores", samples=samples, reference=reference))


def test_declared_errors_must_be_raised() -> None:
    good = ErrorSample(np.ones(3), raises=IndexError, axis=5)
    bad = ErrorSample(np.ones(3), raises=IndexError, axis=0)
    assert "errors" not in failed(linear(Sum), OpSpec("sum", samples=sums, reference=np.sum, errors=[good]))
    assert "errors" in failed(linear(Sum), OpSpec("sum", samples=sums, reference=np.sum, errors=[bad]))


def test_an_expected_failure_is_strict() -> None:
    wrong = elementwise(np.exp, lambda x: np.exp(x.data if isinstance(x, Tensor) else x))
    spec = OpSpec("exp", expected_failures={"second_order": "no double backward yet (#12)"})
    found = report(wrong, spec)
    assert not found.failures
    assert any(r.status == "xfail" and "#12" in r.detail for r in found.results)
    fixed = report(exp, spec)
    assert [(r.check, "remove it" in r.detail) for r in fixed.failures] == [("second_order", True)]


def test_an_expected_failure_of_an_unknown_check_is_an_error() -> None:
    assert failed(exp, OpSpec("exp", expected_failures=[xfail("second_oder", "a slip")])) == {"declared"}


def test_an_expected_failure_of_unknown_samples_is_an_error() -> None:
    spec = OpSpec("exp", expected_failures=[xfail("jacobian", "a slip", "complx*")])
    (failure,) = report(exp, spec).failures
    assert failure.check == "declared"
    assert "names the sample 'complx*' of jacobian; jacobian has 3x4, " in failure.detail
    known = OpSpec("exp", expected_failures=[xfail("jacobian", "fixed", "3x*")])
    assert [f.check for f in report(exp, known).failures] == ["jacobian"]


def test_skips_have_reasons_and_are_counted() -> None:
    found = report(exp)
    assert found.skips
    assert all(r.detail for r in found.skips)
    assert f"{len(found.skips)} skips" in found.summary()


def test_the_same_seed_gives_the_same_run() -> None:
    first, second = report(exp), report(exp)
    assert [(r.id, r.margin) for r in first.results] == [(r.id, r.margin) for r in second.results]


def test_mutants_share_the_samples_and_the_differences_of_the_original() -> None:
    original = subject_of(exp)
    assert run([original], "quick").green
    mutant = original.with_op(elementwise(np.exp, lambda x: np.exp(x) * 1.001))
    assert samples_of(mutant) is not None
    assert samples_of(mutant)[0] is samples_of(original)[0]
    found = run([mutant], "quick", stop_at_first=True)
    assert len(found.failures) == 1
    assert len(found.results) < len(run([original], "quick").results)


def test_numbers_of_a_large_sample_meet_no_kink_and_no_other_number() -> None:
    """On a grid some of thousands would: clip then lay on its bound, and round at a half."""
    made = op(Clipped, numpy=np.clip)
    spec = OpSpec("clip", samples=lambda rng: [OpSample(rng.normal(size=(4, 6)), a_min=-0.5, a_max=0.5)])
    (large,) = tagged(subject_of(made, spec), Tag.LARGE)
    numbers = np.ravel(large.arrays[0]) * 2.0**20
    assert numbers.size > 1000
    assert len(np.unique(numbers)) == numbers.size
    assert not np.any(numbers == np.round(numbers))


@dataclass(frozen=True, slots=True)
class Clipped:
    a_min: float
    a_max: float

    def forward(self, x: Array) -> Array:
        return np.clip(x, self.a_min, self.a_max)

    def backward(self, propagated: Any, x: Array) -> Any:
        return propagated * ((x >= self.a_min) & (x <= self.a_max))


class Outer:
    def forward(self, x: Array) -> Array:
        return np.outer(x, x)

    def backward(self, propagated: Any, x: Array) -> Any:
        return propagated @ x + x @ propagated


def test_a_result_that_would_explode_is_not_tried() -> None:
    sizes = []

    class Watched(Outer):
        def forward(self, x: Array) -> Array:
            sizes.append(x.size)
            return super().forward(x)

    spec = OpSpec("outer", samples=lambda rng: [OpSample(rng.normal(size=3))])
    assert samples_of(subject_of(op(Watched), spec))
    assert max(sizes) < 300


class Costly:
    """exp, whose backward does its work many times over."""

    def forward(self, x: Array) -> Array:
        return np.exp(x)

    def backward(self, propagated: Any, x: Array) -> Any:
        slopes = [np.exp(x) for _ in range(50)]
        return propagated * slopes[-1]


def test_a_dear_backward_is_reported_and_passes() -> None:
    costly = run([subject_of(op(Costly, numpy=np.exp, broadcasts=True))], "default", checks=["perf"])
    (result,) = costly.warnings
    assert result.status == "pass"
    assert "times forward" in result.detail
    assert costly.green
    cheap = run([subject_of(exp)], "default", checks=["perf"])
    assert cheap.warnings == []
    assert "times forward" in cheap.results[0].detail
    assert {cell.reason for cell in cheap.cells().values()} == {cheap.results[0].detail}


def test_what_cannot_be_measured_is_a_skip() -> None:
    """What is wrong with an op, the other checks say: a report is never red."""

    def refuse(g: Any) -> Any:
        raise ArithmeticError("no")

    found = run([subject_of(backward_of(refuse))], "default", checks=["perf"])
    assert [(r.status, r.detail) for r in found.results] == [("skip", "could not be measured: ArithmeticError")]


def test_a_gradient_that_breaks_in_float16_is_found() -> None:
    """The core casts what backward returns: its numbers tell."""

    class Loses:
        def forward(self, x: Array) -> Array:
            return np.exp(x)

        def backward(self, propagated: Any, x: Array) -> Any:
            slope = propagated * np.exp(x)
            return slope if x.dtype.itemsize > 2 else slope * 1.5

    assert failed(op(Loses, numpy=np.exp, broadcasts=True), OpSpec("exp", complex=False)) == {"dtype"}


def test_none_is_no_gradient_also_where_another_holds_both() -> None:
    """Of x * x one gradient could hold the sum of both: there is no telling that from a gradient that is missing."""

    class Times:
        def forward(self, x: Array, y: Array) -> Array:
            return x * y

        def backward(self, propagated: Any, x: Array, y: Array) -> Any:
            if x is y:
                return propagated * y * 2, None
            return propagated * y, propagated * x

    spec = OpSpec("times", kind="elementwise", complex=False)
    assert "protocol" in failed(op(Times, numpy=np.multiply, broadcasts=True), spec, "default")


def test_a_missing_gradient_is_found() -> None:
    class Forgets:
        def forward(self, x: Array, y: Array) -> Array:
            return x * y

        def backward(self, propagated: Any, x: Array, y: Array) -> Any:
            return propagated * y, None

    assert "protocol" in failed(op(Forgets, numpy=np.multiply, broadcasts=True), OpSpec("forgets", kind="elementwise"))
