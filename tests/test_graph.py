"""The graph as text."""

import numpy as np

import corelib
from corelib import Tensor


def test_the_graph_shows_calls_fields_shapes_and_what_is_trainable() -> None:
    x = Tensor(np.ones((2, 3)))
    w = Tensor(np.ones((3, 4)), trainable=True, name="w")
    b = Tensor(np.zeros(4, np.float32), trainable=True, name="b")
    y = np.sum(np.tanh(x @ w + b), axis=0)
    assert corelib.graph(y).splitlines() == [
        "sum(axis=0) float64 (4,) <T>",
        "└── tanh float64 (2, 4) <T>",
        "    └── add float64 (2, 4) <T>",
        "        ├── matmul float64 (2, 4) <T>",
        "        │   ├── constant float64 (2, 3)",
        "        │   └── w float64 (3, 4) <T>",
        "        └── broadcast_to(shape=(2, 4)) float32 (2, 4) <T>",
        "            └── b float32 (4,) <T>",
    ]


def test_a_shared_call_is_drawn_once() -> None:
    x = Tensor(2.0, trainable=True, name="x")
    a = x**3
    assert corelib.graph(a**2 + a**2).splitlines() == [
        "add float64 () <T>",
        "├── square float64 () <T>",
        "│   └── power float64 () <T> #1",
        "│       ├── x float64 () <T>",
        "│       └── constant 3",
        "└── square float64 () <T>",
        "    └── power #1 (above)",
    ]


def test_a_lattice_is_drawn_in_linear_time() -> None:
    y = Tensor(1.0, trainable=True)
    for _ in range(60):
        y = y + y
    assert len(corelib.graph(y).splitlines()) == 121


def test_what_is_not_trainable_has_no_graph() -> None:
    assert corelib.graph(Tensor([1.0], name="inputs")) == "inputs float64 (1,)"
    assert "<T>" not in corelib.graph(Tensor([1.0]) * 2.0)
    assert corelib.graph(Tensor([1.0], trainable=True, name="w")) == "w float64 (1,) <T>"


def test_a_freed_graph_says_so() -> None:
    y = Tensor(1.0, trainable=True) * 2.0
    y.backward()
    assert corelib.graph(y).splitlines() == ["multiply float64 () <T>", "└── (freed by backward)"]
