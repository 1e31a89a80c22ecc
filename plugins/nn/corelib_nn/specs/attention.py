"""Attention: calls with every kind of mask."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from scipy import special

from corelib.conformance import ErrorSample, OpSample, OpSpec

Generator = np.random.Generator
NOT_APPLICABLE: Final = {
    "0-d": "it takes matrices",
    "attn_mask with is_causal": "PyTorch refuses both, and so it does",
}
SEEN: Final = np.array([[True, False], [True, True]])
MASK: Final = np.array(0.5)
BLANK: Final = np.array([[True, False], [False, False]])


def drawn(generator: Generator, *shapes: tuple[int, ...]) -> list[Any]:
    return [generator.normal(size=shape) for shape in shapes]


def samples(generator: Generator) -> Iterator[OpSample]:
    for q, k, v in (
        ((2, 3), (4, 3), (4, 2)), ((1, 1), (1, 1), (1, 1)), ((1, 2, 2, 2), (2, 1, 3, 2), (3, 1)),
        ((3, 2), (10, 2), (10, 1)), ((0, 2), (2, 2), (2, 2)),
    ):  # fmt: skip
        yield OpSample(*drawn(generator, q, k, v), id=f"{q}{k}{v}")
    square = drawn(generator, (2, 2), (2, 2), (2, 2))
    yield OpSample(*square, attn_mask=SEEN, id="seen")
    yield OpSample(*square, attn_mask=BLANK, id="a query that sees nothing")
    yield OpSample(*square, generator.normal(size=(2, 2)), id="added")
    yield OpSample(*square, attn_mask=np.where(BLANK, 0.0, -np.inf), id="added infinities")
    yield OpSample(*drawn(generator, (3, 2), (2, 2), (2, 2)), is_causal=True, id="causal")
    every: dict[str, Any] = {"dropout_p": 0.25, "scale": 0.7, "enable_gqa": True, "generator": 3}
    heads = drawn(generator, (4, 2, 2), (2, 2, 2), (2, 2, 2))
    yield OpSample(*heads, attn_mask=SEEN, id="all with a mask", **every)
    yield OpSample(*heads, is_causal=True, id="all causal", **every)
    yield OpSample(*[np.ones((2, 2))] * 3, id="one array, and ties")


def attention(
    query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: float = 0.0, is_causal: bool = False,
    scale: float | None = None, enable_gqa: bool = False, generator: int = 0,
) -> Any:  # fmt: skip
    if enable_gqa:
        key, value = (np.repeat(x, query.shape[-3] // x.shape[-3], axis=-3) for x in (key, value))
    scores = np.einsum("...le,...se->...ls", query, key) * (query.shape[-1] ** -0.5 if scale is None else scale)
    if is_causal:
        attn_mask = np.tri(*scores.shape[-2:], dtype=bool)
    if attn_mask is not None:
        scores = scores + (np.log(attn_mask) if attn_mask.dtype == bool else attn_mask)
    weights = np.nan_to_num(special.softmax(scores, axis=-1))
    if dropout_p:
        weights = weights * (np.random.default_rng(generator).random(weights.shape) >= dropout_p) / (1 - dropout_p)
    return weights @ value


SPECS: Final = (
    OpSpec(
        "scaled_dot_product_attention", kind="custom", samples=samples, reference=np.errstate(all="ignore")(attention),
        not_applicable=NOT_APPLICABLE, complex=False,
        large=lambda generator: OpSample(*drawn(generator, (2, 30, 20), (2, 40, 20), (2, 40, 10))),
        errors=[
            ErrorSample(*[np.ones((2, 2))] * 3, id="both", raises=ValueError, attn_mask=SEEN, is_causal=True),
            ErrorSample(np.ones((2, 3)), *[np.ones((2, 2))] * 2, id="lengths", raises=ValueError, match="shapes"),
            ErrorSample(*[np.ones((2, 2))] * 3, id="heads", raises=ValueError, match="heads", enable_gqa=True),
            ErrorSample(*[np.ones((2, 2))] * 3, id="number", raises=ValueError, match="one number", attn_mask=MASK),
        ],
    ),
)  # fmt: skip
