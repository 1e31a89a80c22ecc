"""What a forward or a backward raises keeps its type for ``except``: it is ours and theirs, or theirs with a note."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest

from corelib import Tensor, composed, elementwise, op, ops
from corelib.errors import CorelibError, InvalidAxis, InvalidMatrix, InvalidOperand, InvalidOperandType


class Overdrawn(ValueError):
    """An exception of a user's, that cannot be made from a message."""

    def __init__(self, account: str, amount: float) -> None:
        super().__init__(f"{account} lacks {amount}")
        self.account = account


RAISED = [
    ZeroDivisionError("division by zero"),
    FloatingPointError("overflow"),
    MemoryError("no more"),
    KeyError("absent"),
    OverflowError("too large"),
    RuntimeError("anything"),
    Overdrawn("savings", 3.0),
    UnicodeDecodeError("utf-8", b"x", 0, 1, "wrong"),
]


def raising(error: BaseException) -> Any:
    raise error


def in_forward(error: BaseException) -> list[Any]:
    """Ops of all kinds whose forward raises this error."""

    class Fails:
        def forward(self, x: Any) -> Any:
            return raising(error)

        def backward(self, propagated: Any, x: Any) -> Any:
            return propagated

    return [
        op(Fails, name="fails"),
        elementwise(lambda x: raising(error), 1, name="fails"),
        composed(lambda x: raising(error), name="fails"),
    ]


def in_backward(error: BaseException) -> list[Any]:
    class Fails:
        def forward(self, x: Any) -> Any:
            return x * 2.0

        def backward(self, propagated: Any, x: Any) -> Any:
            return raising(error)

    return [op(Fails, name="fails"), elementwise(lambda x: x * 2.0, lambda x: raising(error), name="fails")]


@pytest.mark.parametrize("error", RAISED, ids=repr)
def test_an_exception_of_a_forward_stays_what_it_is_and_says_where_it_was_raised(error: Exception) -> None:
    for failing in in_forward(copy.copy(error) if not isinstance(error, Overdrawn) else Overdrawn("savings", 3.0)):
        with pytest.raises(type(error)) as caught:
            failing(Tensor(np.ones(3), trainable=True))
        assert type(caught.value) is type(error)
        assert str(caught.value) == str(error)
        assert caught.value.__notes__[-1] == "in fails(float64 (3,))"


@pytest.mark.parametrize("error", [*RAISED, ValueError("v"), TypeError("t"), np.linalg.LinAlgError("l")], ids=repr)
@pytest.mark.parametrize("size", [3, 20_000])
def test_an_exception_of_a_backward_stays_what_it_is(error: Exception, size: int) -> None:
    for failing in in_backward(error):
        x = Tensor(np.ones(size), trainable=True)
        with pytest.raises(type(error)) as caught:
            np.sum(failing(x * 1.0)).backward()
        assert caught.value is error
        assert caught.value.__notes__[-1] == f"in the backward of fails, whose result has shape ({size},)"
        assert x.grad is None


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)], ids=repr)
def test_an_interrupt_passes_untouched(error: BaseException) -> None:
    for failing in (*in_forward(error), *in_backward(error)):
        with pytest.raises(type(error)) as caught:
            failing(Tensor(1.0, trainable=True)).backward()
        assert not hasattr(caught.value, "__notes__")


def test_a_singular_matrix_is_an_error_of_ours_and_of_numpys() -> None:
    class Inverse:
        def forward(self, x: Any) -> Any:
            return np.linalg.inv(x)

        def backward(self, propagated: Any, x: Any) -> Any:
            return -x.T @ propagated @ x.T

    for kind in (np.linalg.LinAlgError, CorelibError, InvalidOperand, ValueError):
        with pytest.raises(kind, match=r"inverse\(float64 \(2, 2\)\): Singular matrix") as caught:
            op(Inverse)(Tensor(np.zeros((2, 2))))
        assert type(caught.value) is InvalidMatrix


def test_an_axis_that_is_not_there_is_an_error_of_ours_and_of_numpys() -> None:
    for kind in (np.exceptions.AxisError, CorelibError, ValueError, IndexError):
        with pytest.raises(kind, match="axis 5 is out of bounds") as caught:
            Tensor(np.ones(2)).sum(axis=5)
        copied = pickle.loads(pickle.dumps(caught.value))
        assert type(copied) is InvalidAxis
        assert str(copied) == str(caught.value)


def test_numpys_own_errors_become_those_of_corelib() -> None:
    with pytest.raises(InvalidOperand):
        Tensor(np.ones(2)) + np.ones(3)
    with pytest.raises(InvalidOperandType):
        ops.arctan2(Tensor(np.ones(2)), 1j)


def test_numpys_warnings_raised_as_errors_stay_floating_point_errors() -> None:
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        np.exp(Tensor(1e4))
