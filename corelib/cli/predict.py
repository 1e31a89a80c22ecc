"""`corelib predict`: apply a network that `corelib fit` made."""

import sys
from pathlib import Path

import click

from corelib.cli.one_line import OneLineCommand


@click.command(cls=OneLineCommand)
@click.argument("model", type=click.Path(path_type=Path), metavar="MODEL.NPZ")
@click.argument("table", type=click.Path(path_type=Path), metavar="DATA.CSV")
@click.option("--out", type=click.Path(path_type=Path), help="File to write to.  [default: standard output]")
def predict(model: Path, table: Path, out: Path | None) -> None:
    """Predict a column of a table by a network that `corelib fit` made.

    DATA.CSV needs the columns that the network was taught from. The result is CSV: these columns and the prediction,
    in their own units, row for row.
    """
    from corelib.fitting.model_file import load_model
    from corelib.fitting.predictions import predictions, save_predictions, write_predictions
    from corelib.fitting.table import read_table

    network = load_model(model)
    x, y = predictions(network, read_table(table))
    header = (*network.x_names, network.y_name)
    if out is None:
        write_predictions(sys.stdout, header, x, y)
    else:
        save_predictions(out, header, x, y)
