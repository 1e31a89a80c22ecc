"""Parameters in arrays of other kinds than NumPy's: optimized where they are, looked at rarely, saved as NumPy's."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, cast

import numpy as np
import pytest

import corelib
from corelib import Group, MultiOptimizer, Optimizer, Tensor
from corelib.errors import InvalidOperandType, NonFinite, OptimizerError
from corelib.extend import ArrayKind
from corelib.optimizers import adagrad, adam, prodigy, rmsprop, sgd

LOOKS: list[str] = []


class Device(np.lib.mixins.NDArrayOperatorsMixin):
    """It computes by NumPy's protocols. A view knows whose memory it is in."""

    def __init__(self, values: Any, base: "Device | None" = None) -> None:
        self.values = np.asarray(values)
        self.base = base

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError("it is not converted")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        if method != "__call__" or set(keywords) - {"out"}:
            raise TypeError(f"{ufunc.__name__}.{method} with {list(keywords)}")
        result = ufunc(*entries(inputs), **entries(keywords))
        return keywords["out"][0] if keywords else Device(result)

    def __array_function__(self, function: Any, types: Any, args: Any, keywords: Any) -> Any:
        found = function(*entries(args), **entries(keywords))
        return Device(found) if isinstance(found, (np.ndarray, np.generic)) else found

    def __getattr__(self, name: str) -> Any:
        if name not in {"shape", "ndim", "size", "dtype", "nbytes"}:
            raise AttributeError(name)
        return getattr(self.values, name)

    def _view(self, values: Any) -> "Device":
        return Device(
            values, (self if self.base is None else self.base) if np.shares_memory(values, self.values) else None
        )

    def reshape(self, *shape: Any) -> "Device":
        return self._view(self.values.reshape(*shape))

    def view(self, dtype: Any) -> "Device":
        return self._view(self.values.view(dtype))

    def __getitem__(self, index: Any) -> "Device":
        return self._view(np.asarray(self.values[index]))

    def __setitem__(self, index: Any, value: Any) -> None:
        self.values[index] = entries(value)

    def copy(self) -> "Device":
        return Device(self.values.copy())

    def astype(self, dtype: Any) -> "Device":
        return Device(self.values.astype(dtype))

    def tolist(self) -> Any:
        LOOKS.append("tolist")
        return self.values.tolist()

    def __bool__(self) -> bool:
        LOOKS.append("bool")
        return bool(self.values)

    def __float__(self) -> float:
        LOOKS.append("float")
        return float(self.values)

    def __int__(self) -> int:
        LOOKS.append("int")
        return int(self.values)

    def item(self) -> Any:
        LOOKS.append("item")
        return self.values.item()


def entries(value: Any) -> Any:
    """What NumPy computes with. Raises TypeError for an array of NumPy's, which may not be mixed in."""
    if isinstance(value, (tuple, list)):
        return type(value)(map(entries, value))
    if isinstance(value, dict):
        return {name: entries(entry) for name, entry in value.items()}
    if isinstance(value, np.ndarray):
        raise TypeError("an array of NumPy's among those of a device")
    return value.values if isinstance(value, Device) else value


class Kind:
    name = "device"

    def place(self, values: Device, index: Any, shape: tuple[int, ...]) -> Device:
        zeros = np.zeros(shape, values.dtype)
        np.add.at(zeros, entries(index), values.values)
        return Device(zeros)

    def from_host(self, array: Any) -> Device:
        return Device(array.copy())

    def to_host(self, array: Device) -> Any:
        LOOKS.append("to_host")
        return array.values.copy()

    def synchronize(self) -> None: ...


class Plugin(corelib.Plugin):
    @corelib.hookimpl
    def corelib_array_kinds(self) -> Mapping[str, ArrayKind | str]:
        return {f"{Device.__module__}.Device": Kind()}


@contextmanager
def described() -> Iterator[None]:
    """The kind is described by a plugin."""
    with corelib.plugins.registered(Plugin()):
        yield


def host(array: Any) -> Any:
    """The entries, wherever they are."""
    return array.values if isinstance(array, Device) else array


SHAPES: Final = ((), (3,), (2, 3), (0,))
STEPS: Final = 6
RULES: Final = (
    sgd(), sgd(momentum=0.9), sgd(momentum=0.9, nesterov=True), adagrad(), adam(amsgrad=True), prodigy(),
    rmsprop(centered=True, momentum=0.3),
)  # fmt: skip
OPTIONS: Final[tuple[dict[str, Any], ...]] = (
    {"on_nonfinite": "propagate"},
    {"clip_norm": 0.1, "l2": 0.1, "weight_decay": 0.1, "maximize": True},
    {"on_nonfinite": "skip", "lr": lambda n: 0.1 / (1 + n)},
)


