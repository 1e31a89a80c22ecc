"""The registry: which op stands for a function, and who provides what has a name (ops, optimizers, commands, kinds).

Plugins are found at the first lookup, never at ``import corelib``. Each is loaded by itself, so a broken one
takes nothing else down. Two providers of one name are an error when that name is used, and not before.
"""

from collections.abc import Callable, Iterator
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from corelib.core.array_kinds import kinds
from corelib.core.dispatch import ops_for
from corelib.core.naming import described
from corelib.core.nondifferentiable import is_non_differentiable
from corelib.errors import (
    ArrayKindConflict,
    CommandConflict,
    CommandNotFound,
    CorelibError,
    NotDifferentiable,
    OpConflict,
    OpNotFound,
    OptimizerConflict,
    OptimizerNotFound,
    PluginLoadError,
)
from corelib.plugins.switches import normalized
from corelib.primitives.op import NonDifferentiable

if TYPE_CHECKING:
    import click

    from corelib.core.array_kinds import ArrayKind
    from corelib.plugins.finding import Search
    from corelib.plugins.loading import Loaded
    from corelib.plugins.provided import Provided
    from corelib.rule import AnyRule

K = TypeVar("K")
V = TypeVar("V")
K_contra = TypeVar("K_contra", contravariant=True)
V_contra = TypeVar("V_contra", contravariant=True)
NOT_FOUND: Final[dict[str, type[CorelibError]]] = {
    "op": OpNotFound, "optimizer": OptimizerNotFound, "command": CommandNotFound
}  # fmt: skip
CONFLICT: Final[dict[str, type[CorelibError]]] = {
    "op": OpConflict, "optimizer": OptimizerConflict, "command": CommandConflict, "array kind": ArrayKindConflict
}  # fmt: skip


class Memory(Protocol[K_contra, V_contra]):
    """Where something keeps what it looked up in the registry."""

    def __setitem__(self, key: K_contra, value: V_contra, /) -> None: ...
    def clear(self) -> None: ...


class Registry:
    """What is installed, what was registered in this process, and whose op is preferred."""

    def __init__(self) -> None:
        self._lock = RLock()  # never held while a plugin is imported
        self._search: Search | None = None
        self._registered: tuple[Loaded, ...] = ()
        self._tables: dict[str, dict[str, list[Provided]]] | None = None
        self._changes = 0
        self.preferred: dict[str, str] = {}
        self.memories: list[Memory[Any, Any]] = [ops_for, kinds]

    @property
    def search(self) -> "Search":
        """What was found. The first call finds and loads all plugins, once for all threads."""
        search = self._search
        if search is not None and search.complete:
            return search
        with self._lock:
            search = self._search = self._search or _begun()
        search.run()
        with self._lock:
            self._tables = None
            self._forget()
        if search.complete:  # reported last: where warnings are errors, the registry is whole all the same
            search.report()
        return search

    def retry(self) -> bool:
        """Load again the plugins that failed for a reason that passes; whether there were any."""
        return self.search.retry() and bool(self.search)

    @property
    def plugins(self) -> "tuple[Loaded, ...]":
        """All plugins, broken ones too: those that are installed, and those registered in this process."""
        return (*self.search.plugins, *self._registered)

    def table(self, kind: str) -> "dict[str, list[Provided]]":
        """The ops, optimizers, commands or kinds of array by name, each with all who provide it."""
        tables = self._tables
        if tables is None:
            search = self.search
            plugins = (*search.plugins, *self._registered)
            tables = {
                "op": merged([p.ops for p in plugins]),
                "optimizer": merged([p.optimizers for p in plugins]),
                "command": merged([p.commands for p in plugins]),
                "array kind": merged([p.array_kinds for p in plugins]),
            }
            with self._lock:
                current = search is self._search and plugins == (*search.plugins, *self._registered)
                self._tables = tables if current and search.complete else None
        return tables[kind]

    def change(self, *, registered: "tuple[Loaded, ...] | None" = None, forget: bool = False) -> None:
        """Take other plugins, or find them anew: nothing that was looked up before is trusted any more."""
        with self._lock:
            self._registered = self._registered if registered is None else registered
            self._search = None if forget else self._search
            self._tables = None
            self._forget()

    @property
    def registered(self) -> "tuple[Loaded, ...]":
        """The plugins that were registered in this process."""
        return self._registered

    def prefer(self, name: str, distribution: str) -> None:
        """Whose op ``name`` is meant from now on."""
        with self._lock:
            self.preferred[name] = normalized(distribution)
            self._forget()

    def remember(self, memory: Memory[K, V], key: K, find: Callable[[K], V]) -> V:
        """``find(key)``, kept in ``memory``, one of ``memories``, until what is installed or preferred changes.

        What was found while that changed, on another thread or by the look-up itself, is not kept.
        """
        changes = self._changes
        found = find(key)
        with self._lock:
            if self._changes == changes:
                memory[key] = found
        return found

    def _forget(self) -> None:
        self._changes += 1
        for memory in self.memories:
            memory.clear()

    def choose(self, kind: str, contested: str, providers: "list[Provided]") -> "Provided":
        """The one that is meant. Raises OpConflict where there are several, and none is preferred."""
        if len(providers) == 1:
            return providers[0]
        preferred = {**self.search.switches.prefer, **self.preferred}
        chosen = [one for one in providers if preferred.get(one.name) == normalized(one.distribution.name)]
        if len(chosen) == 1:
            return chosen[0]
        listed = " and ".join(map(str, providers))
        raise CONFLICT[kind](f"{kind} {contested} is provided by {listed}; {_choice(kind, providers)}")


registry: Final = Registry()


