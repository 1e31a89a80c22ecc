"""From a rule to its cases: every check, with every choice of hyperparameters it selects."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from corelib.conformance.cases.expected import unknown_checks, unknown_samples
from corelib.conformance.failure import Failure
from corelib.conformance.optimizers.case import RuleCase, Run
from corelib.conformance.optimizers.checks import RULE_CHECK_IDS, RULE_CHECKS
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.tally import Tally


def rule_cases(subject: RuleSubject) -> Iterator[RuleCase]:
    """All cases of one rule."""
    each = {check.id: check.each for check in RULE_CHECKS}
    unknown = unknown_checks(subject.spec, RULE_CHECK_IDS) or unknown_samples(
        subject.spec, lambda check: list(subject.variants) if each[check] else ["defaults"]
    )
    refusing = {"rule_declared": _failing(unknown)} if unknown else {}
    for check in [replace(check, run=refusing.get(check.id, check.run)) for check in RULE_CHECKS]:
        variants = subject.variants if check.each else {"defaults": subject.required}
        for name, hyperparameters in variants.items():
            yield RuleCase(subject, check, name, hyperparameters)


def _failing(message: str) -> Run:
    def run(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
        raise Failure(message)

    return run
