"""Names: what a module such as corelib.ops found in the registry, kept among its globals."""

from collections.abc import Callable
from typing import Any

from corelib.plugins.registry import registry


class Names(dict[str, Any]):
    """Name -> op or optimizer. What is kept here stands in ``namespace`` too, where Python finds it by itself.

    ``ops.sin`` thus costs a look-up in the globals of a module, and ``__getattr__`` is called for what is not yet
    known there. The registry clears this when what is installed or preferred changes.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        super().__init__()
        self.namespace = namespace
        registry.memories.append(self)

    def found(self, name: str, find: Callable[[str], Any]) -> Any:
        """``find(name)``, kept until the registry changes."""
        return registry.remember(self, name, find)

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, value)
        self.namespace[name] = value

    def clear(self) -> None:
        """Forget all names. Other names in the namespace stay."""
        for name, value in self.items():
            if self.namespace.get(name) is value:
                del self.namespace[name]
        super().clear()
