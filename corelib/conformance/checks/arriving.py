"""The check of cotangents: 0, -0, infinities, NaN, 1e-300 and 1e300 at one entry of one result."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from corelib.conformance.cases.op_case import Check
from corelib.conformance.checks.select import select_first, select_interior
from corelib.conformance.numerics.calls import Call
from corelib.conformance.sample import Sample
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally
from corelib.core.tensor import Array

NOTHING: Final = (0.0, -0.0)
ENDLESS: Final = (np.inf, -np.inf, np.nan)
FAR: Final = (1e300, -1e300, 1e-300)
RELATIVE: Final = 1e-9
SLOPED: Final = 1e-6  # of the largest slope: smaller ones may be rounding errors
TRIED: Final = 8
REPRESENTED: Final = (1e-303, 1e305)


def arriving(subject: Subject, sample: Sample, tally: Tally) -> None:
    """The cotangent is one of the numbers at one entry of a result, and 0 elsewhere and in the other results."""
    call = Call(subject.op, sample)
    for r, result in enumerate(call.results):
        if result.size:
            order = subject.rng("arriving", sample.id, r).permutation(result.size)
            for at in _entries(call, r, order[:TRIED].tolist()):
                _at(tally, call, r, at)


def _entries(call: Call, r: int, order: list[int]) -> list[int]:
    """The first entry, and further ones until every argument has a slope at one of them."""
    kept, reached = order[:1], _reached(call, r, order[0])
    for at in order[1:]:
        if len(reached) == len(call.arrays):
            break
        more = _reached(call, r, at) - reached
        if more:
            kept, reached = [*kept, at], reached | more
    return kept


def _reached(call: Call, r: int, at: int) -> set[int]:
    """The arguments that have a slope there."""
    return {i for i, slope in enumerate(call.gradients(_one(call, r, at, 1.0))) if np.any(slope)}


def _at(tally: Tally, call: Call, r: int, at: int) -> None:
    slopes = call.gradients(_one(call, r, at, 1.0))
    for value in (*NOTHING, *ENDLESS, *FAR):
        found = call.gradients(_one(call, r, at, value))
        what = f"{value} arrives at entry {at} of result {r}"
        for i, (gradient, slope) in enumerate(zip(found, slopes, strict=True)):
            _judged(tally, value, gradient, slope, f"{what}, and the gradient of arg{i}")


def _judged(tally: Tally, value: float, gradient: Array, slope: Array, what: str) -> None:
    """0 stays 0. Where the slope is not 0, NaN and infinity persist, and large numbers are multiplied by it."""
    if value == 0:
        tally.require(not np.any(gradient), f"{what} is not 0: {_first(gradient[gradient != 0])}")
        return
    sloped = np.abs(slope) > SLOPED * np.max(np.abs(slope), initial=0.0)
    reached, slope = gradient[sloped], slope[sloped]
    if np.isnan(value):
        tally.require(np.all(np.isnan(reached)), f"{what} is a number: {_first(reached[~np.isnan(reached)])}")
    elif np.isinf(value):
        lost = np.isfinite(reached)
        tally.require(not np.any(lost), f"{what} is finite: {_first(reached[lost])}")
        turned = np.isinf(np.real(reached)) & (np.sign(np.real(reached)) == -np.sign(np.real(value * slope)))
        tally.require(not np.any(turned), f"{what} has the other sign: {_first(reached[turned])}")
    else:
        expected = value * slope
        known = (np.abs(expected) > REPRESENTED[0]) & (np.abs(expected) < REPRESENTED[1])
        size = float(np.max(np.abs(expected[known]), initial=0.0))
        tally.close(reached[known], expected[known], RELATIVE * size, f"{what} is not {value} times the slope")


def _one(call: Call, r: int, at: int, value: float) -> list[Array]:
    cotangents = [np.zeros(result.shape, result.dtype) for result in call.results]
    cotangents[r].reshape(-1)[at] = value
    return cotangents


def _first(values: Array) -> object:
    return np.ravel(values)[0] if values.size else "none"


def select_real(subject: Subject, seed: int) -> Sequence[Sample]:
    return [s for s in select_interior(subject, seed) if all(a.dtype == np.float64 for a in s.arrays)]


CHECKS = (Check("arriving", select_first(select_real, 3), arriving, gradients=True),)
