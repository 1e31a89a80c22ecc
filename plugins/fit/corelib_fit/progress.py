"""Progress: a bar with loss and rate on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from corelib_fit.training import Epoch, Watch

REPORTS: Final = 10
"""How many plain lines a run prints."""
INTERVAL: Final = 0.1
"""Seconds between two updates of the bar: no more than an eye can follow, and none that slows training down."""


class Bar:
    """Shows each epoch on a bar."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self.progress: Progress = progress
        self.task: TaskID = task
        self.shown: float = -INTERVAL

    def epoch(self, epoch: Epoch, steps: int, /) -> None:
        """Move the bar, unless it has just been moved."""
        if epoch.seconds - self.shown < INTERVAL:
            return
        self.shown = epoch.seconds
        rate = f"{steps / epoch.seconds:,.0f}" if epoch.seconds else "?"
        self.progress.update(self.task, completed=epoch.number, loss=f"{epoch.train:.3g}", rate=rate)

    def finish(self, epochs: int) -> None:
        """Fill the bar."""
        self.progress.update(self.task, completed=epochs)


class Lines:
    """Prints a line for the first epoch, for each tenth of the run, and for the last."""

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs

    def epoch(self, epoch: Epoch, steps: int, /) -> None:
        """Print the line of this epoch, if it has one."""
        part = epoch.number * REPORTS // self.epochs > (epoch.number - 1) * REPORTS // self.epochs
        if epoch.number == 1 or part:
            rate = steps / epoch.seconds if epoch.seconds else 0.0
            test = "" if epoch.test != epoch.test else f"  test {epoch.test:<10.3g}"
            width = len(str(self.epochs))
            number = f"{epoch.number:{width}}/{self.epochs}"
            print(f"epoch {number}  loss {epoch.train:<10.3g}{test}  {rate:,.0f} steps/s", flush=True)


@contextmanager
def progress(epochs: int) -> Iterator[Watch]:
    """Who watches a run of so many epochs."""
    if not sys.stdout.isatty():
        yield Lines(epochs)
        return
    columns = (
        TextColumn("epoch {task.completed}/{task.total}"),
        BarColumn(),
        TextColumn("loss {task.fields[loss]}"),
        TextColumn("{task.fields[rate]} steps/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(highlight=False)) as shown:
        bar = Bar(shown, shown.add_task("fit", total=epochs, loss="?", rate="?"))
        yield bar
        bar.finish(epochs)
