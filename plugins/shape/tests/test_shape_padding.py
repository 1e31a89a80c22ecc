"""pad in every mode: NumPy's values, gradients, and what is refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import corelib.ops
from corelib import Tensor, grad, jacobian
from corelib.conformance import check_grads
from corelib.errors import InvalidOperand, InvalidOperandType, UnsupportedArgument

ops: Any = corelib.ops
MODES: list[tuple[str, dict[str, Any]]] = [
    ("constant", {"constant_values": (3, 4)}), ("constant", {"constant_values": [[1], [2]]}),
    ("edge", {}), ("wrap", {}), ("reflect", {}), ("symmetric", {}), ("reflect", {"reflect_type": "odd"}),
    ("symmetric", {"reflect_type": "odd"}), ("linear_ramp", {}), ("linear_ramp", {"end_values": ((1, 2), (3.5, 4))}),
    ("maximum", {}), ("maximum", {"stat_length": 2}), ("minimum", {"stat_length": (1, 9)}), ("mean", {}),
    ("mean", {"stat_length": ((1, 2), (2, 3))}), ("median", {}), ("median", {"stat_length": 2}),
]  # fmt: skip


@pytest.mark.parametrize(("mode", "keywords"), MODES)
@pytest.mark.parametrize("width", [0, 1, (0, 2), 7, (11, 1), ((1, 0), (0, 5)), [[1], [2]]])
def test_every_mode_has_numpys_values_to_the_bit(mode: Any, keywords: dict[str, Any], width: Any) -> None:
    generator = np.random.default_rng(0)
    for shape in ((2, 3), (1, 4), (5, 1)):
        for dtype in (np.float64, np.float32, np.int64):
            x: Any = (10 * generator.normal(size=shape)).astype(dtype)
            found, expected = ops.pad(Tensor(x), width, mode, **keywords), np.pad(x, width, mode, **keywords)
            assert found.dtype == expected.dtype
            np.testing.assert_array_equal(found.data, expected)


@pytest.mark.parametrize(("mode", "keywords"), MODES)
def test_the_gradients_of_every_mode_agree_with_differences(mode: Any, keywords: dict[str, Any]) -> None:
    padded: Callable[[Any], Any] = lambda x: np.pad(x, ((4, 1), (0, 3)), mode, **keywords)  # noqa: E731  # short
    check_grads(lambda x: np.sum(padded(x) ** 2 * np.cos(np.arange(49.0).reshape(7, 7)[:, :6])), order=2)(
        np.random.default_rng(0).normal(size=(2, 3))
    )


def test_the_empty_mode_has_no_more_than_the_entries() -> None:
    padded = ops.pad(np.ones(2), (1, 2), "empty")
    assert padded.shape == (5,)
    np.testing.assert_array_equal(padded.data[1:3], 1)
    np.testing.assert_array_equal(jacobian(lambda x: ops.pad(x, (1, 2), "empty")[1:3])(np.ones(2)), np.eye(2))


def test_the_values_around_an_array_have_gradients() -> None:
    x = np.ones((2, 3))
    by_x, by_value = grad(lambda x, c: np.sum(ops.pad(x, 1, constant_values=c)), (0, 1))(x, 5.0)
    np.testing.assert_array_equal(by_x, x)
    assert by_value == 4 * 5 - 2 * 3
    corners = grad(lambda c: np.sum(ops.pad(x, ((1, 1), (0, 2)), constant_values=[[c, 0.0], [0.0, 2 * c]])))(5.0)
    assert corners == 3 + 2 * 2 * 4
    assert grad(lambda c: ops.pad(x[0], (0, 2), "linear_ramp", end_values=c)[-2])(7.0) == 0.5


def test_entries_that_tie_share_the_gradient_of_a_maximum() -> None:
    gradient = grad(lambda x: ops.pad(x, (0, 1), "maximum")[-1])(np.array([1.0, 3.0, 3.0]))
    np.testing.assert_array_equal(gradient, [0, 0.5, 0.5])


def test_a_nan_stays_where_numpys_pad_leaves_it() -> None:
    x = np.array([np.nan, 1.0, 2.0])
    for mode in ("reflect", "symmetric"):
        keywords: Any = {"mode": mode, "reflect_type": "odd"}
        np.testing.assert_array_equal(ops.pad(x, (0, 2), **keywords).data, np.pad(x, (0, 2), **keywords))


@pytest.mark.parametrize(
    ("args", "keywords", "error", "words"),
    [
        ((1, lambda *_: None), {}, UnsupportedArgument, "a mode that is a function"),
        ((1, "mirror"), {}, InvalidOperand, "'mirror' is not supported"),
        ((1, "edge"), {"constant_values": 3}, InvalidOperand, "does not take constant_values"),
        ((1, "constant"), {"stat_length": 3}, InvalidOperand, "does not take stat_length"),
        ((1, "reflect"), {"reflect_type": "both"}, InvalidOperand, "'even' or 'odd'"),
        ((1, "maximum"), {"stat_length": 0}, InvalidOperand, "stat_length of 0"),
        ((-1, "edge"), {}, InvalidOperand, "not negative"),
        ((1.5, "edge"), {}, InvalidOperandType, "integer"),
        ((((0, 0), (1, 0)), "mean"), {}, InvalidOperand, "empty axis 1"),
        ((1,), {"constant_values": Tensor(1j)}, InvalidOperandType, "imaginary"),
    ],
)
def test_what_is_not_right_is_refused(
    args: tuple[Any, ...], keywords: dict[str, Any], error: type[Exception], words: str
) -> None:
    x = np.ones((2, 0)) if "empty" in words else np.ones((2, 3))
    with pytest.raises(error, match=words):
        ops.pad(x, *args, **keywords)
