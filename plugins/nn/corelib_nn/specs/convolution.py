"""Convolutions: calls with every setting, over one, two and three axes."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample, OpSpec

Shapes = tuple[tuple[int, ...], ...]
Generator = np.random.Generator
ALIKE: Final = {
    "0-d": "it refuses arrays without axes",
    "tie": "a product treats equal entries as it does others",
    "f(x, x)": "tests/test_nn_peers.py has an array convolved with itself",
}


def convolved(x: Any, weight: Any, bias: Any, stride: Any, pairs: Any, dilation: Any, groups: int) -> Any:
    """The sum of products as it is written, a window and a channel at a time."""
    x = np.pad(x, [(0, 0), (0, 0), *pairs])
    outputs, inputs, *size = weight.shape
    spans = [d * (k - 1) + 1 for k, d in zip(size, dilation, strict=True)]
    count = [(n - span) // s + 1 for n, span, s in zip(x.shape[2:], spans, stride, strict=True)]
    y = np.zeros((len(x), outputs, *count), np.result_type(x, weight))
    for o, at in product(range(outputs), np.ndindex(*count)):
        first = o * groups // outputs * inputs
        index = [slice(i * s, i * s + span, d) for i, s, span, d in zip(at, stride, spans, dilation, strict=True)]
        within: Any = (slice(None), slice(first, first + inputs), *index)
        y[:, o, *at] = np.sum(x[within] * weight[o], axis=tuple(range(1, x.ndim)))
    return y if bias is None else y + bias.reshape(-1, *[1] * len(size))


def reference(axes: int) -> Callable[..., Any]:
    def conv(
        x: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
    ) -> Any:
        strides, apart = np.broadcast_to(stride, axes), np.broadcast_to(dilation, axes)
        total = [d * (k - 1) for k, d in zip(weight.shape[2:], apart, strict=True)]
        if padding == "same":
            pairs = [(n // 2, n - n // 2) for n in total]
        else:
            pairs = [p if isinstance(p, tuple) else (p, p) for p in np.broadcast_to([0], axes).tolist()]
            if padding != "valid":
                pairs = [p if isinstance(p, tuple) else (p, p) for p in _each(padding, axes)]
        batched = x.ndim == axes + 2
        y = convolved(x if batched else x[None], weight, bias, strides, pairs, apart, groups)
        return y if batched else y[0]

    return conv


def _each(value: Any, axes: int) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value] * axes


def transposed_reference(axes: int) -> Callable[..., Any]:
    def conv(
        x: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0,
        groups: int = 1, dilation: Any = 1,
    ) -> Any:  # fmt: skip
        """What each entry of x adds to the result, one at a time."""
        batched = x.ndim == axes + 2
        x = x if batched else x[None]
        s, p, more, d = (_each(value, axes) for value in (stride, padding, output_padding, dilation))
        size = weight.shape[2:]
        whole = [(n - 1) * s[i] + d[i] * (size[i] - 1) + 1 + more[i] for i, n in enumerate(x.shape[2:])]
        y = np.zeros((len(x), weight.shape[1] * groups, *whole), np.result_type(x, weight))
        for c, at, k in product(range(len(weight)), np.ndindex(x.shape[2:]), np.ndindex(size)):
            first = c * groups // len(weight) * weight.shape[1]
            index = [at[i] * s[i] + k[i] * d[i] for i in range(axes)]
            y[:, first : first + weight.shape[1], *index] += x[:, c, *at][:, None] * weight[c, :, *k]
        y = y[:, :, *[slice(p[i], n - p[i]) for i, n in enumerate(whole)]]
        y = y if bias is None else y + bias.reshape(-1, *[1] * axes)
        return y if batched else y[0]

    return conv


def calls(*cases: tuple[Shapes, dict[str, Any]]) -> Callable[[Generator], Iterator[OpSample]]:
    def samples(generator: Generator) -> Iterator[OpSample]:
        for shapes, fields in cases:
            arrays = [np.asarray(generator.normal(size=shape)) for shape in shapes]
            yield OpSample(*arrays, id=f"{shapes} {fields}".replace(" ", ""), **fields)
            if len(arrays) > 2:
                yield OpSample(*arrays[:2], id="a constant bias", bias=arrays[2], **fields)

    return samples


def of(name: str, axes: int, *cases: tuple[Shapes, dict[str, Any]], large: Shapes) -> OpSpec:
    transposing = "transpose" in name
    wrong = (2, 3, *[4] * axes), (2, 2, *[2] * axes)
    few = {"batch": "its arrays have three axes"} if axes == 1 else {}
    return OpSpec(
        name, kind="custom", samples=calls(*cases), not_applicable=ALIKE | few,
        reference=(transposed_reference if transposing else reference)(axes),
        large=lambda generator: OpSample(*[generator.normal(size=shape) for shape in large]),
        errors=[
            ErrorSample(*[np.ones(shape) for shape in wrong], id="channels", raises=ValueError, match="groups"),
            ErrorSample(np.ones(3), np.ones(3), id="axes", raises=ValueError, match="axes"),
            ErrorSample(np.ones(wrong[0]), np.ones((2, 3, *[2] * axes)), id="stride", raises=ValueError, stride=0),
        ],
    )  # fmt: skip


EVERY: Final = {"stride": 2, "padding": 1, "dilation": 2, "groups": 2}
MORE: Final = {"stride": 2, "padding": 1, "output_padding": 1, "groups": 2, "dilation": 2}

SPECS: Final = (
    of(
        "conv1d", 1, (((2, 2, 7), (4, 1, 2), (4,)), EVERY), (((2, 2, 5), (3, 2, 2)), {"padding": "same"}),
        (((1, 1, 10), (1, 1, 1)), {"padding": "valid"}), (((2, 4), (2, 2, 3)), {"padding": [(2, 0)]}),
        (((0, 2, 4), (3, 2, 2)), {}), (((1, 2, 4), (1, 2, 4)), {}), large=((4, 8, 200), (8, 8, 5)),
    ),
    of(
        "conv2d", 2, (((1, 2, 4, 5), (2, 1, 2, 2), (2,)), EVERY), (((2, 1, 3, 4), (2, 1, 2, 3)), {"padding": "same"}),
        (((2, 2, 3, 2), (1, 2, 2, 1)), {"stride": (1, 2), "padding": (1, 0), "dilation": [1, 1]}),
        (((1, 3, 10), (1, 1, 2, 3)), {"padding": [(0, 1), (2, 0)]}), (((1, 1, 1, 1), (2, 1, 1, 1)), {}),
        large=((2, 4, 20, 20), (4, 4, 3, 3)),
    ),
    of(
        "conv3d", 3, (((1, 2, 3, 3, 3), (2, 1, 2, 1, 2), (2,)), EVERY), (((1, 2, 3, 2), (2, 1, 2, 2, 1)), {}),
        (((1, 1, 10, 1, 1), (1, 1, 3, 1, 1)), {"padding": "same"}), large=((2, 2, 8, 8, 8), (3, 2, 3, 3, 3)),
    ),
    of(
        "conv_transpose1d", 1, (((2, 2, 4), (2, 2, 2), (4,)), MORE), (((2, 2, 5), (2, 3, 2)), {"stride": 3}),
        (((1, 10), (1, 1, 2)), {"padding": 1}), (((0, 2, 4), (2, 3, 2)), {}), (((1, 2, 3), (2, 1, 1)), {}),
        (((2, 2), (2, 3, 2)), {"stride": 2, "output_padding": 1}), large=((4, 8, 200), (8, 8, 5)),
    ),
    of(
        "conv_transpose2d", 2, (((1, 2, 2, 3), (2, 1, 2, 2), (2,)), MORE), (((2, 2, 3, 2), (2, 1, 2, 3)), {}),
        (((1, 2, 10), (1, 2, 1, 2)), {"stride": (2, 1), "output_padding": [1, 0]}), (((1, 1, 1, 1), (1, 2, 1, 1)), {}),
        large=((2, 4, 20, 20), (4, 4, 3, 3)),
    ),
    of(
        "conv_transpose3d", 3, (((1, 2, 2, 2, 2), (2, 1, 2, 1, 2), (2,)), {**MORE, "padding": (1, 0, 1)}),
        (((1, 2, 1, 10), (1, 1, 1, 2, 1)), {}), (((2, 2, 3, 2), (2, 1, 2, 1, 2)), {}),
        (((1, 1, 3, 1, 1), (1, 1, 1, 1, 1)), {}), large=((2, 2, 8, 8, 8), (2, 3, 3, 3, 3)),
    ),
)  # fmt: skip
