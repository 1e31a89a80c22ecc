"""All cases of what is installed: one list for each op, and for each optimizer."""

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from corelib.conformance.cases.case import Case
from corelib.conformance.guarded import GUARDED
from corelib.conformance.installed_ops import installed
from corelib.conformance.optimizers.installed_rules import installed_rules
from corelib.conformance.optimizers.plan import rule_cases
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.profile import profile_of
from corelib.conformance.running.plan import cases
from corelib.conformance.subject import Subject
from corelib.core.array_kinds import ArrayKind
from corelib.plugins.registry import array_kinds


def cases_of(
    pattern: str | None, profile: str = "default", seed: int = 0, op: str | None = None,
    checks: Sequence[str] = (), array_kind: str | None = None,
) -> list[Sequence[Case]]:  # fmt: skip
    """The cases of all that is installed, or of one distribution, or of one op or optimizer, grouped by op.

    ``checks`` are patterns of the checks to run, by default all. With the name of a kind of array the check
    ``array_kinds`` runs alone, on arrays of that kind.

    Raises LookupError where nothing has the name, or no profile or kind of array has.
    """
    chosen = profile_of(profile)
    kind = None if array_kind is None else kind_named(array_kind)
    checks = checks if kind is None else ("array_kinds",)
    rules = [one for one in installed_rules(pattern, seed=seed) if op in (None, one.spec.name)]
    found = [cases(replace(one, array_kind=kind), chosen, checks) for one in ops_of(pattern, op=op, seed=seed)]
    return [*found, *[_of_rule(replace(one, array_kind=kind), checks) for one in rules]]


def _of_rule(subject: RuleSubject, checks: Sequence[str]) -> list[Case]:
    """The cases of one rule, of all checks or of those that are asked for."""
    found = rule_cases(subject)
    return [case for case in found if not checks or any(fnmatchcase(case.check_id, pattern) for pattern in checks)]


def kind_named(name: str) -> ArrayKind:
    """The kind of array of that name, which a plugin describes. Raises LookupError, with the names that there are."""
    known = {GUARDED.name: GUARDED, **array_kinds()}
    if name not in known:
        raise LookupError(f"no array kind {name!r}; installed are {', '.join(sorted(known))}")
    return known[name]


def ops_of(pattern: str | None = None, *, op: str | None = None, seed: int = 0) -> list[Subject]:
    """The installed ops, as ``installed`` finds them; none where only optimizers have the name."""
    try:
        return installed(pattern, op=op, seed=seed)
    except LookupError:
        if any(op in (None, rule.spec.name) for rule in installed_rules(pattern)):
            return []
        raise
