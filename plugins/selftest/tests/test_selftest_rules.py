"""Mistakes in optimizers: all can be made, and the suite finds a sample of them, drawn anew where told so."""

import os
import random
from collections import Counter
from typing import Final

import pytest

from corelib.conformance.optimizers.installed_rules import installed_rules
from corelib_selftest.faulty_rules import rule_behaviours
from corelib_selftest.human.rules import rule_mutants, written
from corelib_selftest.rewritten_rules import rule_syntax_mutants
from corelib_selftest.trial import tried

SEED: Final = int(os.environ.get("CORELIB_MUTATION_SEED", "0"))
MUST_FIND: Final = (
    "adam: eps inside the root", "adam: the first correction one late", "adam: the largest is the current",
    "adam: rests where all gradients are zero", "adam: remembers only where there is a gradient",
    "adam: huge gradients are clipped", "adam: beta2 is the default in one place", "adamw: decay with the gradient",
    "sgd: lr inside of the momentum", "rmsprop: lr inside of the momentum", "adagrad: the lr falls one early",
    "prodigy: the estimate never grows", "prodigy: the estimate is the current",
    "prodigy: estimates of all optimizers are one", "prodigy: each parameter estimates by itself",
)  # fmt: skip


def test_each_slip_can_be_made_in_the_rule_that_is_installed() -> None:
    mutants = rule_mutants()
    for mutant in mutants:
        assert mutant.hosts[0].make().kind is not mutant.hosts[0].subject.kind
    assert len({m.id for m in mutants}) == len(mutants)
    assert min(Counter(m.key.split(":")[0] for m in mutants).values()) >= 2


@pytest.mark.parametrize("key", MUST_FIND)
def test_a_slip_of_each_class_is_found(key: str) -> None:
    (mutant,) = [m for m in rule_mutants() if m.key == key]
    assert tried(mutant).killed


def test_a_sample_of_slips_is_found() -> None:
    survivors = [m.key for m in random.Random(SEED).sample(rule_mutants(), 12) if not tried(m).killed]
    assert survivors == []


def test_a_slip_in_a_rule_that_reads_otherwise_now_is_an_error() -> None:
    (subject,) = installed_rules("corelib-optimizers.adam")
    with pytest.raises(LookupError, match=r"Adam.update has no text 'nothing like it'"):
        written(subject.kind.update, "nothing like it", "")


def test_what_a_driver_can_do_wrong_with_all_parameters_is_found() -> None:
    (subject,) = installed_rules("corelib-optimizers.prodigy")
    words = ("all parameters", "one estimate", "by itself", "stale gradient")
    mutants = [m for m in rule_behaviours(subject) if m.key.startswith("driver") and any(w in m.key for w in words)]
    assert len(mutants) == 4
    assert [m.key for m in mutants if not tried(m).killed] == []


def test_all_methods_of_a_rule_over_all_parameters_are_mutated() -> None:
    subjects = installed_rules("corelib-optimizers.prodigy")
    methods = {m.key.split(":")[1].split(".")[1] for m in rule_syntax_mutants(subjects)}
    assert methods >= {"init", "begin", "measure", "combine", "update"} - {"begin"}
