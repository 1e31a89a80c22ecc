"""Pooling: calls with every setting, over one, two and three axes."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample, OpSpec, Promise

NOT_APPLICABLE: Final = {"0-d": "it refuses arrays without axes"}
ROWS: Final = {"batch": "its arrays have three axes"}


def windows(x: Any, axes: int, size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool) -> Iterator[Any]:
    """For each window its place in the result, the slices of x, and how many entries it has in the padded array."""
    size, padding, dilation = (_each(value, axes) for value in (size, padding, dilation))
    stride = size if stride is None else _each(stride, axes)
    ranges = []
    for n, k, s, p, d in zip(x.shape[-axes:], size, stride, padding, dilation, strict=True):
        room = n + 2 * p - d * (k - 1) - 1
        starts = [i * s - p for i in range(room // s + 1 + (ceil_mode and room % s > 0)) if i * s - p < n]
        ranges.append([(a, k, d, n, p) for a in starts])
    for at in product(*[range(len(r)) for r in ranges]):
        index, number = [], 1
        for axis, i in enumerate(at):
            a, k, d, n, p = ranges[axis][i]
            index.append([j for j in range(a, a + k * d, d) if 0 <= j < n])
            number *= min(a + k, n + p) - a
        yield at, tuple(len(r) for r in ranges), np.ix_(*index), number


def _each(value: Any, axes: int) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value] * axes


def max_reference(axes: int) -> Callable[..., Any]:
    def pool(
        x: Any, size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
    ) -> Any:
        return gathered(x, axes, windows(x, axes, size, stride, padding, dilation, ceil_mode), lambda e, _: e.max(-1))

    return pool


def mean_reference(axes: int) -> Callable[..., Any]:
    def pool(
        x: Any, size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
        count_include_pad: bool = True, divisor_override: Any = None,
    ) -> Any:  # fmt: skip
        def mean(entries: Any, number: int) -> Any:
            return entries.sum(-1) / (divisor_override or (number if count_include_pad else entries.shape[-1]))

        return gathered(x, axes, windows(x, axes, size, stride, padding, 1, ceil_mode), mean)

    return pool


def gathered(x: Any, axes: int, found: Iterator[Any], function: Callable[..., Any]) -> Any:
    lead = x.shape[:-axes]
    results = [(at, count, function(x[(..., *index)].reshape(*lead, -1), n)) for at, count, index, n in found]
    y = np.empty((*lead, *results[0][1]), x.dtype)
    for at, _, value in results:
        y[(..., *at)] = value
    return y


def samples(*cases: tuple[tuple[int, ...], Any, dict[str, Any]]) -> Callable[[np.random.Generator], Iterator[OpSample]]:
    def made(generator: np.random.Generator) -> Iterator[OpSample]:
        for shape, size, fields in cases:
            x = generator.permutation(int(np.prod(shape))).reshape(shape) / 8.0
            yield OpSample(x, size, id=f"{shape}{size}{fields}".replace(" ", ""), **fields)

    return made


def of(name: str, axes: int, *cases: tuple[tuple[int, ...], Any, dict[str, Any]]) -> OpSpec:
    largest = name.startswith("max")
    promises = []
    if largest and axes == 1:
        tied, spoilt = np.array([[2.0, 2.0, -np.inf, -np.inf]]), np.array([[np.nan, 1.0, 2.0, 1.0]])
        promises = [
            Promise(tied, 2, gradients=[np.array([[0.5, 0.5, 0.5, 0.5]])]),
            Promise(spoilt, 2, gradients=[np.array([[np.nan, 0.0, 1.0, 0.0]])]),
        ]
    return OpSpec(
        name, kind="custom", samples=samples(*cases), promises=promises, complex=False,
        not_applicable=NOT_APPLICABLE | (ROWS if axes == 1 else {}) | ({} if promises else TIES),
        reference=(max_reference if largest else mean_reference)(axes),
        large=lambda generator: OpSample(generator.normal(size=(2, 4, *[(400, 30, 10)[axes - 1]] * axes)), 3),
        errors=[
            ErrorSample(np.ones(3), 2, id="axes", raises=ValueError, match="axes"),
            ErrorSample(np.ones((1, 1, *[4] * axes)), 5, id="size", raises=ValueError, match="fit"),
            ErrorSample(np.ones((1, 1, *[4] * axes)), 2, id="padding", raises=ValueError, match="half", padding=2),
        ],
    )  # fmt: skip


TIES: Final = {"tie": "the samples of max_pool1d have ties"}
MAX: Final[dict[str, Any]] = {"stride": 2, "padding": 1, "dilation": 2, "ceil_mode": True}
MEAN: Final[dict[str, Any]] = {"stride": 2, "padding": 1, "ceil_mode": True, "count_include_pad": False}

SPECS: Final = (
    of(
        "max_pool1d", 1, ((1, 2, 9), 3, MAX), ((2, 10), 2, {}), ((3, 3), 2, {"stride": 1}), ((4, 3), 1, {}),
        ((1, 1), 1, {}), ((0, 2, 4), 2, {}), ((2, 5), [2], {"ceil_mode": True}),
    ),
    of(
        "max_pool2d", 2, ((1, 2, 5, 5), (2, 2), MAX), ((2, 4, 5), 2, {"stride": (1, 2)}), ((2, 1, 5, 4), (3, 2), {}),
        ((1, 1, 1), 1, {}), ((1, 2, 10), (1, 3), {"padding": (0, 1)}),
    ),
    of("max_pool3d", 3, ((1, 1, 4, 4, 4), 2, MAX), ((2, 2, 3, 4), 2, {}), ((1, 1, 10, 1, 1), (3, 1, 1), {}),
       ((1, 3, 4, 3), (1, 2, 2), {"stride": 1})),
    of(
        "avg_pool1d", 1, ((1, 2, 8), 3, MEAN), ((2, 10), 2, {}), ((3, 3), 2, {"stride": 1}), ((4, 3), 1, {}),
        ((1, 1), 1, {}), ((0, 2, 4), 2, {}), ((2, 5), [2], {"ceil_mode": True}), ((2, 5), 2, {"padding": 1}),
    ),
    of(
        "avg_pool2d", 2, ((1, 2, 5, 5), (2, 2), {**MEAN, "divisor_override": 3}), ((1, 1, 1), 1, {}),
        ((1, 2, 5, 5), (3, 2), MEAN), ((2, 4, 5), 2, {"stride": (1, 2)}), ((2, 1, 5, 4), (3, 2), {}),
        ((1, 2, 10), (1, 3), {"padding": (0, 1)}),
    ),
    of(
        "avg_pool3d", 3, ((1, 1, 4, 4, 4), 2, {**MEAN, "divisor_override": 3}), ((1, 1, 3, 4, 3), 2, MEAN),
        ((2, 2, 3, 4), 2, {}), ((1, 1, 10, 1, 1), (3, 1, 1), {}), ((1, 3, 4, 3), (1, 2, 2), {"stride": 1}),
    ),
)  # fmt: skip
