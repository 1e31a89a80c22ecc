"""Plugins, from Python: look at them, register one for a while, choose among several.

>>> import corelib
>>> corelib.plugins.list()                                    # what is installed, and what failed to load
>>> corelib.plugins.prefer("erf", "corelib-special")          # whose op is meant where several have one
>>> with corelib.plugins.registered(plugin): ...              # as if it were installed
"""

import builtins
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from corelib.errors import PluginError, PluginLoadError
from corelib.plugins.problem import Problem
from corelib.plugins.provided import KINDS
from corelib.plugins.registry import find_op, find_optimizer, op_names, optimizer_names
from corelib.plugins.registry import registry as _registry  # its own name here is that of its module
from corelib.plugins.switches import normalized

if TYPE_CHECKING:
    from corelib.plugins.hooks import Plugin

R = TypeVar("R")

__all__ = [
    "Info", "Problem", "call_all", "find_op", "find_optimizer", "list", "op_names", "optimizer_names", "prefer",
    "problems", "registered", "reload",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Info:
    """What is known of one plugin, without importing more of it."""

    distribution: str
    version: str
    module: str
    ops: tuple[str, ...]
    optimizers: tuple[str, ...]
    commands: tuple[str, ...]
    array_kinds: tuple[str, ...]
    problems: tuple[Problem, ...]
    seconds: float
    """How long it took to load."""


def list() -> builtins.list[Info]:
    """The plugins, broken ones too, by name; those registered in this process come last."""
    return [
        Info(
            plugin.distribution.name,
            plugin.distribution.version,
            plugin.module,
            tuple(sorted(plugin.ops)),
            tuple(sorted(plugin.optimizers)),
            tuple(sorted(plugin.commands)),
            tuple(sorted(plugin.array_kinds)),
            tuple(plugin.problems),
            plugin.seconds,
        )
        for plugin in _registry.plugins
    ]


def prefer(name: str, distribution: str) -> None:
    """Choose whose op, optimizer, command or kind of array ``name`` is meant where several distributions have it.

    It holds for this process, and goes before CORELIB_PREFER. Raises PluginError where ``distribution`` provides
    nothing of that name.
    """
    for kind in KINDS:
        owners = [one.distribution for one in _registry.table(kind).get(name, ())]
        if any(normalized(owner.name) == normalized(distribution) for owner in owners):
            return _registry.prefer(name, distribution)
    have = sorted({str(one.distribution) for kind in KINDS for one in _registry.table(kind).get(name, ())})
    raise PluginError(f"{distribution} provides no {name!r}; those who do: {', '.join(have) or 'none'}")


@contextmanager
def registered(plugin: Any, name: str | None = None) -> Iterator[None]:
    """Within it, ``plugin`` (a module, or an instance of a Plugin) counts as installed, for all threads.

    It is called ``name``, which is its module or class by default; where an installed plugin has the same op,
    ``prefer`` chooses as ever. Raises PluginLoadError where it is no plugin, or its hooks fail.
    """
    from corelib.plugins.loading import adopted

    loaded = adopted(plugin, name)
    if loaded.failure is not None or loaded.problems:
        raise PluginLoadError("; ".join(map(str, loaded.problems))) from loaded.failure
    _registry.change(registered=(*_registry.registered, loaded))
    try:
        yield
    finally:
        _registry.change(registered=tuple(one for one in _registry.registered if one is not loaded))


def reload() -> None:
    """Find the plugins anew at the next lookup, as after a ``pip install`` in a notebook.

    Modules that were imported before stay as they are; preferences stay.
    """
    _registry.change(forget=True)


def problems() -> builtins.list[Problem]:
    """What is wrong with the plugins, as far as it is known without importing more of them."""
    return [problem for plugin in _registry.plugins for problem in plugin.problems]


def call_all(spec: "Callable[[Plugin], R]") -> builtins.list[tuple[Info, R | Problem]]:
    """What each plugin that could be loaded returns from a hook, such as ``Plugin.corelib_conformance``.

    A plugin that fails has its Problem in the list; the others are called all the same.
    """
    values: builtins.list[tuple[Info, R | Problem]] = []
    for info, plugin in zip(list(), _registry.plugins, strict=True):
        values += [(info, value) for value in plugin.asked(spec)]
    return values
