"""Distribution: an installed package that says it has a plugin. Found without importing any.

sys.path is read here, not by importlib.metadata: importing that takes longer than finding fifty plugins does.
It is asked only for what is no folder of files: archives, and the finders of frozen programs.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from corelib.plugins.passing import is_passing
from corelib.plugins.problem import Problem
from corelib.plugins.switches import normalized

API: Final = 1
"""The number of the plugin interface: a plugin is found in the entry point group "corelib.v1"."""
SUPPORTED: Final = (API,)  # and API - 1 from API 2 on
GROUP: Final = re.compile(r"\[corelib\.v(\d+)\]")
HEADER: Final = re.compile(r"^(Name|Version):[ \t]*(\S+)", re.MULTILINE)
OF_THE_PATH: Final = ("_frozen_importlib_external", "importlib_metadata")
"""Whose finders find what is on sys.path alone: Python's own, and those of the backport, which Dask imports."""
METADATA: Final = {".dist-info": "METADATA", ".egg-info": "PKG-INFO"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry point: ``name = "module"`` or ``"module:instance"``, for one number of the interface."""

    name: str
    value: str
    api: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution with its plugins' entry points; ``location`` is the folder of its metadata."""

    name: str
    version: str = ""
    entries: tuple[Entry, ...] = ()
    location: str = ""
    problems: tuple[Problem, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return f"{self.name} {self.version}".rstrip()

    @property
    def usable(self) -> tuple[Entry, ...]:
        """The entry points of the newest interface that this corelib supports."""
        newest = max((entry.api for entry in self.entries if entry.api in SUPPORTED), default=None)
        return tuple(entry for entry in self.entries if entry.api == newest)


def discover(path: Iterable[str] | None = None) -> list[Distribution]:
    """The distributions with plugins, by name. Where several have one name, the first on sys.path counts.

    One pass that opens entry_points.txt, and the metadata of those that have a plugin.
    """
    found: dict[str, Distribution] = {}
    for one in _search(sys.path if path is None else path):
        name = normalized(one.name)
        found[name] = _first_of(found[name], one) if name in found else one
    return [found[name] for name in sorted(found)]


def _search(path: Iterable[str]) -> Iterator[Distribution]:
    for place in dict.fromkeys(path):
        try:
            folders = sorted(entry for entry in os.listdir(place or ".") if entry.endswith(tuple(METADATA)))
        except OSError as error:  # a path that is not there, or an archive
            if is_passing(error):
                raise
            yield from _elsewhere([place]) if os.path.isfile(place) else ()
        else:
            for folder in folders:
                yield from _read(os.path.join(place, folder))
    if any(hasattr(f, "find_distributions") and f.__module__ not in OF_THE_PATH for f in sys.meta_path):
        yield from _elsewhere(None)


def _read(folder: str) -> Iterator[Distribution]:
    """The distribution whose metadata ``folder`` holds, if it has a plugin."""
    if os.path.basename(folder).startswith("~"):  # what an interrupted pip leaves behind
        return
    try:
        text = _text(folder, "entry_points.txt")
        if "corelib.v" in text:
            yield from _made(folder, text, _text(folder, METADATA[folder[folder.rindex(".") :]]))
    except (OSError, ValueError) as error:  # it must not stop the others
        if is_passing(error):
            raise
        said = f"{type(error).__name__}: {error}"
        message = f"the metadata {folder} cannot be read: {said}; reinstall it, or delete the folder"
        yield Distribution(*_guessed(folder), location=folder, problems=(Problem(message),))


def _elsewhere(path: list[str] | None) -> Iterator[Distribution]:
    """The same, by way of importlib.metadata."""
    from importlib import metadata

    for one in metadata.distributions() if path is None else metadata.distributions(path=path):
        text = one.read_text("entry_points.txt") or ""
        if "corelib.v" in text:
            yield from _made(str(getattr(one, "_path", "")), text, one.read_text("METADATA") or "")


def _made(folder: str, entry_points: str, metadata: str) -> Iterator[Distribution]:
    entries = tuple(_entries(entry_points))
    about = dict(HEADER.findall(metadata.partition("\n\n")[0]))
    if entries and len(about) == len({"Name", "Version"}):
        yield Distribution(about["Name"], about["Version"], entries, folder)
    elif entries:
        name, version = _guessed(folder)
        fix = f"pip install --force-reinstall {name}, or delete the folder"
        problem = Problem(f"{folder} has no METADATA with a name and version (half uninstalled?): {fix}")
        yield Distribution(name, version, entries, folder, (problem,))


def _entries(text: str) -> Iterator[Entry]:
    """Those of our groups in an entry_points.txt: sections of lines such as "special = corelib_special.plugin"."""
    group: re.Match[str] | None = None
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            group = GROUP.fullmatch(line)
        elif group and "=" in line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            yield Entry(name.strip(), value.partition("[")[0].strip(), int(group[1]))


def _text(folder: str, name: str) -> str:
    path = os.path.join(folder, name)
    if not os.path.isfile(path):
        if os.path.exists(path):
            raise ValueError(f"{name} is no regular file")  # a pipe would be waited for
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def _guessed(folder: str) -> tuple[str, str]:
    """Name and version from the name of the folder, such as "corelib_special-1.0.dist-info"."""
    name, _, rest = os.path.basename(folder).rpartition(".")[0].partition("-")
    return normalized(name), rest


def _first_of(first: Distribution, second: Distribution) -> Distribution:
    """``first``, which is the one that Python imports, with a word about ``second`` where that is another."""
    if os.path.realpath(first.location) == os.path.realpath(second.location):  # lib64 -> lib, or a path given twice
        return first
    which = f"{first} in {first.location} is used, {second} in {second.location} is not"
    problem = Problem(f"installed twice: {which}; uninstall one", "warning", str(first))
    return replace(first, problems=(*first.problems, problem))
