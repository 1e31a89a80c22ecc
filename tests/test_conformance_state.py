"""What calls leave behind: the first call ever, thousands of calls, and all that programs share."""

import decimal
import locale
import os
import random
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import count
from typing import Any

import numpy as np
import pytest

from corelib import Array, elementwise, op
from corelib.conformance import installed, run, subject_of
from corelib.conformance.checks.state import examined, examined_installed, first_call, is_remote
from corelib.conformance.isolation.ambient import ambient, changed, unusual
from corelib.conformance.isolation.fresh import FORKS, Ended, asked
from corelib.conformance.reporting.report import Report
from corelib.conformance.sample import Sample, Tag
from corelib.conformance.sampling.samples import tagged
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally

exp = elementwise(np.exp, lambda x, *, result: result)


def report(made: Any, profile: str = "quick", *checks: str) -> Report:
    return run([subject_of(made)], profile, checks=checks)


def doing(action: Callable[[], object], *, once: bool = False) -> Any:
    """exp, whose forward does something besides, at its first call alone or at each."""
    act = cache(action) if once else action

    def forward(x: Array) -> Array:
        act()
        return np.exp(x)

    return elementwise(forward, np.exp, name="exp", numpy=np.exp)


CHANGES: dict[str, Callable[[], object]] = {
    "numpy.random": lambda: np.random.seed(0),
    "random": lambda: random.seed(0),
    "NumPy's error settings": lambda: np.seterr(all="ignore"),
    "the warnings filters": lambda: warnings.simplefilter("ignore"),
    "os.environ": lambda: os.environ.update(CORELIB_TEST_STATE="1"),
    "NumPy's print options": lambda: np.set_printoptions(precision=8),
    "the decimal context": lambda: setattr(decimal.getcontext(), "prec", 28),
    "the locale": lambda: locale.setlocale(locale.LC_NUMERIC, "C.UTF-8"),
    "the current folder": lambda: os.chdir(os.sep),
    "the recursion limit": lambda: sys.setrecursionlimit(4321),
}


@pytest.mark.parametrize("once", [False, True])
@pytest.mark.parametrize("name", CHANGES)
def test_a_call_that_changes_what_all_programs_share_is_found(name: str, once: bool) -> None:
    """At each call, and at the first one alone, which may well be made on the way to the samples."""
    if once and name == "NumPy's error settings":
        pytest.skip("found in a fresh process alone: here the suite puts them back itself")
    before = ambient()
    found = report(doing(CHANGES[name], once=once), "quick", "first_call")
    assert changed(before) == []
    assert [r.check for r in found.failures] == ["first_call"]
    assert name in found.failures[0].detail


def test_a_state_that_is_set_to_what_it_is_by_default_is_found_too() -> None:
    defaults = [
        lambda: np.seterr(divide="warn", over="warn", under="ignore", invalid="warn"),
        lambda: np.set_printoptions(precision=8),
    ]
    for action in defaults:
        assert report(doing(action), "quick", "first_call").failures


def test_what_was_changed_while_samples_were_made_is_found() -> None:
    """Before the check itself runs, the op was called on the way to its domain."""

    @cache
    def once() -> None:
        os.environ["CORELIB_TEST_EARLY"] = "1"

    found = run([subject_of(doing(once))], "quick", checks=["protocol", "first_call"])
    assert "CORELIB_TEST_EARLY" in next(r.detail for r in found.failures if r.check == "first_call")
    assert "CORELIB_TEST_EARLY" not in os.environ


def counted(wrong: Callable[[int], bool]) -> Any:
    """exp, whose slope is wrong at some of its calls."""
    calls = count(1)

    class Counted:
        def forward(self, x: Array) -> Array:
            return np.exp(x)

        def backward(self, propagated: Any, x: Any) -> Any:
            return propagated * np.conj(np.exp(x)) * (2 if wrong(next(calls)) else 1)

    return op(Counted, numpy=np.exp, broadcasts=True)


def test_a_first_call_that_is_not_like_the_others_is_found() -> None:
    found = report(counted(lambda n: n == 1))
    assert [r.check for r in found.failures] == ["first_call"]


def test_a_call_among_thousands_that_is_not_like_the_others_is_found() -> None:
    found = report(counted(lambda n: n > 1900), "default", "many_calls")
    assert [r.check for r in found.failures] == ["many_calls"]


def test_calls_that_pile_up_in_memory_are_found() -> None:
    kept: list[Any] = []
    found = report(doing(lambda: kept.append(object())), "default", "many_calls")
    assert "each call leaves" in found.failures[0].detail
    assert not report(exp, "default", "many_calls").failures


def test_an_installed_op_is_examined_in_a_process_in_which_it_was_never_called() -> None:
    (subject,) = installed("corelib-elementwise.exp")
    assert is_remote(subject)
    assert not is_remote(subject_of(exp))
    assert not is_remote(subject.with_op(exp))
    samples = sent(subject)
    assert asked(examined_installed, "corelib-elementwise", "exp", samples, 2) == examined(subject.op, samples, 2) == []
    assert asked(examined_installed, "corelib-elementwise", "exp", samples, 0) == []


def sent(subject: Subject) -> list[Sample]:
    """Two samples that can be pickled."""
    return [replace(sample, fields={}, memo={}) for sample in tagged(subject, Tag.INTERIOR, 0)[:2]]


def test_what_goes_wrong_in_a_fresh_process_is_told() -> None:
    twice = [Sample("twice", (), (), {}, frozenset())]
    (told,) = asked(examined_installed, "corelib-elementwise", "exp", twice, 0)
    assert told.startswith("raised ")
    (told,) = asked(examined_installed, "corelib-elementwise", "no_such_op", twice, 0)
    assert "no_such_op" in told


@pytest.mark.skipif(not FORKS, reason="no fork")
def test_a_fresh_process_that_ends_is_reported_and_the_next_one_replies() -> None:
    with pytest.raises(Ended, match="ended with status"):
        asked(os._exit, 3)
    (subject,) = installed("corelib-elementwise.exp")
    assert asked(examined_installed, "corelib-elementwise", "exp", sent(subject), 0) == []


def test_a_sample_that_cannot_be_sent_is_examined_here() -> None:
    (subject,) = installed("corelib-elementwise.round")
    seen = tagged(subject, Tag.INTERIOR, 0)[0]

    class Local(int):
        """Of a class that no other process can import."""

    subject.samples_by_seed[0] = [replace(seen, fields={"decimals": Local(1)})]
    tally = Tally()
    first_call(subject, seen, tally)
    assert tally.assertions


def test_what_is_set_for_the_check_is_put_back() -> None:
    before = ambient()
    with unusual() as inside:
        assert inside["numpy.random"] != before["numpy.random"]
        np.random.random()
        os.environ["CORELIB_TEST_INSIDE"] = "1"
        assert [told.partition(" (")[0] for told in changed(inside)] == ["numpy.random", "os.environ"]
    assert changed(before) == []
