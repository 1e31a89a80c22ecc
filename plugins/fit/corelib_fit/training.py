"""Training: epochs of batches, and what was seen on the way."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np

from corelib import Array, Tensor
from corelib.errors import NonFinite
from corelib_fit.network import Network
from corelib_fit.refusal import BadInput
from corelib_fit.scaling import Scaled
from corelib_fit.solver import Solver


@dataclass(frozen=True, slots=True)
class Batches:
    """All rows in random order, a few at a time, once in each epoch: the same ones every time it is run through."""

    rows: int
    size: int
    epochs: int
    seed: np.random.SeedSequence

    @property
    def each(self) -> int:
        """The number of batches in an epoch."""
        return -(-self.rows // self.size)

    @property
    def steps(self) -> int:
        """The number of batches in all epochs."""
        return self.each * self.epochs

    def orders(self) -> Iterator[Array]:
        """For each epoch the rows in the order in which they are taken."""
        random = np.random.default_rng(self.seed)
        return (random.permutation(self.rows) for _ in range(self.epochs))

    def cut(self, x: Array, y: Array) -> Iterator[tuple[Array, Array]]:
        """The batches of rows that are in order."""
        for begin in range(0, self.rows, self.size):
            yield x[begin : begin + self.size], y[begin : begin + self.size]


class Epoch(NamedTuple):
    """What one epoch came to: mean squared errors of standardised targets, and the seconds since the beginning.

    ``train`` is the mean over the epoch's batches, each before its step; ``test`` is NaN where no row was held back.
    """

    number: int
    train: float
    test: float
    seconds: float


class Watch(Protocol):
    """Who is told of each epoch."""

    def epoch(self, epoch: Epoch, steps: int, /) -> None: ...


@dataclass(slots=True)
class History:
    """What was seen while training: the loss at each step, and the epochs."""

    initial: float
    losses: list[float] = field(default_factory=list)
    epochs: list[Epoch] = field(default_factory=list)
    final: float = float("nan")
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Steps per second."""
        return len(self.losses) / self.seconds if self.seconds else float("nan")


def mean_square(errors: Tensor) -> Tensor:
    """The mean of the squares."""
    return np.mean(np.square(errors))  # type: ignore[return-value]  # of a Tensor, a Tensor: NumPy's protocols


def train(network: Network, solver: Solver, data: Scaled, batches: Batches, watch: Watch) -> History:
    """Bring the network's parameters to a low mean squared error. Raises BadInput where it grows beyond all bounds."""
    optimizer = solver.drive(network.parameters(), batches.steps)
    history = History(initial=error_of(network, data.train_x, data.train_y))
    begin = time.perf_counter()
    with np.errstate(over="ignore", invalid="ignore"):  # a divergence is reported by what it leads to
        for number, order in enumerate(batches.orders(), 1):
            x, y = data.train_x[order], data.train_y[order]
            try:
                for batch_x, batch_y in batches.cut(x, y):
                    loss = mean_square(network(batch_x) - batch_y)
                    loss.backward()
                    optimizer.step()
                    history.losses.append(loss.item())
            except NonFinite as error:
                raise diverged(solver, number, batches) from error
            test = error_of(network, data.test_x, data.test_y)
            losses = history.losses[-batches.each :]
            epoch = Epoch(number, sum(losses) / len(losses), test, time.perf_counter() - begin)
            history.epochs.append(epoch)
            watch.epoch(epoch, len(history.losses))
        history.seconds = time.perf_counter() - begin
        history.final = error_of(network, data.train_x, data.train_y)
    if not np.isfinite(history.final):
        raise diverged(solver, batches.epochs, batches)
    return history


def error_of(network: Network, x: Array, y: Array) -> float:
    """The mean squared error over these rows, NaN where there are none."""
    return float(np.mean(np.square(network.predict(x) - y))) if len(y) else float("nan")


def diverged(solver: Solver, epoch: int, batches: Batches) -> BadInput:
    """What is said where the steps were too large."""
    return BadInput(
        f"the loss grew beyond all bounds in epoch {epoch} of {batches.epochs}: lr={solver.lr:g} is too large for "
        f"{solver.rule.name} here; try --set lr={solver.lr / 10:g}"
    )
