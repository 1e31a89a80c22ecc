"""The options of the command, where click alone cannot tell whether they are right."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from corelib_fit.refusal import BadInput, listed
from corelib_fit.table import open_table

DIGITS: Final = 18
"""Whole numbers with more of them are no sizes, and Python refuses to read those with thousands."""


def layers(text: str) -> tuple[int, ...]:
    """The sizes of the hidden layers in "64,64". Raises BadInput for what is no list of whole numbers above 0."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and len(part) <= DIGITS and int(part) > 0 for part in parts):
        raise BadInput(f"--hidden {text!r:.80}: whole numbers above 0 with commas between are wanted, such as 64,64")
    return tuple(map(int, parts))


def check_columns(table: Path | None, x: Sequence[str], y: str | None) -> None:
    """Raise BadInput unless a table, its columns to learn from and the one to learn are given, or none of them."""
    if table is None and (x or y is not None):
        raise BadInput("--x and --y name columns of a table; put it before them: corelib fit data.csv --x a b --y c")
    if table is not None and (not x or y is None):
        with open_table(table) as opened:
            has = listed(opened.header)
        missing = " and ".join(option for option, value in (("--x", x), ("--y", y)) if not value)
        raise BadInput(f"{missing} missing: name the columns to learn from and the one to learn; {table} has {has}")
