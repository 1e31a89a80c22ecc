"""Copies, pickles and subclasses of Tensors, and what a node weighs: the same compiled and interpreted."""

import copy
import gc
import inspect
import pickle
import tracemalloc
from typing import Any

import numpy as np
import pytest

import corelib
from corelib import Tensor, ops
from corelib.errors import InvalidOperandType

tensor: Any = Tensor  # NumPy's stubs do not know Tensors


class Weight(Tensor):
    """A subclass, with an attribute of its own."""

    unit = "kg"


def leaf() -> Any:
    w = tensor([1.0, 2.0], trainable=True, name="w")
    w.grad = np.array([3.0, 4.0])
    return w


@pytest.mark.parametrize("twin_of", [copy.copy, copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_a_copy_of_a_leaf_is_its_twin_and_shares_nothing_with_it(twin_of: Any) -> None:
    w = leaf()
    twin = twin_of(w)
    assert (twin.name, twin.trainable, twin.data.tolist(), twin.grad.tolist()) == ("w", True, [1.0, 2.0], [3.0, 4.0])
    (twin * 2.0).sum().backward()
    assert w.grad.tolist() == [3.0, 4.0]
    assert not np.shares_memory(twin.data, w.data)


def test_a_recorded_result_is_not_copied_with_its_graph() -> None:
    y = leaf() * 2.0
    for take in (copy.deepcopy, pickle.dumps):
        with pytest.raises(InvalidOperandType, match=r"\.detach\(\)"):
            take(y)
    assert copy.deepcopy(y.detach()).data.tolist() == [2.0, 4.0]


def test_an_op_is_pickled_by_its_name() -> None:
    assert pickle.loads(pickle.dumps(ops.exp)) is ops.exp
    assert copy.deepcopy(ops.exp) is ops.exp


def test_a_subclass_takes_part_in_the_graph() -> None:
    w: Any = Weight([1.0, 2.0], trainable=True)
    np.sum(w * w).backward()
    assert w.grad.tolist() == [2.0, 4.0]
    assert w.unit == "kg"


def test_the_constructor_shows_its_parameters() -> None:
    assert list(inspect.signature(Tensor).parameters) == ["data", "trainable", "name"]


def test_a_node_weighs_at_most_400_bytes_beyond_its_arrays() -> None:
    calls, x = 10_000, tensor(np.ones(8), trainable=True)
    y = x + 1.0
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(calls):
            y = y + 1.0  # keeps no array
        weight = tracemalloc.get_traced_memory()[0] / calls
    finally:
        tracemalloc.stop()
    assert weight < 400
    y.sum().backward()
    assert x.grad.tolist() == [1.0] * 8


def test_training_without_a_garbage_collector_stays_flat() -> None:
    w, inputs = tensor(np.ones((4, 2)), trainable=True), np.ones((3, 4))

    def steps(count: int) -> None:
        for _ in range(count):
            w.cleargrad()
            np.sum(np.tanh(inputs @ w)).backward()
            corelib.grad(lambda v: np.sum(v * v))(w.data)

    steps(100)
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        steps(3000)  # until the caches of Python itself are full
        before = tracemalloc.get_traced_memory()[0]
        steps(2000)
        assert tracemalloc.get_traced_memory()[0] - before < 20_000
    finally:
        tracemalloc.stop()
        gc.enable()
