"""``python -m tools.refresh``: see the package's docstring, and ``--help``."""

import argparse
import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Final

from tools.refresh import coverage, first_party
from tools.refresh.projects import ROOT, Project, projects

NAMES: Final = ROOT / "corelib" / "plugins" / "first_party.py"
TYPINGS: Final = ROOT / "typings"
COVERAGE: Final = ROOT / "docs" / "coverage.md"
MANIFEST: Final = ROOT / "tests" / "conformance_manifest.json"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.refresh", description="Write every generated list: names, typings, counts of cases."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; say what is out of date, and exit with 1")
    parser.add_argument(
        "--recount", nargs="+", default=[], metavar="NAME", action="extend",
        help="run the suite again on these, not on what is new alone: ops, optimizers or distributions",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    ours = projects()
    allow_only(ours)
    missing = not_installed(ours)
    if missing:
        print(f"{', '.join(missing)}: not installed; pip install -r requirements.txt", file=sys.stderr)
        return 2
    return check(ours) if options.check else refresh(ours, options.recount)


def allow_only(ours: list[Project]) -> None:
    """Let the registry load the plugins of this repository and no other."""
    os.environ |= {"CORELIB_PLUGIN_AUTOLOAD": "0", "CORELIB_PLUGINS": ",".join(one.name for one in ours)}


def not_installed(ours: list[Project]) -> list[str]:
    """Those with ops or optimizers that the registry does not find: their lines would be deleted."""
    from corelib import plugins

    found = {one.distribution for one in plugins.list()}
    return [one.name for one in ours if one.name not in found and (one.provides("ops") or one.provides("optimizers"))]


def check(ours: list[Project]) -> int:
    """Say what is out of date."""
    found = out_of_date(ours)
    for line in found:
        print(line, file=sys.stderr)
    if found:
        print("run python -m tools.refresh", file=sys.stderr)
    return int(bool(found))


def out_of_date(ours: list[Project]) -> list[str]:
    """A line for each list that is out of date."""
    from corelib.stubs.files import stale
    from tools.refresh import manifest

    texts = {NAMES: first_party.text(ours), COVERAGE: coverage.text()}
    old = [f"{shown(path)} is out of date" for path, text in texts.items() if path.read_text(encoding="utf-8") != text]
    counts = manifest.differences(MANIFEST)
    lines = [f"{shown(MANIFEST)} is out of date: {' '.join(counts)}"] if counts else []
    return [*old, *(line.replace(f"{ROOT}/", "") for line in stale(TYPINGS)), *lines]


def refresh(ours: list[Project], recount: Collection[str] = ()) -> int:
    """Write all lists, and say what the suite finds wrong with the new ops."""
    from corelib.stubs.files import stubs
    from tools.refresh import manifest

    NAMES.write_text(first_party.text(ours), encoding="utf-8")
    COVERAGE.write_text(coverage.text(), encoding="utf-8")
    for stub in stubs():
        (TYPINGS / stub.file).write_text(stub.text, encoding="utf-8")
    failures = manifest.write(MANIFEST, recount)
    for line in failures:
        print(line, file=sys.stderr)
    return int(bool(failures))


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


if __name__ == "__main__":
    sys.exit(main())
