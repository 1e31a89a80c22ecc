"""Stubs of the installed plugins for type checkers: they re-export, so that the type of no op grows stale.

mypy and pyright do not run the registry; ``from corelib.ops import erf`` is static to them because corelib/ops
imports from the stub module ``_corelib_ops``, in which `corelib typings` writes
``from corelib_special import erf as erf``. Only the overloads of `corelib.optimizers.named` write out types, those of
the hyperparameters of each rule.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from corelib.errors import OpConflict, OptimizerConflict, PluginLoadError
from corelib.plugins.provided import Provided
from corelib.plugins.registry import registry
from corelib.stubs.overloads import named

FILES: Final = {"op": "_corelib_ops.pyi", "optimizer": "_corelib_optimizers.pyi"}
HEAD: Final = """\
# Written by `corelib typings`: the {0}s of the installed plugins. Do not edit; run it again.
# ruff: noqa
"""


@dataclass(frozen=True, slots=True)
class Stub:
    """The text of a stub file, and the names that had to be left out of it, each with the reason."""

    file: str
    text: str
    left_out: tuple[str, ...]


def stubs() -> list[Stub]:
    """The stub files that fit what is installed. Imports every op and optimizer."""
    return [_stub(kind) for kind in FILES]


def stale(folder: Path) -> Iterator[str]:
    """What is wrong with the stub files in ``folder``: one line each."""
    for stub in stubs():
        path = folder / stub.file
        if not path.is_file():
            yield f"{path} is missing"
        elif path.read_text(encoding="utf-8") != stub.text:
            written, installed = _names(path.read_text(encoding="utf-8")), _names(stub.text)
            changes = [f"+{name}" for name in sorted(installed - written)]
            changes += [f"-{name}" for name in sorted(written - installed)]
            yield f"{path} is stale: {' '.join(changes) or 'the same names, with other types or from other places'}"


def _stub(kind: str) -> Stub:
    lines: list[str] = []
    left_out: list[str] = []
    found: list[tuple[str, Any, str]] = []
    for name, providers in sorted(registry.table(kind).items()):
        try:
            one = registry.choose(kind, repr(name), providers)
            module, attribute = home(one)
        except (OpConflict, OptimizerConflict, PluginLoadError) as error:
            left_out.append(str(error))
        except LookupError as error:
            left_out.append(f"{kind} {name!r} of {one.distribution} is left out: {error}")
        else:
            lines += _exported(module, attribute, name, one.distribution.name)
            found.append((name, one.get(), one.distribution.name))
    lines += [named(found)] if kind == "optimizer" else []
    return Stub(FILES[kind], HEAD.format(kind) + "".join(lines), tuple(left_out))


def _exported(module: str, attribute: str, name: str, owner: str) -> Iterator[str]:
    """The lines of a stub that make ``name`` public: an import does so only under the name that it has there."""
    if attribute == name:
        yield f"from {module} import {name} as {name}  # {owner}\n"
    else:
        yield f"from {module} import {attribute} as _{name}  # {owner}\n"
        yield f"{name} = _{name}\n"


def home(provided: Provided) -> tuple[str, str]:
    """The module and the name from which a type checker can import it, the package itself before its modules.

    Raises LookupError where no module of the package assigns or exports it, and PluginLoadError.
    """
    value = provided.get()
    module, _, attribute = provided.where.partition(":")
    top = module.partition(".")[0]
    for candidate in (top, module, *sorted(name for name in sys.modules if name.startswith(f"{top}."))):
        for name in dict.fromkeys((provided.name, attribute, getattr(value, "__name__", attribute))):
            if exports(_module(candidate), name, value):
                return candidate, name
    raise LookupError(f"no module of {top} exports it: give it a name there, as in {provided.name}: Final = ...")


def exports(module: ModuleType | None, name: str, value: Any) -> bool:
    """Whether ``from module import name`` is ``value``, and a strict type checker sees it there."""
    if module is None or getattr(module, name, None) is not value:
        return False
    return name in getattr(module, "__all__", ()) or bool(re.search(_assigned(name), source_of(module), re.MULTILINE))


def _assigned(name: str) -> str:
    name = re.escape(name)
    return rf"^(class )?{name}\b\s*[:=(]|^from .+ import .*\b(\w+ as )?{name} as {name}\b"


def _module(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except ImportError:
        return None


def source_of(module: ModuleType) -> str:
    """The text of a module; none of a compiled one."""
    file = getattr(module, "__file__", None) or ""
    return Path(file).read_text(encoding="utf-8") if file.endswith(".py") else ""


def _names(text: str) -> set[str]:
    return set(re.findall(r" as _?(\w+)  #", text))
