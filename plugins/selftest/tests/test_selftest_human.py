"""The family of hand-written mistakes: its honest ops pass the suite, and what its mutants change is put back."""

import decimal
import os
import random
import warnings

import numpy as np
import pytest

from corelib.conformance import run
from corelib_selftest.command import all_mutants
from corelib_selftest.human import honest_ops, human_mutants
from corelib_selftest.human.honest import Honest
from corelib_selftest.restored import restored
from corelib_selftest.trial import tried

pytest.importorskip("scipy", reason="most ops of the family are over SciPy")


@pytest.mark.parametrize("honest", honest_ops(), ids=lambda honest: honest.subject.name)
def test_an_honest_op_passes_the_suite(honest: Honest) -> None:
    assert [result.detail for result in run([honest.subject]).failures] == []


def test_some_of_the_mistakes_are_found() -> None:
    """Each sixth: ``python -m corelib_selftest --family human`` tries all, and should find them."""
    assert [mutant.key for mutant in human_mutants()[::6] if not tried(mutant).killed] == []


def test_there_are_more_than_99_mistakes_and_each_has_a_name_of_its_own() -> None:
    names = [mutant.id for mutant in human_mutants()]
    assert len(names) == len(set(names)) >= 99


def test_the_family_belongs_to_no_distribution() -> None:
    assert all_mutants("corelib-broadcast", ["human"]) == []
    assert len(all_mutants(None, ["human"])) == len(human_mutants())


def test_what_a_mutant_changes_for_all_is_put_back() -> None:
    before = shared()
    with restored():
        np.random.random()
        random.random()
        np.seterr(all="ignore")
        np.set_printoptions(precision=2)
        warnings.simplefilter("ignore")
        decimal.getcontext().prec = 3
        os.environ["CORELIB_HUMAN"] = "1"
        os.chdir(os.sep)
        assert shared() != before
    assert shared() == before


def shared() -> tuple[object, ...]:
    numbers = str(np.random.get_state()) + str(random.getstate())
    environment = dict(os.environ)
    formats = str(np.get_printoptions()), decimal.getcontext().prec
    return numbers, np.geterr(), formats, list(warnings.filters), environment, os.getcwd()


def test_a_mutant_that_keeps_something_begins_anew_in_each_trial() -> None:
    mutant = next(m for m in human_mutants() if m.key == "half_square: caches its slope by shape")
    assert tried(mutant).killed
    assert tried(mutant).killed
