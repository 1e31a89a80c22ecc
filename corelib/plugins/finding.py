"""Search: finding the installed plugins, and loading those that the environment allows."""

import os
import warnings
from threading import Condition, get_ident
from typing import Final

from corelib._version import __version__
from corelib.errors import PluginWarning
from corelib.plugins.distribution import Distribution, discover
from corelib.plugins.loading import Loaded, load, refused
from corelib.plugins.passing import is_passing
from corelib.plugins.provided import trace
from corelib.plugins.switches import Switches

PATIENCE: Final = 10.0
"""Seconds that a thread waits for what others are loading: what they load may itself wait for this thread."""
AWAITED: Final = (
    f"another thread waited {PATIENCE:g} s in vain while it was imported; "
    "an import must not wait for a thread that uses corelib"
)


class Search:
    """One search for plugins. ``plugins`` holds all that were loaded so far, broken ones too.

    Nothing is locked while a plugin is imported. Of several threads one loads, and the others wait for it; one that
    waits in vain loads the rest itself, and goes on without the plugins that are still being imported.
    """

    def __init__(self) -> None:
        self.switches: Switches = Switches.read(os.environ)
        self.distributions: list[Distribution] = discover()
        self.plugins: list[Loaded] = []
        self._changed = Condition()
        self._pending = [one for one in self.distributions if self.switches.allow(one.name)]
        self._loading: list[tuple[int, Distribution]] = []  # with the thread that loads it
        self._impatient: set[int] = set()  # the threads that waited in vain
        self._awaited: set[Distribution] = set()  # for what
        self._reported = False

    @property
    def complete(self) -> bool:
        """Whether all plugins are loaded. They are not while one that is being imported asks for an op."""
        return not self._pending and not self._loading

    def run(self) -> None:
        """Load all that are still to be loaded; called by a plugin that is being imported, all but that one."""
        self._wait()
        while self._pending:
            with self._changed:
                one = self._pending.pop(0) if self._pending else None
                self._loading += [(get_ident(), one)] if one else []
            if one is not None:
                self._load(one)
        self._wait()

    def _load(self, one: Distribution) -> None:
        found = None
        try:
            found = loaded(one)
            if one in self._awaited:
                found[0].add_problem(AWAITED, "warning")
        finally:
            with self._changed:
                self._loading.remove((get_ident(), one))
                if found is None:  # interrupted: the next look-up tries again
                    self._pending.insert(0, one)
                else:
                    self.plugins = sorted(
                        [*self.plugins, *found], key=lambda each: (each.distribution.name, each.module)
                    )
                self._changed.notify_all()

    def _wait(self) -> None:
        """Wait until no other thread is loading, unless this one has waited in vain before."""
        me = get_ident()
        with self._changed:
            if me not in self._impatient and not self._changed.wait_for(lambda: not self.elsewhere(), PATIENCE):
                self._impatient.add(me)
                self._awaited |= {one for thread, one in self._loading if thread != me}

    def elsewhere(self) -> list[str]:
        """What other threads are loading."""
        return [str(one) for thread, one in self._loading if thread != get_ident()]

    def retry(self) -> bool:
        """Mark what failed for want of stack, memory or file handles to be loaded again; whether there is any."""
        with self._changed:
            failed = [one for one in self.plugins if one.failure is not None and is_passing(one.failure.__cause__)]
            again = list(dict.fromkeys(plugin.distribution for plugin in failed)) if self.complete else []
            self.plugins = [plugin for plugin in self.plugins if plugin.distribution not in again]
            self._pending += again
        return bool(again)

    def report(self) -> None:
        """Once, warn of what the environment has wrong, and say what was found where it asks for that."""
        with self._changed:
            reported, self._reported = self._reported, True
        if reported:
            return
        if self.switches.trace:
            for one in self.distributions:
                left = "" if self.switches.allow(one.name) else ": not loaded, as the environment asks"
                trace(f"found {one} in {one.location}{left}")
            for plugin in self.plugins:
                what = f"{len(plugin.ops)} ops, {len(plugin.optimizers)} optimizers, {len(plugin.commands)} commands"
                time = f"{plugin.seconds * 1000:.1f} ms"
                line = f"loaded {plugin.module} of {plugin.distribution}: {what} in {time}"
                trace("; ".join([line, *map(str, plugin.problems)]))
        for message in self.complaints():
            warnings.warn(message, PluginWarning, stacklevel=2)

    def complaints(self) -> list[str]:
        """What the environment has wrong."""
        return list(self.switches.unknown(one.name for one in self.distributions))


def loaded(distribution: Distribution) -> list[Loaded]:
    """The plugins of one distribution; one that only carries its problem where it has none to load."""
    if distribution.usable:
        plugins = [load(distribution, entry) for entry in distribution.usable]
    elif distribution.entries:
        plugins = [refused(distribution, __version__)]
    else:
        plugins = [Loaded(distribution, "")]
    plugins[0].problems += distribution.problems
    return plugins
