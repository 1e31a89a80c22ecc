"""The family of faults that show in one situation alone: a form of array, the first call, the state of the process."""

import pytest

from corelib.conformance import installed
from corelib_selftest.command import all_mutants
from corelib_selftest.situations import situated_mutants
from corelib_selftest.trial import tried


@pytest.mark.parametrize("name", ["corelib-elementwise.exp", "corelib-matmul.matmul", "corelib-reduce.sum"])
def test_every_fault_of_the_family_is_found(name: str) -> None:
    (subject,) = installed(name)
    mutants = list(situated_mutants(subject))
    assert len(mutants) >= 11
    assert [m.key for m in mutants if not tried(m).killed] == []


def test_the_family_has_forms_of_arrays_for_ops_that_treat_them_apart() -> None:
    keys = {m.key for m in all_mutants("corelib-matmul.matmul", ["situation"])}
    assert {"wrong where an array is square", "wrong where an array has a batch of two axes"} <= keys
    assert not any("an array" in m.key for m in all_mutants("corelib-elementwise.exp", ["situation"]))


@pytest.mark.parametrize(
    ("op", "text"),
    [
        ("corelib-matmul.cross", "wrong at the first call"),
        ("corelib-maximum.fmin", "wrong at the first call"),
        ("corelib-maximum.min", "a batch of two axes"),
    ],
)
def test_faults_behind_a_gradient_of_zero_or_a_tie_are_found(op: str, text: str) -> None:
    (mutant,) = [m for m in all_mutants(op, ["situation"]) if text in m.id]
    assert tried(mutant).killed
