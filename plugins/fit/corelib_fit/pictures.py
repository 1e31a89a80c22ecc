"""Pictures: the fit over its residuals, and the loss over the epochs."""

import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter

from corelib import Array
from corelib_fit.samples import Samples, Truth
from corelib_fit.training import History

Predict = Callable[[Array], Array]

TRUTH: Final = "0.65"  # grey: it lies under everything
FIT: Final = "#1f5fa8"
TRAINING: Final = "#3c8d5a"
TEST: Final = "#d9601a"
FINE: Final = 600  # points of a curve
MOST: Final = 20_000  # points that are drawn: more take gigabytes, and hide each other
LONG: Final = 80  # characters of a name that fit beside an axis
MARKED: Final = 30  # epochs that are drawn as points on the line


def draw_fit(path: Path, samples: Samples, predict: Predict, subtitle: str) -> None:
    """Write fit.png: the curve through the points, or for several inputs predicted against measured.

    Under it are the residuals, target minus fit, on an axis of their own in the units of the target.
    """
    samples = drawn(samples)
    figure = Figure(figsize=(8, 7), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2.2, 1))
    if len(samples.x_names) == 1:
        across = label(samples.x_names[0])
        draw_curve(above, samples, predict)
        places = (samples.train_x, samples.test_x)
    else:
        across = label(f"{samples.y_name}, predicted from {', '.join(samples.x_names)}")
        places = (predict(samples.train_x), predict(samples.test_x))
        draw_diagonal(above, samples, places)
    draw_residuals(below, samples, predict, places)
    above.set_title(f"{label(samples.title)}\n", fontweight="bold", loc="left")
    above.text(0, 1.02, subtitle, transform=above.transAxes, fontsize=9, color="0.35")
    above.set_ylabel(label(samples.y_name))
    below.set_xlabel(across)
    below.set_ylabel(with_unit("target − fit", samples.y_name))
    above.legend(frameon=False, loc="best")
    save(figure, path)


def draw_curve(axes: Axes, samples: Samples, predict: Predict) -> None:
    """Truth, points and fit over a single input."""
    x = np.concatenate([samples.train_x, samples.test_x])
    fine = np.linspace(np.min(x), np.max(x), FINE)[:, None]
    draw_points(axes, samples, (samples.train_x, samples.test_x), (samples.train_y, samples.test_y))
    if samples.truth is not None:
        draw_truth(axes, fine, samples.truth)
    axes.plot(fine, predict(fine), color=FIT, linewidth=1.6, label="fit", zorder=4)


def draw_truth(axes: Axes, x: Array, truth: Truth) -> None:
    """The curve that the points were taken from."""
    axes.plot(x, truth(x), color=TRUTH, linewidth=5, label="truth", zorder=1, solid_capstyle="round")


def draw_diagonal(axes: Axes, samples: Samples, places: tuple[Array, Array]) -> None:
    """Measured targets over predicted ones: a perfect fit has every point on the diagonal."""
    draw_points(axes, samples, places, (samples.train_y, samples.test_y))
    ends = np.concatenate([*places, samples.train_y, samples.test_y])
    line = [np.min(ends), np.max(ends)]
    axes.plot(line, line, color=FIT, linewidth=1.6, label="measured = predicted", zorder=4)


def draw_residuals(axes: Axes, samples: Samples, predict: Predict, places: tuple[Array, Array]) -> None:
    """Target minus fit, around a line at zero."""
    left = (samples.train_y - predict(samples.train_x), samples.test_y - predict(samples.test_x))
    axes.axhline(0, color=FIT, linewidth=1.2, zorder=1)
    draw_points(axes, samples, places, left)


def draw_points(axes: Axes, samples: Samples, x: tuple[Array, Array], y: tuple[Array, Array]) -> None:
    """The points to learn from as dots, those held back as open diamonds above them."""
    count = len(samples.train_x) + len(samples.test_x)
    size = float(np.clip(4000 / count, 4, 18))
    axes.scatter(x[0], y[0], s=size, color=TRAINING, alpha=0.8, linewidth=0, zorder=5, label="training points")
    if len(x[1]):
        axes.scatter(
            x[1], y[1], s=1.8 * size, marker="D", facecolor="none", edgecolor=TEST, linewidth=0.9, zorder=6,
            label="test points, held back",
        )  # fmt: skip
    axes.grid(alpha=0.25)


def draw_loss(path: Path, samples: Samples, history: History, subtitle: str) -> None:
    """Write loss.png: the mean squared error over the epochs, and beside it its root in the units of the target."""
    figure = Figure(figsize=(8, 4.5), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    numbers = [epoch.number for epoch in history.epochs]
    training, test = [epoch.train for epoch in history.epochs], [epoch.test for epoch in history.epochs]
    marker = "." if len(numbers) < MARKED else "None"
    axes.semilogy(numbers, training, marker=marker, color=TRAINING, linewidth=0.9, label="training, over the epoch")
    if np.isfinite(test).any():
        axes.semilogy(numbers, test, marker=marker, color=TEST, linewidth=0.9, label="test, after the epoch")
    axes.plot(0, history.initial, "o", color=FIT, markersize=5, label="training, before the first step", clip_on=False)
    axes.set_title(f"{label(samples.title)}: loss\n", fontweight="bold", loc="left")
    axes.text(0, 1.02, subtitle, transform=axes.transAxes, fontsize=9, color="0.35")
    axes.set_xlabel("epoch")
    axes.set_ylabel("mean squared error, standardised")
    deviation = float(np.std(samples.train_y))
    units = (lambda loss: np.sqrt(np.abs(loss)) * deviation, lambda root: np.square(root / deviation))
    roots = axes.secondary_yaxis("right", functions=units)
    roots.set_ylabel(with_unit("its root", samples.y_name))
    roots.yaxis.set_major_formatter(LogFormatter())  # plain numbers: they are read off in the target's units
    roots.yaxis.set_minor_formatter(LogFormatter(minor_thresholds=(1, 0.4)))
    axes.grid(alpha=0.25)
    axes.legend(frameon=False)
    save(figure, path)


def with_unit(what: str, name: str) -> str:
    """``what``, with the unit that a name ends with in brackets, or else in units of what is named."""
    _, bracket, unit = name.rpartition("[")
    return label(f"{what} [{unit}" if bracket and unit.endswith("]") else f"{what}, in units of {name}")


def label(text: str) -> str:
    """The text as matplotlib draws it letter for letter: between two dollars it reads formulas."""
    return (text if len(text) <= LONG else f"{text[:LONG]}…").replace("$", r"\$")


def drawn(samples: Samples) -> Samples:
    """Every so many rows of samples that are too many to be drawn."""
    train, test = (-(-len(rows) // MOST) or 1 for rows in (samples.train_x, samples.test_x))
    title = samples.title if train == test == 1 else f"{samples.title} (1 in {max(train, test)} rows drawn)"
    return replace(
        samples,
        title=title,
        train_x=samples.train_x[::train],
        train_y=samples.train_y[::train],
        test_x=samples.test_x[::test],
        test_y=samples.test_y[::test],
    )


def save(figure: Figure, path: Path) -> None:
    """Write the figure as PNG."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)  # a name in letters the font lacks
        figure.savefig(path, format="png")
