"""Mutants that are no faults: the reasons that specs declare, each for the mutants whose names it matches.

A survivor counts as equivalent where the spec of an op that has the mutant declares a reason, and no call was found
for which its gradients differ from the original's. Neither is enough alone.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from corelib_selftest.mutant import Mutant


def reason_for(mutant: Mutant) -> str:
    """Why a mutant may be equivalent; "" where no spec of its hosts says so."""
    found = (reason for pattern, reason in _declared([mutant]) if matches(pattern, mutant.key))
    return next(found, "")


def unused(mutants: Iterable[Mutant]) -> list[str]:
    """The patterns declared for the ops of these mutants that match none of them."""
    mutants = list(mutants)
    keys = {mutant.key for mutant in mutants}
    patterns = dict.fromkeys(pattern for pattern, _ in _declared(mutants))
    return [pattern for pattern in patterns if not any(matches(pattern, key) for key in keys)]


def matches(pattern: str, key: str) -> bool:
    """Whether the name of a mutant is this one, in which ``*`` stands for any text."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), key, re.DOTALL) is not None


def _declared(mutants: Iterable[Mutant]) -> Iterator[tuple[str, str]]:
    specs: dict[int, Any] = {id(host.subject.spec): host.subject.spec for m in mutants for host in m.hosts}
    for spec in specs.values():
        yield from spec.equivalent.items()
