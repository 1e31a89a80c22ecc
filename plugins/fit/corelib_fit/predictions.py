"""Predictions: the rows of a table with what a model makes of them, as CSV."""

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import numpy as np

from corelib import Array
from corelib_fit.model_file import Model
from corelib_fit.output import hidden
from corelib_fit.refusal import BadInput
from corelib_fit.table import Table


def predictions(model: Model, table: Table) -> tuple[Array, Array]:
    """The inputs, of shape (rows, columns), and what is predicted for them, of shape (rows, 1).

    Raises BadInput where the table lacks a column of the model's inputs, or holds no numbers in it.
    """
    x = table.matrix([table.column(name) for name in model.x_names])
    return x, model.predict(x)


def write_predictions(file: TextIO, header: Sequence[str], x: Array, y: Array) -> None:
    """A line of names, then a row for each row: inputs, prediction. Numbers are exact to the last digit."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(np.concatenate([x, y], axis=1).tolist())


def save_predictions(path: Path, header: Sequence[str], x: Array, y: Array) -> None:
    """Write the file, complete or not at all. Raises BadInput where nothing can be written."""
    try:
        with hidden(path.parent) as place:
            with open(place / path.name, "w", encoding="utf-8", newline="") as file:
                write_predictions(file, header, x, y)
            os.replace(place / path.name, path)
    except OSError as error:
        raise BadInput(f"--out {path}: {error.strerror}; name a file that can be written to") from error
