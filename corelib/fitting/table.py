"""Table: what a CSV file holds, and its columns as numbers."""

import csv
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

import numpy as np

from corelib.fitting.refusal import BadInput, listed
from corelib.tensor import Array

DELIMITERS: Final = ",;\t"
UNIT: Final = re.compile(r"\s*\[[^]]*\]$")  # "temperature [K]" may be asked for as "temperature"


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a file as text, each row with its line number."""

    file: str
    header: tuple[str, ...]
    lines: tuple[int, ...]
    rows: tuple[list[str], ...]

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

    def numbers(self, name: str) -> Array:
        """A column as float64. Raises BadInput for the first cell that is no finite number."""
        k = self.header.index(name)
        values = (number(row[k]) for row in self.rows)
        entries = np.fromiter(values, float, len(self.rows))
        bad = np.flatnonzero(~np.isfinite(entries))
        if bad.size:
            cell, line = self.rows[bad[0]][k].strip(), self.lines[bad[0]]
            raise BadInput(f"{self.file}, line {line}, column {name!r}: {wrong(cell)}; a finite number is wanted")
        return entries

    def matrix(self, names: Sequence[str]) -> Array:
        """Several columns beside each other: an array of shape (rows, columns)."""
        return np.stack([self.numbers(name) for name in names], axis=1)


def number(cell: str) -> float:
    """The number that a cell holds, NaN where it holds none."""
    try:
        return math.nan if "_" in cell else float(cell)
    except ValueError:
        return math.nan


def wrong(cell: str) -> str:
    """What is wrong with a cell that holds no finite number."""
    return f"{cell!r} is none" if cell else "the cell is empty"


def read_table(path: str | Path) -> Table:
    """Read a CSV file: a line that names the columns, then rows of as many cells; blank lines are left out.

    Cells are separated by commas, semicolons or tabs, whichever the first line has most of. Raises BadInput for a
    file that cannot be read, has no header or no row, or a row of another length.
    """
    name = Path(path).name or str(path)
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            lines = list(cells(file))
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; the path of a CSV file is wanted") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{name} is no text in UTF-8 (byte {error.start}); save it as CSV in UTF-8") from error
    except csv.Error as error:
        raise BadInput(f"{name} is no CSV file: {error}") from error
    if not lines:
        raise BadInput(f"{name} is empty; a line that names the columns is wanted, and rows of numbers under it")
    return checked(name, lines)


def cells(file: TextIO) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, with the line each ends at."""
    first = file.readline()
    delimiter = max(DELIMITERS, key=first.count)
    file.seek(0)
    reader = csv.reader(file, delimiter=delimiter)
    for row in reader:
        if any(cell.strip() for cell in row):
            yield reader.line_num, row


def checked(name: str, lines: list[tuple[int, list[str]]]) -> Table:
    """The table of these rows, the first of which is the header."""
    header = tuple(cell.strip() for cell in lines[0][1])
    if all(math.isfinite(number(cell)) for cell in header):
        raise BadInput(f"{name}, line {lines[0][0]}: the columns have no names; the first line must name them")
    if len(lines) == 1:
        raise BadInput(f"{name} has no rows, only a header; rows of numbers are wanted under it")
    for line, row in lines[1:]:
        if len(row) != len(header):
            raise BadInput(f"{name}, line {line}: {len(row)} cells, but the header has {len(header)}")
    return Table(name, header, tuple(line for line, _ in lines[1:]), tuple(row for _, row in lines[1:]))
