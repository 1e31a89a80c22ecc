"""Samples: the points to learn from and the points held back, in their own units."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from corelib import Array
from corelib_fit.refusal import BadInput
from corelib_fit.table import Table

Truth: TypeAlias = Callable[[Array], Array]

POINTS: Final = 400
"""How many points of the parabola are drawn."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Inputs of shape (rows, columns) and targets of shape (rows, 1), for training and for the test."""

    title: str
    x_names: tuple[str, ...]
    y_name: str
    train_x: Array
    train_y: Array
    test_x: Array
    test_y: Array
    truth: Truth | None = None


def parabola(random: np.random.Generator, test_fraction: float) -> Samples:
    """y = x² at points drawn uniformly from [-100, 100]."""
    x = random.uniform(-100, 100, (POINTS, 1))
    split = held_back(POINTS, random, test_fraction, "y = x²")
    return divided("y = x²", ("x",), "y", x, np.square(x), split, truth=np.square)


def measured(
    table: Table, x_words: Sequence[str], y_word: str, random: np.random.Generator, test_fraction: float
) -> Samples:
    """Columns of a table. Raises BadInput for a column that is not there, no numbers, or the same in every row."""
    x_names, y_name = table.columns(x_words), table.column(y_word)
    if y_name in x_names:
        raise BadInput(f"column {y_name!r} is both --x and --y; learn it from other columns")
    values = table.matrix([*x_names, y_name])
    x, y = values[:, :-1], values[:, -1:]
    split = held_back(len(x), random, test_fraction, table.file)
    samples = divided(table.file, x_names, y_name, x, y, split)
    for names, values in ((x_names, samples.train_x), ((y_name,), samples.train_y)):
        check_varied(table.file, names, values)
    return samples


def held_back(rows: int, random: np.random.Generator, test_fraction: float, source: str) -> Array:
    """True for the rows of the test. Raises BadInput where fewer than two rows are left to learn from."""
    count = max(1, round(rows * test_fraction)) if test_fraction else 0
    if rows - count < 2:
        have = f"{rows} row" if rows == 1 else f"{rows} rows"
        raise BadInput(
            f"{source} has {have}, of which --test-fraction {test_fraction:g} holds {count} back; "
            "at least 2 to learn from are wanted"
        )
    chosen = np.zeros(rows, bool)
    chosen[random.permutation(rows)[:count]] = True
    return chosen


def divided(
    title: str, x_names: tuple[str, ...], y_name: str, x: Array, y: Array, split: Array, truth: Truth | None = None
) -> Samples:
    """The rows, divided into those to learn from and those of the test."""
    return Samples(title, x_names, y_name, x[~split], y[~split], x[split], y[split], truth)


def check_varied(file: str, names: Sequence[str], values: Array) -> None:
    """Raise BadInput for a column that cannot be standardised."""
    for name, column in zip(names, values.T, strict=True):
        if np.min(column) == np.max(column):
            raise BadInput(
                f"{file}, column {name!r}: it is {column[0]:g} in all {len(column)} rows to learn from, "
                "so nothing can be learnt of it; name a column that varies"
            )
        with np.errstate(over="ignore", invalid="ignore"):
            spread = np.std(column)
        if not np.isfinite(spread) or spread == 0:
            raise BadInput(f"{file}, column {name!r}: its numbers are too large or too small; change its unit")
