"""`corelib predict`: apply a network that `corelib fit` made."""

import sys
from pathlib import Path

import click

from corelib.cli.values import Place


@click.command()
@click.argument("model", type=Place(), metavar="MODEL.NPZ")
@click.argument("table", type=Place(), metavar="DATA.CSV")
@click.option("--out", type=Place(), help="File to write to.  [default: standard output]")
def predict(model: Path, table: Path, out: Path | None) -> None:
    """Predict a column of a table by a network that `corelib fit` made.

    DATA.CSV needs the columns that the network was taught from. The result is CSV: these columns and the prediction,
    in their own units, row for row.
    """
    from corelib_fit.model_file import load_model
    from corelib_fit.predictions import predictions, save_predictions, write_predictions
    from corelib_fit.table import open_table

    network = load_model(model)
    with open_table(table) as opened:
        x, y = predictions(network, opened)
    header = (*network.x_names, network.y_name)
    if out is None:
        write_predictions(sys.stdout, header, x, y)
    else:
        save_predictions(out, header, x, y)
