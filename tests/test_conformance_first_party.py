"""The whole suite over every first-party op: nothing fails, nothing is undeclared, nothing is missing."""

from pathlib import Path
from typing import Final

import pytest

from corelib.conformance import Subject, installed
from corelib.conformance.optimizers.installed_rules import installed_rules
from corelib.conformance.profile import PROFILES
from corelib.conformance.reporting.manifest import complaints, read
from corelib.conformance.reporting.report import Report
from corelib.conformance.running.plan import cases
from corelib.conformance.running.runner import run_cases

HERE: Final = Path(__file__).parent
FIRST_PARTY: Final = {f"corelib-{folder.name}" for folder in (HERE.parent / "plugins").iterdir()}
MANIFEST: Final = read(HERE / "conformance_manifest.json")
SUBJECTS: Final = [one for one in installed() if one.distribution in FIRST_PARTY]


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda one: one.name)
def test_every_check_of_every_op_passes_and_as_many_run_as_the_manifest_says(subject: Subject) -> None:
    report = Report(run_cases(cases(subject, PROFILES["default"])), "default")
    assert not report.failures, "\n".join(r.detail for r in report.failures)
    assert not report.undeclared, "\n".join(f"{r.id}: {r.detail}" for r in report.undeclared)
    mine = {op: counts for op, counts in MANIFEST["counts"].items() if op == subject.name}
    assert complaints(report, {**MANIFEST, "counts": mine}) == [], f"python -m tools.refresh --recount {subject.name}"


def test_the_manifest_has_every_op_and_optimizer_that_is_installed_and_no_other() -> None:
    rules = {one.name for one in installed_rules() if one.distribution in FIRST_PARTY}
    assert {one.name for one in SUBJECTS} | rules == set(MANIFEST["counts"])
