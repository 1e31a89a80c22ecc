"""What messages call a function, "numpy.linalg.inv", and an argument."""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np


def described(function: Callable[..., Any]) -> str:
    """A function as one writes it, with the shortest public module that has it: a ufunc does not know its own."""
    name = str(getattr(function, "__name__", None) or repr(function))
    if getattr(np, name, None) is function:
        return f"numpy.{name}"
    module = str(getattr(function, "__module__", None) or "")
    library = module.partition(".")[0].removeprefix("_")  # of C: _operator
    homes = [home for home in list(sys.modules) if has(home, name, function) and is_in(home, library)]
    if not library:  # a program that imports the function has it too, under a shorter name than its maker
        made = {home.partition(".")[0] for home in homes if is_extension(home)}
        homes = [home for home in homes if not made or home.partition(".")[0] in made]
    home = min(homes, key=lambda each: (is_private(each), each != module, each.count("."), each), default=module)
    return f"{home}.{name}" if home else name


def has(home: str, name: str, function: Callable[..., Any]) -> bool:
    return getattr(sys.modules[home], "__dict__", {}).get(name) is function


def aliases(described: str) -> list[str]:
    """The other names that the module of a ``described`` function has for it: psi is digamma, too."""
    home, _, name = described.rpartition(".")
    names = getattr(sys.modules.get(home), "__dict__", {})
    function = names.get(name)
    return sorted(each for each, value in names.items() if function is not None and value is function and each != name)


def is_extension(home: str) -> bool:
    """Whether a module is no Python file."""
    file = getattr(sys.modules[home], "__file__", None)
    return isinstance(file, str) and not file.endswith((".py", ".pyc"))


def is_private(home: str) -> bool:
    return "._" in home or home.startswith("_")


def is_in(home: str, library: str) -> bool:
    return not library or home == library or home.startswith(f"{library}.")


def shown(value: Any) -> str:
    """The ``repr`` of an argument, or its type where there is none, as of a list nested 100,000 deep."""
    try:
        return repr(value)
    except RecursionError:
        return f"<{type(value).__name__}>"
