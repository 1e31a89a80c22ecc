"""The files of a new plugin: those in templates/, with their $words filled in."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Final

from corelib._version import __version__
from corelib.plugins.distribution import API

TEMPLATES: Final = Path(__file__).parent / "templates"


def write(kind: str, name: str, target: Path) -> list[Path]:
    """Make ``target`` with the files of a distribution: all of them, or nothing. Returns their names in it."""
    words = vocabulary(kind, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=target.parent, prefix=".corelib-new-"))
    try:
        names = sorted(_rendered(beside, kind, words))
        beside.chmod(0o755)  # mkdtemp's folders are for their owner only
        os.replace(beside, target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return names


def vocabulary(kind: str, name: str) -> dict[str, str]:
    """What the words in the templates stand for."""
    return {
        "api": str(API),
        "class_name": "".join(part.capitalize() for part in name.split("_")),
        "description": f"The {kind} {name} for corelib",
        "distribution": f"corelib-{name.replace('_', '-')}",
        "name": name,
        "package": f"corelib_{name}",
        # The second derivative of an op calls ops, which the extra brings. An optimizer calls none.
        "corelib": f"corelib{'[numpy]' if kind == 'op' else ''}{versions(__version__)}",
    }


def versions(version: str) -> str:
    """The versions of corelib that a plugin begun with ``version`` may expect to work with."""
    major, minor = version.split(".")[:2]
    return f">={major}.{minor},<{int(major) + 1}"


def _rendered(folder: Path, kind: str, words: Mapping[str, str]) -> Iterator[Path]:
    for root in (TEMPLATES / "both", TEMPLATES / kind):
        for source in sorted(root.rglob("*.tmpl")):
            name = _named(source.relative_to(root), words)
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            text = Template(source.read_text(encoding="utf-8")).substitute(words)
            (folder / name).write_text(text, encoding="utf-8")
            yield name


def _named(path: Path, words: Mapping[str, str]) -> Path:
    """Where a template goes: package/ is named as the package, and what is hidden gets its dot."""
    parts = [part.removesuffix(".tmpl").replace("test_name", f"test_{words['name']}") for part in path.parts]
    places = {"package": words["package"], "github": ".github", "gitignore": ".gitignore"}
    return Path(*[places.get(part, part) for part in parts])
