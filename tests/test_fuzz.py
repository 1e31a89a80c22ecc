"""The fuzzer of bad arguments finds what it is for: crashes, hangs, and exceptions that are not corelib's."""

import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

import corelib
from corelib import Tensor, ops
from corelib.errors import (
    InvalidAxis,
    InvalidOp,
    InvalidOperand,
    InvalidOperandType,
    NotDifferentiable,
    OptimizerError,
    UnsupportedArgument,
)

ROOT = Path(__file__).parent.parent

PLANTED = """
import json
from tools.fuzz.cases import Case, cases
from tools.fuzz.running import failures, minimised

abort = "(lambda *a, **k: __import__('os').abort())"
planted = [
    Case("np.exp", ("1.0",)),
    Case(abort, ("np.ones(3)", "DEEP_LIST"), {"axis": "2"}),
    Case("np.exp", ("endless(list)",)),
    Case("__import__('ctypes').string_at", ("0",)),
    Case("__import__('time').sleep", ("60",)),
    Case("corelib.core.naming.is_in", ("1.0", "2")),
    Case("corelib.checkpoint(lambda x: {}['absent'])", ("trainable()",)),
    Case("ops.leaky_relu", ("np.ones((1,) * 64)", "np.matrix([[1.0]])")),
]
found = failures(planted, 2.0)
again = [str(case) for case, _ in zip(cases(7), range(50))] == [str(case) for case, _ in zip(cases(7), range(50))]
print(json.dumps([[f.what for f in found], str(minimised(found[0], 2.0).case) == abort + "()", again]))
"""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)


def endless() -> Any:
    made: list[Any] = []
    made.append(made)
    return made


@pytest.mark.slow
def test_crashes_hangs_and_foreign_exceptions_are_found_and_cut_down() -> None:
    done = run("-c", PLANTED)
    assert done.returncode == 0, done.stderr
    found, smallest, again = json.loads(done.stdout)
    assert found[:3] == ["SIGABRT", "SIGSEGV", "hangs"]
    assert found[3].startswith("AttributeError at core/naming.py:")
    assert len(found) == 4
    assert smallest
    assert again


