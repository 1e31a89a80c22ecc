"""tests/conformance_manifest.json: how many cases each check of the suite runs of each op and each optimizer."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from corelib.conformance.reporting.manifest import read, text

if TYPE_CHECKING:
    from corelib.conformance.cases.case import Case

Counts: TypeAlias = dict[str, dict[str, int]]
PROFILE: Final = "default"


def differences(path: Path) -> list[str]:
    """The names that the file lacks, and those that nobody provides. (Other tests compare the counts.)"""
    there, here = set(counts(path)), set(cases())
    return [*(f"+{name}" for name in sorted(here - there)), *(f"-{name}" for name in sorted(there - here))]


def write(path: Path, recount: Collection[str] = ()) -> list[str]:
    """Run the suite on what the file lacks, and write the counts. Returns what failed.

    ``recount`` are names of ops, optimizers or distributions whose counts are not trusted. What fails is not written:
    the next run tries it again.
    """
    from corelib.conformance.reporting.report import Report
    from corelib.conformance.running.runner import run_cases

    known = {name: found for name, found in counts(path).items() if not {name, name.partition(".")[0]} & {*recount}}
    there = cases()
    report = Report([result for name in there if name not in known for result in run_cases(there[name])], PROFILE)
    green = {name: found for name, found in report.counts().items() if name in report.green_ops()}
    whole = {name: found for name, found in {**known, **green}.items() if name in there}
    path.write_text(text(PROFILE, whole), encoding="utf-8")
    return [f"{one.id}: {one.detail}" for one in (*report.failures, *report.undeclared)]


def counts(path: Path) -> Counts:
    """What the file says; nothing where there is none."""
    found: Counts = read(path)["counts"] if path.is_file() else {}
    return found


def cases() -> "dict[str, Sequence[Case]]":
    """The cases of each installed op and each optimizer, by its name."""
    from corelib.conformance.running.whole import cases_of

    return {group[0].subject.name: group for group in cases_of(None, PROFILE) if group}