@pytest.fixture(autouse=True)
def nobody_looked() -> Iterator[None]:
    LOOKS.clear()
    yield
    LOOKS.clear()


def drawn(dtype: Any = float, count: int = STEPS) -> Iterator[list[Any]]:
    """The values to start from, and gradients for each step."""
    rng = np.random.default_rng(0)
    for _ in range(1 + count):
        yield [np.asarray(0.5 + rng.normal(size=shape), dtype) for shape in SHAPES]


def parameters(kinds: Sequence[Any], dtype: Any = float) -> list[Any]:
    values = next(drawn(dtype))
    return [
        Tensor(make(value), trainable=True, name=f"p{i}")
        for i, (make, value) in enumerate(zip(kinds, values, strict=True))
    ]


def trained(rule: Any, kinds: Sequence[Any], dtype: Any = float, **options: Any) -> Optimizer:
    """An optimizer after six steps, on parameters each of its kind."""
    tensors = parameters(kinds, dtype)
    optimizer = Optimizer(tensors, rule, **{"lr": 0.05, **options})
    go_on(optimizer, kinds, list(drawn(dtype))[1:])
    return optimizer


def go_on(optimizer: Any, kinds: Sequence[Any], gradients: Any) -> None:
    tensors = [parameter.tensor for parameter in optimizer.parameters]
    for row in gradients:
        for tensor, make, gradient in zip(tensors, kinds, row, strict=True):
            tensor.grad = make(gradient)
        optimizer.step()


def ends(optimizer: Optimizer) -> list[bytes]:
    return [host(parameter.tensor.data).tobytes() for parameter in optimizer.parameters]


NUMPYS: Final = (np.array,) * 4
DEVICES: Final = (Device,) * 4
MIXED: Final = (np.array, Device, Device, np.array)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.complex128])
def test_parameters_of_any_kind_take_numpys_path_to_the_bit(rule: Any, options: Any, dtype: Any) -> None:
    expected = ends(trained(rule, NUMPYS, dtype, **options))
    for kinds in (DEVICES, MIXED):
        optimizer = trained(rule, kinds, dtype, **options)
        assert ends(optimizer) == expected
        for parameter, make in zip(optimizer.parameters, kinds, strict=True):
            kind = Device if make is Device else np.ndarray
            assert type(parameter.tensor.data) is kind
            assert all(type(array) is kind for array in arrays(optimizer.rule, parameter))


def arrays(rule: Any, parameter: Any) -> list[Any]:
    state = parameter.state
    found = [getattr(state, field.name) for field in fields(state)] if is_dataclass(state) else []
    return [array for array in found if array is not None]


def test_a_parameter_changes_where_it_is_and_gradients_are_not_written_to() -> None:
    optimizer = trained(adam(), DEVICES)
    before = [parameter.tensor.data for parameter in optimizer.parameters]
    gradients = [Device(values) for values in next(drawn())]
    go_on(optimizer, [lambda given: given] * 4, [gradients])
    for parameter, array, gradient, values in zip(optimizer.parameters, before, gradients, next(drawn()), strict=True):
        assert parameter.tensor.data is array
        assert np.array_equal(gradient.values, values)


@pytest.mark.parametrize(
    ("options", "looks"),
    [
        ({"on_nonfinite": "propagate"}, 0),
        ({"on_nonfinite": "propagate", "clip_norm": 1.0}, 1),
        ({"on_nonfinite": "raise"}, 1),
        ({"on_nonfinite": "skip", "clip_norm": 1.0, "l2": 0.1, "weight_decay": 0.1}, 1),
    ],
)
def test_a_step_looks_once_at_most_and_once_more_for_sums_over_all_parameters(options: Any, looks: int) -> None:
    for rule in RULES:
        LOOKS.clear()
        trained(rule, DEVICES, **options)
        assert len(LOOKS) == STEPS * (looks + hasattr(rule, "combine"))


def test_groups_are_clipped_by_one_look() -> None:
    tensors = parameters(DEVICES)
    both = MultiOptimizer([Group(tensors[:2], adam()), Group(tensors[2:], sgd())], lr=0.1, clip_norm=1.0)
    for tensor, gradient in zip(tensors, next(drawn()), strict=True):
        tensor.grad = gradient if isinstance(gradient, Device) else Device(gradient)
    both.step()
    assert len(LOOKS) == 1


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_gradient_that_is_not_finite_is_named_and_nothing_changed(bad: float) -> None:
    optimizer = trained(adam(), MIXED)
    before = ends(optimizer)
    gradients = next(drawn())
    gradients[1][2] = bad
    with pytest.raises(NonFinite, match="the gradient of 'p1' has"):
        go_on(optimizer, MIXED, [gradients])
    assert ends(optimizer) == before


