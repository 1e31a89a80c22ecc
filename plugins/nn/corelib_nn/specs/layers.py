"""Layers: linear, embedding and dropout."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample, OpSpec, Promise

Generator = np.random.Generator
TAKEN: Final = np.array([3, 1, 0, 1, 3])
EQUAL: Final = {"tie": "it treats equal entries as it does others"}


def maps(generator: Generator) -> Iterator[OpSample]:
    for x, w in (((2, 3), (4, 3)), ((1, 1), (1, 1)), ((2, 2, 1, 2), (3, 2)), ((0, 3), (2, 3)), ((3,), (2, 3))):
        yield OpSample(generator.normal(size=x), generator.normal(size=w), id=f"{x}{w}")
    arrays = [generator.normal(size=shape) for shape in ((3, 2), (10, 2), (10,))]
    yield OpSample(*arrays)
    yield OpSample(*arrays[:2], bias=arrays[2])
    yield OpSample(generator.normal(size=(2, 3)), generator.normal(size=3), id="one output")


def rows(generator: Generator) -> Iterator[OpSample]:
    for indices, shape in (((2, 3), (4, 2)), ((), (2, 10)), ((2,), (3, 3)), ((1, 2, 1, 2), (1, 1))):
        weight = generator.normal(size=shape)
        yield OpSample(generator.integers(0, shape[0], indices), weight, id=f"{indices}{shape}")
    yield OpSample(np.array([[1, 2, 1], [0, 1, 2]]), generator.normal(size=(4, 2)), padding_idx=3)


def dropped(generator: Generator) -> Iterator[OpSample]:
    for shape in ((), (1, 1), (2, 2), (3, 2), (2, 3), (10,), (2, 1, 2, 2), (0, 3)):
        yield OpSample(generator.normal(size=shape) if shape else np.array(0.5), id=str(shape), generator=3)
    x = generator.normal(size=(2, 3))
    yield OpSample(x, p=0.25, generator=4, training=True)
    yield OpSample(x, p=0.25, generator=4, training=False, id="not in training")
    yield OpSample(x, p=1.0, generator=4, id="all")
    yield OpSample(x, p=0.0, id="none")


def dropout(x: Any, p: float = 0.5, generator: int = 0, training: bool = True) -> Any:
    if not training or p == 0:
        return x
    kept = np.random.default_rng(generator).random(x.shape) >= p
    return np.where(kept, x, 0) / (1 - p or 1)


def padded_rows(indices: Any, weight: Any, padding_idx: int | None = None) -> Any:
    return weight[indices]


SPECS: Final = (
    OpSpec(
        "linear", kind="custom", samples=maps, not_applicable={**EQUAL, "0-d": "it takes vectors and matrices"},
        reference=lambda x, w, bias=0.0: np.einsum("...i,...oi->...o" if w.ndim > 1 else "...i,i->...", x, w) + bias,
        large=lambda generator: OpSample(generator.normal(size=(60, 50)), generator.normal(size=(40, 50))),
        errors=[ErrorSample(np.ones((2, 3)), np.ones((4, 2)), raises=ValueError)],
    ),
    OpSpec(
        "embedding", kind="custom", samples=rows, reference=padded_rows, nondiff=("indices",),

        promises=[
            Promise(TAKEN, np.ones((4, 1)), gradients=[np.array([[1.0], [2.0], [0.0], [0.0]])], padding_idx=3),
            Promise(TAKEN, np.ones((4, 1)), gradients=[np.array([[1.0], [0.0], [0.0], [2.0]])], padding_idx=-3),
        ],
        not_applicable={**EQUAL, "0-d": "it takes rows of a matrix", "batch": "its weight is one matrix"},
        large=lambda generator: OpSample(generator.integers(0, 50, (40, 3)), generator.normal(size=(50, 40))),
        errors=[
            ErrorSample(np.array([4]), np.ones((4, 2)), id="no row", raises=IndexError, match="from 0 to 3"),
            ErrorSample(np.array([-1]), np.ones((4, 2)), id="negative", raises=IndexError, match="from 0 to 3"),
            ErrorSample(np.array([1.0]), np.ones((4, 2)), id="floats", raises=TypeError, match="integers"),
            ErrorSample(np.array([1]), np.ones(4), id="no matrix", raises=ValueError, match="matrix"),
            ErrorSample(np.array([1]), np.ones((4, 2)), id="padding", raises=IndexError, match="row", padding_idx=4),
        ],
    ),
    OpSpec(
        "dropout", kind="custom", samples=dropped, reference=dropout, not_applicable=EQUAL,
        large=lambda generator: OpSample(generator.normal(size=(60, 50)), generator=5),
        errors=[
            ErrorSample(np.ones(3), id="no generator", raises=TypeError, match="generator"),
            ErrorSample(np.ones(3), id="p", raises=ValueError, match="p=", p=1.5, generator=1),
        ],
    ),
)  # fmt: skip
