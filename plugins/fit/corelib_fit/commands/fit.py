"""`corelib fit`: fit a curve with a small network."""

from pathlib import Path
from typing import Final

import click

from corelib.cli.values import Fraction, Place, Whole
from corelib_fit.commands.several import SeveralWords

SET: Final = "lr, weight_decay, l2, clip_norm or a hyperparameter of the optimizer; may be repeated."
TEST: Final = "Part of the rows held back for the test."


@click.command(cls=SeveralWords, several=("--x",))
@click.argument("table", required=False, type=Place(), metavar="[DATA.CSV]")
@click.option("--x", multiple=True, metavar="COLUMN ...", help="The columns to learn from.")
@click.option("--y", metavar="COLUMN", help="The column to learn.")
@click.option("--hidden", default="64,64", show_default=True, metavar="N,N,...", help="Units of the hidden layers.")
@click.option("--activation", default="tanh", show_default=True, help="sigmoid, tanh, relu or leaky_relu.")
@click.option("--optimizer", default="adam", show_default=True, metavar="NAME", help="See `corelib optimizers`.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help=SET)
@click.option("--epochs", type=Whole(1), help="Times through the data.  [default: as make 10,000 steps]")
@click.option("--batch", type=Whole(1), default=32, show_default=True, help="Rows in a step.")
@click.option("--seed", type=Whole(0), default=0, show_default=True, help="Of all that is random.")
@click.option("--test-fraction", type=Fraction(), default=0.2, show_default=True, help=TEST)
@click.option("--compare", type=click.Choice(["torch"]), help="Do the same in PyTorch, and compare the losses.")
@click.option("--out", type=Place(), default="fit", show_default=True, help="Folder of the results.")
def fit(
    table: Path | None,
    x: tuple[str, ...],
    y: str | None,
    hidden: str,
    activation: str,
    optimizer: str,
    settings: tuple[str, ...],
    epochs: int | None,
    batch: int,
    seed: int,
    test_fraction: float,
    compare: str | None,
    out: Path,
) -> None:
    """Fit a curve with a small network.

    Alone it learns y = x² on [-100, 100]. With a table, a CSV file whose first line names the columns, it learns the
    column --y from the columns --x:

    \b
        corelib fit data.csv --x temperature pressure --y density

    Rows are standardised, and shown in their own units. The learning rate falls to zero over the last third of the
    steps. It leaves fit.png, loss.png, log.csv and model.npz in the folder --out; see `corelib predict`. Those of an
    earlier run are taken away before: files of two runs never stand beside each other.
    """
    from corelib_fit.job import Job, run
    from corelib_fit.options import check_columns, layers
    from corelib_fit.solver import make_solver

    check_columns(table, x, y)
    solver = make_solver(optimizer, settings)
    sizes = layers(hidden)
    torch = compare is not None
    job = Job(table, x, y or "", sizes, activation, solver, epochs, batch, seed, test_fraction, torch, out)
    run(job, click.echo)
