"""The words in which the specs of scipy.special are written."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import numpy as np
import scipy.special

from corelib.conformance import OpSample, OpSpec
from corelib_scipy.special.names import SHARED

special: Final[Any] = scipy.special
ANYWHERE: Final = (None, None)
NUMPY_ONLY: Final = "SciPy's functions take NumPy's arrays"
POSITIVE: Final = (0.0, None)
UNIT: Final = (0.0, 1.0)


def entrywise(name: str, domain: Any = ANYWHERE, precise: Callable[..., Any] | None = None, **more: Any) -> OpSpec:
    """The spec of an op that acts entry by entry."""
    own = f"special_{name}" if name in SHARED else name
    return OpSpec(own, kind="elementwise", domain=domain, precise=precise, numpy_only=NUMPY_ONLY, **more)


def custom(name: str, **more: Any) -> OpSpec:
    """The spec of an op whose calls are declared."""
    return OpSpec(f"special_{name}" if name in SHARED else name, kind="custom", numpy_only=NUMPY_ONLY, **more)


def ordered(
    name: str,
    rows: tuple[tuple[float, ...], ...],
    between: tuple[float, float],
    derivative: bool = False,
    **more: Any,
) -> OpSpec:
    """The spec of a function of orders, which are constants, and of a number that lies ``between`` two."""
    known = {"reference": partial(_in_its_precision, getattr(special, name)), **more}
    return custom(name, samples=partial(_beside, rows, between, derivative), **known)


def _in_its_precision(function: Any, *args: Any, **fields: Any) -> Any:
    """A function of orders in the precision of its last argument; a few take whole ones."""
    *orders, x = args
    whole = "hermite" in function.__name__ or "spherical" in function.__name__
    given = [np.asarray(n).astype(int if whole else np.real(x).dtype) for n in orders]
    found = np.asarray(function(*given, x, **fields))
    return found.astype(x.dtype) if whole else found


def _beside(
    rows: tuple[tuple[float, ...], ...], between: tuple[float, float], derivative: bool, rng: np.random.Generator
) -> Iterator[OpSample]:
    """Each row beside numbers of several shapes, and all rows, one below the other, beside a row of numbers."""
    shapes = [*[(5,)] * len(rows), (), (2, 3), (3, 2), (0,), (12,), (1, 1), (2, 2, 1, 2)]
    for row, shape in zip((*rows, *[rows[-1]] * (len(shapes) - len(rows))), shapes, strict=True):
        yield OpSample(*row, np.asarray(rng.uniform(*between, shape)))
    columns = [np.array(column)[:, None] for column in zip(*rows, strict=True)]
    yield OpSample(*columns, np.asarray(rng.uniform(*between, (5,))))
    yield OpSample(*rows[0], np.full(3, (2 * between[0] + between[1]) / 3), id="ties")
    if derivative:
        yield OpSample(*columns, np.asarray(rng.uniform(*between, (5,))), derivative=True)
