"""The Optimizer: what it owes to every rule and every parameter, in the order in which it does it."""

import copy
import math
import pickle
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, cast

import numpy as np
import pytest

from corelib import Tensor, optimizers
from corelib.errors import InvalidHyperparameter, NonFinite, OptimizerError, UnknownHyperparameter
from corelib.optimizing import packing
from corelib.optimizing.groups import Group, MultiOptimizer
from corelib.optimizing.optimizer import Optimizer
from corelib.rule import FloatArray, Step, make_rule, require, require_bool

SHAPES: Final = ((), (0,), (1,), (0, 3), (2, 3))


@dataclass(slots=True)
class Memory:
    sum: FloatArray


@dataclass(frozen=True, slots=True)
class HeavyBall:
    """b ← beta b + g; p ← p - lr b."""

    beta: float = 0.5

    name: ClassVar[str] = "heavy_ball"
    state_version: ClassVar[int] = 1
    default_lr: ClassVar[float] = 0.1
    scratch: ClassVar[int] = 0

    def __post_init__(self) -> None:
        require(self, "[0, 1)", "beta")

    def init(self, param: FloatArray, /) -> Memory:
        return Memory(np.zeros_like(param))

    def update(self, *, out: FloatArray, grad: FloatArray, param: FloatArray, state: Memory, step: Step) -> None:
        state.sum *= self.beta
        state.sum += grad
        np.multiply(state.sum, step.lr, out=out)


@dataclass(frozen=True, slots=True)
class PackedHeavyBall(HeavyBall):
    elementwise: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Plain:
    """p ← p - lr g, and a note of every call."""

    calls: ClassVar[list[dict[str, Any]]] = []

    name: ClassVar[str] = "plain"
    state_version: ClassVar[int] = 1
    default_lr: ClassVar[float] = 1.0
    scratch: ClassVar[int] = 2

    def init(self, param: FloatArray, /) -> None:
        return None

    def update(self, *, out: FloatArray, grad: FloatArray, param: FloatArray, state: None, step: Step) -> None:
        self.calls.append({"grad": grad.copy(), "param": param.copy(), "t": step.t, "lr": step.lr})
        np.multiply(grad, step.lr, out=out)


@pytest.fixture(autouse=True)
def _no_calls() -> None:
    Plain.calls.clear()


def parameter(values: Any, gradient: Any = None, *, name: str | None = None) -> Tensor:
    tensor = Tensor(np.array(values, float), trainable=True, name=name)
    tensor.grad = None if gradient is None else np.array(gradient, float)
    return tensor


def stepped(optimizer: Optimizer, steps: int, seed: int = 0) -> Optimizer:
    """After some steps with gradients that depend on the name of the parameter and its step only."""
    for _ in range(steps):
        for each in optimizer.parameters:
            rng = np.random.default_rng([seed, each.t, *each.name.encode()])
            each.tensor.grad = np.array(rng.normal(size=each.shape), each.dtype)
        optimizer.step()
    return optimizer


# The parameters


def test_a_parameter_changes_in_its_own_buffer() -> None:
    w = parameter([1.0, 2.0], [1.0, 1.0])
    buffer = w.data
    Optimizer([w], HeavyBall()).step()
    assert w.data is buffer
    assert w.data.tolist() == [0.9, 1.9]


@pytest.mark.parametrize("rule", [HeavyBall(), PackedHeavyBall()], ids=["apart", "packed"])
def test_a_gradient_that_lies_in_the_memory_of_a_parameter_is_read_before_that_changes(rule: Any) -> None:
    """A backward may return its operand: the gradient of x is then y's values, and the other way round."""
    a, b, c = parameter([1.0, 2.0]), parameter([3.0, 4.0]), parameter([5.0, 6.0])
    a.grad, b.grad, c.grad = b.data, a.data[::-1], c.data
    given = [np.array(each.grad) for each in (a, b, c)]
    optimizer = Optimizer([a, b, c], rule, lr=0.5)
    optimizer.step()
    assert [a.data.tolist(), b.data.tolist(), c.data.tolist()] == [[-0.5, 0.0], [2.0, 3.5], [2.5, 3.0]]
    for tensor, gradient in zip((a, b, c), given, strict=True):
        assert np.array_equal(np.asarray(tensor.grad), gradient)
        assert not any(np.shares_memory(tensor.grad, each.data) for each in (a, b, c))


