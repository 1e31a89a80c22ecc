"""The report of a run: which cases ran, which failed, and the margins of the others."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from corelib.conformance.cases.result import Result
from corelib.conformance.reporting.causes import by_cause

WORST_FIRST: Final = ("fail", "undeclared", "xfail", "pass", "skip")


@dataclass(frozen=True, slots=True)
class Cell:
    """One check of one op, over all samples and seeds."""

    status: str
    cases: int
    assertions: int
    margin: float
    reason: str = ""


@dataclass(frozen=True)
class Report:
    """All results of a run, in order.

    ``green`` says whether the run is without failures and without undeclared cases; ``str(report)`` is the verdict with
    all failures; ``write_json`` and ``write_badge`` write files.
    """

    results: Sequence[Result]
    profile: str = "default"
    complaints: Sequence[str] = field(default_factory=tuple)
    """Problems of the run as a whole: counts that differ from the manifest."""

    @property
    def failures(self) -> list[Result]:
        return [r for r in self.results if r.status == "fail"]

    @property
    def undeclared(self) -> list[Result]:
        return [r for r in self.results if r.status == "undeclared"]

    @property
    def skips(self) -> list[Result]:
        return [r for r in self.results if r.status == "skip"]

    @property
    def warnings(self) -> list[Result]:
        """Cases that passed with a warning: a backward that costs far more than its forward."""
        return [r for r in self.results if r.warns]

    def __str__(self) -> str:
        """The verdict, each cause of failures once, what is undeclared, and the verdict again."""
        missing = [r.message for r in self.undeclared]
        texts = [*self.complaints, *by_cause(self.failures), *missing]
        return "\n".join([self.verdict, *texts, self.verdict] if texts else [self.verdict])

    @property
    def verdict(self) -> str:
        """One line: whether it is green, and the counts."""
        return f"{'green' if self.green else 'NOT GREEN'}: {self.summary()}"

    @property
    def green(self) -> bool:
        """Nothing failed, nothing was left undeclared, and something ran."""
        return bool(self.ops) and not (self.failures or self.undeclared or self.complaints)

    @property
    def ops(self) -> list[str]:
        return list(dict.fromkeys(r.op for r in self.results))

    @property
    def checks(self) -> list[str]:
        return list(dict.fromkeys(r.check for r in self.results))

    @property
    def assertions(self) -> int:
        return sum(r.assertions for r in self.results)

    def cells(self) -> dict[tuple[str, str], Cell]:
        """The worst that happened in each check of each op."""
        groups: dict[tuple[str, str], list[Result]] = {}
        for result in self.results:
            groups.setdefault((result.op, result.check), []).append(result)
        return {key: _cell(group) for key, group in groups.items()}

    def counts(self) -> dict[str, dict[str, int]]:
        """The number of cases that ran, by op and check: what the manifest holds."""
        found: dict[str, dict[str, int]] = {}
        for r in self.results:
            per_check = found.setdefault(r.op, {})
            per_check[r.check] = per_check.get(r.check, 0) + (r.status in ("pass", "fail", "xfail"))
        return found

    def green_ops(self) -> list[str]:
        """The ops of which nothing failed and nothing is undeclared."""
        bad = {r.op for r in (*self.failures, *self.undeclared)}
        return [op for op in self.ops if op not in bad]

    def summary(self) -> str:
        """The counts in one line, as on a badge."""
        kinds: Counter[str] = Counter(r.status for r in self.results)
        parts = [f"{len(self.green_ops())}/{len(self.ops)} ops", f"{len(self.results) - kinds['skip']} checks"]
        words = {"fail": "failed", "undeclared": "undeclared", "xfail": "expected failures"}
        parts += [f"{kinds[kind]} {word}" for kind, word in words.items() if kinds[kind]]
        return ", ".join([*parts, f"{kinds['skip']} skips"])

    def badge(self) -> dict[str, Any]:
        """The endpoint that shields.io draws a badge from."""
        color = "brightgreen" if self.green else "red" if self.failures or self.complaints else "yellow"
        return {"schemaVersion": 1, "label": "conformance", "message": self.summary(), "color": color}

    def as_json(self) -> dict[str, Any]:
        """The whole report as JSON data."""
        return {
            "profile": self.profile,
            "green": self.green,
            "summary": self.summary(),
            "versions": versions(),
            "complaints": list(self.complaints),
            "cells": [{"op": op, "check": check, **asdict(cell)} for (op, check), cell in self.cells().items()],
            "skips": sorted({(r.op, r.check, r.detail) for r in self.skips}),
            "results": [{"id": r.id, **asdict(r)} for r in self.results],
        }

    def write_json(self, path: str | Path) -> None:
        Path(path).write_text(json.dumps(self.as_json(), indent=1) + "\n", encoding="utf-8")

    def write_badge(self, path: str | Path) -> None:
        Path(path).write_text(json.dumps(self.badge()) + "\n", encoding="utf-8")


def _cell(group: Iterable[Result]) -> Cell:
    results = sorted(group, key=lambda r: WORST_FIRST.index(r.status))
    worst = results[0]
    ran = [r for r in results if r.status != "skip"]
    return Cell(
        worst.status, len(ran), sum(r.assertions for r in ran), max((r.margin for r in ran), default=0.0), worst.detail
    )


def versions() -> dict[str, str]:
    """The versions of corelib, NumPy and Python."""
    import platform

    import numpy as np

    from corelib._version import __version__

    return {"corelib": __version__, "numpy": np.__version__, "python": platform.python_version()}
