"""Parameters in arrays of other kinds than NumPy's: optimized where they are, looked at rarely, saved as NumPy's."""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from types import SimpleNamespace
from typing import Any, Final, cast

import numpy as np
import pytest

from corelib import Group, MultiOptimizer, Optimizer, Tensor
from corelib.conformance.guarded import GUARDED, GuardedArray, counted
from corelib.core.array_kinds import kinds as known_kinds
from corelib.errors import InvalidOperandType, NonFinite, OptimizerError
from corelib.optimizers import adagrad, adam, prodigy, rmsprop, sgd
from corelib.optimizing.parameter import owner

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


def guarded(values: Any) -> Any:
    """An array that refuses what CuPy refuses."""
    return GUARDED.from_host(np.asarray(values))


def host(array: Any) -> Any:
    """The entries, wherever they are."""
    return array._held if isinstance(array, GuardedArray) else array


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
GUARDS: Final = (guarded,) * 4
MIXED: Final = (np.array, guarded, guarded, np.array)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.complex128])
def test_parameters_of_any_kind_take_numpys_path_to_the_bit(rule: Any, options: Any, dtype: Any) -> None:
    expected = ends(trained(rule, NUMPYS, dtype, **options))
    for kinds in (GUARDS, MIXED):
        optimizer = trained(rule, kinds, dtype, **options)
        assert ends(optimizer) == expected
        for parameter, make in zip(optimizer.parameters, kinds, strict=True):
            kind = GuardedArray if make is guarded else np.ndarray
            assert type(parameter.tensor.data) is kind
            assert all(type(array) is kind for array in arrays(optimizer.rule, parameter))


def arrays(rule: Any, parameter: Any) -> list[Any]:
    state = parameter.state
    found = [getattr(state, field.name) for field in fields(state)] if is_dataclass(state) else []
    return [array for array in found if array is not None]


def test_a_parameter_changes_where_it_is_and_gradients_are_not_written_to() -> None:
    optimizer = trained(adam(), GUARDS)
    before = [parameter.tensor.data for parameter in optimizer.parameters]
    gradients = [guarded(values) for values in next(drawn())]
    go_on(optimizer, [lambda given: given] * 4, [gradients])
    for parameter, array, gradient, values in zip(optimizer.parameters, before, gradients, next(drawn()), strict=True):
        assert parameter.tensor.data is array
        assert np.array_equal(host(gradient), values)


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
        with counted() as found:
            trained(rule, GUARDS, **options)
        assert len(found) == STEPS * (looks + hasattr(rule, "combine"))


def test_groups_are_clipped_by_one_look() -> None:
    tensors = parameters(GUARDS)
    both = MultiOptimizer([Group(tensors[:2], adam()), Group(tensors[2:], sgd())], lr=0.1, clip_norm=1.0)
    for tensor, gradient in zip(tensors, next(drawn()), strict=True):
        tensor.grad = guarded(gradient)
    with counted() as found:
        both.step()
    assert len(found) == 1


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
    for kinds in (NUMPYS, GUARDS):
        optimizer = trained(sgd(), kinds, clip_norm=1.0)
        go_on(optimizer, kinds, [[1e200 * gradient for gradient in next(drawn())]])
        paths.append(ends(optimizer))
    assert paths[0] == paths[1]


def test_a_gradient_of_another_kind_is_refused_and_nothing_changed() -> None:
    for make, other in ((np.array, guarded), (guarded, np.array)):
        tensor: Any = Tensor(make([1.0, 2.0]), trainable=True, name="w")
        optimizer = Optimizer([tensor], sgd(), lr=0.5)
        tensor.grad = other([1.0, 1.0])
        with pytest.raises(OptimizerError, match=r"'w' is a .*, but its gradient is a .*converts neither"):
            optimizer.step()
        assert host(tensor.data).tolist() == [1.0, 2.0]


def test_a_gradient_of_another_library_is_refused() -> None:
    torch = pytest.importorskip("torch", reason="a peer, whose arrays do not speak NumPy's protocols")
    tensor: Any = Tensor([1.0, 2.0], trainable=True, name="w")
    tensor.grad = SimpleNamespace(shape=(2,), dtype=np.dtype(float))
    with pytest.raises(OptimizerError, match=r"its gradient is a types.SimpleNamespace"):
        Optimizer([tensor], sgd()).step()
    tensor.grad = torch.ones(2, dtype=torch.float64)
    with pytest.raises(OptimizerError, match="'w' was float64"):
        Optimizer([tensor], sgd()).step()


