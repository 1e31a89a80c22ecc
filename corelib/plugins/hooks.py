"""All that a plugin must know: the hooks it may implement, and the marker to put on them."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pluggy

if TYPE_CHECKING:
    from corelib.core.array_kinds import ArrayKind
    from corelib.optimizing.optimizer import AnyRule
    from corelib.plugins.command import Command
    from corelib.primitives.op_types import AnyOp

F = TypeVar("F", bound=Callable[..., Any])

PROJECT: Final = "corelib"
hookspec: Final = pluggy.HookspecMarker(PROJECT)
hookimpl: Final = pluggy.HookimplMarker(PROJECT)


class Plugin:
    """The hooks. A plugin is a module with some of these functions, or an instance of a subclass."""

    @hookspec
    def corelib_ops(self) -> "Mapping[str, AnyOp | str]":
        """The ops by name; a "module:attribute" is imported when it is first used."""
        return {}

    @hookspec
    def corelib_optimizers(self) -> "Mapping[str, type[AnyRule] | str]":
        """The optimizer rules by name; a "module:attribute" is imported when it is first used."""
        return {}

    @hookspec
    def corelib_commands(self) -> "Mapping[str, Command]":
        """Subcommands of `corelib` by name: click commands, each imported when it is run."""
        return {}

    @hookspec
    def corelib_array_kinds(self) -> "Mapping[str, ArrayKind | str]":
        """Kinds of array by the whole name of their type, "cupy.ndarray"; each imported when one is first met."""
        return {}

    @hookspec
    def corelib_conformance(self) -> Iterable[Any]:
        """OpSpecs and RuleSpecs: what the conformance suite needs to know. Only the suite calls this."""
        return ()

    @hookspec
    def corelib_doctor(self) -> Iterable[Any]:
        """Problems that `corelib doctor` should report: a missing library, an unfit version."""
        return ()
