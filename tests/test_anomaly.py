"""Where the first NaN or infinity arose."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import corelib
from corelib import FailedCall, Tensor, anomaly
from corelib.core.scope import current_scope
from corelib.errors import CorelibError, NonFinite, StaleArray

tensor: Any = Tensor  # NumPy's stubs do not know Tensors

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of NumPy, where exp overflows


def test_the_overflow_is_named_and_not_the_nan_it_leads_to() -> None:
    """exp overflows, then inf * 0 is NaN: exp is what was wrong."""
    x = tensor(np.array([1.0, 800.0]), trainable=True)
    with (
        pytest.raises(NonFinite, match=r"forward of exp, called at .*test_anomaly.py:\d+, made an infinity") as caught,
        anomaly(),
    ):
        np.exp(x) * 0.0
    assert "float64 (2,) in [1, 800]" in str(caught.value)
    assert np.array_equal(caught.value.call.replay(), np.exp(x.data))


def test_an_infinite_gradient_is_found_in_the_backward() -> None:
    x = tensor(np.array([0.0, 4.0]), trainable=True)
    with pytest.raises(NonFinite, match=r"backward of sqrt, called at .*test_anomaly.py:\d+") as caught, anomaly():
        np.sum(np.sqrt(x)).backward()
    (replayed,) = caught.value.call.replay()
    assert np.array_equal(replayed, [np.inf, 0.25])
    assert x.grad is None


def test_a_failed_call_is_saved_and_replayed(tmp_path: Path) -> None:
    x = tensor(np.array([[1.0, 1e308]]), trainable=True)
    with pytest.raises(NonFinite, match="saved to"), anomaly(save=tmp_path / "call.npz"):
        np.sum(x * 10.0, axis=1)
    call = FailedCall.load(tmp_path / "call.npz")
    assert str(call.op) == "multiply"
    assert np.array_equal(call.replay(), [[10.0, np.inf]])


def test_a_place_that_cannot_be_written_to_does_not_hide_what_was_found(tmp_path: Path) -> None:
    x = tensor(np.array([800.0]), trainable=True)
    with (
        pytest.raises(
            NonFinite, match=r"exp, .*; not saved to .*FileNotFoundError.*replay the error's \.call"
        ) as caught,
        anomaly(save=tmp_path / "nowhere" / "call.npz"),
    ):
        np.exp(x)
    assert np.isinf(caught.value.call.replay()).all()


def headed(header: object) -> Callable[[Path], object]:
    """Writes a file with this header."""
    return lambda path: np.savez(path, header=np.array(json.dumps(header)))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_text("hello"),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\x93NUMPY"),
        lambda path: np.savez(path, a=np.ones(3)),
        lambda path: np.savez(path, header=np.ones(3)),
        lambda path: np.savez(path, header=np.array([{"op": "exp"}], dtype=object)),
        lambda path: np.savez_compressed(path, header=np.array("{}")),
        lambda path: path.write_bytes(path.read_bytes()[:-40]),
        lambda path: path.unlink() or path.mkdir(),
        headed([]),
        headed({"op": 3}),
        headed({"op": "exp", "fields": {}, "args": "many", "line": ""}),
        headed({"op": "sum", "fields": {"nothing": 1}, "args": 1, "line": ""}),
    ],
)
def test_a_file_that_holds_no_call_is_refused(spoil: Callable[[Path], object], tmp_path: Path) -> None:
    path = tmp_path / "call.npz"
    FailedCall(corelib.ops.exp, (np.ones(2),)).save(path)
    spoil(path)
    with pytest.raises(CorelibError):
        FailedCall.load(path)


def test_an_array_changed_in_place_is_found_and_named() -> None:
    x, w = tensor([1.0, 2.0], trainable=True), np.array([3.0, 4.0])
    with anomaly():
        y = np.sum(x * w)
        w[0] = 7.0
        with pytest.raises(StaleArray, match="multiply: argument 1 changed in place"):
            y.backward()


def test_nothing_is_said_of_a_healthy_step_and_nothing_is_left_behind() -> None:
    x = tensor([1.0, 2.0], trainable=True)
    with anomaly():
        np.sum(np.tanh(x) * x).backward()
    assert np.isfinite(x.grad).all()
    assert np.isinf(np.exp(x * 1000.0).data).all()
    assert corelib.grad(np.sin)(0.0) == 1.0


def checkpointed(x: Any) -> Any:
    return corelib.checkpoint(lambda v, c: np.sum(v * c))(x, ZERO_D)


MASK, INDEX, ZERO_D, LIST = np.array([True, False, True]), np.array([0, 1]), np.array(2.0), [np.array([0, 1])]


@pytest.mark.parametrize(
    ("function", "change", "what"),
    [
        (np.exp, lambda y: y.data.fill(7.0), "its result"),
        (np.tanh, lambda y: y.data.fill(7.0), "its result"),
        (np.sqrt, lambda y: y.data.fill(7.0), "its result"),
        (corelib.ops.sigmoid, lambda y: y.data.fill(7.0), "its result"),
        (lambda x: x[INDEX], lambda _: INDEX.fill(2), "the field index"),
        (lambda x: x[(LIST[0],)], lambda _: LIST[0].fill(2), "the field index"),
        (lambda x: np.sum(x, where=MASK), lambda _: np.logical_not(MASK, out=MASK), "the field where"),
        (lambda x: x * ZERO_D, lambda _: ZERO_D.fill(7.0), "argument 1"),
        (checkpointed, lambda _: ZERO_D.fill(8.0), "an argument"),
    ],
)
def test_whatever_a_backward_reads_is_found_where_it_changed(function: Any, change: Any, what: str) -> None:
    x = tensor([0.5, 1.5, 2.0], trainable=True)
    MASK[:], INDEX[:], LIST[0][:] = [True, False, True], [0, 1], [0, 1]
    ZERO_D.fill(2.0)
    with anomaly():
        y = function(x)
        total = np.sum(y * 1.0)
        change(y)
        with pytest.raises(StaleArray, match=f"{what} changed in place"):
            total.backward()
    assert x.grad is None


def test_an_array_changed_between_two_backwards_is_found() -> None:
    x, w = tensor([1.0, 2.0], trainable=True), np.array([3.0, 4.0])
    with anomaly():
        y = np.sum(x * w)
        y.backward(retain_graph=True)
        w[0] = 7.0
        with pytest.raises(StaleArray, match="argument 1"):
            y.backward()


def test_nothing_is_said_of_derivatives_of_derivatives() -> None:
    """The arrays that a recorded backward reads are broadcast to the shape of the call."""
    with anomaly():
        x = np.array([[0.5, 1.5]])
        assert corelib.hessian(lambda v: np.sum(np.exp(v * np.ones((3, 1))) / v[0, 0]))(x).shape == (1, 2, 1, 2)
        assert corelib.grad(checkpointed)(x).shape == (1, 2)


def test_calls_that_were_freed_are_forgotten() -> None:
    x = tensor([1.0, 2.0], trainable=True)
    with anomaly():
        watch = current_scope.get().watch
        for _ in range(3000):
            np.sum(np.tanh(x) * x).backward()
        assert len(watch.calls) < 2500
