"""`corelib mutate`: faults in the ops and optimizers of a plugin, and which of them the suite does not find."""

import random
from collections.abc import Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Final

import click

from corelib.cli.console import make_console, show_table
from corelib.errors import PluginError
from corelib_selftest.mutant import FAMILIES, Family

if TYPE_CHECKING:
    from corelib_selftest.examined import Examined
    from corelib_selftest.mutant import Mutant, Verdict
    from corelib_selftest.score import Score

OF_PLUGINS: Final[tuple[Family, ...]] = tuple(family for family in FAMILIES if family != "human")
HEADINGS: Final = ("FAMILY", "FOUND", "OF", "SCORE", "EQUIVALENT")


@click.command()
@click.argument("plugin")
@click.option("--op", metavar="NAME", help="One op or optimizer alone.")
@click.option("--family", "families", multiple=True, type=click.Choice(OF_PLUGINS), help="Faults of this kind alone.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="N faults, drawn at random.")
@click.option("--seed", type=int, default=0, show_default=True, help="Draw others.")
@click.option(
    "--seconds",
    type=click.FloatRange(0, min_open=True),
    metavar="S",
    help="Try faults in random order, and begin no other after S seconds.",
)
def mutate(
    plugin: str, op: str | None, families: tuple[Family, ...], sample: int | None, seed: int, seconds: float | None
) -> None:  # fmt: skip
    """Put faults into the ops and optimizers of PLUGIN (a distribution), one at a time, and run the suite over each.

    Behaviours wrap a backward: it doubles one entry, ignores a keyword, is wrong for one form of array. Syntax
    changes one operator, constant, name or argument in its source. Situations depend on calls before.

    Exits with 1 where the suite does not find a fault, and nobody declared why it is none.
    """
    from corelib_selftest.examined import of_plugin

    of, name = of_plugin(plugin, op), plugin if op is None else f"{plugin}.{op}"
    mutants = of.mutants(families or OF_PLUGINS)
    if not mutants:
        raise PluginError(f"{name} has nothing in which a fault of {' or '.join(families or OF_PLUGINS)} can be made")
    if not families and op is None:
        _show_unused(mutants)
    if sample is not None or seconds is not None:
        mutants = random.Random(seed).sample(mutants, min(sample or len(mutants), len(mutants)))
    score = _run(of, mutants, seconds)
    _show(name, score, len(mutants))
    if any(score.survivors(family) for family in FAMILIES):
        raise SystemExit(1)


def _run(of: "Examined", mutants: "Sequence[Mutant]", seconds: float | None) -> "Score":
    """Try them behind a progress bar, which a pipe does not see."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from corelib_selftest.command import judged
    from corelib_selftest.score import Score

    ends = perf_counter() + (seconds or float("inf"))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = make_console()
    verdicts: list[Verdict] = []
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("without a fault", total=len(mutants))
        of.require_green()
        for mutant in mutants:
            if verdicts and perf_counter() > ends:
                break
            bar.update(task, description=mutant.hosts[0].subject.name)
            verdicts.append(judged(mutant))
            bar.advance(task)
    return Score(verdicts)


def _show_unused(mutants: "Sequence[Mutant]") -> None:
    from corelib_selftest.equivalents import unused

    for pattern in unused(mutants):
        click.secho(f"no fault is called {pattern!r}, which a spec declares to be equivalent: remove it", fg="yellow")


def _show(name: str, score: "Score", drawn: int) -> None:
    """Each survivor, the table, and the verdict."""
    from corelib_selftest.survivor import lines_of

    survivors = [verdict for family in FAMILIES for verdict in score.survivors(family)]
    for verdict in survivors:
        first, *others = lines_of(verdict)
        click.secho(first, fg="red")
        click.echo("\n".join([*others, ""]))
    show_table(HEADINGS, [_row(score, family) for family in FAMILIES if score.of(family)])
    counted = sum(not verdict.equivalent for verdict in score.verdicts)
    left = drawn - len(score.verdicts)
    untried = f"; {left} were not tried, since the time is up" if left else ""
    text = f"{name}: {counted - len(survivors)} of {counted} faults found{untried}"
    click.secho(text, fg="red" if survivors else "green")


def _row(score: "Score", family: Family) -> tuple[str, ...]:
    mine = score.of(family)
    found, same = sum(verdict.killed for verdict in mine), sum(verdict.equivalent for verdict in mine)
    return family, str(found), str(len(mine) - same), f"{score.rate(family):.1%}", str(same)
