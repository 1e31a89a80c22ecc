"""Table: what a CSV file holds, and its columns as numbers."""

import csv
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Final, TextIO, TypeAlias

import numpy as np

from corelib import Array
from corelib_fit.refusal import BadInput, listed

Row: TypeAlias = tuple[int, list[str]]  # with the number of its last line

DELIMITERS: Final = ",;\t"
UNIT: Final = re.compile(r"\s*\[[^]]*\]$")  # "temperature [K]" may be asked for as "temperature"
MANY: Final = 10_000
"""How many rows are text at a time: a number takes a tenth of the memory that its cell does."""


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a file that is open, and its rows, which are read once."""

    file: str
    header: tuple[str, ...]
    rows: Iterator[Row]

    def find(self, name: str) -> str | None:
        """The full name of a column, which may be given without its unit in brackets; None where there is none.

        Raises BadInput where several columns have the name.
        """
        found = [column for column in self.header if column == name]
        found = found or [column for column in self.header if UNIT.sub("", column) == name]
        if len(found) > 1:
            raise BadInput(f"{self.file}: {len(found)} columns are called {name!r}; give each a name of its own")
        return found[0] if found else None

    def columns(self, words: Sequence[str]) -> tuple[str, ...]:
        """The columns that words name: one each, or several with commas between. Raises BadInput for others."""
        names: list[str] = []
        for word in words:
            parts = [word] if self.find(word) is not None else [part.strip() for part in word.split(",")]
            names += [self.column(part) for part in parts]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise BadInput(f"column {twice!r} is named twice; name each column once")
        return tuple(names)

    def column(self, name: str) -> str:
        """The full name of a column. Raises BadInput, listing those that exist, where there is none."""
        found = self.find(name)
        if found is None:
            raise BadInput(f"{self.file} has no column {name!r}; it has {listed(self.header)}")
        return found

    def matrix(self, names: Sequence[str]) -> Array:
        """Several columns beside each other: an array of shape (rows, columns).

        Raises BadInput for a row of another length, the first cell that is no finite number, and no rows at all.
        """
        places = [self.header.index(name) for name in names]
        parts = []
        while rows := list(islice(self.rows, MANY)):
            self.check_lengths(rows)
            parts.append(np.stack([self.numbers(rows, k) for k in places], axis=1))
        if not parts:
            raise BadInput(f"{self.file} has no rows, only a header; rows of numbers are wanted under it")
        return np.concatenate(parts)

    def check_lengths(self, rows: Sequence[Row]) -> None:
        """Raise BadInput for a row that has more or fewer cells than the header."""
        for line, row in rows:
            if len(row) != len(self.header):
                raise BadInput(f"{self.file}, line {line}: {len(row)} cells, but the header has {len(self.header)}")

    def numbers(self, rows: Sequence[Row], k: int) -> Array:
        """Column ``k`` of these rows as float64."""
        entries = np.fromiter((number(row[k]) for _, row in rows), float, len(rows))
        bad = np.flatnonzero(~np.isfinite(entries))
        if bad.size:
            line, row = rows[bad[0]]
            where = f"{self.file}, line {line}, column {self.header[k]!r}"
            raise BadInput(f"{where}: {wrong(row[k].strip())}; a finite number is wanted")
        return entries


def number(cell: str) -> float:
    """The number that a cell holds, NaN where it holds none.

    Python reads "1_0" and the digits of other scripts too: a table that has these was not meant so.
    """
    try:
        return float(cell) if cell.isascii() and "_" not in cell else math.nan
    except ValueError:
        return math.nan


def wrong(cell: str) -> str:
    """What is wrong with a cell that holds no finite number."""
    return f"{cell!r:.80} is none" if cell else "the cell is empty"


@contextmanager
def open_table(path: str | Path) -> Iterator[Table]:
    """A CSV file: a line that names the columns, then rows of as many cells; blank lines are left out.

    Cells are separated by commas, semicolons or tabs, whichever the first line has most of. Within ``with``, raises
    BadInput for a file that cannot be read, has no header, or is no text.
    """
    name = Path(path).name or str(path)
    try:
        with open(path, newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
            yield headed(name, cells(name, file))
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}; the path of a CSV file is wanted") from error
    except csv.Error as error:
        raise BadInput(f"{name} is no CSV file: {error}") from error


def headed(name: str, rows: Iterator[Row]) -> Table:
    """The table of these rows, the first of which is the header."""
    line, first = next(rows, (0, []))
    header = tuple(cell.strip() for cell in first)
    if not header:
        raise BadInput(f"{name} is empty; a line that names the columns is wanted, and rows of numbers under it")
    if all(math.isfinite(number(cell)) for cell in header):
        raise BadInput(f"{name}, line {line}: the columns have no names; the first line must name them")
    return Table(name, header, rows)


def cells(name: str, file: TextIO) -> Iterator[Row]:
    """The rows that are not blank. The file is read once: it may be a pipe."""
    lines = decoded(name, file)
    first = next(lines, "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(chain([first], lines), delimiter=delimiter)
    for row in reader:
        if any(map(str.strip, row)):
            yield reader.line_num, row


def decoded(name: str, file: TextIO) -> Iterator[str]:
    """The lines. Raises BadInput for the first that is no UTF-8."""
    for line, text in enumerate(file, 1):
        if not text.isascii() and any("\udc80" <= each <= "\udcff" for each in text):
            raise BadInput(f"{name} is no text in UTF-8 (line {line}); save it as CSV in UTF-8")
        yield text