def test_the_norm_of_huge_gradients_is_no_overflow() -> None:
    paths = []
    for kinds in (NUMPYS, DEVICES):
        optimizer = trained(sgd(), kinds, clip_norm=1.0)
        go_on(optimizer, kinds, [[1e200 * gradient for gradient in next(drawn())]])
        paths.append(ends(optimizer))
    assert paths[0] == paths[1]


def test_a_gradient_of_another_kind_is_refused_and_nothing_changed() -> None:
    for make, other in ((np.array, Device), (Device, np.array)):
        tensor: Any = Tensor(make([1.0, 2.0]), trainable=True, name="w")
        optimizer = Optimizer([tensor], sgd(), lr=0.5)
        tensor.grad = other([1.0, 1.0])
        with pytest.raises(OptimizerError, match=r"'w' is a .*, but its gradient is a .*converts neither"):
            optimizer.step()
        assert host(tensor.data).tolist() == [1.0, 2.0]


@pytest.mark.parametrize("part", [lambda a: a, lambda a: a[:], lambda a: a.reshape(2)])
def test_a_gradient_in_the_memory_of_a_parameter_is_read_before_that_changes(part: Any) -> None:
    v, w = cast(Any, [Tensor(Device([1.0, 2.0]), trainable=True) for _ in range(2)])
    v.grad, w.grad = Device([1.0, 1.0]), part(v.data)
    Optimizer([v, w], sgd(), lr=0.5).step()
    assert host(w.data).tolist() == [0.5, 1.0]


def test_arrays_that_are_not_changed_in_place_are_refused() -> None:
    dask = pytest.importorskip("dask.array", reason="a peer, whose arrays are recipes")
    sparse = pytest.importorskip("sparse", reason="a peer, whose arrays are constant")
    for array in (dask.ones(3, chunks=2), sparse.COO.from_numpy(np.eye(2))):
        w = Tensor(array, trainable=True, name="w")
        with pytest.raises(OptimizerError, match=r"'w' is a (dask|sparse).*cannot be changed in place"):
            Optimizer([w], sgd())


# Saving


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("before", [NUMPYS, DEVICES, MIXED])
@pytest.mark.parametrize("after", [NUMPYS, DEVICES, MIXED])
def test_a_state_goes_on_to_the_bit_on_parameters_of_any_kind(rule: Any, before: Any, after: Any) -> None:
    gradients = list(drawn(count=STEPS + 3))[1 + STEPS :]
    whole = trained(rule, NUMPYS)
    go_on(whole, NUMPYS, gradients)
    with described():
        first = trained(rule, before)
        state = first.state_dict()
        assert all(type(array) is np.ndarray for array in state.values())
        tensors = [
            Tensor(make(host(parameter.tensor.data)), trainable=True, name=parameter.name)
            for make, parameter in zip(after, first.parameters, strict=True)
        ]
        second = Optimizer(tensors, rule, lr=0.05)
        second.load_state_dict(state)
        go_on(second, after, gradients)
    assert ends(second) == ends(whole)


def test_a_saved_state_is_a_snapshot() -> None:
    with described():
        optimizer = trained(adam(), DEVICES)
        state = optimizer.state_dict()
        before = {key: value.tobytes() for key, value in state.items()}
        go_on(optimizer, DEVICES, [next(drawn())])
        optimizer.load_state_dict(state)
        go_on(optimizer, DEVICES, [next(drawn())])
    assert {key: value.tobytes() for key, value in state.items()} == before


def test_where_no_plugin_describes_the_kind_saving_and_loading_say_what_to_install() -> None:
    optimizer = trained(adam(), DEVICES)
    with pytest.raises(InvalidOperandType, match=r"no installed plugin describes .*Device.*pip install"):
        optimizer.state_dict()
    state = trained(adam(), NUMPYS).state_dict()
    tensors = parameters(DEVICES)
    fresh = Optimizer(tensors, adam(), lr=0.05)
    with pytest.raises(InvalidOperandType, match="no installed plugin describes"):
        fresh.load_state_dict(state)
    assert fresh.iteration == 0
    assert [parameter.state for parameter in fresh.parameters] == [None] * 4


def test_a_schedule_that_returns_an_array_is_refused() -> None:
    optimizer = trained(sgd(), DEVICES)
    optimizer.options = replace(optimizer.options, lr=lambda _: Device(0.1))  # type: ignore[arg-type,return-value]
    with pytest.raises(ValueError, match="is no number"):
        go_on(optimizer, DEVICES, [next(drawn())])
