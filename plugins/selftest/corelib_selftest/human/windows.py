"""Sliding windows and an op of many arrays, and backwards that are right for the calls that their author tried."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from corelib.conformance.spec import OpSample, OpSpec
from corelib.core.tensor import Array
from corelib.primitives.portable import like
from corelib_selftest.human.honest import HonestClass

Generator = np.random.Generator


class Windows:
    """Windows of ``size`` entries of a vector, ``step`` apart: y[i, j] = x[step i + j]."""

    def __init__(self, size: int, step: int = 1) -> None:
        self.size: int = size
        self.step: int = step

    def places(self, length: int) -> Any:
        count = (length - self.size) // self.step + 1
        return self.step * np.arange(count)[:, None] + np.arange(self.size)

    def forward(self, x: Array) -> Array:
        found: Array = x[..., self.places(x.shape[-1])]
        return found

    def backward(self, propagated: Any, shape: tuple[int, ...]) -> Any:
        chosen = np.equal.outer(self.places(shape[-1]), np.arange(shape[-1])).astype(propagated.dtype)
        return np.tensordot(propagated, np.asarray(chosen, like=like(propagated)), 2)


def windows(x: Array, size: int, step: int = 1) -> Array:
    view = np.lib.stride_tricks.sliding_window_view(x, size, axis=-1)
    return np.array(view[..., ::step, :])


def signals(rng: Generator) -> Iterator[OpSample]:
    yield OpSample(rng.normal(size=7), 3)
    yield OpSample(rng.normal(size=7), 3, step=2)
    yield OpSample(rng.normal(size=(2, 5)), 2)
    yield OpSample(rng.normal(size=14), 2, step=3)
    yield OpSample(rng.normal(size=14), 3)
    yield OpSample(rng.normal(size=(3, 3)), 3)
    yield OpSample(rng.normal(size=(4, 3)), 2)
    yield OpSample(np.array([[1.5]]), 1)
    yield OpSample(rng.normal(size=(2, 1, 1, 4)), 2)
    yield OpSample(rng.normal(size=(2, 3, 4)), 2)


WINDOWS: Final = HonestClass(Windows, OpSpec("windows", kind="custom", samples=signals, reference=windows), linear=True)


def scattered(self: Any, propagated: Any, shape: tuple[int, ...], places: Any) -> Any:
    chosen = np.equal.outer(places, np.arange(shape[-1])).astype(propagated.dtype)
    return np.tensordot(propagated, chosen, 2)


@WINDOWS.mistake("windows: the step is forgotten")
def _(self: Any, propagated: Any, shape: Any) -> Any:
    count = propagated.shape[-2]
    return scattered(self, propagated, shape, np.arange(count)[:, None] + np.arange(self.size))


@WINDOWS.mistake("windows: what overlaps is assigned, not added")
def _(self: Any, propagated: Any, shape: Any) -> Any:
    found = np.zeros(shape, propagated.dtype)
    found[..., self.places(shape[-1])] = getattr(propagated, "data", propagated)
    return found


@WINDOWS.mistake("windows: a step of 3 and more drops the last window")
def _(self: Any, propagated: Any, shape: Any) -> Any:
    places = self.places(shape[-1])
    keep = np.arange(len(places)) < (len(places) - 1 if self.step >= 3 else len(places))
    return scattered(self, propagated, shape, np.where(keep[:, None], places, -1))


@WINDOWS.mistake("windows: a step larger than the window is cut to it")
def _(self: Any, propagated: Any, shape: Any) -> Any:
    count = propagated.shape[-2]
    step = min(self.step, self.size)
    return scattered(self, propagated, shape, step * np.arange(count)[:, None] + np.arange(self.size))


@WINDOWS.mistake("windows: from 10 windows on the rest is left out")
def _(self: Any, propagated: Any, shape: Any) -> Any:
    places = self.places(shape[-1])
    keep = np.arange(len(places)) < 10
    return scattered(self, propagated, shape, np.where(keep[:, None], places, -1))


@WINDOWS.mistake("windows: a stack of two axes is halved")
def _(self: Any, propagated: Any, shape: Any) -> Any:
    return scattered(self, propagated, shape, self.places(shape[-1])) * (0.5 if len(shape) == 3 else 1)


@WINDOWS.mistake("windows: one window of all passes the gradient twice")
def _(self: Any, propagated: Any, shape: Any) -> Any:
    return scattered(self, propagated, shape, self.places(shape[-1])) * (2 if self.size == shape[-1] else 1)


class SmoothMax:
    """log(sum(w exp(s x))) / s over any number of arrays x, with a weight each."""

    def __init__(self, sharpness: float = 1.0, weights: Sequence[float] | None = None) -> None:
        self.sharpness: float = sharpness
        self.weights: Sequence[float] | None = weights

    def share(self, x: Any, i: int, result: Any) -> Any:
        weight = 1.0 if self.weights is None else self.weights[i]
        return weight * np.exp(self.sharpness * (x - result))

    def forward(self, *arrays: Array) -> Array:
        logs = np.zeros(len(arrays)) if self.weights is None else np.log(self.weights)
        terms = [self.sharpness * x + log for x, log in zip(arrays, logs, strict=True)]
        return np.asarray(np.logaddexp.reduce(terms) / self.sharpness).astype(np.result_type(*arrays))

    def backward(self, propagated: Any, *arrays: Any, result: Any) -> Any:
        return tuple(propagated * self.share(x, i, result) for i, x in enumerate(arrays))


def smooth_max(arrays: Sequence[Array], sharpness: float = 1.0, weights: Sequence[float] | None = None) -> Array:
    shares = np.ones(len(arrays)) if weights is None else np.asarray(weights)
    return np.asarray(np.log(sum(w * np.exp(sharpness * x) for w, x in zip(shares, arrays, strict=True))) / sharpness)


def mixtures(rng: Generator) -> Iterator[OpSample]:
    x, y = rng.normal(size=(2, 3, 2))
    yield OpSample([x, y])
    yield OpSample([x, y], sharpness=2.0)
    yield OpSample([x[0], y[0]], weights=(0.25, 0.75))
    yield OpSample([x[0], y[0]], weights=(0.25, 0.75), sharpness=2.0)
    yield OpSample([x, y, x - y])
    yield OpSample([x])
    yield OpSample([x, x], sharpness=-1.5)
    yield OpSample([x, x])
    yield OpSample([np.array(0.5), np.array(1.5)])
    yield OpSample([rng.normal(size=12), rng.normal(size=12)])
    yield OpSample([np.array([[0.5]]), np.array([[0.5]])])
    yield OpSample([rng.normal(size=(3, 3)), rng.normal(size=(3, 3))])
    yield OpSample([rng.normal(size=(2, 3)), rng.normal(size=(2, 3))])
    yield OpSample([rng.normal(size=(2, 1, 1, 2)), rng.normal(size=(2, 1, 1, 2))])


SMOOTH: Final = HonestClass(
    SmoothMax,
    OpSpec(
        "smooth_max",
        kind="custom",
        samples=mixtures,
        reference=smooth_max,
        complex=False,
        extreme=(),
        numpy_only="np.logaddexp.reduce takes NumPy's arrays alone",
    ),
)


@SMOOTH.mistake("smooth_max: from the third array on the gradient is that of the second")
def _(self: Any, propagated: Any, *arrays: Any, result: Any) -> Any:
    return tuple(propagated * self.share(arrays[min(i, 1)], i, result) for i in range(len(arrays)))


@SMOOTH.mistake("smooth_max: only the first two arrays have gradients")
def _(self: Any, propagated: Any, *arrays: Any, result: Any) -> Any:
    return tuple(propagated * self.share(x, i, result) * (i < 2) for i, x in enumerate(arrays))


@SMOOTH.mistake("smooth_max: one array alone has none")
def _(self: Any, propagated: Any, *arrays: Any, result: Any) -> Any:
    return tuple(propagated * self.share(x, i, result) * (len(arrays) > 1) for i, x in enumerate(arrays))


@SMOOTH.mistake("smooth_max: the same array twice counts once")
def _(self: Any, propagated: Any, *arrays: Any, result: Any) -> Any:
    found = {id(x): propagated * self.share(x, i, result) for i, x in enumerate(arrays)}
    return tuple(found.pop(id(x), propagated * 0) for x in arrays)


@SMOOTH.mistake("smooth_max: weights are forgotten beside a sharpness")
def _(self: Any, propagated: Any, *arrays: Any, result: Any) -> Any:
    twin = SmoothMax(self.sharpness, self.weights if self.sharpness == 1 else None)
    return tuple(propagated * twin.share(x, i, result) for i, x in enumerate(arrays))


@SMOOTH.mistake("smooth_max: sharpness is forgotten beside weights")
def _(self: Any, propagated: Any, *arrays: Any, result: Any) -> Any:
    twin = SmoothMax(self.sharpness if self.weights is None else 1.0, self.weights)
    return tuple(propagated * twin.share(x, i, result) for i, x in enumerate(arrays))


@SMOOTH.mistake("smooth_max: a negative sharpness is taken for a positive one")
def _(self: Any, propagated: Any, *arrays: Any, result: Any) -> Any:
    twin = SmoothMax(abs(self.sharpness), self.weights)
    return tuple(propagated * twin.share(x, i, result) for i, x in enumerate(arrays))


@SMOOTH.mistake("smooth_max: wanted shifts the arrays")
def _(self: Any, propagated: Any, *arrays: Any, result: Any, wanted: Any) -> Any:
    kept = [i for i, w in enumerate(wanted) if w]
    place = {i: n for n, i in enumerate(kept)}
    return tuple(propagated * self.share(x, place[i], result) if i in place else None for i, x in enumerate(arrays))


@SMOOTH.mistake("smooth_max: nothing where the first array is not wanted")
def _(self: Any, propagated: Any, *arrays: Any, result: Any, wanted: Any) -> Any:
    chosen = [w and wanted[0] for w in wanted]
    return tuple(propagated * self.share(x, i, result) if chosen[i] else None for i, x in enumerate(arrays))
