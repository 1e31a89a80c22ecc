"""What the conformance suite is told of polynomials."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample, OpSpec

Generator = np.random.Generator
TIED: Final = np.array([0.5, 0.5, -1.0, 2.0])


def valued(generator: Generator) -> Iterator[OpSample]:
    for shape in ((), (3,), (1, 1), (2, 2), (2, 3), (3, 2), (2, 1, 2, 3), (12,)):
        yield OpSample(generator.normal(size=4), np.asarray(generator.normal(size=shape)))
    yield OpSample(np.array(2.0), generator.normal(size=3))
    yield OpSample(TIED, TIED, id="with itself")


def paired(generator: Generator) -> Iterator[OpSample]:
    for n, m in ((1, 1), (3, 3), (2, 4), (4, 2), (12, 3)):
        yield OpSample(generator.normal(size=n), generator.normal(size=m))
    yield OpSample(np.array(0.5), generator.normal(size=3))
    yield OpSample(TIED, TIED, id="with itself")


def derived(generator: Generator) -> Iterator[OpSample]:
    for m in (1, 2):
        yield OpSample(generator.normal(size=5), m=m)
    yield OpSample(TIED, m=0)
    yield OpSample(generator.normal(size=12))


def integrated(generator: Generator) -> Iterator[OpSample]:
    yield OpSample(generator.normal(size=3))
    yield OpSample(generator.normal(size=3), m=2)
    yield OpSample(generator.normal(size=3), m=2, k=0.5)
    yield OpSample(TIED, m=2, k=[1.5, -0.5])
    yield OpSample(TIED, m=0)
    yield OpSample(generator.normal(size=12), k=2.0)


def large(generator: Generator) -> OpSample:
    return OpSample(generator.normal(size=4), generator.normal(size=4000))


ROWS: Final = dict.fromkeys(("square", "tall", "wide", "1x1", "batch"), "it takes rows of coefficients")
ONE: Final = {**ROWS, "0-d": "it takes rows of coefficients"}
NEGATIVE: Final = [ErrorSample(np.ones(3), m=-1, raises=ValueError)]
POLYNOMIALS: Final = (
    OpSpec("polyval", kind="custom", samples=valued, large=large),
    OpSpec("polyadd", kind="custom", samples=paired, not_applicable=ROWS),
    OpSpec("polysub", kind="custom", samples=paired, not_applicable={**ROWS, "f(x, x)": "it is 0"}),
    OpSpec("polymul", kind="custom", samples=paired, not_applicable=ROWS),
    OpSpec("polyder", kind="custom", samples=derived, errors=NEGATIVE, not_applicable=ONE),
    OpSpec("polyint", kind="custom", samples=integrated, errors=NEGATIVE, not_applicable=ONE),
)