def test_so_it_is_over_groups() -> None:
    a, b = parameter([1.0, 2.0]), parameter([3.0, 4.0], name="b")
    a.grad, b.grad = b.data, a.data
    MultiOptimizer([Group([a], HeavyBall()), Group([b], HeavyBall())], lr=0.5).step()
    assert [a.data.tolist(), b.data.tolist()] == [[-0.5, 0.0], [2.5, 3.0]]


def test_true_is_no_number() -> None:
    with pytest.raises(InvalidHyperparameter, match="lr = True is no number"):
        Optimizer([parameter([1.0])], HeavyBall(), lr=True)
    with pytest.raises(InvalidHyperparameter, match="beta = False is no number"):
        HeavyBall(beta=False)
    with pytest.raises(InvalidHyperparameter, match="weight_decay = True is no number"):
        Optimizer([parameter([1.0])], HeavyBall(), weight_decay=True)


def test_a_frozen_parameter_stays_as_it_is_to_the_bit() -> None:
    """With decay, L2, momentum, clipping and a stale gradient that is no number at all."""
    for gradient in (None, [1.0, 2.0], [math.nan, math.inf]):
        frozen, w = parameter([-0.0, 0.1], [1.0, 1.0], name="frozen"), parameter([1.0], [1.0], name="w")
        optimizer = Optimizer([frozen, w], HeavyBall(), weight_decay=0.1, l2=0.1, clip_norm=10.0)
        optimizer.step()
        frozen.trainable = False
        frozen.grad = None if gradient is None else np.array(gradient)
        values, state = frozen.data.tobytes(), optimizer.state_dict()["frozen/sum"]
        optimizer.step()
        assert frozen.data.tobytes() == values
        assert optimizer.state_dict()["frozen/sum"].tobytes() == state.tobytes()
        assert [each.t for each in optimizer.parameters] == [1, 2]


def test_a_parameter_frozen_from_the_start_has_no_state_and_does_not_count_for_the_norm() -> None:
    frozen, w = parameter([1.0], [1e9], name="frozen"), parameter([1.0], [3.0], name="w")
    frozen.trainable = False
    optimizer = Optimizer([frozen, w], HeavyBall(), clip_norm=3.0)
    optimizer.step()
    assert sorted(optimizer.state_dict()) == ["header", "w/sum"]
    assert w.data == pytest.approx(0.7)


def test_a_thawed_parameter_goes_on_where_it_was() -> None:
    w, other = parameter([1.0], name="w"), parameter([1.0], name="w")
    optimizer, alone = Optimizer([w], HeavyBall()), Optimizer([other], HeavyBall())
    stepped(optimizer, 2)
    w.trainable = False
    w.grad = np.array([5.0])
    optimizer.step()
    w.trainable = True
    stepped(optimizer, 2)
    stepped(alone, 4)
    assert w.data.tobytes() == other.data.tobytes()


def test_a_parameter_without_gradient_is_passed_over() -> None:
    """No state, no count: when the gradient comes, it is its first update."""
    w, late = parameter([1.0], [1.0], name="w"), parameter([1.0], name="late")
    optimizer = Optimizer([w, late], Plain(), weight_decay=0.1)
    optimizer.step()
    assert late.data.tolist() == [1.0]
    late.grad = np.array([1.0])
    optimizer.step()
    assert [call["t"] for call in Plain.calls] == [1, 2, 1]


def test_names_are_those_of_the_mapping_then_of_the_tensor_then_the_position() -> None:
    named = Optimizer({"a": parameter(1.0, name="b")}, Plain())
    listed = Optimizer([parameter(1.0, name="b"), parameter(1.0)], Plain())
    assert [each.name for each in named.parameters] == ["a"]
    assert [each.name for each in listed.parameters] == ["b", "param1"]


