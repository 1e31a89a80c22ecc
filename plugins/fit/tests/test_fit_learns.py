"""`corelib fit` learns y = x² from its defaults: with sigmoid and SGD, ReLU and leaky ReLU, whatever the seed."""

from pathlib import Path

import numpy as np
import pytest

from corelib_fit.job import Job, prepare
from corelib_fit.solver import make_solver
from corelib_fit.training import Epoch, History, train

SEEDS = range(5)


class Silent:
    """Watches nothing."""

    def epoch(self, epoch: Epoch, steps: int, /) -> None:
        """Say nothing."""


def fitted(activation: str, optimizer: str, seed: int) -> History:
    """The history of a run in which all else is as by default."""
    solver = make_solver(optimizer, ())
    job = Job(None, (), "", (64, 64), activation, solver, None, 32, seed, 0.2, compare=False, out=Path("unused"))
    prepared = prepare(job)
    return train(prepared.network, solver, prepared.data, prepared.batches, Silent())


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("activation", "optimizer"), [("sigmoid", "sgd"), ("relu", "adam"), ("leaky_relu", "adam")])
def test_the_error_on_points_held_back_falls_below_three_percent(activation: str, optimizer: str, seed: int) -> None:
    history = fitted(activation, optimizer, seed)
    assert np.isfinite(history.losses).all()
    assert 0.5 < history.initial < 2, "the first guess should be near the mean of the targets"
    assert history.epochs[-1].test < 0.03**2, "the loss is that of standardised targets, so its root is a part of 1"
