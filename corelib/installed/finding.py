"""Search: finding the installed plugins, and loading those that the environment allows."""

import os
import warnings

from corelib.errors import PluginWarning
from corelib.installed.distribution import Distribution, discover
from corelib.installed.loading import Loaded, load, refused
from corelib.installed.provided import trace
from corelib.installed.switches import Switches


class Search:
    """One search for plugins. ``plugins`` holds all that were loaded so far, broken ones too."""

    def __init__(self) -> None:
        self.switches: Switches = Switches.read(os.environ)
        self.distributions: list[Distribution] = discover()
        self.plugins: list[Loaded] = []
        self._pending = [one for one in self.distributions if self.switches.allow(one.name)]
        self._loading = 0

    @property
    def complete(self) -> bool:
        """Whether all plugins are loaded. They are not while one that is being imported asks for an op."""
        return not self._pending and not self._loading

    def run(self) -> None:
        """Load all that are still to be loaded; called by a plugin that is being imported, all but that one."""
        while self._pending:
            self._loading += 1
            try:
                self.plugins += loaded(self._pending.pop(0))
            finally:
                self._loading -= 1
        if self.complete:
            self.plugins.sort(key=lambda plugin: (plugin.distribution.name, plugin.module))

    def report(self) -> None:
        """Warn of what the environment has wrong, and say what was found where it asks for that."""
        if self.switches.trace:
            for one in self.distributions:
                left = "" if self.switches.allow(one.name) else ": not loaded, as the environment asks"
                trace(f"found {one} in {one.location}{left}")
            for plugin in self.plugins:
                what = f"{len(plugin.ops)} ops, {len(plugin.optimizers)} optimizers in {plugin.seconds * 1000:.1f} ms"
                line = f"loaded {plugin.module} of {plugin.distribution}: {what}"
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
        from corelib import __version__

        plugins = [refused(distribution, __version__)]
    else:
        plugins = [Loaded(distribution, "")]
    plugins[0].problems += distribution.problems
    return plugins
