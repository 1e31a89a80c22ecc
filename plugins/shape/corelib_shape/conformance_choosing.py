"""What the conformance suite is told of ops that choose entries, and of those made of them."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample, OpSpec

Generator = np.random.Generator
NUMBERS: Final = np.array([[0, 2, 1], [1, 1, 0]])
SHAPES: Final = ((3, 4), (1, 1), (3, 3), (2, 12), (2, 2, 2, 3))
NOT_HERE: Final = "it refuses arrays without such axes"


def chosen(generator: Generator) -> Iterator[OpSample]:
    yield OpSample(NUMBERS, [generator.normal(size=(2, 3)) for _ in range(3)])
    yield OpSample(NUMBERS, [generator.normal(size=shape) for shape in ((3,), (2, 1), (1, 2, 3), (2, 3))])
    yield OpSample(NUMBERS + 3, generator.normal(size=(3, 2, 3)), mode="wrap")
    yield OpSample(NUMBERS - 1, [generator.normal(size=(2, 3)), np.asarray(generator.normal())], mode="clip")
    for shape in (*SHAPES[1:], (4, 2)):
        x = generator.normal(size=shape)
        yield OpSample((x > 0).astype(int), [x, x])
    yield OpSample(1, [np.asarray(generator.normal()), np.asarray(generator.normal())])


def compressed(generator: Generator) -> Iterator[OpSample]:
    for shape in SHAPES:
        yield OpSample([True], generator.normal(size=shape))
        yield OpSample([True] * shape[-1], generator.normal(size=shape), axis=-1)
    yield OpSample([True, False, True], generator.normal(size=(3, 4)), axis=0)
    yield OpSample([False, True], generator.normal(size=(3, 4)), axis=1)


def extracted(generator: Generator) -> Iterator[OpSample]:
    for shape in SHAPES:
        x = generator.normal(size=shape)
        x.flat[0] = 1.0
        yield OpSample(x > 0, x)
    yield OpSample(True, np.asarray(generator.normal()))


def pieces(generator: Generator) -> Iterator[OpSample]:
    for shape in (*SHAPES, (4, 2), ()):
        x = np.asarray(generator.normal(size=shape))
        yield OpSample(x, [x < 0, x >= 0.5], [np.square, lambda v: 3 * v, np.sin])
    x = np.repeat(generator.normal(size=3), 2)
    yield OpSample(x, [x < 0.5, x < 0], [np.cos, lambda v: v * v.sum()])
    yield OpSample(x, x < 0, [7.0, lambda v, factor: factor * v], 2.5)


def windows(generator: Generator) -> Iterator[OpSample]:
    for shape in SHAPES:
        yield OpSample(generator.normal(size=shape), 1, axis=0)
        yield OpSample(generator.normal(size=shape), shape)
    x = generator.normal(size=(3, 12))
    yield OpSample(x, 5, axis=-1)
    yield OpSample(x, (2, 10), axis=None)
    yield OpSample(x, (3, 2, 4), axis=(1, 0, 1))


def resized(generator: Generator) -> Iterator[OpSample]:
    for shape in (*SHAPES, ()):
        x = np.asarray(generator.normal(size=shape))
        yield OpSample(x, 7)
        yield OpSample(x, (2, 5))
    yield OpSample(generator.normal(size=(3, 4)), (2, 2))


def rows(generator: Generator) -> Iterator[OpSample]:
    for n in (1, 2, 3, 12):
        yield OpSample(generator.normal(size=n))
    for count in (1, 3):
        yield OpSample(generator.normal(size=4), N=count)
        yield OpSample(generator.normal(size=4), N=count, increasing=True)
    yield OpSample(np.array([0.5, 0.0, 0.5]), N=4)


def along_an_axis(generator: Generator) -> Iterator[OpSample]:
    for shape in SHAPES:
        x = generator.normal(size=shape)
        yield OpSample(np.sum, 0, x)
        yield OpSample(np.sum, 0, np.repeat(x, 2, axis=0))
        yield OpSample(lambda row: row * row[0], -1, x)
        yield OpSample(lambda row, factor: np.stack([row, factor * row]), 1, x, 3.0)


def over_axes(generator: Generator) -> Iterator[OpSample]:
    for shape in SHAPES:
        x = generator.normal(size=shape)
        yield OpSample(np.sum, x, 0)
        yield OpSample(np.sum, np.repeat(x, 2, axis=0), 0)
        yield OpSample(lambda a, axis: np.sum(a * a, axis=axis, keepdims=True), x, (0, -1))


def spec(name: str, samples: Callable[..., Any], *errors: ErrorSample, **known: Any) -> OpSpec:
    return OpSpec(name, kind="custom", samples=samples, errors=errors, **known)


X: Final = np.ones((3, 4))
FLAT: Final = {"0-d": NOT_HERE}
CHOOSING: Final = (
    spec("choose", chosen, ErrorSample([3], [1.0, 2.0], raises=ValueError)),
    spec("compress", compressed, ErrorSample([[True]], X, raises=ValueError)),
    spec("extract", extracted, looks=1),
    spec("piecewise", pieces, ErrorSample(X, [X > 0], [1.0] * 3, raises=ValueError), looks=11),
    spec("sliding_window_view", windows, ErrorSample(X, 5, axis=0, raises=ValueError), not_applicable=FLAT),
    spec("resize", resized, ErrorSample(X, -1, raises=ValueError)),
    spec(
        "vander", rows, ErrorSample(X, raises=ValueError),
        not_applicable=dict.fromkeys(("0-d", "1x1", "square", "tall", "wide", "batch"), "it takes vectors"),
    ),
    spec("apply_along_axis", along_an_axis, ErrorSample(np.sum, 5, X, raises=ValueError), not_applicable=FLAT),
    spec("apply_over_axes", over_axes, not_applicable=FLAT),
)  # fmt: skip
