"""Provided: an op or an optimizer that a plugin has under a name, imported when it is first used."""

import keyword
import sys
from dataclasses import dataclass
from importlib import import_module
from time import perf_counter
from typing import Any, Final

from corelib.core.dispatch import is_function
from corelib.errors import PluginLoadError
from corelib.plugins.distribution import Distribution
from corelib.plugins.passing import is_passing

MEND: Final = "uninstall it (pip uninstall {0}) or set CORELIB_DISABLE_PLUGINS={0}"


@dataclass(slots=True, eq=False)
class Provided:
    """``kind`` is "op" or "optimizer", ``where`` its "module:attribute"; ``value`` is None until it is imported."""

    kind: str
    name: str
    where: str
    distribution: Distribution
    value: Any = None
    seconds: float = 0.0
    failure: BaseException | None = None

    def __str__(self) -> str:
        return f"{self.distribution} ({self.where})"

    def get(self) -> Any:
        """The op or the rule. Raises PluginLoadError where it cannot be imported, or is something else."""
        if self.value is None:
            if self.failure is None or is_passing(self.failure):
                self.value = self._imported()
            if self.failure is not None:
                raise PluginLoadError(self.trouble) from self.failure
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
            if not (is_op if self.kind == "op" else is_rule)(value):
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
    def trouble(self) -> str:
        """Why it could not be imported; nothing where it could, or was not yet asked for."""
        if self.failure is None:
            return ""
        mend = MEND.format(self.distribution.name)
        return f"{self.kind} {self.name!r} of plugin {self} failed to import: {reason(self.failure)}; {mend}"


def is_name(name: object) -> bool:
    """Whether ``name`` can be an attribute of corelib.ops."""
    return isinstance(name, str) and name.isidentifier() and not name.startswith("_") and not keyword.iskeyword(name)


def is_op(value: object) -> bool:
    """Whether ``value`` is what elementwise, linear, op or composed make."""
    functions = getattr(value, "functions", None)
    known = isinstance(functions, tuple) and all(map(is_function, functions))
    return callable(value) and known and hasattr(value, "from_numpy")


def is_rule(value: object) -> bool:
    """Whether ``value`` is a class with the methods of a Rule."""
    return isinstance(value, type) and all(callable(getattr(value, name, None)) for name in ("init", "update"))


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