class Elsewhere:
    """An array that is not NumPy's."""

    shape, ndim, size, dtype = (1,), 1, 1, np.dtype(float)

    def __array_function__(self, *_: Any) -> Any:
        return "[elsewhere]"


def test_what_is_no_list_of_different_leaves_is_refused() -> None:
    w = parameter([1.0], name="w")
    for params, message in (
        ([], "the list is empty"),
        ({}, "the list is empty"),
        ([w, w], "'w' and 'w' are one and the same Tensor"),
        ({"a": w, "b": w}, "'a' and 'b' are one and the same Tensor"),
        ([w, parameter([2.0], name="w")], "two parameters are called 'w'"),
        (w, "several Tensors"),
        ([np.zeros(2)], "'param0' is no Tensor"),
        ([Tensor(cast(Any, Elsewhere()))], "'param0' is a .*Elsewhere, which cannot be changed in place"),
    ):
        with pytest.raises(OptimizerError, match=message):
            Optimizer(params, Plain())  # type: ignore[arg-type]  # what is refused at run time


def test_a_computed_tensor_is_refused() -> None:
    leaf = parameter([1.0], name="w")
    computed = leaf * 2.0
    with pytest.raises(OptimizerError, match="'computed' is a computed result"):
        Optimizer({"w": leaf, "computed": computed}, Plain())


def test_a_parameter_that_changed_its_shape_is_named() -> None:
    w = parameter([1.0, 2.0], name="w")
    optimizer = Optimizer([w], HeavyBall())
    w.data = np.zeros(3)
    w.grad = np.zeros(3)
    with pytest.raises(OptimizerError, match=r"'w' was float64\(2,\) at first, but its value is float64\(3,\) now"):
        optimizer.step()


def test_new_data_of_the_same_shape_is_what_is_updated() -> None:
    w = parameter([1.0], [1.0])
    optimizer = Optimizer([w], Plain())
    optimizer.step()
    w.data = np.array([5.0])
    optimizer.step()
    assert w.data.tolist() == [4.0]


