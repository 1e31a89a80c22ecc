"""The distributions in plugins/ that provide ops, optimizers or commands."""

import tomllib
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Project:
    """A distribution, by its pyproject.toml. ``modules`` are those of its entry points."""

    name: str
    modules: tuple[str, ...]

    def provides(self, kind: str) -> list[str]:
        """The names of its "ops", "optimizers" or "commands"; it need not be installed."""
        from corelib.plugins.loading import adopted

        plugins = [adopted(import_module(module), self.name) for module in self.modules]
        return sorted(name for plugin in plugins for name in getattr(plugin, kind))


def projects() -> list[Project]:
    """Those of this repository that have an entry point, by name."""
    found = [_read(file) for file in sorted(ROOT.glob("plugins/*/pyproject.toml"))]
    return [project for project in found if project.modules]


def _read(file: Path) -> Project:
    content: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
    modules = content.get("entry-points", {}).get("corelib.v1", {})
    return Project(content["name"], tuple(modules.values()))
