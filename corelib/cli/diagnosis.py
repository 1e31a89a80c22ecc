"""All that is wrong with what is installed, found by loading everything that it provides."""

import sys
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

from corelib import plugins
from corelib.core.naming import described
from corelib.errors import CorelibError
from corelib.plugins.hooks import Plugin
from corelib.plugins.loading import SLOW
from corelib.plugins.problem import Problem
from corelib.plugins.provided import KINDS, said
from corelib.plugins.registry import find_for, registry
from corelib.stubs.files import FILES, stale


def diagnose(typings: Path) -> list[Problem]:
    """The problems, errors first. ``typings`` is the folder of the stub files, which need not be there."""
    found = (plugins.problems(), _environment(), _imports(), _names(), _functions(), _reported(), _typings(typings))
    return sorted(dict.fromkeys(chain(*found)), key=lambda problem: problem.level != "error")


def _environment() -> Iterator[Problem]:
    """Names in CORELIB_... variables that nothing installed has."""
    for message in registry.search.complaints():
        yield Problem(message, "warning")


def _imports() -> Iterator[Problem]:
    """Ops, optimizers, commands and kinds of array that cannot be imported, or take long."""
    for plugin in registry.plugins:
        provided = (plugin.ops, plugin.optimizers, plugin.commands)
        for one in chain(*[table.values() for table in provided]):
            if not one.loads():
                yield Problem(one.problem, plugin=str(one.distribution))
            elif one.seconds > SLOW:
                message = f"{one.kind} {one.name!r} is slow: takes {one.seconds:.1f} s to import"
                yield Problem(message, "warning", str(one.distribution))
        for kind in plugin.array_kinds.values():  # as slow as the library of the array, which is there before it
            if _is_installed(kind.name) and not kind.loads():
                yield Problem(kind.problem, plugin=str(kind.distribution))


def _is_installed(type_: str) -> bool:
    """Whether the library of a type is there: without it none of its arrays is met."""
    library = type_.partition(".")[0]
    return library in sys.modules or find_spec(library) is not None


def _names() -> Iterator[Problem]:
    """Names with several providers, of whom none is preferred."""
    for kind in KINDS:
        for name, providers in sorted(registry.table(kind).items()):
            try:
                registry.choose(kind, repr(name), providers)
            except CorelibError as error:
                yield Problem(str(error))


def _functions() -> Iterator[Problem]:
    """Functions for which several distributions have an op."""
    ops = [one.value for providers in registry.table("op").values() for one in providers if one.value is not None]
    for function in sorted({function for op in ops for function in op.functions}, key=described):
        try:
            find_for(function)
        except CorelibError as error:
            yield Problem(str(error))


def _reported() -> Iterator[Problem]:
    """The problems that plugins report."""
    for info, returned in plugins.call_all(Plugin.corelib_doctor):
        who = f"{info.distribution} {info.version}".rstrip()
        several: Iterable[Any] = (
            returned if isinstance(returned, Iterable) and not isinstance(returned, str) else [returned]
        )
        for problem in several:
            text = said(problem.message if isinstance(problem, Problem) else problem) or "a problem that says nothing"
            yield Problem(text, problem.level if isinstance(problem, Problem) else "error", who)


def _typings(folder: Path) -> Iterator[Problem]:
    """Stub files that do not fit what is installed. Without stub files there is nothing to check."""
    if any((folder / file).exists() for file in FILES.values()):
        for line in stale(folder):
            yield Problem(f"{line}; run corelib typings")
