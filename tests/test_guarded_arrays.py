"""The guarded array refuses what CuPy refuses, names the convention that was broken, and counts looks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corelib.conformance.guarded import GUARDED, Convention, GuardedArray, counted
from corelib.conformance.guarded.conventions import broken_by
from corelib.conformance.guarded.signatures import table
from corelib.core.array_kinds import kind_of_array
from tools.cupy_functions import table as rows_of

HOST = np.arange(6.0).reshape(2, 3)
Refused = Callable[[Any], Any]


def guarded(values: Any) -> Any:
    return GUARDED.from_host(np.asarray(values))


def assigned(x: Any, value: Any) -> None:
    x[0] = value


def added(x: Any, value: Any) -> None:
    x += value


REFUSED: dict[str, tuple[Refused, Convention]] = {
    "asarray": (np.asarray, Convention.HOST_COPY),
    "array of a list": (lambda x: np.array([x, x]), Convention.HOST_COPY),
    "a NumPy array beside it": (lambda x: x + HOST, Convention.MIXED),
    "a NumPy array before it": (lambda x: HOST * x, Convention.MIXED),
    "a 0-d one": (lambda x: x * np.array(2.0), Convention.MIXED),
    "in a function": (lambda x: np.where(x > 1, x, HOST), Convention.MIXED),
    "in a list": (lambda x: np.concatenate([x, HOST]), Convention.MIXED),
    "in a method": (lambda x: x.clip(HOST), Convention.MIXED),
    "a function that CuPy lacks": (np.unstack, Convention.FUNCTION),
    "a ufunc that CuPy lacks": (lambda x: np.vecdot(x, x), Convention.FUNCTION),
    "an attribute that CuPy lacks": (lambda x: x.ctypes, Convention.FUNCTION),
    "a flag that CuPy lacks": (lambda x: x.flags.writeable, Convention.FUNCTION),
    "a keyword that CuPy lacks": (lambda x: np.broadcast_to(x, (2, 2, 3), subok=True), Convention.ARGUMENT),
    "an argument that CuPy lacks": (lambda x: np.clip(x, 0, 1, None, casting="safe"), Convention.ARGUMENT),
    "a keyword of a method": (lambda x: x.sum(where=True), Convention.MASKED),
    "a keyword of a ufunc": (lambda x: np.add(x, 1, order="F"), Convention.ARGUMENT),
    "maximum.reduce": (np.maximum.reduce, Convention.METHOD),
    "maximum.accumulate": (np.maximum.accumulate, Convention.METHOD),
    "divide.at": (lambda x: np.divide.at(x, guarded([0]), 2.0), Convention.METHOD),
    "a tuple in add.at": (lambda x: np.add.at(x, (0, guarded([0])), 2.0), Convention.INDEX),
    "a ufunc's dtype": (lambda x: np.add(x, 1, dtype=np.float32), Convention.DTYPE),
    "a ufunc's where": (lambda x: np.add(x, 1, where=x > 1), Convention.MASKED),
    "where of a reduction": (lambda x: np.sum(x, where=x > 1), Convention.MASKED),
    "initial of a reduction": (lambda x: np.max(x, initial=0), Convention.MASKED),
    "a dtype by position": (lambda x: np.zeros(3, np.float32, like=x), Convention.LIKE),
    "ones": (lambda x: np.ones(3, like=x), Convention.LIKE),
    "full": (lambda x: np.full(3, 7.0, like=x), Convention.LIKE),
    "in place": (lambda x: added(x, HOST), Convention.IN_PLACE),
    "assignment": (lambda x: assigned(x, HOST[0]), Convention.IN_PLACE),
    "put into": (lambda x: np.add.at(x, guarded([0]), HOST[0]), Convention.IN_PLACE),
    "a shared array": (lambda x: assigned(np.broadcast_to(x, (4, 2, 3)), 1.0), Convention.READ_ONLY),
    "a shared array in place": (lambda x: added(np.broadcast_to(x, (4, 2, 3)), 1.0), Convention.READ_ONLY),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cupy_refuses_is_refused_with_the_convention_and_the_line(name: str) -> None:
    refused, convention = REFUSED[name]
    with pytest.raises((TypeError, NotImplementedError, AttributeError)) as caught:
        refused(guarded(HOST))
    broken = broken_by(caught.value)
    assert broken is not None
    assert broken.convention is convention
    assert Path(broken.line.rpartition(":")[0]) == Path(__file__)
    assert convention.value in str(caught.value)


TAKEN: dict[str, Refused] = {
    "a number": lambda x: 2.0 * x + 1,
    "NumPy's number": lambda x: np.float64(2.0) * x,
    "exp": np.exp,
    "out": lambda x: np.add(x, 1, out=x),
    "sum": lambda x: np.sum(x, axis=1, keepdims=True),
    "a number of a reduction": np.sum,
    "cumsum": lambda x: np.cumsum(x, axis=0),
    "add.reduce": np.add.reduce,
    "a tuple of results": np.modf,
    "split": lambda x: np.split(x, 3, axis=1),
    "eigh": lambda x: np.linalg.eigh(x @ x.T),
    "fft": np.fft.fft,
    "an index of NumPy": lambda x: x[np.array([1, 0])],
    "an index of its own": lambda x: x[guarded([1, 0])],
    "take": lambda x: np.take(x, np.array([1, 0]), axis=1),
    "einsum": lambda x: np.einsum("ij,kj->ik", x, x),
    "zeros": lambda x: np.zeros((2, 2), like=x) + 1,
    "ones_like": lambda x: np.ones_like(x, shape=(2, 2)),
    "arange": lambda x: np.arange(3.0, like=x),
    "asarray": lambda x: np.asarray([1.0, 2.0], like=x),
    "matmul": lambda x: x @ x.T,
    "astype": lambda x: x.astype(np.float32),
    "parts": lambda x: [x.real, x.imag, x.T, x.mT],
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_cupy_takes_has_numpys_values_in_guarded_arrays(name: str) -> None:
    with counted() as looks:
        found = parts(TAKEN[name](guarded(HOST)))
    assert looks == []
    expected = parts(OWN[name] if name in OWN else TAKEN[name](HOST.copy()))
    assert {type(one) for one in found} == {GuardedArray}
    for mine, numpys in zip(map(GUARDED.to_host, found), expected, strict=True):
        assert np.array_equal(mine, numpys)
        assert mine.dtype == numpys.dtype


def parts(value: Any) -> list[Any]:
    return [one for part in value for one in parts(part)] if isinstance(value, (tuple, list)) else [value]


OWN: dict[str, Any] = {
    "an index of its own": HOST[[1, 0]],
    "zeros": np.ones((2, 2)),
    "arange": np.arange(3.0),
    "asarray": np.array([1.0, 2.0]),
}


def test_each_look_is_counted_with_its_line() -> None:
    x = guarded(2.0)
    with counted() as looks:
        bool(x)
        float(x)
        int(x)
        complex(x)
        x.item()
        x.tolist()
        x.get()
        x[x > 1]
        np.nonzero(guarded([2.0]))
        range(guarded(2))
    assert [one.how for one in looks] == [
        "bool", "float", "int", "complex", "item", "tolist", "get", "a mask as an index", "nonzero", "index",
    ]  # fmt: skip
    assert all(__file__ in one.line for one in looks)


def test_the_kind_of_a_guarded_array_is_known() -> None:
    x = guarded(HOST)
    assert kind_of_array(x) is GUARDED
    placed = GUARDED.place(guarded([1.0, 2.0]), (np.array([0, 0]),), (3,))
    assert np.array_equal(GUARDED.to_host(placed), [3.0, 0.0, 0.0])


def test_the_table_has_the_parameters_of_cupy() -> None:
    assert table()["sum"] == "a axis= dtype= out= keepdims="
    assert table()["sin"] == table()["matmul"] == "ufunc"
    assert table()["linalg.solve"] == "a b"
    assert "matvec" not in table()


CUPY = {
    "__init__.py": """
from numpy import pi
from cupy._math.sums import sum, total as add_up, _hidden
from cupy._math.sums import sin, arcsin, asin
from cupy._core.core import packed
""",
    "_math/__init__.py": "",
    "_math/sums.py": """
from cupy import _core
def sum(a, axis=None, *, keepdims=False): ...
def total(*operands, **kwargs): ...
sin = _core.create_ufunc('cupy_sin', 1)
arcsin: _core.ufunc = _core.arcsin
asin = arcsin
limit = 7
""",
}


def test_the_tool_reads_names_and_parameters_from_source(tmp_path: Path) -> None:
    for name, text in CUPY.items():
        path = tmp_path / "cupy" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert list(rows_of(tmp_path)) == [
        "add_up *operands **kwargs", "arcsin ufunc", "asin ufunc", "packed *args **kwargs", "sin ufunc",
        "sum a axis= * keepdims=",
    ]  # fmt: skip