@pytest.mark.parametrize(("here", "there"), [(np.array, guarded), (guarded, np.array)])
def test_parameters_move_before_the_first_step_and_with_a_state_to_another_optimizer(here: Any, there: Any) -> None:
    gradients = list(drawn(count=STEPS + 2))[1 + STEPS :]
    kept = trained(adam(), NUMPYS)
    go_on(kept, NUMPYS, gradients)
    before = trained(adam(), (here,) * 4)
    tensors = [parameter.tensor for parameter in before.parameters]
    for tensor in tensors:
        tensor.data, tensor.grad = there(host(tensor.data)), there(host(tensor.data))
    values = ends(before)
    with pytest.raises(OptimizerError, match=r"'p0' is a .* now, and its state is for a .*load_state_dict"):
        before.step()
    assert ends(before) == values
    after = Optimizer(tensors, adam(), lr=0.05)
    after.load_state_dict(before.state_dict())
    go_on(after, (there,) * 4, gradients)
    assert ends(after) == ends(kept)
    fresh = Optimizer(parameters((here,) * 4), adam(), lr=0.05)
    for parameter in fresh.parameters:
        parameter.tensor.data = there(host(parameter.tensor.data))
    go_on(fresh, (there,) * 4, list(drawn())[1:])
    assert ends(fresh) == ends(trained(adam(), NUMPYS))


def test_a_deep_copy_goes_its_own_way() -> None:
    first = trained(adam(), GUARDS)
    values = ends(first)
    twin = copy.deepcopy(first)
    go_on(twin, GUARDS, [next(drawn())])
    assert ends(first) == values
    go_on(first, GUARDS, [next(drawn())])
    assert ends(first) == ends(twin)


def test_a_gradient_in_the_memory_of_a_parameter_is_read_before_that_changes() -> None:
    v, w = cast(Any, [Tensor(guarded([1.0, 2.0]), trainable=True) for _ in range(2)])
    v.grad, w.grad = guarded([1.0, 1.0]), v.data
    Optimizer([v, w], sgd(), lr=0.5).step()
    assert host(w.data).tolist() == [0.5, 1.0]


def test_a_view_of_any_kind_knows_whose_memory_it_is_in() -> None:
    memory = SimpleNamespace(base=None)
    assert owner(SimpleNamespace(base=SimpleNamespace(base=memory))) is memory
    assert owner(memory) is memory


def test_arrays_that_are_not_changed_in_place_are_refused() -> None:
    dask = pytest.importorskip("dask.array", reason="a peer, whose arrays are recipes")
    w = Tensor(dask.ones(3, chunks=2), trainable=True, name="w")
    with pytest.raises(OptimizerError, match=r"'w' is a dask.*cannot be changed in place"):
        Optimizer([w], sgd())


# Saving


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("before", [NUMPYS, GUARDS, MIXED])
@pytest.mark.parametrize("after", [NUMPYS, GUARDS, MIXED])
def test_a_state_goes_on_to_the_bit_on_parameters_of_any_kind(rule: Any, before: Any, after: Any) -> None:
    gradients = list(drawn(count=STEPS + 3))[1 + STEPS :]
    whole = trained(rule, NUMPYS)
    go_on(whole, NUMPYS, gradients)
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
    optimizer = trained(adam(), GUARDS)
    state = optimizer.state_dict()
    before = {key: value.tobytes() for key, value in state.items()}
    go_on(optimizer, GUARDS, [next(drawn())])
    optimizer.load_state_dict(state)
    go_on(optimizer, GUARDS, [next(drawn())])
    assert {key: value.tobytes() for key, value in state.items()} == before


def test_where_no_plugin_describes_the_kind_saving_and_loading_say_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(known_kinds, GuardedArray, raising=False)
    bare = (lambda values: GuardedArray(np.array(values)),) * 4
    optimizer, tensors = trained(adam(), bare), parameters(bare)
    assert ends(optimizer) == ends(trained(adam(), NUMPYS))
    with pytest.raises(InvalidOperandType, match=r"no installed plugin describes .*GuardedArray.*pip install"):
        optimizer.state_dict()
    state = trained(adam(), NUMPYS).state_dict()
    fresh = Optimizer(tensors, adam(), lr=0.05)
    with pytest.raises(InvalidOperandType, match="no installed plugin describes"):
        fresh.load_state_dict(state)
    assert fresh.iteration == 0
    assert [parameter.state for parameter in fresh.parameters] == [None] * 4


def test_a_schedule_that_returns_an_array_is_refused() -> None:
    optimizer = trained(sgd(), GUARDS)
    optimizer.options = replace(optimizer.options, lr=lambda _: guarded(0.1))
    with pytest.raises(ValueError, match="is no number"):
        go_on(optimizer, GUARDS, [next(drawn())])
