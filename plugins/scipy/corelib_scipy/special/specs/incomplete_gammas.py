"""The specs of the incomplete gamma functions."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from corelib.conformance import OpSample
from corelib_scipy.special.specs.declaring import POSITIVE, UNIT, custom, entrywise

Generator = np.random.Generator
PARAMETER: Final = ((0.0, 1e4), UNIT)
FAR: Final = "the second slope in the parameter is a difference, of which the terms are sqrt(a)**3 times as large"


def counts(rng: Generator) -> Iterator[OpSample]:
    """Counts are constants."""
    yield OpSample(2.0, rng.uniform(0.5, 9, (2, 3)))
    yield OpSample(np.array([[0.0], [3.0], [7.0]]), rng.uniform(0.5, 9, (3, 3)))
    yield OpSample(np.array([0.0, 1.0, 2.0, 5.0]), rng.uniform(0.5, 9, (2, 4)))
    yield OpSample(np.array([1.0, 2.0, 1.0]), np.asarray(rng.uniform(0.5, 9)), id="0d")
    yield OpSample(np.array([1.0]), np.full((1, 1), 2.5), id="1x1")
    yield OpSample(3.0, np.array([2.0, 2.0, 30.0]), id="ties")


SPECS: Final[tuple[Any, ...]] = (
    entrywise("gammainc", POSITIVE, edge="open"),
    entrywise("gammaincc", POSITIVE, edge="open"),
    entrywise("gammaincinv", PARAMETER, edge="open", beyond=FAR),
    entrywise("gammainccinv", PARAMETER, edge="open", beyond=FAR),
    entrywise("chdtr", POSITIVE, edge="open"),
    entrywise("chdtrc", POSITIVE, edge="open"),
    entrywise("chdtri", PARAMETER, edge="open", beyond=FAR),
    entrywise("gdtr", POSITIVE, edge="open"),
    entrywise("gdtrc", POSITIVE, edge="open"),
    custom("pdtr", samples=counts),
    custom("pdtrc", samples=counts),
)
