"""The ops that are installed, with the specs that their plugins declare."""

from collections.abc import Iterable, Iterator
from typing import Any

from corelib.conformance.spec import OpSpec
from corelib.conformance.subject import Subject
from corelib.errors import InvalidOp, PluginLoadError
from corelib.plugins.hooks import Plugin
from corelib.plugins.registry import registry


def installed(pattern: str | None = None, *, op: str | None = None, seed: int = 0) -> list[Subject]:
    """The installed ops as Subjects, with the specs that their plugins declare.

    pattern: a distribution ("corelib-elementwise"), or one op of it ("corelib-elementwise.exp"); by default all.
    op: only ops of this name.
    seed: vary all random numbers.

    Raises LookupError where nothing has that name, PluginLoadError where a plugin of that name cannot be loaded,
    InvalidOp for a spec of an op that its plugin does not provide.

    >>> [subject.name for subject in installed("corelib-elementwise", op="exp")]
    ['corelib-elementwise.exp']
    """
    found = [one for plugin in _plugins(pattern) for one in _subjects(plugin, seed)]
    found = [s for s in found if pattern in (None, s.distribution, s.name) and op in (None, s.spec.name)]
    if not found and (pattern is not None or op is not None):
        named = f"op {op}" if op is not None else "op"
        raise LookupError(f"no installed {named} of {pattern or 'any plugin'}; `corelib plugins` lists what is there")
    return found


def declared_specs(plugin: Any) -> list[Any]:
    """What a plugin returns from the hook corelib_conformance: OpSpecs and RuleSpecs."""
    returned: list[Iterable[Any]] = plugin.call(Plugin.corelib_conformance)
    return [spec for specs in returned for spec in specs]


def distributions(pattern: str | None = None) -> list[Any]:
    """The plugins whose distribution has the name, or all; as the registry has loaded them."""
    return list(_plugins(pattern))


def _plugins(pattern: str | None) -> Iterator[Any]:
    for plugin in registry.plugins:
        name = plugin.distribution.name
        if pattern is None or pattern == name or pattern.startswith(f"{name}."):
            if plugin.failure is not None:
                raise PluginLoadError(str(plugin.failure)) from plugin.failure
            yield plugin


def _subjects(plugin: Any, seed: int) -> Iterator[Subject]:
    name = plugin.distribution.name
    specs = {spec.name: spec for spec in declared_specs(plugin) if isinstance(spec, OpSpec)}
    stray = sorted(set(specs) - set(plugin.ops))
    if stray:
        raise InvalidOp(f"{name} declares an OpSpec of {', '.join(stray)}, and provides no such op")
    seen: set[int] = set()
    for op_name, provided in sorted(plugin.ops.items(), key=lambda item: (item[0] not in specs, item[0])):
        op = provided.get()
        if id(op) in seen:  # a second name of the same op
            continue
        seen.add(id(op))
        spec = specs.get(op_name)
        yield Subject(op, spec or OpSpec(op_name), name, spec is not None, seed, provided.where)
