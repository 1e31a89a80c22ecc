"""Provided: an op, optimizer, command or kind of array that a plugin has under a name, imported when first used."""

import keyword
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from time import perf_counter
from typing import Any, Final

from corelib.core.dispatch import is_function
from corelib.errors import PluginLoadError
from corelib.plugins.distribution import Distribution
from corelib.plugins.passing import is_passing

FIX: Final = "uninstall it (pip uninstall {0}) or set CORELIB_DISABLE_PLUGINS={0}"


@dataclass(slots=True, eq=False)
class Provided:
    """``kind`` is one of KINDS, ``where`` its "module:attribute"; ``value`` is None until it is imported.

    ``about`` is the line that describes a command.
    """

    kind: str
    name: str
    where: str
    distribution: Distribution
    value: Any = None
    seconds: float = 0.0
    failure: BaseException | None = None
    about: str = ""

    def __str__(self) -> str:
        return f"{self.distribution} ({self.where})"

    def get(self) -> Any:
        """What is provided. Raises PluginLoadError where it cannot be imported, or is something else."""
        if self.value is None:
            if self.failure is None or is_passing(self.failure):
                self.value = self._imported()
            if self.failure is not None:
                raise PluginLoadError(self.problem) from self.failure
        return self.value

    def loads(self) -> bool:
        """Whether it can be had."""
        try:
            self.get()
        except PluginLoadError:
            return False
        return True

    def same(self, other: "Provided") -> bool:
        """Whether both are one object, which two distributions may well provide."""
        return self.where == other.where or (self.value is not None and self.value is other.value)

    def _imported(self) -> Any:
        module, _, attribute = self.where.partition(":")
        start = perf_counter()
        self.failure = None
        try:
            value: Any = import_module(module)
            for name in attribute.split("."):
                value = getattr(value, name)
            if not FITS[self.kind](value):
                raise TypeError(f"{value!r:.80} is no {self.kind}")
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # sys.exit too: no plugin may end the program that asks for another
            self.failure = error
            return None
        finally:
            self.seconds = perf_counter() - start
        return value

    @property
    def problem(self) -> str:
        """Why it could not be imported; nothing where it could, or was not yet asked for."""
        if self.failure is None:
            return ""
        fix = FIX.format(self.distribution.name)
        return f"{self.kind} {self.name!r} of plugin {self} failed to import: {reason(self.failure)}; {fix}"


def is_name(name: object) -> bool:
    """Whether ``name`` can be an attribute of corelib.ops."""
    return isinstance(name, str) and name.isidentifier() and not name.startswith("_") and not keyword.iskeyword(name)


def is_command_name(name: object) -> bool:
    """Whether ``name`` can be the name of a command."""
    return isinstance(name, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name) is not None


def is_op(value: object) -> bool:
    """Whether ``value`` is what elementwise, linear, op or composed make."""
    functions = getattr(value, "functions", None)
    known = isinstance(functions, tuple) and all(map(is_function, functions))
    return callable(value) and known and hasattr(value, "from_numpy")


def is_rule(value: object) -> bool:
    """Whether ``value`` is a class with the methods of a Rule."""
    return isinstance(value, type) and all(callable(getattr(value, name, None)) for name in ("init", "update"))


def is_command(value: object) -> bool:
    """Whether ``value`` is a command of click."""
    from click import Command

    return isinstance(value, Command)


def is_array_kind(value: object) -> bool:
    """Whether ``value`` has a name and the methods of an ArrayKind."""
    methods = ("place", "from_host", "to_host", "synchronize")
    return isinstance(getattr(value, "name", None), str) and all(callable(getattr(value, m, None)) for m in methods)


def is_type_name(name: object) -> bool:
    """Whether ``name`` can be the whole name of a type."""
    return isinstance(name, str) and "." in name and all(part.isidentifier() for part in name.split("."))


FITS: Final[Mapping[str, Callable[[object], bool]]] = {
    "op": is_op, "optimizer": is_rule, "command": is_command, "array kind": is_array_kind
}  # fmt: skip
KINDS: Final = tuple(FITS)


def reason(error: BaseException) -> str:
    """What an error says, in one line."""
    text = said(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def said(value: object) -> str:
    """The value as text in one line; none where its author's __str__ raises."""
    try:
        return " ".join(str(value).split())
    except Exception:
        return ""


def trace(text: str) -> None:
    """Say something on standard error, for CORELIB_TRACE_PLUGINS=1."""
    print(f"corelib plugins: {text}", file=sys.stderr)
