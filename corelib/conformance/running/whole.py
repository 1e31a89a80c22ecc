"""All cases of what is installed: one list for each op, and for each optimizer."""

from collections.abc import Sequence

from corelib.conformance.cases.case import Case
from corelib.conformance.installed_ops import installed
from corelib.conformance.optimizers.installed_rules import installed_rules
from corelib.conformance.optimizers.plan import rule_cases
from corelib.conformance.profile import profile_of
from corelib.conformance.running.plan import cases
from corelib.conformance.subject import Subject


def cases_of(
    pattern: str | None, profile: str = "default", seed: int = 0, op: str | None = None
) -> list[Sequence[Case]]:
    """The cases of all that is installed, or of one distribution, or of one op or optimizer, grouped by op.

    Raises LookupError where nothing has the name, or no profile has.
    """
    chosen = profile_of(profile)
    rules = [one for one in installed_rules(pattern, seed=seed) if op in (None, one.spec.name)]
    ops = ops_of(pattern, op=op, seed=seed)
    return [*[cases(one, chosen) for one in ops], *[list(rule_cases(one)) for one in rules]]


def ops_of(pattern: str | None = None, *, op: str | None = None, seed: int = 0) -> list[Subject]:
    """The installed ops, as ``installed`` finds them; none where only optimizers have the name."""
    try:
        return installed(pattern, op=op, seed=seed)
    except LookupError:
        if any(op in (None, rule.spec.name) for rule in installed_rules(pattern)):
            return []
        raise