def op_for(function: Callable[..., Any]) -> Callable[..., Any]:
    """What ``find_for`` finds, kept in ``ops_for``."""
    return registry.remember(ops_for, function, find_for)


def find_for(function: Callable[..., Any]) -> Callable[..., Any]:
    """The op that stands for a NumPy, SciPy or Python function.

    Raises OpNotFound, naming the function and where known what to install, OpConflict where two plugins provide
    different ops for it, and NotDifferentiable where none will have one.
    """
    if is_non_differentiable(function):
        return NonDifferentiable(function)
    providers = _standing_for(function) or (registry.retry() and _standing_for(function))
    if providers:
        op: Callable[..., Any] = registry.choose("op", described(function), providers).get()
        return op
    for one in registry.table("op").get(getattr(function, "__name__", ""), ()):
        one.get()  # it has the name, and cannot be imported: that is the reason
    from corelib.plugins.refusals import refusal
    from corelib.plugins.suggestions import no_op_for

    if message := refusal(described(function)):
        raise NotDifferentiable(message)
    raise OpNotFound(no_op_for(registry, function, described(function)))


def find_op(name: str) -> Any:
    """The op ``name``. Raises OpNotFound, OpConflict, or PluginLoadError where it cannot be imported."""
    return _find("op", name)


def find_optimizer(name: str) -> "type[AnyRule]":
    """The rule ``name``. Raises OptimizerNotFound, OptimizerConflict, or PluginLoadError."""
    rule: type[AnyRule] = _find("optimizer", name)
    return rule


def find_command(name: str) -> "click.Command":
    """The command ``name``. Raises CommandNotFound, CommandConflict, or PluginLoadError."""
    command: click.Command = _find("command", name)
    return command


def kind_for(type_: type) -> "ArrayKind | None":
    """What ``find_kind`` finds, kept in ``kinds``."""
    return registry.remember(kinds, type_, find_kind)


def find_kind(type_: type) -> "ArrayKind | None":
    """The kind of the arrays of a type, or of the nearest class above it that a plugin describes; None without one.

    Raises ArrayKindConflict, or PluginLoadError where it cannot be imported.
    """
    table = registry.table("array kind")
    for name in [f"{cls.__module__}.{cls.__qualname__}" for cls in type_.__mro__]:
        if name in table:
            kind: ArrayKind = registry.choose("array kind", repr(name), table[name]).get()
            return kind
    return None


def array_kinds() -> "dict[str, ArrayKind]":
    """All kinds of array that can be imported, by their own names: "cupy"."""
    provided = [one for providers in registry.table("array kind").values() for one in providers]
    return {one.value.name: one.value for one in provided if one.loads()}


def op_names() -> list[str]:
    """The names of all ops, in alphabetical order."""
    return sorted(registry.table("op"))


def optimizer_names() -> list[str]:
    """The names of all optimizers, in alphabetical order."""
    return sorted(registry.table("optimizer"))


def merged(tables: "list[dict[str, Provided]]") -> "dict[str, list[Provided]]":
    """One table: each name with all who provide it. One object that two distributions share counts once."""
    whole: dict[str, list[Provided]] = {}
    for table in tables:
        for name, one in table.items():
            providers = whole.setdefault(name, [])
            if not any(one.same(other) for other in providers):
                providers.append(one)
    return whole


def _begun() -> "Search":
    """A search. Raises PluginLoadError where there is no file handle left for it, and then nothing is remembered."""
    try:
        from corelib.plugins.finding import Search

        return Search()
    except OSError as error:
        raise PluginLoadError(f"the installed plugins cannot be looked for: {error}; fix that and try again") from error


def _find(kind: str, name: str) -> Any:
    providers = registry.table(kind).get(name) or (registry.retry() and registry.table(kind).get(name))
    if providers:
        return registry.choose(kind, repr(name), providers).get()
    from corelib.plugins.suggestions import none_named

    raise NOT_FOUND[kind](none_named(registry, kind, name))


def _choice(kind: str, providers: "list[Provided]") -> str:
    """How to choose among several providers."""
    names = dict.fromkeys(one.name for one in providers)
    if kind == "command":  # it is run from a shell
        return "choose with " + " or ".join(f"CORELIB_PREFER={name}={providers[0].distribution.name}" for name in names)
    ways = " or ".join(f"corelib.plugins.prefer({name!r}, ...)" for name in names)
    return f"choose with {ways} or import it from its package"


def _standing_for(function: Callable[..., Any]) -> "list[Provided]":
    """Who provides an op for ``function``; no more ops are imported than it takes to know."""
    for one in registry.table("op").get(getattr(function, "__name__", ""), ()):
        one.loads()
    return _imported_for(function) or (_import_all() and _imported_for(function)) or []


def _imported_for(function: Callable[..., Any]) -> "list[Provided]":
    providers: list[Provided] = []
    for one in _every_op():
        # by identity: an author's __eq__ may return an array, or raise
        stands = one.value is not None and any(each is function for each in one.value.functions)
        if stands and not any(one.same(other) for other in providers):
            providers.append(one)
    name = getattr(function, "__name__", None)
    owners = {one.distribution.name for one in providers}
    if len(owners) == 1:  # an author may give one function to several ops: the one of its name is meant
        return sorted(providers, key=lambda one: one.name != name)[:1]
    return providers


def _import_all() -> bool:
    """Import the ops that were not used before; whether there were any."""
    waiting = [one for one in _every_op() if one.value is None]
    for one in waiting:
        one.loads()
    return bool(waiting)


def _every_op() -> "Iterator[Provided]":
    return (one for providers in list(registry.table("op").values()) for one in providers)
