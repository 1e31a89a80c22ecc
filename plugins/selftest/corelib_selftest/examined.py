"""What is mutated: the ops and the optimizers of an installed plugin."""

from collections.abc import Sequence
from dataclasses import dataclass

from corelib.conformance.installed_ops import distributions
from corelib.conformance.optimizers.installed_rules import installed_rules
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.running.whole import ops_of
from corelib.conformance.subject import Subject
from corelib.errors import PluginError
from corelib_selftest.behaviours import behavioural_mutants
from corelib_selftest.faulty_rules import rule_behaviours
from corelib_selftest.mutant import Mutant
from corelib_selftest.rewritten import syntax_mutants
from corelib_selftest.rewritten_rules import rule_syntax_mutants
from corelib_selftest.situations import situated_mutants
from corelib_selftest.trial import prepared, require_green


@dataclass(frozen=True)
class Examined:
    """Some ops and optimizers."""

    ops: Sequence[Subject]
    rules: Sequence[RuleSubject]

    def mutants(self, families: Sequence[str]) -> list[Mutant]:
        """All their mutants of these families. The hand-written ones have ops of their own, and are none of theirs."""
        found: list[Mutant] = []
        if "behaviour" in families:
            found += [m for one in self.ops for m in behavioural_mutants(one)]
            found += [m for rule in self.rules for m in rule_behaviours(rule)]
        if "syntax" in families:
            found += [*syntax_mutants(self.ops), *rule_syntax_mutants(self.rules)]
        if "situation" in families:
            found += [m for one in self.ops for m in situated_mutants(one)]
        return found

    def require_green(self) -> None:
        """Raise NotGreen where the suite fails without a mutation: it would seem to find every mutant."""
        for one in self.ops:
            prepared(one)
        for rule in self.rules:
            require_green(rule)


def examined(pattern: str | None) -> Examined:
    """All that is installed, or what one distribution provides, or one op or optimizer of it ("corelib-matmul.dot").

    Raises LookupError where nothing has that name.
    """
    return Examined(ops_of(pattern), installed_rules(pattern))


def of_plugin(name: str, op: str | None = None) -> Examined:
    """The ops and optimizers of a distribution, or one of them.

    Raises PluginError where there is nothing to mutate, and PluginLoadError for a plugin that is broken.
    """
    provided = [{*plugin.ops, *plugin.optimizers} for plugin in distributions(name) if plugin.distribution.name == name]
    names = sorted(set().union(*provided))
    if not provided:
        raise PluginError(f"no plugin {name} is installed; `corelib plugins` lists those that are")
    if not names:
        raise PluginError(f"{name} provides no op and no optimizer: there is nothing to mutate")
    if op is not None and op not in names:
        raise PluginError(f"{name} provides no op or optimizer {op!r}; it has {', '.join(names)}")
    return examined(name if op is None else f"{name}.{op}")
