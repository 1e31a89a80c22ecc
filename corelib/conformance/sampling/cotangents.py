"""Random cotangents of both signs, the same in every run."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from corelib.conformance.sample import Sample
from corelib.conformance.subject import Subject
from corelib.core.tensor import Array, Tensor


def gaussian(subject: Subject, sample: Sample, results: Sequence[Tensor], number: int = 0) -> list[Array]:
    """One normal number for each entry of each result: of both signs, since abs(g) passes where only g > 0 is tried."""
    rng = subject.rng("cotangent", sample.id, number)
    return [normal(rng, r.shape, r.dtype) for r in results]


def normal(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    g = rng.normal(size=shape)
    if dtype.kind == "c":
        return np.asarray(g + 1j * rng.normal(size=shape), dtype)
    return np.asarray(g, dtype)
