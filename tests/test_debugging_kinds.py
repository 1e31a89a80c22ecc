"""Looking into computations on arrays of other kinds: anomaly(), graph(), checkpoint, and copies of Tensors."""

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import corelib
from corelib import FailedCall, Tensor, anomaly, checkpoint, graph
from corelib.conformance.guarded import GUARDED, GuardedArray
from corelib.core.array_kinds import from_host, kinds, to_host
from corelib.errors import InvalidOperandType, NonFinite, StaleArray

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of NumPy, where exp overflows


@pytest.fixture(autouse=True)
def plugins_are_found() -> None:
    """The first search for plugins forgets kinds that none of them describes, as that of the guarded array."""
    corelib.plugins.list()


def guarded(values: Any) -> Any:
    return GUARDED.from_host(np.asarray(values))


def variable(values: Any) -> Any:
    return Tensor(guarded(values), trainable=True, name="x")


def test_an_overflow_is_named_with_the_ranges_and_saved_as_numpys_arrays(tmp_path: Path) -> None:
    x = variable([1.0, 800.0])
    with (
        pytest.raises(
            NonFinite, match=r"forward of exp, called at .*test_debugging_kinds.py:\d+, made an inf"
        ) as caught,
        anomaly(save=tmp_path / "call.npz"),
    ):
        np.exp(x)
    assert "float64 (2,) in [1, 800]" in str(caught.value)
    assert isinstance(caught.value.call.replay(), GuardedArray)
    call = FailedCall.load(tmp_path / "call.npz")
    assert np.array_equal(call.replay(), np.exp([1.0, 800.0]))


def test_a_gradient_that_is_not_finite_is_found_in_the_backward(tmp_path: Path) -> None:
    x = variable([0.0, 4.0])
    with (
        pytest.raises(NonFinite, match=r"backward of sqrt.*incoming gradient: float64") as caught,
        anomaly(save=tmp_path / "call.npz"),
    ):
        np.sum(np.sqrt(x)).backward()
    (replayed,) = caught.value.call.replay()
    assert to_host(replayed).tolist() == [np.inf, 0.25]
    (loaded,) = FailedCall.load(tmp_path / "call.npz").replay()
    assert loaded.tolist() == [np.inf, 0.25]


def test_ranges_leave_out_what_is_not_finite() -> None:
    x = variable([np.nan, -3.0, 2.0, np.inf])
    with (
        pytest.raises(NonFinite, match=r"made NaN from .* in \[-3, 2\], 2 of 4 not"),
        anomaly(),
    ):
        np.exp(x)


def test_an_array_changed_in_place_is_found() -> None:
    x = variable([1.0, 2.0])
    with anomaly():
        y = np.sum(x * x)
        x.data[...] = 5.0
        with pytest.raises(StaleArray, match=r"multiply: argument 0 .* changed in place"):
            y.backward()


def test_nothing_is_said_of_a_healthy_step() -> None:
    x = variable([1.0, 2.0])
    with anomaly():
        np.sum(x * np.exp(x)).backward()
    assert isinstance(x.grad, GuardedArray)


def test_where_no_plugin_describes_the_kind_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    x = variable([1.0, 2.0])
    monkeypatch.delitem(kinds, GuardedArray)
    with anomaly(), pytest.raises(InvalidOperandType, match=r"no installed plugin describes .*pip install"):
        np.exp(x)
    with pytest.raises(InvalidOperandType, match="no installed plugin describes"):
        from_host(np.ones(2), x.data)


def test_entries_come_from_the_host_and_go_back() -> None:
    array = np.arange(3.0)
    assert from_host(array, np.zeros(1)) is array
    assert to_host(array) is array
    there = from_host(array, guarded(0.0))
    assert isinstance(there, GuardedArray)
    assert to_host(there).tolist() == [0.0, 1.0, 2.0]


def test_a_checkpoint_keeps_the_kind() -> None:
    gradients = []
    for f in (np.tanh, checkpoint(np.tanh)):
        x = variable([0.5, -2.0])
        y = np.sum(f(x))
        assert isinstance(y.data, GuardedArray)
        y.backward()
        gradients.append(to_host(x.grad).tobytes())
    assert gradients[0] == gradients[1]


def test_the_graph_is_drawn() -> None:
    assert graph(variable([1.0, 2.0]) * Tensor(guarded([3.0, 4.0]))).splitlines() == [
        "multiply float64 (2,) <T>",
        "├── x float64 (2,) <T>",
        "└── constant float64 (2,)",
    ]


@pytest.mark.parametrize("twin_of", [copy.copy, copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_a_copy_of_a_tensor_keeps_the_kind_and_shares_nothing(twin_of: Any) -> None:
    x = variable([1.0, 2.0])
    x.grad = guarded([3.0, 4.0])
    twin = twin_of(x)
    twin.data[...] = 7.0
    twin.grad[...] = 7.0
    assert (type(twin.data), type(twin.grad), twin.name, twin.trainable) == (GuardedArray, GuardedArray, "x", True)
    assert to_host(x.data).tolist() == [1.0, 2.0]
    assert to_host(x.grad).tolist() == [3.0, 4.0]
