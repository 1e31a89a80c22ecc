"""What the conformance suite is told of the functions of distributions: all arguments are arrays."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import numpy as np
import scipy.stats

from corelib.conformance import OpSample, OpSpec
from corelib_scipy.stats.names import FUNCTIONS

SHAPES: Final = {"lognorm": 1, "gamma": 1, "chi2": 1, "beta": 2, "t": 1}
POSITIVE: Final = ("expon", "lognorm", "gamma", "chi2")
OF_NUMPY: Final = {
    (name, function) for name in ("norm", "expon", "laplace") for function in FUNCTIONS[name].split()
} - {("norm", function) for function in ("cdf", "sf", "logcdf", "logsf")} | {("lognorm", "logpdf"), ("lognorm", "pdf")}
"""Those that are made of NumPy's functions alone, and take other kinds of array."""
FORMS: Final = ((2, 3), (3, 2), (2, 2), (1, 1), (), (0,), (12,), (1, 2, 1, 2))


def calls(name: str, held: bool, rng: np.random.Generator) -> Iterator[OpSample]:
    """Arguments within the support, in several shapes; ``held``: degrees of freedom, a constant."""
    for form in FORMS:
        yield OpSample(*_drawn(name, held, form, rng))
    x, *shapes, loc, scale = _drawn(name, held, (3, 1), rng)
    x = loc[0] + scale[0] * ((x - loc) / scale)  # within the support beside these
    yield OpSample(x, *shapes, loc[0], scale[:1], id="broadcast")
    tied = [np.full(3, float(np.ravel(a)[0])) if np.ndim(a) else a for a in _drawn(name, held, (3,), rng)]
    yield OpSample(*tied, id="ties")
    one = np.array([0.75, 1.25])
    yield OpSample(one, *[2.5 if held else one] * SHAPES.get(name, 0), np.array([0.25, 0.5]), one, id="one array")


def _drawn(name: str, held: bool, form: tuple[int, ...], rng: np.random.Generator) -> list[Any]:
    shapes = [2.5 if held else np.asarray(rng.uniform(0.6, 4, form)) for _ in range(SHAPES.get(name, 0))]
    loc, scale = np.asarray(rng.normal(size=form)), np.asarray(rng.uniform(0.5, 2, form))
    z = rng.uniform(0.2, 0.8, form) if name == "beta" else rng.normal(size=form)
    z = rng.uniform(0.2, 4, form) if name in POSITIVE else z
    return [np.asarray(loc + scale * z), *shapes, loc, scale]


def spec(name: str, function: str) -> OpSpec:
    held = (name, function) == ("t", "cdf")
    return OpSpec(
        f"stats_{name}_{function}", kind="custom", samples=partial(calls, name, held), extreme=(),
        reference=getattr(getattr(scipy.stats, name), function), complex=False,
        numpy_only="" if (name, function) in OF_NUMPY else "SciPy's functions take NumPy's arrays",
    )  # fmt: skip


SPECS: Final = tuple(spec(name, function) for name, functions in FUNCTIONS.items() for function in functions.split())
