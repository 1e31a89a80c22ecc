"""The kind of CuPy's arrays: every line over a stand-in of ``cupy`` on NumPy, and on a GPU where there is one."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from corelib_cupy import plugin

ABSENT = plugin.missing()
ATOMIC = ("i", "I", "L", "e", "f", "d")  # the dtypes that cupy.add.at takes with an array of integers


class DeviceArray:
    """An array that is no array of NumPy's: with what the kind uses of CuPy's."""

    __module__ = "cupy"

    def __init__(self, held: Any) -> None:
        self.held = np.asarray(held)
        self.dtype = self.held.dtype

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise TypeError("Implicit conversion to a NumPy array is not allowed.")

    def __setitem__(self, index: Any, value: Any) -> None:
        if any(part.dtype.kind != "b" for part in arrays_in(index)):
            raise AssertionError("assignment to entries that may repeat is undefined in CuPy")
        self.held[bare(index)] = value.held

    @property
    def real(self) -> Any:
        return DeviceArray(self.held.real)

    @property
    def imag(self) -> Any:
        return DeviceArray(self.held.imag)

    def get(self) -> Any:
        return self.held.copy()


def arrays_in(index: Any) -> list[Any]:
    parts = index if isinstance(index, tuple) else (index,)
    basic = (int, np.integer, slice, type(None), type(Ellipsis))
    return [p if hasattr(p, "dtype") else np.asarray(p) for p in parts if not isinstance(p, basic)]


def bare(index: Any) -> Any:
    if isinstance(index, tuple):
        return tuple(map(bare, index))
    return index.held if isinstance(index, DeviceArray) else index


def add_at(array: DeviceArray, index: Any, values: DeviceArray) -> None:
    if array.dtype.char not in ATOMIC:
        raise TypeError("cupy.add.at only supports int32, float16, float32, float64, uint32, uint64, as data type")
    np.add.at(array.held, bare(index), values.held)


class CUDARuntimeError(RuntimeError):
    """What CuPy raises where there is no driver."""


@pytest.fixture
def waits() -> list[str]:
    """The synchronisations that the stand-in was asked for."""
    return []


@pytest.fixture
def cupy(monkeypatch: pytest.MonkeyPatch, waits: list[str]) -> Iterator[Any]:
    """A module ``cupy`` on NumPy, in the place of the real one."""
    module: Any = ModuleType("cupy")
    module.ndarray = DeviceArray
    module.zeros = lambda shape, dtype: DeviceArray(np.zeros(shape, dtype))
    module.asarray = lambda array: DeviceArray(array.copy())
    module.add = SimpleNamespace(at=add_at)
    stream = SimpleNamespace(synchronize=lambda: waits.append("stream"))
    runtime = SimpleNamespace(getDeviceCount=lambda: 1, CUDARuntimeError=CUDARuntimeError)
    module.cuda = SimpleNamespace(get_current_stream=lambda: stream, runtime=runtime)
    before = sys.modules.pop("corelib_cupy.kind", None)
    monkeypatch.setitem(sys.modules, "cupy", module)
    yield module
    sys.modules.pop("corelib_cupy.kind", None)
    if before is not None:
        sys.modules["corelib_cupy.kind"] = before


@pytest.fixture
def kind(cupy: Any) -> Any:
    return import_module("corelib_cupy.kind").CUPY


MASK = np.array([True, False, True, True])
INDICES: list[Callable[[Any], Any]] = [
    lambda device: 0, lambda device: -1, lambda device: np.int64(2), lambda device: slice(None, None, -2),
    lambda device: (Ellipsis, None, 1), lambda device: (slice(1, 3), 0), lambda device: [0, 0, -1],
    lambda device: np.array([[0, 1], [1, -1]]), lambda device: device(np.array([2, 2, -4])),
    lambda device: (device(np.array([0, 0])), device(np.array([1, 1]))), lambda device: (0, device(np.array([1, 1]))),
    lambda device: (device(np.array([0, 0, 3])), slice(None, None, -1)), lambda device: MASK,
    lambda device: device(MASK), lambda device: (device(MASK), 1), lambda device: (slice(None), [True, False, True]),
    lambda device: (device(MASK), device(np.array([0, 1, 1]))), lambda device: device(np.array([], dtype=int)),
]  # fmt: skip


def expected(values: Any, index: Any) -> Any:
    zeros = np.zeros((4, 3), values.dtype)
    np.add.at(zeros, index, values)
    return zeros


@pytest.mark.parametrize("index", INDICES, ids=range(len(INDICES)))
@pytest.mark.parametrize("dtype", ["f", "d", "F", "D"])
def test_place_adds_what_is_at_the_index(kind: Any, index: Callable[[Any], Any], dtype: str) -> None:
    on_host = index(lambda array: array)
    shape = np.zeros((4, 3))[on_host].shape
    values = np.random.default_rng(1).integers(-9, 9, (2, *shape)).astype("f").astype(dtype)
    values = values[0] + 1j * values[1] if dtype in "FD" else values[0]
    found = kind.place(kind.from_host(np.asarray(values, dtype)), index(kind.from_host), (4, 3))
    assert found.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(kind.to_host(found), expected(np.asarray(values, dtype), on_host))


def test_arrays_go_there_and_back_as_copies(kind: Any) -> None:
    array = np.arange(3.0)
    there = kind.from_host(array)
    array[0] = 7
    assert isinstance(there, DeviceArray)
    np.testing.assert_array_equal(kind.to_host(there), [0, 1, 2])


def test_synchronize_waits_for_the_current_stream(kind: Any, waits: list[str]) -> None:
    kind.synchronize()
    assert waits == ["stream"]


def test_the_doctor_is_content_with_a_device(cupy: Any) -> None:
    assert list(plugin.corelib_doctor()) == []


def test_the_doctor_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    (problem,) = plugin.corelib_doctor()
    assert problem.level == "warning"
    assert "pip install corelib-cupy[cuda13], or corelib-cupy[cuda12]" in problem.message


def test_the_doctor_says_that_there_is_no_device(cupy: Any) -> None:
    cupy.cuda.runtime.getDeviceCount = lambda: 0
    assert "cupy finds no GPU (there is none)" in plugin.missing()

    def no_driver() -> int:
        raise CUDARuntimeError("cudaErrorNoDevice: no CUDA-capable device is detected")

    cupy.cuda.runtime.getDeviceCount = no_driver
    assert "cupy finds no GPU (cudaErrorNoDevice" in plugin.missing()


def test_the_kind_is_imported_when_an_array_is_met() -> None:
    assert plugin.corelib_array_kinds() == {"cupy.ndarray": "corelib_cupy.kind:CUPY"}
    assert find_spec("corelib_cupy.kind") is not None


@pytest.mark.slow
@pytest.mark.skipif(bool(ABSENT), reason=ABSENT)
def test_all_ops_are_right_on_a_gpu() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--conformance", "--array-kind", "cupy"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
