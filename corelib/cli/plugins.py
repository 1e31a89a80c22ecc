"""`corelib plugins`: what is installed, and what failed to load and why."""

import json
from dataclasses import asdict
from typing import Final

import click

from corelib.cli.console import show_table
from corelib.plugins import Info
from corelib.plugins import list as installed

HEADINGS: Final = ("PLUGIN", "VERSION", "OPS", "OPTIMIZERS", "COMMANDS", "ARRAYS", "STATE")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def plugins(as_json: bool) -> None:
    """List the installed plugins: their versions, what they provide, and what failed to load and why."""
    found = installed()
    if as_json:
        click.echo(json.dumps([asdict(info) for info in found], indent=2))
        return
    if not found:
        click.echo("no plugin is installed; pip install corelib-elementwise is a beginning")
        return
    show_table(HEADINGS, [row(info) for info in found])
    for info in found:
        for problem in info.problems:
            click.echo(f"\n{problem.level}: {problem}")
    click.echo("\ncorelib ops and corelib optimizers list them by name, corelib --help the commands")


def row(info: Info) -> tuple[str, ...]:
    """One line of the table."""
    levels = {problem.level for problem in info.problems}
    state = "broken" if "error" in levels else "warning" if levels else "ok"
    numbers = [str(len(provided)) for provided in (info.ops, info.optimizers, info.commands, info.array_kinds)]
    return info.distribution, info.version, *numbers, state
