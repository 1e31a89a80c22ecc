"""The message for a name or function that no plugin provides: what is meant, and what to install."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from corelib.core.naming import aliases
from corelib.plugins.first_party import COMMANDS, OPS, OPTIMIZERS
from corelib.plugins.passing import is_passing
from corelib.plugins.provided import reason

if TYPE_CHECKING:
    from corelib.plugins.loading import Loaded
    from corelib.plugins.registry import Registry


def none_named(registry: "Registry", kind: str, name: str) -> str:
    """The message for a name that no plugin provides."""
    message = f"no installed plugin provides {kind} {name!r}"
    owner = owner_of(name, kind)
    if owner and not _is_broken(registry, owner):
        return f"{message}; pip install {owner}{_broken(registry)}"
    close = get_close_matches(name, registry.table(kind), 1)
    if close:
        message += f"; did you mean {close[0]!r} ({registry.table(kind)[close[0]][0].distribution})?"
    if kind == "optimizer":  # of ops there are hundreds
        message += f" (installed: {', '.join(sorted(registry.table(kind))) or 'none'})"
    return message + _broken(registry)


def no_op_for(registry: "Registry", function: Callable[..., Any], described: str) -> str:
    """The message for a function that no op stands for."""
    owner = owner_of(getattr(function, "__name__", ""), "op") if _is_array_library(described) else None
    other = ", ".join(aliases(described))
    message = f"no installed plugin differentiates {described}" + (f" (also called {other})" if other else "")
    return (
        f"{message}; pip install {owner}" if owner and not _is_broken(registry, owner) else message + _broken(registry)
    )


def owner_of(name: str, kind: str) -> str | None:
    """The first-party distribution that has ``name``."""
    table = {"op": OPS, "optimizer": OPTIMIZERS, "command": COMMANDS}[kind]
    return next((owner for owner, names in table.items() if name in names.split()), None)


def _is_array_library(described: str) -> bool:
    return described.startswith(("numpy.", "scipy.", "operator."))


def _is_broken(registry: "Registry", owner: str) -> bool:
    """Whether the owner is there already, so that installing it is no help."""
    return any(plugin.distribution.name == owner for plugin in registry.plugins)


def _broken(registry: "Registry") -> str:
    """The plugins that could not be loaded: one of them may have it."""
    failed = sorted({_failure(plugin) for plugin in registry.plugins if plugin.failure is not None})
    waiting = registry.search.elsewhere()
    late = f" (still being imported by another thread: {', '.join(waiting)})" if waiting else ""
    return (f" (not loaded: {', '.join(failed)}; see corelib doctor)" if failed else "") + late


def _failure(plugin: "Loaded") -> str:
    """A plugin that failed; why, where that passes."""
    cause = plugin.failure.__cause__ if plugin.failure is not None else None
    return (
        f"{plugin.distribution}: {reason(cause)}"
        if cause is not None and is_passing(cause)
        else str(plugin.distribution)
    )
