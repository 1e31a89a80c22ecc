"""The text of docs/coverage.md: every public function of NumPy and scipy.special, and what it does with a Tensor."""

from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any, Final

import numpy as np

HEAD: Final = """\
# Coverage

What each public function of NumPy and scipy.special does with a Tensor. Written by `python -m tools.refresh`.

- An **op** differentiates it.
- What has **no derivative** returns plain arrays, as it does of arrays.
- What takes **no Tensor** is not asked by NumPy, so that no library could differentiate it: it makes arrays of numbers,
  or is about files and types.
- What is **refused** raises an error that says what to write instead.
- What is **missing** has no op yet.
"""
MODULES: Final = ("numpy", "numpy.linalg", "numpy.fft", "scipy.special")
MISSING: Final = "missing"
DISPATCHED: Final[tuple[type, ...]] = (type(np.sum), np.ufunc)
"""The types of functions that ask their arguments (NEP 13 and 18)."""


def text() -> str:
    """The whole page."""
    return "\n".join([HEAD, *map(_section, MODULES)])


def statuses(module: str) -> dict[str, str]:
    """What each public function of a module does with a Tensor, by its name."""
    return {name: status(module, name, function) for name, function in functions(import_module(module))}


def functions(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The public functions of a module, by name."""
    for name in sorted(module.__all__):
        value = getattr(module, name)
        if callable(value) and not isinstance(value, type):
            yield name, value


def status(module: str, name: str, function: Callable[..., Any]) -> str:
    """What a function does with a Tensor."""
    from corelib.core.nondifferentiable import is_non_differentiable
    from corelib.errors import NotDifferentiable, OpNotFound
    from corelib.plugins.registry import find_for

    if is_non_differentiable(function):
        return "no derivative"
    try:
        return f"op `{op_name(find_for(function))}`"
    except NotDifferentiable as error:
        return "refused: " + str(error).partition(": ")[2]
    except OpNotFound:
        return MISSING if isinstance(function, DISPATCHED) or module == "scipy.special" else "no Tensor"


def op_name(op: Any) -> str:
    """The op and the distribution that has it."""
    from corelib.plugins.registry import registry

    for name, providers in registry.table("op").items():
        if any(one.value is op for one in providers):
            return f"{name}` of `{providers[0].distribution.name}"
    return str(op)


def _section(module: str) -> str:
    found = statuses(module)
    kinds = Counter(status.split(":")[0].split(" `")[0] for status in found.values())
    counts = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
    rows = "\n".join(f"| `{name}` | {status} |" for name, status in found.items())
    return f"## {module}\n\n{len(found)} functions: {counts}.\n\n| function | with a Tensor |\n|---|---|\n{rows}\n"
