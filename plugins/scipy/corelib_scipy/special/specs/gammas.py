"""The specs of the gamma function and its kin."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample
from corelib_scipy.special.specs.declaring import POSITIVE, custom, entrywise, special

LOST: Final = {"magnitudes": "SciPy's own values lose digits where one argument is 1e5 times the other, and more"}
Generator = np.random.Generator
POLES: Final = "it has a pole at each negative integer, and the gaps that follow are like these"
LEFT: Final[list[tuple[float | None, float | None]]] = [(0.0, None), (-1.0, 0.0), (-2.0, -1.0)]
RIGHT: Final = "the slopes lose digits where one argument is small beside another that is negative"


def orders(rng: Generator) -> Iterator[OpSample]:
    """Orders are whole numbers, and constants."""
    yield OpSample(2, rng.uniform(0.5, 4, (2, 3)))
    yield OpSample(np.array([[0], [1], [3]]), rng.uniform(0.5, 4, (3, 3)))
    yield OpSample(np.array([0, 1, 2, 5]), rng.uniform(-2.9, -2.1, (2, 4)), id="left of 0")
    yield OpSample(1, np.array([0.5, 0.5, 30.0]), id="ties")
    yield OpSample(np.array([1, 2, 1]), np.asarray(rng.uniform(0.5, 4)), id="0d")


def dimensions(rng: Generator) -> Iterator[OpSample]:
    for d in (1, 2, 3):
        yield OpSample(rng.uniform(1.5, 9, (2, 3)), d=d)
    yield OpSample(rng.uniform(1.5, 9, (2, 2, 3)), d=4)
    yield OpSample(np.asarray(4.5), d=3)
    yield OpSample(np.array([2.5, 2.5, 7.0]), d=2, id="ties")


def _gamma(mp: Any, x: Any) -> Any:
    return mp.gamma(x)


SPECS: Final = (
    entrywise("gammaln", LEFT, edge="open", beyond=POLES),
    entrywise("loggamma", POSITIVE, lambda mp, x: mp.loggamma(x), edge="open"),
    entrywise("gamma", LEFT, _gamma, edge="open", beyond=POLES),
    entrywise("rgamma", precise=lambda mp, x: mp.rgamma(x), extreme=[30.0, -30.0, 800.0, 1e150, 1e-150, -1e-150, -0.0]),
    entrywise("gammasgn", POSITIVE, edge="open", beyond="it is 1 or -1 between two poles"),
    entrywise("digamma", LEFT, edge="open", beyond=POLES),
    entrywise("beta", POSITIVE, edge="open", beyond=RIGHT,
              expected_failures=LOST),
    entrywise("betaln", POSITIVE, lambda mp, a, b: mp.log(mp.beta(a, b)), edge="open", beyond=RIGHT,
              expected_failures=LOST),
    entrywise("poch", POSITIVE, edge="open", beyond=RIGHT,
              expected_failures=LOST),
    custom("polygamma", samples=orders, reference=special.polygamma,
           errors=[ErrorSample(-1, np.ones(2), raises=ValueError), ErrorSample(0.5, np.ones(2), raises=ValueError)]),
    custom("multigammaln", samples=dimensions, reference=special.multigammaln, extreme=(),
           errors=[ErrorSample(np.ones(2), d=3, raises=ValueError), ErrorSample(np.ones(2), d=0, raises=ValueError)]),
)  # fmt: skip
