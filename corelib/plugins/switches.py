"""The environment variables that say which plugins are loaded, and whose op is meant."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field


def normalized(name: str) -> str:
    """The name of a distribution as package indices compare them (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


@dataclass(frozen=True, slots=True)
class Switches:
    """What the environment variables say.

    CORELIB_DISABLE_PLUGINS=dist,...   never load these distributions
    CORELIB_PLUGIN_AUTOLOAD=0          load only those that CORELIB_PLUGINS=dist,... lists
    CORELIB_PREFER=op=dist,...         whose op is meant where several provide it
    CORELIB_TRACE_PLUGINS=1            say on standard error what is found, loaded and imported, and how long it took
    """

    disabled: frozenset[str] = frozenset()
    autoload: bool = True
    chosen: frozenset[str] = frozenset()
    prefer: Mapping[str, str] = field(default_factory=dict)
    trace: bool = False
    malformed: tuple[str, ...] = ()

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Switches":
        """The switches that are set in ``environment``."""
        pairs = [entry.partition("=") for entry in _entries(environment.get("CORELIB_PREFER", ""))]
        return cls(
            disabled=frozenset(map(normalized, _entries(environment.get("CORELIB_DISABLE_PLUGINS", "")))),
            autoload=environment.get("CORELIB_PLUGIN_AUTOLOAD", "1").strip().lower() not in {"0", "false", "no", "off"},
            chosen=frozenset(map(normalized, _entries(environment.get("CORELIB_PLUGINS", "")))),
            prefer={name.strip(): normalized(owner) for name, _, owner in pairs if owner.strip()},
            trace=environment.get("CORELIB_TRACE_PLUGINS", "") not in {"", "0"},
            malformed=tuple(name for name, _, owner in pairs if not owner.strip()),
        )

    def allow(self, distribution: str) -> bool:
        """Whether the distribution may be loaded."""
        name = normalized(distribution)
        return name not in self.disabled and (self.autoload or name in self.chosen)

    def unknown(self, known: Iterable[str]) -> Iterator[str]:
        """One message for each name that no installed plugin has."""
        names = {normalized(name) for name in known}
        asked = [("CORELIB_DISABLE_PLUGINS", name) for name in sorted(self.disabled)]
        asked += [("CORELIB_PLUGINS", name) for name in sorted(self.chosen)]
        asked += [("CORELIB_PREFER", name) for name in sorted(set(self.prefer.values()))]
        for variable, name in asked:
            if name not in names:
                installed = ", ".join(sorted(names)) or "none"
                yield f"{variable} names {name!r}, which is no installed plugin; installed: {installed}"
        for text in self.malformed:
            yield f"CORELIB_PREFER has {text!r}; it is written op=distribution,op=distribution"


def _entries(text: str) -> list[str]:
    return [entry.strip() for entry in text.split(",") if entry.strip()]
