"""The optimizers that are installed, with the specs that their plugins declare."""

from corelib.conformance.installed_ops import declared_specs, distributions
from corelib.conformance.optimizers.spec import RuleSpec
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.errors import OptimizerError


def installed_rules(pattern: str | None = None, *, seed: int = 0) -> list[RuleSubject]:
    """All installed rules, or those of one distribution, or one ("corelib-optimizers.adam").

    Raises OptimizerError for a spec of a rule that its plugin does not provide.
    """
    found: list[RuleSubject] = []
    for plugin in distributions(pattern):
        name = plugin.distribution.name
        specs = {spec.name: spec for spec in declared_specs(plugin) if isinstance(spec, RuleSpec)}
        stray = sorted(set(specs) - set(plugin.optimizers))
        if stray:
            raise OptimizerError(f"{name} declares a RuleSpec of {', '.join(stray)}, and provides no such optimizer")
        for rule_name, provided in sorted(plugin.optimizers.items()):
            spec = specs.get(rule_name)
            found.append(RuleSubject(provided.get(), spec or RuleSpec(rule_name), name, spec is not None, seed))
    return [one for one in found if pattern in (None, one.distribution, one.name)]
