"""The specs of the incomplete gamma functions."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from corelib.conformance import OpSample
from corelib_scipy.special.specs.declaring import POSITIVE, UNIT, custom, entrywise, ordered

Generator = np.random.Generator
PARAMETER: Final = ((0.0, 1e4), UNIT)
PAIRS: Final = ((1.5, 2.5), (0.7, 1.0), (12.5, 4.0))
SHAPES: Final = ((0.5,), (2.5,), (7.0,))
BETA: Final = ((1e-4, None), (1e-4, None), UNIT)
FAR: Final = "the second slope in the parameter is a difference, of which the terms are sqrt(a)**3 times as large"


def counts(rng: Generator) -> Iterator[OpSample]:
    """Counts are constants."""
    yield OpSample(2.0, rng.uniform(0.5, 9, (2, 3)))
    yield OpSample(np.array([[0.0], [3.0], [7.0]]), rng.uniform(0.5, 9, (3, 3)))
    yield OpSample(np.array([0.0, 1.0, 2.0, 5.0]), rng.uniform(0.5, 9, (2, 4)))
    yield OpSample(np.array([1.0, 2.0, 1.0]), np.asarray(rng.uniform(0.5, 9)), id="0d")
    yield OpSample(np.array([1.0]), np.full((1, 1), 2.5), id="1x1")
    yield OpSample(3.0, np.array([2.0, 2.0, 30.0]), id="ties")


def shares(rng: Generator) -> Iterator[OpSample]:
    """Parameters, and numbers between 0 and 1."""
    for shape in ((2, 3), (3, 2), (2, 2), (1, 1), (), (0,), (12,), (1, 2, 1, 2)):
        a, b = rng.uniform(0.4, 5, (2, *shape))
        yield OpSample(np.asarray(a), np.asarray(b), np.asarray(rng.uniform(0.1, 0.9, shape)))
    x = np.array([0.25, 0.5, 0.5])
    yield OpSample(np.array([2.0, 3.0, 3.0]), 1.5, x, id="ties")
    yield OpSample(x, x, x, id="f(x, x)")


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
    entrywise("betainc", BETA, edge="open"),
    # those that follow are made of the same slopes, which take long
    custom("betaincc", samples=shares, extreme=()),
    custom("betaincinv", samples=shares, extreme=(), twice=False),
    custom("betainccinv", samples=shares, extreme=(), twice=False),
    ordered("fdtr", PAIRS, (0.5, 4.0)),
    ordered("fdtrc", PAIRS, (0.5, 4.0)),
    ordered("stdtr", SHAPES, (-4.0, 4.0)),
    ordered("stdtrit", SHAPES, (0.1, 0.9), extreme=()),
    ordered("zeta", ((1.5,), (2.0,), (4.5,)), (0.5, 9.0)),
    custom("pdtr", samples=counts),
    custom("pdtrc", samples=counts),
)
