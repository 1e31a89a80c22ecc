"""True slopes, from a high-precision reference: central differences with hundreds of digits, by mpmath."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from corelib.conformance.failure import Skip
from corelib.core.tensor import Array

BITS: Final = (240, 1500, 2200)
AGREED: Final = 1e-12
NOTHING: Final = 1e-320
LEFT: Final = 20  # bits: a difference with fewer is discarded


@dataclass(frozen=True, slots=True)
class Truth:
    """Values (n), first and second derivatives (arity, n) and (arity, arity, n); NaN where precisions do not agree."""

    value: Array
    first: Array
    second: Array


def truth(function: Callable[..., Any], args: Sequence[Array]) -> Truth:
    """The derivatives of ``function(mp, *numbers)`` at points. Raises Skip where mpmath is not installed."""
    context = _context()
    rows = [_at(context, function, point) for point in zip(*[a.tolist() for a in args], strict=True)]
    arity = len(args)
    found = np.array(rows, np.float64).reshape(len(rows), 1 + arity + arity * arity)
    second = found[:, 1 + arity :].T.reshape(arity, arity, len(rows))
    return Truth(found[:, 0], found[:, 1 : 1 + arity].T, second)


def _context() -> Any:
    """A new context, so that its precision affects no other code."""
    try:
        from mpmath.ctx_mp import MPContext
    except ImportError as error:
        raise Skip('mpmath is not installed: pip install "corelib[conformance]"') from error
    return MPContext()


def _at(context: Any, function: Callable[..., Any], point: Sequence[float]) -> Array:
    """The value, the gradient and the Hessian at one point, one after another."""
    before = settled = np.full(1 + len(point) + len(point) ** 2, np.nan)
    for bits in BITS:
        context.prec = bits + 2 * max(0, *[context.mag(x) if x else 0 for x in point])
        try:
            found = np.array(_derivatives(context, function, [context.mpf(x) for x in point], bits))
        except (ArithmeticError, ValueError, TypeError, NotImplementedError):  # a pole, or a complex number
            break
        agreed = np.abs(found - before) <= AGREED * np.abs(found) + NOTHING
        settled, before = np.where(agreed, found, settled), found
        if np.all(agreed):
            break
    return settled


def _derivatives(context: Any, function: Callable[..., Any], point: list[Any], bits: int) -> list[float]:
    """Central differences, whose steps have a quarter of the bits: then both errors are 2^-(bits / 2)."""
    steps = [context.ldexp(min(context.one, abs(x)) or context.one, -bits // 4) for x in point]

    def at(*moves: tuple[int, int]) -> Any:
        moved = list(point)
        for k, side in moves:
            moved[k] += side * steps[k]
        return _real(function(context, *moved))

    def mixed(i: int, j: int) -> float:
        terms = [at((i, 1), (j, 1)), -at((i, 1), (j, -1)), -at((i, -1), (j, 1)), at((i, -1), (j, -1))]
        return _sum(context, terms, 4 * steps[i] * steps[j])

    middle, arity = at(), range(len(point))
    sides = [(at((k, 1)), at((k, -1))) for k in arity]
    gradient = [_sum(context, [up, -down], 2 * h) for (up, down), h in zip(sides, steps, strict=True)]
    hessian = [
        mixed(i, j) if i != j else _sum(context, [sides[i][0], -2 * middle, sides[i][1]], steps[i] ** 2)
        for i in arity
        for j in arity
    ]
    return [float(middle), *gradient, *hessian]


def _sum(context: Any, terms: Sequence[Any], step: Any) -> float:
    """The sum of the terms over the step; NaN where they cancel to the last digits, and nothing is left."""
    total = sum(terms)
    lost = abs(total) <= context.ldexp(max(map(abs, terms)), LEFT - context.prec)
    return np.nan if lost else float(total / step)


def _real(value: Any) -> Any:
    if getattr(value, "imag", 0) != 0:
        raise ValueError("a complex number")
    return value.real