@pytest.mark.parametrize("rule", [HeavyBall(), PackedHeavyBall()])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_updated(rule: HeavyBall, shape: tuple[int, ...]) -> None:
    w, other = parameter(np.ones(shape), np.ones(shape)), parameter([1.0], [1.0])
    Optimizer([w, other], rule, clip_norm=100.0).step()
    assert w.data.shape == shape
    assert np.all(w.data == 0.9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_is_kept_in_parameter_and_state(dtype: Any) -> None:
    w = Tensor(np.ones(3, dtype), trainable=True, name="w")
    optimizer = stepped(Optimizer([w], HeavyBall(), weight_decay=0.1, l2=0.1, clip_norm=0.1), 2)
    assert w.data.dtype == optimizer.state_dict()["w/sum"].dtype == dtype


def test_a_gradient_of_another_dtype_is_refused() -> None:
    w = parameter([1.0], name="w")
    w.grad = np.ones(1, np.float32)
    with pytest.raises(OptimizerError, match="its gradient is float32"):
        Optimizer([w], Plain()).step()


def test_a_complex_parameter_is_optimized_as_pairs_of_real_ones() -> None:
    z = Tensor(np.array([1 + 2j, 3 + 0j]), trainable=True, name="z")
    z.grad = np.array([3 + 4j, 0j])
    optimizer = Optimizer([z], HeavyBall(), lr=1.0, clip_norm=2.5)
    optimizer.step()
    assert z.data.tolist() == [-0.5 + 0j, 3 + 0j]
    assert optimizer.state_dict()["z/sum"].shape == (2, 2)


def test_complex_parameters_are_packed_too() -> None:
    packed, apart = (
        [Tensor(np.ones(shape, complex), trainable=True, name=f"z{shape}") for shape in SHAPES] for _ in range(2)
    )
    optimizers = Optimizer(packed, PackedHeavyBall()), Optimizer(apart, HeavyBall())
    for optimizer in optimizers:
        stepped(optimizer, 2)
        optimizer.state_dict()
        stepped(optimizer, 2)
    assert [z.data.tobytes() for z in packed] == [z.data.tobytes() for z in apart]


# The order of a step


def test_the_rule_sees_the_gradient_clipped_and_regularized_and_the_parameter_before_its_decay() -> None:
    w = parameter([2.0], [8.0])
    Optimizer([w], Plain(), lr=0.5, weight_decay=0.2, l2=0.25, clip_norm=4.0).step()
    (call,) = Plain.calls
    assert call["grad"].tolist() == [4.0 + 0.25 * 2.0]
    assert call["param"].tolist() == [2.0]
    assert w.data.tolist() == [2.0 * (1 - 0.5 * 0.2) - 0.5 * 4.5]


def test_the_norm_is_that_of_all_gradients_and_small_ones_are_left_alone() -> None:
    v, w = parameter([0.0], [3.0]), parameter([[0.0]], [[4.0]])
    Optimizer([v, w], Plain(), clip_norm=1.0).step()
    assert (v.data.item(), w.data.item()) == pytest.approx((-0.6, -0.8))
    Plain.calls.clear()
    Optimizer([v, w], Plain(), clip_norm=5.0).step()
    assert [call["grad"].item() for call in Plain.calls] == [3.0, 4.0]


def test_the_norm_of_huge_gradients_is_no_overflow() -> None:
    for dtype, scale in ((np.float64, 1e200), (np.float32, 1e30), (np.float16, 1e4)):
        v, w = (Tensor(np.zeros(1, dtype), trainable=True) for _ in range(2))
        v.grad, w.grad = np.array([3 * scale], dtype), np.array([4 * scale], dtype)
        Optimizer([v, w], Plain(), clip_norm=5.0).step()
        assert (v.data.item(), w.data.item()) == pytest.approx((-3.0, -4.0), rel=1e-3)


@pytest.mark.parametrize("view", [lambda a: a.T, lambda a: a[:, ::2], lambda a: a[::-1], lambda a: a[:, :1] + 0 * a])
def test_the_norm_does_not_depend_on_how_a_gradient_lies_in_memory(view: Callable[[Any], Any]) -> None:
    gradient = view(np.arange(16.0).reshape(4, 4))
    w = Tensor(np.zeros(gradient.shape), trainable=True)
    w.grad = gradient
    Optimizer([w], Plain(), clip_norm=1.0).step()
    assert np.linalg.norm(w.data) == pytest.approx(1.0)


def test_the_order_of_the_parameters_changes_no_bit_of_the_norm() -> None:
    """Added to 1 one by one, twenty squares of 1e-16 are lost; a run may be resumed in either order."""
    results = []
    for direction in (1, -1):
        params = [parameter([0.0], [gradient]) for gradient in [1.0, *[1e-8] * 20][::direction]]
        Optimizer(params, HeavyBall(), clip_norm=0.5).step()
        results.append(params[::direction][0].data.item())
    assert results[0] == results[1]


def test_only_what_decay_chooses_is_decayed() -> None:
    weight, bias = parameter([[2.0]], [[0.0]]), parameter([2.0], [0.0])
    for option in ({"weight_decay": 0.25}, {"l2": 0.25}):
        Optimizer([weight, bias], Plain(), decay=lambda tensor: tensor.ndim > 1, **option).step()  # type: ignore[arg-type]  # a union of options
    assert weight.data.item() == 2.0 * 0.75 * 0.75
    assert bias.data.item() == 2.0


def test_gradients_are_never_written_to() -> None:
    w = parameter([1.0, 2.0], [3.0, 4.0])
    gradient = w.grad
    Optimizer([w], HeavyBall(), clip_norm=1.0, l2=0.1, weight_decay=0.1).step()
    assert w.grad is gradient
    assert gradient is not None
    assert gradient.tolist() == [3.0, 4.0]
    assert gradient.flags.writeable


@pytest.mark.parametrize("forbidden", ["grad", "param"])
@pytest.mark.parametrize("clip_norm", [None, 0.1])
@pytest.mark.parametrize("packed", [False, True])
def test_a_rule_that_writes_into_what_it_was_given_is_stopped(
    forbidden: str, clip_norm: float | None, packed: bool
) -> None:
    @dataclass(frozen=True)
    class Careless(Plain):
        elementwise: ClassVar[bool] = packed

        def update(self, **arrays: Any) -> None:
            arrays[forbidden] *= 2.0

    params = [parameter([1.0], [1.0]), parameter([1.0], [1.0])]
    with pytest.raises(ValueError, match="read-only"):
        Optimizer(params, Careless(), clip_norm=clip_norm).step()


def test_scratch_has_as_many_arrays_as_the_rule_declares() -> None:
    seen: list[Step] = []

    @dataclass(frozen=True)
    class Working(Plain):
        def update(self, *, step: Step, **arrays: Any) -> None:
            seen.append(step)
            for array in (arrays["out"], step.scratch(0), step.scratch(1)):
                array[...] = 0.0

    Optimizer([parameter(np.ones((2, 3)), np.ones((2, 3)))], Working()).step()
    assert seen[0].scratch(1).shape == (2, 3)
    assert not np.shares_memory(seen[0].scratch(0), seen[0].scratch(1))
    with pytest.raises(OptimizerError, match="declares scratch = 2"):
        seen[0].scratch(2)


# The learning rate


def test_without_a_learning_rate_the_rule_has_one() -> None:
    assert Optimizer([parameter([1.0])], HeavyBall()).lr == 0.1
    assert Optimizer([parameter([1.0])], HeavyBall(), lr=0.0).lr == 0.0


def test_a_rate_of_zero_changes_no_bit() -> None:
    """Not even the sign of a zero, which -0.0 - -0.0 would."""
    w = parameter([-0.0, 1.0, 0.0], [-1.0, -2.0, 3.0])
    before = w.data.tobytes()
    Optimizer([w], HeavyBall(), lr=0.0, weight_decay=0.5).step()
    assert w.data.tobytes() == before


def test_a_new_rate_holds_from_the_next_step() -> None:
    w = parameter([0.0], [1.0])
    optimizer = Optimizer([w], Plain(), lr=1.0)
    optimizer.step()
    optimizer.lr = 0.5
    optimizer.step()
    assert [call["lr"] for call in Plain.calls] == [1.0, 0.5]


def test_a_schedule_counts_the_updates_before() -> None:
    """From 0; a step that found no gradient, or was skipped, is none."""
    w = parameter([0.0])
    optimizer = Optimizer([w], Plain(), lr=lambda n: 1.0 / (1 + n), on_nonfinite="skip")
    for gradient in (None, 1.0, math.nan, 1.0, 1.0):
        w.grad = None if gradient is None else np.array([gradient])
        optimizer.step()
    assert [call["lr"] for call in Plain.calls] == [1.0, 1 / 2, 1 / 3]
    assert optimizer.iteration == 3


@pytest.mark.parametrize("rate", [-1.0, math.nan, math.inf, "0.1"])
def test_a_rate_that_is_none_is_refused(rate: Any) -> None:
    w = parameter([1.0], [1.0])
    with pytest.raises(InvalidHyperparameter, match=r"lr = .* is no number in \[0, inf\)"):
        Optimizer([w], Plain(), lr=rate)
    with pytest.raises(InvalidHyperparameter, match=r"the schedule at 0"):
        Optimizer([w], Plain(), lr=lambda _: rate).step()
    assert w.data.tolist() == [1.0]


# Gradients that are not finite


def broken(policy: Any) -> tuple[Tensor, Tensor, Optimizer]:
    good, bad = parameter([1.0], [1.0], name="good"), parameter([1.0, 1.0], [1.0, 1.0], name="bad")
    optimizer = Optimizer([good, bad], HeavyBall(), on_nonfinite=policy, weight_decay=0.1)
    optimizer.step()
    bad.grad = np.array([math.nan, math.inf])
    return good, bad, optimizer


@pytest.mark.parametrize("policy", ["raise", "skip"])
def test_a_gradient_that_is_not_finite_leaves_everything_as_it_was(policy: str) -> None:
    good, bad, optimizer = broken(policy)
    before = good.data.tobytes(), bad.data.tobytes(), *map(bytes, optimizer.state_dict().values())
    if policy == "raise":
        with pytest.raises(NonFinite, match="gradient of 'bad' has a NaN"):
            optimizer.step()
    else:
        optimizer.step()
    assert before == (good.data.tobytes(), bad.data.tobytes(), *map(bytes, optimizer.state_dict().values()))


@pytest.mark.parametrize("clip_norm", [None, 0.5])
def test_a_gradient_that_is_not_finite_may_propagate(clip_norm: float | None) -> None:
    """Then nothing is clipped; where all are finite, it is as ever."""
    good, bad = parameter([1.0], [1.0]), parameter([1.0, 1.0], [math.nan, math.inf])
    optimizer = Optimizer([good, bad], Plain(), on_nonfinite="propagate", clip_norm=clip_norm)
    optimizer.step()
    assert good.data.tolist() == [0.0]
    assert np.isnan(bad.data[0])
    assert bad.data[1] == -math.inf
    bad.grad = np.zeros(2)
    optimizer.step()
    assert good.data.tolist() == [-1.0 if clip_norm is None else -clip_norm]


# What happens around a step


def test_the_closure_is_called_once_and_its_value_returned() -> None:
    w = parameter([1.0])
    calls = []

    def closure() -> str:
        calls.append(w.data.tolist())
        w.grad = np.array([1.0])
        return "loss"

    assert Optimizer([w], Plain()).step(closure) == "loss"
    assert calls == [[1.0]]
    assert w.data.tolist() == [0.0]


def test_gradients_are_forgotten_when_asked() -> None:
    w = parameter([1.0], [1.0])
    optimizer = Optimizer([w], Plain())
    optimizer.step()
    assert w.grad is not None
    optimizer.zero_grad()
    assert w.grad is None
    w.grad = np.array([math.nan])
    optimizer.auto_zero, optimizer.on_nonfinite = True, "skip"
    optimizer.step()
    assert w.grad is None


def test_two_optimizers_know_nothing_of_each_other() -> None:
    def fresh() -> Optimizer:
        return Optimizer([parameter([1.0, 2.0], name="w"), parameter(1.0, name="v")], PackedHeavyBall())

    state = repr(np.random.get_state())
    together, apart, alone = fresh(), fresh(), fresh()
    for _ in range(3):
        stepped(together, 1)
        stepped(apart, 1, seed=1)
    stepped(alone, 3)
    assert values(together) == values(alone) != values(apart)
    assert repr(np.random.get_state()) == state


def values(optimizer: Optimizer) -> list[bytes]:
    return [each.tensor.data.tobytes() for each in optimizer.parameters]


@pytest.mark.parametrize("rule", [HeavyBall(), PackedHeavyBall()])
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda optimizer: pickle.loads(pickle.dumps(optimizer))])
def test_a_copy_goes_its_own_way(rule: HeavyBall, duplicate: Callable[[Optimizer], Optimizer]) -> None:
    optimizer = stepped(Optimizer([parameter([1.0, 2.0], name="w"), parameter(1.0, name="v")], rule), 2)
    copied = duplicate(optimizer)
    before = values(optimizer)
    stepped(copied, 2)
    assert values(optimizer) == before
    stepped(optimizer, 2)
    assert values(optimizer) == values(copied) != before


