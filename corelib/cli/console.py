"""Where the subcommands write: a terminal gets tables in colour, a pipe lines of text that are never cut."""

import sys
from collections.abc import Iterable, Sequence
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDE: Final = 10_000  # columns of what is no terminal: nothing is wrapped or cut


def make_console() -> Console:
    """A console on standard output as it is now."""
    terminal = sys.stdout.isatty()
    return Console(width=None if terminal else WIDE, highlight=False, markup=False, soft_wrap=not terminal)


def show_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; a pipe gets one line a row, the cells apart by two spaces or more."""
    if not sys.stdout.isatty():
        print("\n".join(lines([headings, *rows])))
        return
    table = Table(*headings, box=SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*[Text(cell) for cell in row])
    make_console().print(table)


def lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as lines, the columns under each other."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