@pytest.mark.slow
def test_the_command_finds_nothing() -> None:
    done = run("-m", "tools.fuzz", "--seconds", "1", "--seed", "0", "--batch", "150")
    assert done.returncode == 0, done.stdout
    assert "of seed 0: 0 kinds of failure" in done.stdout


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda c: c.graph(1.0), TypeError),
        (lambda c: c.graph(Tensor), TypeError),
        (lambda c: c.composed(1.0), InvalidOp),
        (lambda c: c.ops.rollaxis(1.0, 2), InvalidAxis),
        (lambda c: c.ops.rollaxis(np.ones((2, 3)), 5), InvalidAxis),
        (lambda c: c.ops.block(endless()), InvalidOperand),
        (lambda c: c.ops.hsplit(np.ones(3), 0), InvalidOperand),
        (lambda c: c.ops.fmod(np.array([None, 1]), 2.0), InvalidOperandType),
        (lambda c: c.MultiOptimizer([[1.0]], lr=0.1), OptimizerError),
        (lambda c: c.ops.angle(None), InvalidOperandType),
        (lambda c: c.ops.triu(None), InvalidOperandType),
        (lambda c: c.ops.broadcast_arrays(np.ones((1,) * 64)), InvalidOperand),
        (lambda c: c.ops.astype([], Tensor([1.0], trainable=True)), NotDifferentiable),
        (lambda c: c.ops.sum([1.0], initial=Tensor(1.0, trainable=True)), NotDifferentiable),
        (lambda c: c.ops.sinc(2**70), InvalidOperandType),
        (lambda c: c.ops.average(1.0, [0, 1], np.ones(3)), InvalidAxis),
        (lambda c: c.ops.repeat(1.0, -1, axis=-1), InvalidAxis),
        (lambda c: c.ops.repeat(np.ones((2, 3)), 2, axis=5), InvalidAxis),
        (lambda c: c.all_finite(np.array([(1, 2.0)], "i4,f8")), InvalidOperandType),
        (lambda c: c.all_finite(np.array([None])), InvalidOperandType),
        (lambda c: c.vjp(c.ops.sum.bind(axis=0)), InvalidOperandType),
        (lambda c: c.ops.sum.bind(axis=0)(np.ones(3), axis=0), UnsupportedArgument),
        (lambda c: c.composed(int), InvalidOp),
        (lambda c: c.ops.concatenate.bind(axis=0)(1.0), InvalidOperandType),
        (lambda c: c.ops.pad(1.0, {"inside": {}}), InvalidOperand),
        (lambda c: c.ops.pad(np.ones(3), {0: {}}), InvalidOperand),
        (lambda c: c.ops.pad(np.ones(3), {1: 2}), InvalidOperand),
    ],
)
def test_what_it_found_is_refused(call: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        call(corelib)


def test_an_op_written_in_others_takes_a_list() -> None:
    assert ops.triu([[1.0, 2.0], [3.0, 4.0]]).data.tolist() == [[1.0, 2.0], [0.0, 4.0]]
    assert ops.tril([[1.0, 2.0], [3.0, 4.0]]).data.tolist() == [[1.0, 0.0], [3.0, 4.0]]


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("diff", ()),
        ("take", ([1, 0], 1)),
        ("delete", (0, 1)),
        ("repeat", ([1, 2], 1)),
        ("pad", (1, "edge")),
        ("atleast_1d", ()),
        ("atleast_2d", ()),
    ],
)
def test_it_takes_a_list_of_lists_as_numpy_does(name: str, args: tuple[Any, ...]) -> None:
    rows = [[1.0, 2.0], [3.0, 4.0]]
    result = getattr(ops, name)(rows, *args)
    assert isinstance(result, Tensor)
    assert result.data.tolist() == getattr(np, name)(rows, *args).tolist()


def test_a_list_is_taken_along_an_axis_and_split_out_of_order() -> None:
    rows = [[1.0, 2.0], [3.0, 4.0]]
    assert ops.take_along_axis(rows, [[1], [0]], 1).data.tolist() == [[2.0], [3.0]]
    assert [part.shape for part in ops.array_split(rows, [2, 1])] == [(2, 2), (0, 2), (1, 2)]


@pytest.mark.parametrize(
    "name",
    ["sum", "mean", "prod", "max", "min", "nanmin", "cumsum", "cumprod", "cumulative_prod"],
)
def test_a_number_is_reduced_along_its_last_axis_as_numpy_does(name: str) -> None:
    x = Tensor(3.0, trainable=True)
    result = getattr(ops, name)(x, axis=-1)
    result.backward(np.ones(result.shape))
    assert x.grad is not None
    assert x.grad == 1.0


def test_a_constant_tensor_may_be_a_field() -> None:
    x = np.array([1.0, 2.0])
    assert ops.sum(x, where=Tensor([True, False])).item() == 1.0
    assert ops.sum(x, initial=Tensor(3.0)).item() == 6.0


def test_an_op_with_its_fields_filled_in_is_a_function() -> None:
    x, untyped = np.arange(6.0).reshape(2, 3), cast(Any, ops)
    assert corelib.jacobian(untyped.sum.bind(axis=0))(x).shape == (3, 2, 3)
    assert untyped.concatenate.bind(axis=1)([x, Tensor(x)]).shape == (2, 6)


def test_an_op_is_composed_of_what_has_no_name() -> None:
    assert str(corelib.composed(partial(np.multiply, 2.0))) == "op"
    assert corelib.composed(partial(np.multiply, 2.0))(3.0).item() == 6.0


def test_pad_takes_widths_by_axis() -> None:
    assert ops.pad(np.ones((1, 2)), {-1: (1, 2), 0: 1}).shape == (3, 5)
