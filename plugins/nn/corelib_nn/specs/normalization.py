"""Normalizations: calls over every number of axes, in training and after it."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample, OpSpec

Generator = np.random.Generator
LAYER: Final = {"0-d": "it normalizes over one axis at least"}
BATCH: Final = {"0-d": "it has an axis of channels", "f(x, x)": "x and its statistics have other axes"}


def layers(generator: Generator) -> Iterator[OpSample]:
    for shape, over in (
        ((2, 3), 3),
        ((3, 2), (2,)),
        ((2, 2), (2, 2)),
        ((2, 1, 2, 3), [2, 3]),
        ((0, 3), 3),
        ((10,), 10),
    ):
        yield OpSample(generator.normal(size=shape), over, id=f"{shape}{over}", eps=0.1)  # the slope of two is small
    yield OpSample(generator.normal(size=(1, 1)), 1, eps=0.5)
    x, weight, bias = generator.normal(size=(4, 3)), generator.normal(size=3), generator.normal(size=3)
    yield OpSample(np.repeat(x[:2], 2, axis=0), 3, weight, bias, eps=0.1, id="scaled")
    yield OpSample(x, 3, weight=weight, bias=bias, eps=0.1, id="constants")
    yield OpSample(np.array([[1.0, 1.0, 2.0]]), 3, id="a tie")
    yield OpSample(weight, 3, weight, id="one twice")


def layer(x: Any, over: Any, weight: Any = 1.0, bias: Any = 0.0, eps: float = 1e-5) -> Any:
    axes = tuple(range(-len(np.atleast_1d(over)), 0))
    deviation = np.sqrt(np.var(x, axis=axes, keepdims=True) + eps)
    return (x - np.mean(x, axis=axes, keepdims=True)) / deviation * weight + bias


def batches(generator: Generator) -> Iterator[OpSample]:
    for shape in SHAPES:
        x, mean, variance = generator.normal(size=shape), *generator.uniform(0.5, 2, (2, shape[1]))
        yield OpSample(x, mean, variance, id=f"{shape}")
        yield OpSample(x, None, None, id=f"{shape} training", training=True, eps=0.1)
    yield OpSample(np.ones((1, 1)), np.zeros(1), np.ones(1), eps=0.1)
    yield OpSample(np.zeros((0, 3)), np.zeros(3), np.ones(3))
    x, mean, variance, weight, bias = generator.normal(size=(4, 3)), *generator.uniform(0.5, 2, (4, 3))
    for training, given in ((True, (None, None)), (False, (mean, variance))):
        fields = {"training": training, "eps": 0.1}
        yield OpSample(x, *given, weight, bias, id=f"scaled {training}", **fields)
        yield OpSample(x, *given, id=f"constants {training}", weight=weight, bias=bias, **fields)
    yield OpSample(np.array([[1.0], [1.0], [2.0]]), None, None, training=True, id="a tie")


def statistics(generator: Generator) -> Iterator[OpSample]:
    for shape in SHAPES:
        yield OpSample(generator.normal(size=shape), *generator.uniform(0.5, 2, (2, shape[1])), id=f"{shape}")
    yield OpSample(np.array([[1.0], [1.0], [2.0]]), np.zeros(1), np.ones(1), momentum=0.3, id="a tie")


def batch(
    x: Any, mean: Any, variance: Any, weight: Any = None, bias: Any = None, training: bool = False, eps: float = 1e-5
) -> Any:
    rows = np.moveaxis(x, 1, -1)
    if training:
        mean, variance = rows.reshape(-1, x.shape[1]).mean(axis=0), rows.reshape(-1, x.shape[1]).var(axis=0)
    y = (rows - mean) / np.sqrt(variance + eps)
    return np.moveaxis(y if weight is None else y * weight + bias, -1, 1)


def running(x: Any, mean: Any, variance: Any, momentum: float = 0.1) -> Any:
    rows = np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])
    found = rows.mean(axis=0), rows.var(axis=0, ddof=1)
    return tuple((1 - momentum) * old + momentum * new for old, new in zip((mean, variance), found, strict=True))


ONES: Final = np.ones(3)
SHAPES: Final = ((2, 3), (3, 2), (2, 2), (2, 2, 1, 3), (4, 1, 2), (2, 10))
CHANNELS: Final = {**BATCH, "1x1": "one number has no variance"}

SPECS: Final = (
    OpSpec(
        "layer_norm", kind="custom", samples=layers, reference=layer, not_applicable=LAYER, complex=False,
        large=lambda generator: OpSample(generator.normal(size=(60, 50)), 50),
        errors=[
            ErrorSample(np.ones((2, 3)), 2, id="lengths", raises=ValueError, match="normalized_shape"),
            ErrorSample(np.ones((2, 3)), 3, id="weight", raises=ValueError, match="weight", weight=np.ones(2)),
        ],
    ),
    OpSpec(
        "batch_norm", kind="custom", samples=batches, reference=batch, not_applicable=BATCH, complex=False,
        large=lambda generator: OpSample(generator.normal(size=(60, 5, 10)), None, None, training=True),
        errors=[
            ErrorSample(ONES, ONES, ONES, id="axes", raises=ValueError, match="channels"),
            ErrorSample(np.ones((2, 2)), ONES, ONES, id="mean", raises=ValueError, match="running_mean"),
            ErrorSample(np.ones((2, 3)), None, None, id="none", raises=ValueError, match="running_mean"),
            ErrorSample(np.ones((1, 3)), None, None, id="one", raises=ValueError, match="variance", training=True),
        ],
    ),
    OpSpec(
        "batch_statistics", kind="custom", samples=statistics, reference=running, not_applicable=CHANNELS,
        complex=False, large=lambda generator: OpSample(generator.normal(size=(60, 5, 10)), np.zeros(5), np.ones(5)),
        errors=[
            ErrorSample(ONES, ONES, ONES, id="axes", raises=ValueError, match="channels"),
            ErrorSample(np.ones((1, 3)), ONES, ONES, id="one", raises=ValueError, match="variance"),
        ],
    ),
)  # fmt: skip
