"""What the suite says of a failure: where it comes from, once, at the right entry, and in bounded time and memory."""

import re
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from corelib import Array, elementwise, op
from corelib.conformance import OpSample, OpSpec, check, run, subject_of
from corelib.conformance.isolation.limits import OutOfTime, memory_limit, time_limit
from corelib.conformance.reporting.causes import by_cause
from corelib.conformance.reporting.report import Report


def report(made: Any, spec: OpSpec | None = None, profile: str = "quick", checks: tuple[str, ...] = ()) -> Report:
    return run([subject_of(made, spec)], profile, checks=checks)


def exp_with(slope: Callable[[Any, Any], Any]) -> Any:
    """exp as a class; ``slope(propagated, x)`` is its backward."""

    class Exp:
        def forward(self, x: Array) -> Array:
            return np.exp(x)

        def backward(self, propagated: Any, x: Array) -> Any:
            return slope(propagated, x)

    return op(Exp, numpy=np.exp, broadcasts=True)


def misspelt(propagated: Any, x: Any) -> Any:
    return propagated * np.exq(x)  # type: ignore[attr-defined]  # the author's slip


def test_an_exception_shows_its_traceback_down_to_the_authors_line() -> None:
    text = report(exp_with(misspelt)).failures[0].detail
    assert "return propagated * np.exq(x)" in text
    assert re.search(r'File ".*test_conformance_reports\.py", line \d+, in misspelt', text)
    assert "conformance/checks" not in text
    assert "AttributeError" in text


def test_the_samples_of_an_author_that_raise_are_a_failure_with_a_traceback() -> None:
    def samples(rng: np.random.Generator) -> list[OpSample]:
        return [OpSample(np.linalg.inv(np.zeros((2, 2))))]

    found = report(exp_with(lambda g, x: g * np.exp(x)), OpSpec("exp", kind="custom", samples=samples))
    assert "np.linalg.inv(np.zeros((2, 2)))" in found.failures[0].detail
    assert len(by_cause(found.failures)) == 1


def test_one_cause_is_told_once_with_the_number_of_cases() -> None:
    found = report(exp_with(misspelt), profile="default")
    assert len(found.failures) > 50
    (text,) = by_cause(found.failures)
    assert f"the same in {len(found.failures) - 1} more cases" in text
    assert text.count("Traceback") == 1


def test_a_wrong_slope_is_told_once_and_explains_the_checks_of_its_numbers() -> None:
    found = report(elementwise(np.exp, lambda x: 2 * np.exp(x)), profile="default")
    texts = by_cause(found.failures)
    assert len([text for text in texts if "constant ratio 2" in text]) == 1
    assert len(texts) < len({r.check for r in found.failures})
    assert "as the wrong slope above makes them" in texts[-1]


def test_two_causes_are_told_apart() -> None:
    def both(propagated: Any, x: Any) -> Any:
        if np.shape(x) == (1,):
            raise RuntimeError("one entry")
        return 3 * propagated * np.exp(x)

    texts = by_cause(report(exp_with(both), profile="default").failures)
    assert sum("constant ratio 3" in text for text in texts) == 1
    assert sum("one entry" in text for text in texts) == 1


def test_the_verdict_is_the_first_line_and_the_last() -> None:
    found = report(exp_with(misspelt))
    lines = str(found).splitlines()
    assert lines[0] == lines[-1] == found.verdict
    assert lines[0].startswith("NOT GREEN: 0/1 ops")
    with pytest.raises(AssertionError) as caught:
        check(exp_with(misspelt), np.ones(3))
    assert str(caught.value).splitlines()[0] == str(caught.value).splitlines()[-1]


def test_a_slope_of_nan_is_blamed_on_its_own_entry() -> None:
    def nan_at_the_third(propagated: Any, x: Any) -> Any:
        slope = np.exp(getattr(x, "data", x))
        if slope.shape == (5,):
            slope[3] = np.nan
        return propagated * slope

    sample = OpSample(np.linspace(0.0, 1.0, 5))
    spec = OpSpec("exp", kind="custom", samples=lambda rng: [sample], complex=False)
    found = report(exp_with(nan_at_the_third), spec, checks=("jacobian",))
    assert "d out[3] / d arg0 'x' [3]" in found.failures[0].detail
    assert "backward  = nan" in found.failures[0].detail


def test_a_nan_does_not_hide_which_entry_of_a_result_is_wrong() -> None:
    def forward(x: Array) -> Array:
        return np.where(np.arange(4) == 1, np.nan, np.exp(x)) if x.shape == (4,) else np.exp(x)

    sample = OpSample(np.linspace(0.0, 1.0, 4))
    made = elementwise(forward, lambda x: np.exp(x) * np.where(np.arange(4) == 2, 2.0, 1.0), name="exp")
    spec = OpSpec("exp", kind="custom", samples=lambda rng: [sample], complex=False)
    found = report(made, spec, checks=("jacobian",))
    assert "d out[2] / d arg0 'x' [2]" in found.failures[0].detail


def test_a_second_derivative_is_named_by_its_places_in_the_arrays() -> None:
    class Cube:
        def forward(self, x: Array) -> Array:
            return x**3

        def backward(self, propagated: Any, x: Any) -> Any:
            return propagated * 3 * x * getattr(x, "data", x)

    sample = OpSample(np.array([[0.5, 1.0], [1.5, 2.0]]))
    spec = OpSpec("cube", kind="custom", samples=lambda rng: [sample], reference=lambda x: x**3, complex=False)
    found = report(op(Cube, broadcasts=True), spec, checks=("second_order",))
    assert re.search(r"at d2 / d arg0\[\d,\d\] d arg0\[\d,\d\]: ", found.failures[0].detail)


def test_a_nan_that_spreads_is_shown_at_its_index_in_the_array() -> None:
    def spread(propagated: Any, x: Any) -> Any:
        return propagated * np.exp(x) * (1 + 0 * np.sum(x))

    text = next(r.detail for r in report(exp_with(spread)).failures if r.check == "extreme")
    assert re.search(r"at \[\d, \d\]: nan", text)


def endless(propagated: Any, x: Any) -> Any:
    while True:
        with suppress(Exception):  # an op that swallows every error is stopped too
            np.exp(x)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGALRM")
def test_a_case_that_does_not_end_fails_and_the_run_goes_on() -> None:
    spec = OpSpec("exp", seconds=0.2)
    found = report(exp_with(endless), spec, checks=("jacobian", "errors"))
    assert [r.check for r in found.failures[:1]] == ["jacobian"]
    assert "took more than 0.2 s" in found.failures[0].detail
    assert "in endless" in found.failures[0].detail
    assert any(r.check == "errors" and r.status == "pass" for r in found.results)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGALRM")
def test_an_outer_limit_of_time_goes_on_inside_of_an_inner_one() -> None:
    with pytest.raises(OutOfTime):
        spin(0.2, 10.0)
    with pytest.raises(OutOfTime):
        spin(30.0, 0.1)


def spin(outer: float, inner: float) -> None:
    with time_limit(outer):
        with time_limit(10.0):
            pass
        with time_limit(inner):
            while True:
                pass


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to a limit of memory")
def test_a_case_that_asks_for_too_much_memory_fails() -> None:
    def huge(propagated: Any, x: Any) -> Any:
        return propagated * np.exp(x) * np.ones(2**29)[0]

    found = report(exp_with(huge), OpSpec("exp", megabytes=500), checks=("jacobian",))
    assert "asked for more than 500 MB" in found.failures[0].detail
    assert "in huge" in found.failures[0].detail
    with memory_limit(1.0):
        pass
    assert np.ones(2**24).size == 2**24
