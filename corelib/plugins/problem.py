"""Problem: something that `corelib doctor` reports."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Level: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in one line that also says how to fix it.

    An ``"error"`` makes `corelib doctor` exit with 1, a ``"warning"`` is only shown. ``plugin`` is filled in by
    corelib: the distribution and version of the plugin that the problem is about.
    """

    message: str
    level: Level = "error"
    plugin: str = ""

    def __str__(self) -> str:
        return f"{self.plugin}: {self.message}" if self.plugin and self.plugin not in self.message else self.message
