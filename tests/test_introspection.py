"""What ``inspect``, ``help`` in a shell, and ``corelib ops`` say that an op takes."""

import inspect
import pydoc
import re
from typing import Any

import numpy as np
import pytest

import corelib
from corelib.cli.describe import signature
from corelib.plugins.registry import find_op, op_names


@pytest.mark.parametrize("name", op_names())
def test_help_and_the_command_say_one_signature(name: str) -> None:
    op = find_op(name)
    assert signature(op) == f"{op.name}{inspect.signature(op)}"


@pytest.mark.parametrize("name", op_names())
def test_arrays_have_the_names_that_numpy_gives_them(name: str) -> None:
    op = find_op(name)
    taken = list(inspect.signature(op).parameters.values())
    arrays = [one.name for one in taken if one.kind is one.POSITIONAL_ONLY]
    of_numpy = [f for f in op.functions if str(getattr(f, "__module__", "")).split(".")[0] == "numpy"]
    known = [list(inspect.signature(f).parameters) for f in of_numpy]
    assert not known or arrays in [names[: len(arrays)] for names in known]


@pytest.mark.parametrize("name", op_names())
def test_a_docstring_speaks_of_no_argument_that_the_signature_has_not(name: str) -> None:
    op = find_op(name)
    if "scipy" in (op.__doc__ or ""):
        pytest.skip("a text of SciPy's, which may speak of other numbers")
    assert "x" not in re.findall(r"``(\w+)``", op.__doc__ or "") or "x" in inspect.signature(op).parameters


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("arctan2", "arctan2(x1, x2, /)"),
        ("add", "add(x1, x2, /)"),
        ("sigmoid", "sigmoid(x, /)"),
        ("where", "where(condition, x, y, /)"),
        ("stack", "stack(arrays, /, axis: int = 0, dtype=None, casting: Any = 'same_kind')"),
        ("median", "median(a, /, axis: int | tuple[int, ...] | None = None, keepdims: bool = False)"),
    ],
)
def test_a_signature_is_that_of_numpy_with_short_types(name: str, said: str) -> None:
    assert signature(find_op(name)) == said


def test_an_op_of_no_numpy_function_has_the_names_of_its_slopes() -> None:
    made = corelib.elementwise(
        lambda mass, speed: mass * speed**2 / 2,
        lambda mass, speed: speed**2 / 2,
        lambda mass, speed: mass * speed,
        name="energy",
    )
    assert signature(made) == "energy(mass, speed, /)"


def test_an_array_is_not_named_as_a_field_is() -> None:
    class Scaled:
        def __init__(self, a: float = 1.0) -> None:
            self.a = a

        def forward(self, x: Any) -> Any:
            return x * self.a

        def backward(self, propagated: Any, x: Any) -> Any:
            return propagated * self.a

    assert str(inspect.signature(corelib.op(Scaled, numpy=np.sum))) == "(x, /, a: float = 1.0)"


@pytest.mark.parametrize("name", op_names())
def test_help_begins_with_the_signature_that_corelib_ops_prints(name: str) -> None:
    op = find_op(name)
    if type(op).__module__.partition(".")[0] != "corelib":
        pytest.skip("an op of its author's own class has the docstring of that class")
    lines = pydoc.plain(pydoc.render_doc(op)).splitlines()
    assert lines[3].strip() == signature(op)
    assert not [line for line in lines if line.strip().startswith(f"{name}(") and "out=None" in line]
