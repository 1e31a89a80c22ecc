"""`corelib check`: the conformance suite in the terminal."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from corelib.cli.console import make_console, show_table
from corelib.conformance.profile import PROFILES

if TYPE_CHECKING:
    from corelib.conformance.cases.case import Case
    from corelib.conformance.cases.result import Result
    from corelib.conformance.reporting.report import Cell, Report

FILE: Final = click.Path(dir_okay=False, path_type=Path)
ALL_GREEN: Final = 5
"""Of more ops than these, those that are green are left out of the table."""


@click.command()
@click.argument("plugin", required=False)
@click.option("--op", metavar="NAME", help="One op or optimizer only.")
@click.option(
    "--profile", type=click.Choice(tuple(PROFILES)), default="default", show_default=True, help="How thorough."
)
@click.option(
    "--only", multiple=True, metavar="CHECK", help="Run only these checks: a name, or a pattern such as '*dtype'."
)
@click.option("--array-kind", metavar="NAME", help="Run the check of arrays of this kind, which a plugin describes.")
@click.option("--seed", type=int, default=0, show_default=True, help="Vary all random numbers.")
@click.option("--all", "everything", is_flag=True, help="Show the ops of which everything passes too.")
@click.option("--json", "json_file", type=FILE, help="Write the whole report.")
@click.option("--badge", type=FILE, help="Write a badge, an endpoint of shields.io.")
@click.option("--html", type=FILE, help="Write a page with a heat map of margins.")
@click.option("--manifest", type=FILE, help="Compare the number of cases with a committed file.")
@click.option("--update-manifest", is_flag=True, help="Write that file instead.")
def check(
    plugin: str | None, op: str | None, profile: str, only: tuple[str, ...], array_kind: str | None, seed: int,
    everything: bool, json_file: Path | None,
    badge: Path | None, html: Path | None, manifest: Path | None, update_manifest: bool,
) -> None:  # fmt: skip
    """Check the ops of PLUGIN (a distribution, such as corelib-elementwise), or of all that are installed.

    Exits with 1 where a check fails or something is not declared.
    """
    from corelib.conformance.running.whole import cases_of

    if update_manifest and manifest is None:
        raise click.UsageError("--update-manifest needs --manifest FILE")
    try:
        groups = cases_of(plugin, profile, seed, op, only, array_kind)
    except LookupError as error:
        raise click.UsageError(str(error)) from error
    report = _run(groups, profile)
    if manifest is not None:
        report = _counted(report, manifest, update_manifest, partial=plugin is not None or op is not None)
    _write(report, json_file, badge, html)
    _show(report, everything)
    if not report.green:
        raise SystemExit(1)


def _run(groups: "Sequence[Sequence[Case]]", profile: str) -> "Report":
    """Run all cases behind a progress bar, which a pipe does not see."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from corelib.conformance.reporting.report import Report
    from corelib.conformance.running.runner import run_cases

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = make_console()
    results: list[Result] = []
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=sum(map(len, groups)))
        advance: Callable[[Result], None] = lambda _: bar.advance(task)  # noqa: E731  # it is named for its type
        for group in groups:
            bar.update(task, description=group[0].name if group else "")
            results += run_cases(group, progress=advance)
    return Report(results, profile)


def _counted(report: "Report", path: Path, update: bool, *, partial: bool) -> "Report":
    """The report with what differs from the manifest; or the manifest written anew."""
    from dataclasses import replace

    from corelib.conformance.reporting import manifest

    if update:
        manifest.write(report, path)
        return report
    return replace(report, complaints=manifest.complaints(report, manifest.read(path), partial=partial))


def _write(report: "Report", json_file: Path | None, badge: Path | None, html: Path | None) -> None:
    if json_file is not None:
        report.write_json(json_file)
    if badge is not None:
        report.write_badge(badge)
    if html is not None:
        from corelib.conformance.reporting.html import page

        html.write_text(page(report), encoding="utf-8")


def _show(report: "Report", everything: bool) -> None:
    """Print the verdict, each cause of failures, warnings, the table, the reasons of skips, and the verdict again."""
    from corelib.conformance.reporting.causes import by_cause

    _verdict(report)
    for text in by_cause(report.failures):
        click.echo(f"{text}\n")
    for result in report.undeclared:
        click.secho(result.message, fg="yellow")
    for complaint in report.complaints:
        click.secho(f"manifest: {complaint}", fg="red")
    for result in report.warnings:
        click.secho(f"warning {result.op}: {result.detail}", fg="yellow")
    green = set(report.green_ops())
    shown = [op for op in report.ops if everything or op not in green or len(report.ops) <= ALL_GREEN]
    if shown:
        _table(report, shown)
    _summary(report, len(report.ops) - len(shown))


def _table(report: "Report", ops: Sequence[str]) -> None:
    cells, checks = report.cells(), report.checks
    rows = [[check, *[_mark(cells.get((op, check))) for op in ops]] for check in checks]
    if len(ops) > ALL_GREEN:  # more ops than columns fit: the checks go across
        show_table(["OP", *checks], [[op, *[_mark(cells.get((op, check))) for check in checks]] for op in ops])
    else:
        show_table(["CHECK", *ops], rows)


def _mark(cell: "Cell | None") -> str:
    """A cell: how many cases ran and the largest error over its tolerance, or why there is none."""
    if cell is None:
        return ""
    if cell.status == "pass":
        return f"{cell.cases} ok" + (f" {cell.margin:.0e}" if cell.margin else "")
    return {"fail": "FAIL", "undeclared": "undeclared", "xfail": "xfail", "skip": "skip"}[cell.status]


def _summary(report: "Report", hidden: int) -> None:
    reasons: dict[str, int] = {}
    for r in report.skips:
        reasons[r.detail] = reasons.get(r.detail, 0) + 1
    for reason, count in sorted(reasons.items(), key=lambda item: -item[1]):
        click.echo(f"{count} skipped: {reason}")
    worst = max(report.results, key=lambda r: r.margin if r.status == "pass" else 0.0, default=None)
    if worst is not None:
        click.echo(f"nearest to its tolerance: {worst.id}, {worst.margin:.2g} of it")
    _verdict(report, f" ({hidden} green ops not shown; --all shows them)" if hidden else "")


def _verdict(report: "Report", also: str = "") -> None:
    click.secho(f"{report.verdict}{also}", fg="green" if report.green else "red")
