"""``python -m corelib_selftest``: mutate what is installed, and print how much of it the suite finds."""

import argparse
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from corelib.conformance.optimizers.installed_rules import installed_rules
from corelib.conformance.optimizers.plan import rule_cases
from corelib.conformance.profile import Profile
from corelib.conformance.running.runner import run, run_cases
from corelib.conformance.running.whole import ops_of
from corelib_selftest.costs import costs
from corelib_selftest.equivalents import reason_for
from corelib_selftest.examined import Examined, examined
from corelib_selftest.human import human_mutants
from corelib_selftest.mutant import FAMILIES, Family, Mutant, Verdict
from corelib_selftest.score import Score
from corelib_selftest.trial import tried
from corelib_selftest.witness import difference

GOALS: Final[dict[Family, float]] = {"behaviour": 1.0, "syntax": 0.99, "human": 1.0, "situation": 1.0}


def all_mutants(
    pattern: str | None = None, families: Sequence[str] = FAMILIES, ops: int | None = None, seed: int = 0
) -> list[Mutant]:
    """The mutants of all that is installed, or of one distribution, or of one op; of ``ops`` ops drawn at random.

    Those of the family "human" have ops of their own, and belong to no distribution.
    """
    found = examined(pattern)
    if ops is not None:
        chosen = random.Random(seed).sample(found.ops, min(ops, len(found.ops)))
        found = Examined(chosen, found.rules[: min(ops, len(found.rules))])
    return found.mutants(families) + (human_mutants() if "human" in families and pattern is None else [])


def judged(mutant: Mutant) -> Verdict:
    """What the suite says; of a survivor, why it is equivalent, or where it differs from the original."""
    verdict = tried(mutant)
    if verdict.killed:
        return verdict
    where = difference(mutant)
    if where:
        return replace(verdict, witness=where)
    return replace(verdict, reason=reason_for(mutant))


def score_of(mutants: Sequence[Mutant], progress: Callable[[Verdict], None] | None = None) -> Score:
    """Try them all."""
    verdicts = []
    for mutant in mutants:
        verdicts.append(judged(mutant))
        if progress is not None:
            progress(verdicts[-1])
    return Score(verdicts)


def false_alarms(pattern: str | None, seeds: int) -> list[str]:
    """What fails of unmutated ops and rules, with each of so many seeds."""
    one_seed = Profile("default", 1)
    found: list[str] = []
    for seed in range(seeds):
        results = [*run(ops_of(pattern, seed=seed), one_seed).results]
        for rule in installed_rules(pattern, seed=seed):
            results += run_cases(list(rule_cases(rule)))
        found += [f"seed {seed}: {result.detail}" for result in results if result.status == "fail"]
    return found


def main(pattern: str | None = None, arguments: Sequence[str] = ()) -> int:
    """Run, print, and return 0 where the goals are met."""
    given = _parsed(arguments)
    pattern = given.plugin or pattern
    if given.false_alarms:
        alarms = false_alarms(pattern, given.false_alarms)
        print("\n".join([*alarms, f"{len(alarms)} false alarms with {given.false_alarms} seeds"]))
        return int(bool(alarms))
    if given.costs:
        found = costs(pattern)
        print("\n".join(map(str, found)))
        return int(not all(one.held for one in found))
    mutants = all_mutants(pattern, given.family or FAMILIES, given.ops, given.seed)
    if given.sample is not None:
        mutants = random.Random(given.seed).sample(mutants, min(given.sample, len(mutants)))
    score = score_of(mutants)
    print("\n".join(score.lines()))
    return int(any(score.rate(family) < GOALS[family] for family in GOALS))


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m corelib_selftest", description=__doc__)
    parser.add_argument("plugin", nargs="?", help="a distribution, or DIST.op")
    parser.add_argument("--ops", type=int, metavar="N", help="N ops drawn at random")
    parser.add_argument("--sample", type=int, metavar="N", help="N mutants drawn at random")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--family", action="append", choices=FAMILIES)
    parser.add_argument("--false-alarms", type=int, metavar="SEEDS", help="run the suite on unmutated ops instead")
    parser.add_argument("--costs", action="store_true", help="measure the suite's time on unmutated ops instead")
    return parser.parse_args(arguments)
