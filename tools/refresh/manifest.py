"""tests/conformance_manifest.json: how many cases each check of the suite runs of each op and each optimizer."""

from collections.abc import Sequence
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


def write(path: Path, *, recount: bool) -> list[str]:
    """Run the suite on what the file lacks, or on all, and write the counts. Returns what failed."""
    from corelib.conformance.reporting.report import Report
    from corelib.conformance.running.runner import run_cases

    known = {} if recount else counts(path)
    found = cases()
    report = Report([result for name in found if name not in known for result in run_cases(found[name])], PROFILE)
    whole = {**known, **report.counts()}
    path.write_text(text(PROFILE, {name: whole[name] for name in found}), encoding="utf-8")
    return [f"{one.id}: {one.detail}" for one in (*report.failures, *report.undeclared)]


def counts(path: Path) -> Counts:
    """What the file says; nothing where there is none."""
    found: Counts = read(path)["counts"] if path.is_file() else {}
    return found


def cases() -> "dict[str, Sequence[Case]]":
    """The cases of each installed op and each optimizer, by its name."""
    from corelib.conformance.running.whole import cases_of

    return {group[0].subject.name: group for group in cases_of(None, PROFILE) if group}
