"""Scaling: between the units of a table and numbers of mean 0 and standard deviation 1."""

from typing import NamedTuple

import numpy as np

from corelib import Array
from corelib_fit.samples import Samples


class Scaling(NamedTuple):
    """The mean and standard deviation of each column."""

    mean: Array
    deviation: Array

    @classmethod
    def of(cls, values: Array) -> "Scaling":
        """That of these rows."""
        return cls(np.mean(values, axis=0), np.std(values, axis=0))

    def standardised(self, values: Array) -> Array:
        """(values - mean) / deviation."""
        return (values - self.mean) / self.deviation

    def restored(self, values: Array) -> Array:
        """The values in their own units."""
        return values * self.deviation + self.mean


class Scaled(NamedTuple):
    """Samples as the network sees them, and how to come back. The rows held back do not shape the scaling."""

    x: Scaling
    y: Scaling
    train_x: Array
    train_y: Array
    test_x: Array
    test_y: Array


def scaled(samples: Samples) -> Scaled:
    """The samples, standardised by the rows to learn from."""
    x, y = Scaling.of(samples.train_x), Scaling.of(samples.train_y)
    return Scaled(
        x,
        y,
        x.standardised(samples.train_x),
        y.standardised(samples.train_y),
        x.standardised(samples.test_x),
        y.standardised(samples.test_y),
    )
