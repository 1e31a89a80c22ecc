"""The manifest: how many cases each check of each op runs, committed, so that a suite cannot become empty unnoticed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from corelib.conformance.reporting.report import Report

OPTIONAL: Final = ("typed", "precise")  # they need mypy and mpmath, which may be missing
FIX: Final = "if that is intended, update it with `corelib check --manifest FILE --update-manifest`"


def read(path: str | Path) -> dict[str, Any]:
    """A manifest: {"profile": ..., "counts": {op: {check: number of cases}}}."""
    content: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return content


def write(report: Report, path: str | Path) -> None:
    """Write the manifest of a run."""
    Path(path).write_text(text(report.profile, report.counts()), encoding="utf-8")


def text(profile: str, counts: dict[str, dict[str, int]]) -> str:
    """A manifest, one op a line, so that a change of one op changes one line."""
    lines = [f"  {json.dumps(op)}: {json.dumps(found, sort_keys=True)}" for op, found in sorted(counts.items())]
    return f'{{"profile": {json.dumps(profile)}, "counts": {{\n' + ",\n".join(lines) + "\n}}\n"


def complaints(report: Report, manifest: dict[str, Any], *, partial: bool = False) -> list[str]:
    """Where a run differs from the manifest; a ``partial`` run need not have all of its ops and checks."""
    if report.profile != manifest["profile"]:
        return [f"the manifest is of profile {manifest['profile']}, and this run of {report.profile}"]
    return list(_differences(report.counts(), manifest["counts"], partial))


def _differences(ran: dict[str, dict[str, int]], expected: dict[str, dict[str, int]], partial: bool) -> Iterator[str]:
    for op in sorted(set(ran) | set(expected)):
        if op not in expected:
            yield f"{op} is not in the manifest; {FIX}"
        elif op not in ran:
            if not partial:
                yield f"{op} is in the manifest, and was not checked; {FIX}"
        else:
            yield from _of_op(op, ran[op], expected[op], partial)


def _of_op(op: str, ran: dict[str, int], expected: dict[str, int], partial: bool) -> Iterator[str]:
    for check in sorted(set(ran) | set(expected)):
        if check not in ran and partial:
            continue
        now, then = ran.get(check, 0), expected.get(check, 0)
        if now != then and not (check in OPTIONAL and now == 0):
            yield f"{op}::{check} ran {now} cases, and {then} are in the manifest; {FIX}"
