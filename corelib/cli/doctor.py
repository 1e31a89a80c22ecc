"""`corelib doctor`: everything that is loaded, and all that is wrong with it."""

from pathlib import Path

import click

from corelib.cli.console import show_table
from corelib.cli.plugins import HEADINGS, row
from corelib.cli.values import Place
from corelib.plugins import list as installed


@click.command()
@click.option(
    "--typings", "folder", type=Place(), default=Path("typings"), show_default=True,
    help="The folder that corelib typings writes.",
)  # fmt: skip
def doctor(folder: Path) -> None:
    """Load every op, optimizer and command, and report every problem. Exits with 1 where there is an error."""
    from corelib.cli.diagnosis import diagnose
    from corelib.cli.machine import facts

    for about, fact in facts():
        click.echo(f"{about + ':':10} {fact}")
    problems = diagnose(folder)
    click.echo()
    found = installed()
    if found:
        show_table(HEADINGS, [row(info) for info in found])
    for problem in problems:
        click.secho(f"\n{problem.level}: {problem}", fg="red" if problem.level == "error" else "yellow")
    errors = sum(problem.level == "error" for problem in problems)
    click.echo(f"\n{_counted(errors, 'error')}, {_counted(len(problems) - errors, 'warning')}")
    if errors:
        raise SystemExit(1)


def _counted(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
