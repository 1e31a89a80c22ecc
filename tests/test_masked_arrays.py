"""numpy.ma takes an attribute called ``_data`` for the array of whatever it is given: a Tensor has none."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import corelib
from corelib import Tensor
from corelib.errors import InvalidOperandType

MASKED = np.ma.masked_array([1.0, 2.0], [False, True])
SOUGHT = ("_data", "_mask", "_fill_value", "_baseclass", "_optinfo", "_basedict", "mask", "filled", "fill_value")
ma: Any = np.ma  # half of it is typed


@pytest.mark.parametrize("name", SOUGHT)
def test_a_tensor_has_no_attribute_that_numpy_ma_looks_for(name: str) -> None:
    assert not hasattr(Tensor([1.0]), name)


@pytest.mark.parametrize(
    "function",
    [
        lambda t: MASKED * t,
        lambda t: MASKED + t,
        ma.exp,
        ma.sqrt,
        lambda t: ma.multiply(t, t),
        lambda t: ma.where(MASKED > 0, t, t),
        ma.median,
        lambda t: ma.concatenate([t, t]),
        lambda t: ma.masked_array(t, [False, True]),
    ],
)
def test_numpy_ma_refuses_a_tensor(function: Callable[[Tensor], Any]) -> None:
    with pytest.raises(InvalidOperandType, match="drop out of the graph"):
        function(Tensor([1.3, 2.0], trainable=True))


@pytest.mark.parametrize(
    "function",
    [
        lambda t: t * MASKED,
        lambda t: t @ MASKED,
        lambda t: np.add(t, MASKED),
        lambda t: np.where(MASKED > 0, t, 0.0),
        lambda t: np.concatenate([t, MASKED]),
        lambda t: Tensor(MASKED),
    ],
)
def test_a_masked_operand_is_refused_since_a_tensor_has_no_mask(function: Callable[[Tensor], Any]) -> None:
    with pytest.raises(InvalidOperandType, match="no mask"):
        function(Tensor([1.3, 2.0], trainable=True))


@pytest.mark.parametrize(
    "function",
    [
        lambda t: np.split(t, np.ma.masked_array([1, 2], [False, True])),
        lambda t: np.take(t, np.ma.masked_array([0, 1], [False, True])),
        lambda t: np.repeat(t, repeats=np.ma.masked_array([2, 1], [False, True])),
        lambda t: t[np.ma.masked_array([0, 1], [False, True])],
        lambda t: np.sum(t, where=np.ma.masked_array([True, True], [False, True])),
        lambda t: np.roll(t, np.ma.masked),
    ],
)
def test_a_mask_that_a_field_would_lose_is_refused(function: Callable[[Tensor], Any]) -> None:
    with pytest.raises(InvalidOperandType, match="has a mask"):
        function(Tensor([1.3, 2.0], trainable=True))


def test_a_gradient_through_a_masked_operand_is_not_lost_in_silence() -> None:
    with pytest.raises(InvalidOperandType):
        corelib.grad(lambda v: np.sum(MASKED * v))(np.array([1.3, 2.0]))
