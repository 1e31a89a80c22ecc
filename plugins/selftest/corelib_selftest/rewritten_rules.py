"""Syntax mutants of rules: of update and init, and of what they call."""

from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any

from corelib.conformance.optimizers.subject import RuleSubject
from corelib.rule import joint
from corelib_selftest.functions import helpers, names_in, place, transplanted
from corelib_selftest.mutant import Host, Mutant
from corelib_selftest.rewritten import codes


def rule_syntax_mutants(subjects: Iterable[RuleSubject]) -> list[Mutant]:
    """All of them; a method that several rules inherit is mutated once, for all of them."""
    hosts: dict[tuple[FunctionType, str], list[Host]] = {}
    for subject in subjects:
        for name in _methods(subject.kind):
            method = getattr(subject.kind, name)
            for part in (method, *helpers(method)):
                for text, code in codes(part):
                    make = _with_method(subject, name, method, part, code)
                    hosts.setdefault((part, text), []).append(Host(subject, make))
    return [
        Mutant("syntax", f"{place(part)}: {text}", tuple(found), part, text) for (part, text), found in hosts.items()
    ]


def _methods(kind: Any) -> list[str]:
    found = ["init", "update", *(["begin", "measure", "combine"] if joint(kind) else [])]
    for name in found:
        for mentioned in sorted(names_in(getattr(kind, name).__code__)):
            if mentioned not in found and isinstance(getattr(kind, mentioned, None), FunctionType):
                found.append(mentioned)
    return found


def _with_method(
    subject: RuleSubject, name: str, method: FunctionType, part: FunctionType, code: Any
) -> Callable[[], RuleSubject]:
    def make() -> RuleSubject:
        kind = subject.kind
        changed = {name: transplanted(method, {part: code}), "__module__": kind.__module__, "__slots__": ()}
        return subject.with_kind(type(kind)(kind.__name__, (kind,), changed))

    return make
