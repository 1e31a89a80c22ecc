"""The table of functions of scipy.special: each with its slopes, its domain and mpmath's function; and their ops."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import scipy.special

from corelib import Array, Tensor, elementwise, op
from corelib.conformance import OpSample, OpSpec

special: Any = scipy.special
ANYWHERE: Final = (None, None)
POSITIVE: Final = (0.0, None)
UNIT: Final = (0.0, 1.0)


@dataclass(frozen=True)
class Entry:
    """A function with its slopes; ``declared`` goes into its OpSpec. ``exact`` is the function on mpmath's numbers.

    A function of ``several`` results has one argument, and its slope returns a tuple. Arguments whose slope is None
    are ``held`` at each row of numbers.
    """

    function: Callable[..., Any]
    slopes: tuple[Any, ...]
    domain: Any
    exact: Callable[..., Any] | None
    declared: dict[str, Any]
    several: bool = False
    held: tuple[tuple[float, ...], ...] = ()

    def spec(self, name: str) -> OpSpec:
        return OpSpec(name, kind="elementwise", domain=self.domain, reference=self.function, **self.declared)


LONGER: Final = (
    "gamma", "rgamma", "gammaln", "psi", "trigamma", "zeta3", "zeta4", "polygamma", "betaln", "beta", "expi",
    "ber", "bei", "tandg", "inv_boxcox",
)  # fmt: skip
"""Functions that are defined beyond the domain that is declared here."""

TABLE: Final[dict[str, Entry]] = {}


def define(
    name: str, slopes: Any, domain: Any = ANYWHERE, exact: Any = None, function: Any = None, **declared: Any
) -> None:
    """An op of scipy.special, or of a function made from it by fixing arguments."""
    slopes = slopes if isinstance(slopes, tuple) else (slopes,)
    chosen = getattr(special, name) if function is None else function
    if name in LONGER:
        declared = {"beyond": "the slopes are written for this part", **declared}
    TABLE[name] = Entry(chosen, slopes, domain, exact, {"complex": False, **declared})


def define_several(
    name: str, slopes: Any, domain: Any = ANYWHERE, exact: Any = None, function: Any = None, **declared: Any
) -> None:
    """An op of one argument; ``slopes(x)`` and ``exact(mp, x)`` return one for each result."""
    chosen = getattr(special, name) if function is None else function
    TABLE[name] = Entry(chosen, (slopes,), domain, exact, {"complex": False, "twice": False, **declared}, True)


def define_held(
    name: str,
    slope: Any,
    held: tuple[tuple[float, ...], ...],
    between: tuple[float, float],
    exact: Any,
    **declared: Any,
) -> None:
    """An op of all arguments of a function of scipy.special, ``slope`` being that in the last one.

    The others have none, and are ``held`` at each row of numbers; the last is drawn ``between`` two.
    """
    slopes = (*[None] * len(held[0]), slope)
    known = {"complex": False, "samples": partial(_beside, held, between), **declared}
    TABLE[f"{name}_held"] = Entry(getattr(special, name), slopes, (*[ANYWHERE] * len(held[0]), between), exact, known,
                                  held=held)  # fmt: skip


def _beside(
    held: tuple[tuple[float, ...], ...], between: tuple[float, float], rng: np.random.Generator
) -> list[OpSample]:
    """Each row beside numbers of several shapes, and all rows, one below the other, beside a row of numbers."""
    shapes = [*[(5,)] * len(held), (), (2, 3), (0,), (12,), (1, 1)]
    rows = [*held, *[held[-1]] * (len(shapes) - len(held))]
    drawn = [np.asarray(rng.uniform(*between, shape)) for shape in shapes]
    columns = [np.array(column)[:, None] for column in zip(*held, strict=True)]
    return [*[OpSample(*row, x) for row, x in zip(rows, drawn, strict=True)], OpSample(*columns, drawn[0])]


OPS: dict[str, Any] = {}


def op_of(name: str) -> Any:
    """The op called ``name``."""
    if name not in OPS:
        entry = TABLE[name]
        make: Any = elementwise  # its overloads want the number of slopes spelt out
        singular = "singular" in entry.declared or entry.domain != ANYWHERE
        OPS[name] = (
            _of_several(name, entry)
            if entry.several
            else make(entry.function, *entry.slopes, numpy=(), name=name, singular=singular)
        )
    return OPS[name]


def _of_several(name: str, entry: Entry) -> Any:
    """An op of one argument whose backward adds up what arrives at each result times its slope."""

    @dataclass(frozen=True, slots=True)
    class Several:
        def forward(self, x: Array) -> tuple[Array, ...]:
            return tuple(entry.function(x))

        def backward(self, propagated: tuple[Array, ...], x: Array) -> Array:
            with np.errstate(all="ignore"):  # slopes overflow where nothing arrives
                slopes = entry.slopes[0](x)
                found = [np.where(p == 0, p, p * slope) for p, slope in zip(propagated, slopes, strict=True)]
            return sum(found[1:], found[0])

    return op(Several, numpy=(), name=name, broadcasts=True)


def at(name: str, *args: Any) -> Any:
    """A function of the table: recorded where an argument is a Tensor."""
    if any(isinstance(a, Tensor) for a in args):
        return op_of(name)(*args)
    return TABLE[name].function(*args)
