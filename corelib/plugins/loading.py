"""Loading one plugin: whatever it does, the others go on, and what went wrong is kept for `corelib doctor`."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from threading import get_ident
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, TypeVar

from corelib.errors import PluginApiError, PluginError, PluginLoadError
from corelib.plugins.command import BUILT_IN, Command
from corelib.plugins.distribution import SUPPORTED, Distribution, Entry
from corelib.plugins.problem import Level, Problem
from corelib.plugins.provided import FITS, FIX, Provided, is_command_name, is_name, is_type_name, reason

if TYPE_CHECKING:
    from pluggy import PluginManager

    from corelib.plugins.hooks import Plugin

R = TypeVar("R")

HOOKS: Final = (
    "corelib_array_kinds", "corelib_commands", "corelib_conformance", "corelib_doctor", "corelib_ops",
    "corelib_optimizers",
)  # fmt: skip
SLOW: Final = 0.5
"""Seconds: a plugin that takes longer to load is named by `corelib doctor`."""


@dataclass(slots=True, eq=False)
class Loaded:
    """A plugin, as far as it could be loaded, and all that went wrong with it."""

    distribution: Distribution
    module: str
    hooks: dict[str, Callable[[], Any]] = field(default_factory=dict)
    ops: dict[str, Provided] = field(default_factory=dict)
    optimizers: dict[str, Provided] = field(default_factory=dict)
    commands: dict[str, Provided] = field(default_factory=dict)
    array_kinds: dict[str, Provided] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    failure: PluginError | None = None
    seconds: float = 0.0

    def call(self, spec: "Callable[[Plugin], R]") -> list[R]:
        """What the plugin returns from a hook: a list of one value, or of none where it does not implement it."""
        hook = self.hooks.get(spec.__name__)
        value: Any = hook() if hook is not None else None
        if isinstance(value, Iterable) and not isinstance(value, (Mapping, str, list, tuple)):
            value = tuple(value)  # here, where it is seen if it fails on the way
        return [] if hook is None else [value]

    def asked(self, spec: "Callable[[Plugin], R]") -> list[R | Problem]:
        """The same, with a Problem in the place of the value where the plugin fails."""
        try:
            return [*self.call(spec)]
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            message = f"{spec.__name__} of plugin {self.distribution} ({self.module}) failed: {reason(error)}"
            return [Problem(message, "error", str(self.distribution))]

    def add_problem(self, message: str, level: Level = "error") -> None:
        """Keep what is wrong with the plugin."""
        self.problems.append(Problem(message, level, str(self.distribution)))


def load(distribution: Distribution, entry: Entry) -> Loaded:
    """The plugin of an entry point. Raises nothing but KeyboardInterrupt: failures are in the result."""
    return _filled(Loaded(distribution, entry.value), lambda: _imported(entry.value))


def adopted(plugin: Any, name: str | None) -> Loaded:
    """A plugin that nobody installed: one of a notebook, or of a test."""
    module = getattr(plugin, "__name__", None) or type(plugin).__qualname__
    return _filled(Loaded(Distribution(name or str(module)), str(module)), lambda: plugin)


def _filled(loaded: Loaded, get: Callable[[], Any]) -> Loaded:
    start = perf_counter()
    with _listening() as printed:
        try:
            loaded.hooks = implemented(get(), loaded.module)
            ask(loaded)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # sys.exit too: no plugin may end the program that asks for another
            fail(loaded, error)
    loaded.seconds = perf_counter() - start
    text = "".join(printed).strip()
    if text:
        loaded.add_problem(f"prints when it is loaded: {text.splitlines()[0]!r}", "warning")
    if loaded.seconds > SLOW:
        loaded.add_problem(f"slow: takes {loaded.seconds:.1f} s to load", "warning")
    return loaded


def fail(loaded: Loaded, error: BaseException) -> None:
    """Keep why a plugin could not be loaded."""
    who = f"plugin {loaded.distribution} ({loaded.module})"
    message = f"{who} failed to load: {reason(error)}; {FIX.format(loaded.distribution.name)}"
    loaded.failure = PluginLoadError(message)
    loaded.failure.__cause__ = error
    loaded.add_problem(message)


def refused(distribution: Distribution, version: str) -> Loaded:
    """The plugin of a distribution that has none for this corelib."""
    targets = sorted(entry.api for entry in distribution.entries)
    fix = "pip install -U corelib" if targets[-1] > SUPPORTED[0] else f"pip install -U {distribution.name}"
    supported = " and ".join(f"v{number}" for number in SUPPORTED)
    message = f"{distribution} targets plugin API v{targets[-1]}; corelib {version} supports {supported}: {fix}"
    loaded = Loaded(distribution, distribution.entries[-1].value, failure=PluginApiError(message))
    loaded.add_problem(message)
    return loaded


def ask(loaded: Loaded) -> None:
    """Ask the plugin what it provides, and keep what is right of it."""
    from corelib.plugins.hooks import Plugin

    _take(loaded, "op", loaded.ops, loaded.call(Plugin.corelib_ops))
    _take(loaded, "optimizer", loaded.optimizers, loaded.call(Plugin.corelib_optimizers))
    _take(loaded, "command", loaded.commands, loaded.call(Plugin.corelib_commands))
    _take(loaded, "array kind", loaded.array_kinds, loaded.call(Plugin.corelib_array_kinds))


def _imported(value: str) -> Any:
    module, _, attribute = value.partition(":")
    plugin: Any = import_module(module)
    for name in attribute.split(".") if attribute else ():
        plugin = getattr(plugin, name)
    return plugin


def implemented(plugin: Any, where: str) -> dict[str, Callable[[], Any]]:
    """The hooks of a plugin by name. Raises TypeError where there are none, or one that corelib does not know."""
    if isinstance(plugin, type):
        raise TypeError(f"{where} is a class; an entry point names a module, or an instance of corelib.Plugin")
    manager = specifications()
    name = manager.register(plugin)  # which compares the parameters of its hooks with ours
    try:
        callers = manager.get_hookcallers(plugin) or []
        hooks = {one.name: impl.function for one in callers for impl in one.get_hookimpls() if impl.plugin is plugin}
        unknown = [one.name for one in callers if one.spec is None]
    finally:
        manager.unregister(name=name)
    if unknown:
        raise TypeError(f"{where} implements {', '.join(unknown)}; hooks are {', '.join(HOOKS)}")
    if not hooks:
        raise TypeError(f"{where} implements no hook: no function such as corelib_ops is marked @corelib.hookimpl")
    return hooks


@cache
def specifications() -> "PluginManager":
    """What pluggy knows of our hooks. It holds no plugin for longer than it takes to look at it."""
    from pluggy import PluginManager

    from corelib.plugins.hooks import PROJECT, Plugin

    manager = PluginManager(PROJECT)
    manager.add_hookspecs(Plugin)
    return manager


def _take(loaded: Loaded, kind: str, into: dict[str, Provided], tables: list[Any]) -> None:
    for table in tables:
        if not isinstance(table, Mapping):
            hook = f"corelib_{kind.replace(' ', '_')}s"
            loaded.add_problem(f"{hook} returns a {type(table).__name__}, not a mapping of names to {kind}s")
            continue
        for name, value in table.items():
            unfit = _unfit_command(name, value) if kind == "command" else _unfit(kind, name, value)
            if unfit:
                loaded.add_problem(f"{kind} {name!r} is left out: {unfit}")
            else:
                into[name] = _provided(loaded, kind, name, value)


def _unfit(kind: str, name: object, value: object) -> str:
    """What is wrong with an op or a rule, or its name; nothing where it can be used."""
    if kind == "array kind" and not is_type_name(name):
        return 'a kind is found by the whole name of its type, "module.name"'
    if kind != "array kind" and not is_name(name):
        return "a name is a Python identifier that does not begin with _"
    if not _is_target(value) and not FITS[kind](value):
        return f'{value!r:.80} is no {kind} and no "module:attribute"'
    return ""


def _unfit_command(name: object, value: object) -> str:
    """What is wrong with a command, or its name; nothing where it can be used."""
    if not is_command_name(name):
        return "a name begins with a letter and has only letters, digits, - and _"
    if name in BUILT_IN:
        return "corelib has a command of that name; choose another"
    if not (isinstance(value, Command) and _is_target(value.target) and isinstance(value.help, str)):
        return f'{value!r:.80} is no corelib.Command("module:attribute", "what it does")'
    return ""


def _is_target(value: object) -> bool:
    return isinstance(value, str) and ":" in value


def _provided(loaded: Loaded, kind: str, name: str, value: Any) -> Provided:
    if isinstance(value, Command):
        about = " ".join(value.help.split())
        return Provided(kind, name, value.target, loaded.distribution, about=about)
    if isinstance(value, str):
        return Provided(kind, name, value, loaded.distribution)
    return Provided(kind, name, f"{loaded.module.partition(':')[0]}:{name}", loaded.distribution, value)


class _Listener:
    """A standard output that keeps what one thread prints, and passes on what the others do."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.printed: list[str] = []
        self.listening = True
        self._thread = get_ident()

    def write(self, text: str) -> int:
        if not self.listening or get_ident() != self._thread:
            return int(self.stream.write(text))
        self.printed.append(text)
        return len(text)

    def close(self) -> None:
        """Nothing: the stream belongs to the program, and not to the plugin."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Keep what this thread prints: a plugin's greeting is no part of anybody's output."""
    listener = _Listener(sys.stdout)
    sys.stdout = listener
    try:
        yield listener.printed
    finally:
        listener.listening = False
        if sys.stdout is listener or not isinstance(sys.stdout, _Listener):  # else another thread is loading
            sys.stdout = _heard(listener)


def _heard(stream: Any) -> Any:
    """The stream behind listeners that have ceased to listen: threads that load at once may end in any order."""
    while isinstance(stream, _Listener) and not stream.listening:
        stream = stream.stream
    return stream