@pytest.mark.parametrize("options", [{}, {"clip_norm": 0.1}, {"l2": 0.1, "weight_decay": 0.1}])
def test_later_steps_allocate_less_than_one_array(options: dict[str, Any]) -> None:
    shapes = [(200, 300), (100,), (30_000,)]
    params = [parameter(np.ones(shape), np.ones(shape)) for shape in shapes]
    gradient = params[0].grad
    assert gradient is not None
    params[0].grad = np.asfortranarray(gradient)
    optimizer = Optimizer(params, HeavyBall(), **options)
    optimizer.step()
    tracemalloc.start()
    optimizer.step()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < params[2].data.nbytes / 2


# Packing


def test_small_parameters_that_were_updated_equally_often_are_updated_by_one_call() -> None:
    @dataclass(frozen=True)
    class Packed(Plain):
        elementwise: ClassVar[bool] = True

    params = [parameter(np.ones(size), np.ones(size)) for size in (1, packing.SMALL, 2, packing.SMALL + 1)]
    optimizer = Optimizer(params, Packed())
    optimizer.step()
    params[0].grad = None
    optimizer.step()
    params[0].grad = np.ones(1)
    optimizer.step()
    sizes = [call["grad"].size for call in Plain.calls]
    small, large = packing.SMALL, packing.SMALL + 1
    assert sizes == [large, small + 3, large, small + 2, 1, large, small + 2]


