"""log.csv: a row for each epoch."""

import csv
from pathlib import Path

from corelib_fit.scaling import Scaling
from corelib_fit.training import History

COLUMNS = ("epoch", "train_loss", "test_loss", "train_rmse", "test_rmse", "seconds")


def write_log(path: Path, history: History, scaling: Scaling) -> None:
    """Write the losses (of standardised targets), and their roots in the units of the target.

    A cell of the test is empty where no row was held back.
    """
    deviation = float(scaling.deviation[0])
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for epoch in history.epochs:
            test = "" if epoch.test != epoch.test else epoch.test
            test_rmse = "" if test == "" else epoch.test**0.5 * deviation
            row = (epoch.number, epoch.train, test, epoch.train**0.5 * deviation, test_rmse, f"{epoch.seconds:.4f}")
            writer.writerow(row)
