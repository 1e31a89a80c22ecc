"""CORELIB_INTERPRETED=1: run the Python files of a compiled core, to debug it or to compare the two."""

import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Final

from corelib.core.compiling import COMPILED

CORE: Final = frozenset(f"corelib.{name}" for name in COMPILED)


class Sources:
    """Finds the .py file of a module of the core where Python would take the compiled one beside it."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in CORE or not path:
            return None
        from importlib.util import spec_from_file_location  # here: it takes a fifth of `import corelib`

        return spec_from_file_location(name, os.path.join(path[0], f"{name.rpartition('.')[2]}.py"))


def is_compiled() -> bool:
    """Whether the core that runs is compiled."""
    return not str(sys.modules["corelib.core.graph"].__file__).endswith(".py")


if os.environ.get("CORELIB_INTERPRETED") == "1":
    sys.meta_path.insert(0, Sources)