def test_a_state_loaded_into_packed_parameters_is_what_they_go_on_from() -> None:
    def fresh() -> Optimizer:
        return Optimizer([parameter([1.0, 2.0], name="w"), parameter(1.0, name="v")], PackedHeavyBall())

    optimizer, other = stepped(fresh(), 3), stepped(fresh(), 2, seed=1)
    for mine, theirs in zip(other.parameters, optimizer.parameters, strict=True):
        mine.tensor.data = theirs.tensor.data
    other.load_state_dict(optimizer.state_dict())
    assert values(stepped(other, 2)) == values(stepped(optimizer, 2))


def test_packing_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when gradients come and go, parameters freeze and thaw, and one is too large to pack."""
    assert wandering(PackedHeavyBall()) == wandering(HeavyBall())
    monkeypatch.setattr(packing, "SMALL", 4)
    assert wandering(PackedHeavyBall()) == wandering(HeavyBall())


def wandering(rule: HeavyBall) -> list[Any]:
    rng = np.random.default_rng(0)
    shapes = ((), (3,), (2, 2), (0,), (70, 70), (5,))
    params = [Tensor(np.array(rng.normal(size=shape)), trainable=True, name=f"p{i}") for i, shape in enumerate(shapes)]
    params[5] = Tensor(params[5].data.astype("f4"), trainable=True, name="p5")
    optimizer = Optimizer(params, rule, weight_decay=0.1, l2=0.01, clip_norm=5.0, decay=lambda tensor: tensor.ndim < 2)
    trace: list[Any] = []
    for _ in range(30):
        for param in params:
            param.trainable = rng.random() > 0.2
            gradient = rng.normal(size=param.shape) * np.ones(param.shape)
            param.grad = gradient.astype(param.dtype) if rng.random() > 0.2 else None
        optimizer.step()
        trace.append([param.data.tobytes() for param in params])
    return [trace, [optimizer.state_dict()[f"p{i}/sum"].tobytes() for i in range(6)]]


# Hyperparameters


def test_a_rule_by_name_is_asked_of_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corelib.plugins.registry.find_optimizer", {"heavy_ball": HeavyBall}.__getitem__)
    named = Optimizer.named
    for optimizer in (
        optimizers.named([parameter([1.0])], "heavy_ball", {"beta": 0.25}, lr=0.5),
        named([parameter([1.0])], "heavy_ball", {"beta": 0.25}, lr=0.5),
        named([parameter([1.0])], "heavy_ball", beta=0.25, lr=0.5),
    ):
        assert (optimizer.rule, optimizer.lr) == (HeavyBall(0.25), 0.5)
    with pytest.raises(UnknownHyperparameter, match="heavy_ball has no hyperparameter 'betta'; it has beta"):
        named([parameter([1.0])], "heavy_ball", {"betta": 0.25})
    with pytest.raises(UnknownHyperparameter, match="heavy_ball has no hyperparameter 'betta'; it has beta"):
        named([parameter([1.0])], "heavy_ball", betta=0.25)
    with pytest.raises(InvalidHyperparameter, match="beta: given in the mapping and by keyword"):
        named([parameter([1.0])], "heavy_ball", {"beta": 0.25}, beta=0.25)


def test_a_name_that_a_rule_shares_with_an_option_is_never_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True)
    class Decaying(HeavyBall):
        l2: float = 0.0

    monkeypatch.setattr("corelib.plugins.registry.find_optimizer", {"decaying": Decaying}.__getitem__)
    named = Optimizer.named
    with pytest.raises(InvalidHyperparameter, match="l2: an option of Optimizer and a hyperparameter of"):
        named([parameter([1.0])], "decaying", l2=0.5)
    optimizer = named([parameter([1.0])], "decaying", {"l2": 0.5})
    assert (optimizer.rule, optimizer.l2) == (Decaying(l2=0.5), 0.0)


def test_a_name_that_nobody_provides_is_an_optimizer_error_that_lists_what_is_installed() -> None:
    named = Optimizer.named
    with pytest.raises(OptimizerError, match=r"no installed plugin provides optimizer 'newton' \(installed: .*adam, "):
        named([parameter([1.0])], "newton")


def test_a_rule_without_hyperparameters_says_so() -> None:
    with pytest.raises(UnknownHyperparameter, match="plain has no hyperparameter 'a', 'b'; it has none"):
        make_rule(Plain, {"a": 1, "b": 2})


def test_another_hyperparameter_holds_from_the_next_step_and_another_rule_is_refused() -> None:
    w = parameter([0.0], [1.0])
    optimizer = Optimizer([w], HeavyBall(0.5), lr=1.0)
    optimizer.step()
    optimizer.rule = replace(HeavyBall(), beta=0.0)
    optimizer.step()
    assert w.data.tolist() == [-2.0]
    with pytest.raises(OptimizerError, match="cannot go on with the state"):
        optimizer.rule = Plain()


def test_a_rule_may_have_a_decay_of_its_own() -> None:
    class Decaying(HeavyBall):
        default_weight_decay: ClassVar[float] = 0.25

    assert Optimizer([parameter([1.0])], Decaying()).weight_decay == 0.25
    assert Optimizer([parameter([1.0])], Decaying(), weight_decay=0.0).weight_decay == 0.0
    assert Optimizer([parameter([1.0])], HeavyBall()).weight_decay == 0.0


def test_a_class_is_no_rule() -> None:
    with pytest.raises(OptimizerError, match="an instance of a frozen dataclass"):
        Optimizer([parameter([1.0])], HeavyBall)  # type: ignore[arg-type]  # what mypy refuses too


@pytest.mark.parametrize(
    ("option", "value", "interval"),
    [
        ("weight_decay", -0.1, "[0, inf)"),
        ("weight_decay", math.nan, "[0, inf)"),
        ("l2", -0.1, "[0, inf)"),
        ("l2", "0.1", "[0, inf)"),
        ("clip_norm", 0.0, "(0, inf]"),
        ("clip_norm", -1.0, "(0, inf]"),
        ("on_nonfinite", "ignore", "('raise', 'skip', 'propagate')"),
    ],
)
def test_an_option_out_of_its_range_is_refused_with_the_range(option: str, value: Any, interval: str) -> None:
    w = parameter([1.0], [1.0])
    with pytest.raises(InvalidHyperparameter) as caught:
        Optimizer([w], Plain(), **{option: value})
    assert f"{option} = {value!r}" in str(caught.value)
    assert interval in str(caught.value)
    optimizer = Optimizer([w], Plain())
    before = optimizer.options
    with pytest.raises(InvalidHyperparameter):
        setattr(optimizer, option, value)
    assert optimizer.options is before


def test_an_interval_has_open_and_closed_ends() -> None:
    inside: list[tuple[Any, str]] = [(0.0, "[0, 1)"), (1, "(0, 1]"), (math.inf, "(0, inf]"), (0.5, "(0, 1)")]
    outside: list[tuple[Any, str]] = [(1.0, "[0, 1)"), (0, "(0, 1]"), (math.inf, "(0, inf)"), (None, "[0, 1]")]
    for value, interval in inside:
        require(Owner(value), interval, "x")
    for value, interval in outside:
        with pytest.raises(InvalidHyperparameter, match=r"Owner: x = .* is no number in"):
            require(Owner(value), interval, "x")
    with pytest.raises(InvalidHyperparameter, match="Owner: x = 'no' is neither True nor False"):
        require_bool(Owner("no"), "x")


@dataclass
class Owner:
    x: Any
