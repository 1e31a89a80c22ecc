"""What an optimizer saves, and how it goes on from there."""

import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from corelib import Tensor
from corelib.errors import OptimizerError, StateMismatch
from corelib.optimizing.groups import Group, MultiOptimizer
from corelib.optimizing.optimizer import Optimizer
from corelib.optimizing.state import StateDict
from corelib.rule import FloatArray, Step


@dataclass(slots=True)
class Memory:
    mean: FloatArray
    absent: FloatArray | None
    largest: float
    calls: int
    work: FloatArray = field(metadata={"transient": True})


@dataclass(frozen=True, slots=True)
class Mixed:
    """A rule whose state has all that a state may have."""

    beta: float = 0.5
    rows: tuple[int, ...] = (1,)

    name: ClassVar[str] = "mixed"
    state_version: ClassVar[int] = 1
    default_lr: ClassVar[float] = 0.1
    scratch: ClassVar[int] = 0

    def init(self, param: FloatArray, /) -> Memory:
        return Memory(np.zeros_like(param), None, 0.0, 0, np.empty_like(param))

    def update(self, *, out: FloatArray, grad: FloatArray, param: FloatArray, state: Memory, step: Step) -> None:
        np.multiply(grad, 1 - self.beta, out=state.work)
        state.mean *= self.beta
        state.mean += state.work
        state.largest = max(state.largest, float(np.max(np.abs(grad), initial=0.0)))
        state.calls += 1
        np.multiply(state.mean, step.lr / (1 + state.largest + state.calls), out=out)


SHAPES = {"a": (), "b": (3,), "c/d": (2, 2)}


def parameters(order: str = "abc") -> list[Tensor]:
    names = sorted(SHAPES, key=lambda name: order.index(name[0]))
    return [Tensor(np.ones(SHAPES[name]), trainable=True, name=name) for name in names]


def step(optimizer: Optimizer | MultiOptimizer, tensors: list[Tensor], t: int) -> None:
    for tensor in tensors:
        assert tensor.name is not None
        rng = np.random.default_rng([t, *tensor.name.encode()])
        tensor.grad = np.array(rng.normal(size=tensor.shape))
    optimizer.step()


def saved(state: StateDict) -> dict[str, Any]:
    """Through a file and back, without pickle."""
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **state)
    file.seek(0)
    return dict(np.load(file, allow_pickle=False))


def trained(steps: int = 3) -> StateDict:
    tensors = parameters()
    optimizer = Optimizer(tensors, Mixed())
    for t in range(steps):
        step(optimizer, tensors, t)
    return optimizer.state_dict()


@pytest.mark.parametrize("after", [1, 3, 10])
@pytest.mark.parametrize("order", ["abc", "cab"])
def test_a_run_that_was_saved_and_loaded_goes_on_to_the_bit(after: int, order: str) -> None:
    """In a fresh optimizer, and with the parameters in another order: clipping adds up all of them."""
    tensors, fresh = parameters(), parameters(order)
    optimizer = Optimizer(tensors, Mixed(), lr=lambda n: 0.1 / (1 + n), clip_norm=0.5)
    for t in range(after):
        step(optimizer, tensors, t)
    resumed = Optimizer(fresh, Mixed(), lr=lambda n: 0.1 / (1 + n), clip_norm=0.5)
    for tensor in fresh:
        tensor.data = next(other.data for other in tensors if other.name == tensor.name)
    resumed.load_state_dict(saved(optimizer.state_dict()))
    for t in range(after, after + 5):
        step(optimizer, tensors, t)
        step(resumed, fresh, t)
    values = {tensor.name: tensor.data.tobytes() for tensor in tensors}
    assert {tensor.name: tensor.data.tobytes() for tensor in fresh} == values


def test_keys_are_parameter_and_field_and_the_header_is_json() -> None:
    state = trained()
    fields = ("calls", "largest", "mean")
    assert sorted(state) == sorted(["header", *(f"{name}/{field}" for name in SHAPES for field in fields)])
    header = json.loads(state["header"].tobytes())
    assert header["groups"][0]["parameters"]["c/d"] == {"t": 3, "shape": [2, 2], "dtype": "float64"}
    assert header["groups"][0]["hyperparameters"] == {"beta": 0.5, "rows": [1]}
    assert all(array.dtype != object for array in state.values())


def test_a_saved_state_is_a_snapshot_and_a_loaded_one_shares_nothing() -> None:
    tensors = parameters()
    optimizer = Optimizer(tensors, Mixed())
    step(optimizer, tensors, 0)
    state = optimizer.state_dict()
    before = {key: array.tobytes() for key, array in state.items()}
    step(optimizer, tensors, 1)
    optimizer.load_state_dict(state)
    step(optimizer, tensors, 2)
    assert {key: array.tobytes() for key, array in state.items()} == before


def test_the_types_of_a_state_survive() -> None:
    optimizer = Optimizer(parameters(), Mixed())
    optimizer.load_state_dict(saved(trained()))
    state = optimizer.parameters[0].state
    assert (type(state.largest), type(state.calls), state.absent) == (float, int, None)
    assert isinstance(state.mean, np.ndarray)


def test_what_was_never_updated_is_saved_and_loaded_too() -> None:
    optimizer = Optimizer(parameters(), Mixed())
    optimizer.load_state_dict(saved(Optimizer(parameters(), Mixed()).state_dict()))
    assert [each.t for each in optimizer.parameters] == [0, 0, 0]


def test_every_difference_is_listed_and_nothing_is_loaded() -> None:
    state = trained()
    state["a/mean"] = state["a/mean"].astype(np.float32)
    state["b/mean"] = state["b/mean"][:2]
    del state["b/calls"]
    state["a/strange"] = np.zeros(1)
    state["stray"] = np.zeros(1)
    others = [*parameters()[:2], Tensor(np.ones(2), trainable=True, name="e")]
    optimizer = Optimizer(others, Mixed(beta=0.25), lr=0.2)
    before = optimizer.state_dict()
    with pytest.raises(StateMismatch) as caught:
        optimizer.load_state_dict(state)
    assert sorted(str(caught.value).splitlines()[1:]) == [
        "  a/mean: float32[] was saved, float64[] is here",
        "  a/strange: float64[1] was saved, nothing is here",
        "  b/calls: nothing was saved, int64[] is here",
        "  b/mean: float64[2] was saved, float64[3] is here",
        "  hyperparameter beta: 0.5 was saved, 0.25 is here",
        "  option lr: 0.1 was saved, 0.2 is here",
        "  parameter 'c/d': float64[2, 2] was saved, nothing is here",
        "  parameter 'e': nothing was saved, float64[2] is here",
        "  stray: float64[1] was saved, nothing is here",
    ]
    assert [*map(bytes, optimizer.state_dict().values())] == [*map(bytes, before.values())]


def test_changed_hyperparameters_can_be_accepted_and_are_never_adopted() -> None:
    optimizer = Optimizer(parameters(), Mixed(beta=0.25), lr=0.2)
    optimizer.load_state_dict(trained(), accept_changes=True)
    assert (optimizer.rule, optimizer.lr, optimizer.iteration) == (Mixed(beta=0.25), 0.2, 3)


def older(state: StateDict, kind: str, name: str) -> StateDict:
    """The state, as a version saved it that had no such option or hyperparameter."""
    header = json.loads(state["header"].tobytes())
    for group in header["groups"]:
        del group[kind][name]
    return {**state, "header": np.frombuffer(json.dumps(header).encode(), np.uint8)}


@pytest.mark.parametrize(("kind", "name"), [("options", "l2"), ("options", "clip_norm"), ("hyperparameters", "rows")])
def test_a_state_of_an_older_version_loads_where_what_is_new_has_its_default(
    kind: str, name: str, tmp_path: Path
) -> None:
    np.savez(tmp_path / "old.npz", allow_pickle=False, **older(trained(), kind, name))
    tensors, others = parameters(), parameters()
    optimizer, other = Optimizer(tensors, Mixed()), Optimizer(others, Mixed())
    with np.load(tmp_path / "old.npz") as file:
        optimizer.load_state_dict(file)
    other.load_state_dict(trained())
    step(optimizer, tensors, 7)
    step(other, others, 7)
    assert [bytes(t.data) for t in tensors] == [bytes(t.data) for t in others]


def test_a_state_of_an_older_version_is_refused_where_what_is_new_has_another_value() -> None:
    with pytest.raises(StateMismatch, match=r"option l2: 0\.0 was saved, 0\.5 is here$"):
        Optimizer(parameters(), Mixed(), l2=0.5).load_state_dict(older(trained(), "options", "l2"))
    with pytest.raises(StateMismatch, match=r"hyperparameter beta: 0\.5 was saved, 0\.25 is here$"):
        Optimizer(parameters(), Mixed(beta=0.25)).load_state_dict(older(trained(), "hyperparameters", "beta"))


@pytest.mark.parametrize("name", ["lr", "weight_decay"])
def test_a_state_without_an_option_that_every_version_saved_is_refused(name: str) -> None:
    with pytest.raises(StateMismatch, match=f"option {name}: nothing was saved, 0"):
        Optimizer(parameters(), Mixed()).load_state_dict(older(trained(), "options", name))


@pytest.mark.parametrize("kind", ["option", "hyperparameter"])
def test_a_state_of_a_newer_version_is_refused_with_the_key_that_is_unknown_here(kind: str) -> None:
    state = trained()
    header = json.loads(state["header"].tobytes())
    header["groups"][0][f"{kind}s"]["lookahead"] = False
    state["header"] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    with pytest.raises(StateMismatch, match=f"{kind} lookahead: False was saved, nothing is here$"):
        Optimizer(parameters(), Mixed()).load_state_dict(state)


def test_another_rule_or_version_is_no_match() -> None:
    class Newer(Mixed):
        state_version: ClassVar[int] = 2

    class Other(Mixed):
        name: ClassVar[str] = "other"

    for rule, message in (
        (Newer(), "state_version: 1 was saved, 2 is here"),
        (Other(), "rule: mixed was saved, other is here"),
    ):
        with pytest.raises(StateMismatch, match=message + "$"):
            Optimizer(parameters(), rule).load_state_dict(trained(), accept_changes=True)


def test_what_is_no_state_is_refused() -> None:
    optimizer = Optimizer(parameters(), Mixed())
    for state in ({}, {"header": np.zeros(3)}, {"header": np.frombuffer(b"[]", np.uint8)}):
        with pytest.raises(StateMismatch, match=r"this is no state of an optimizer"):
            optimizer.load_state_dict(state)
    with pytest.raises(StateMismatch, match="format 99"):
        optimizer.load_state_dict({"header": np.frombuffer(b'{"format": 99, "groups": []}', np.uint8)})


def test_a_hyperparameter_that_is_no_json_is_named() -> None:
    optimizer = Optimizer(parameters(), Mixed(beta=np.zeros(1)))  # type: ignore[arg-type]  # what mypy refuses too
    with pytest.raises(OptimizerError, match=r"Mixed\(beta=array.*cannot be saved as JSON"):
        optimizer.state_dict()


def test_groups_are_known_by_their_parameters() -> None:
    """Saved in one order of groups and loaded in another."""

    def build(tensors: list[Tensor], *, swapped: bool) -> MultiOptimizer:
        of = {tensor.name: tensor for tensor in tensors}
        groups = [Group([of["a"], of["b"]], Mixed(0.5)), Group([of["c/d"]], Mixed(0.25), lr=0.5)]
        return MultiOptimizer(groups[::-1] if swapped else groups)

    tensors, fresh = parameters(), parameters()
    first, second = build(tensors, swapped=False), build(fresh, swapped=True)
    step(first, tensors, 0)
    second.load_state_dict(saved(first.state_dict()))
    for mine, theirs in zip(fresh, tensors, strict=True):
        mine.data = theirs.data
    step(first, tensors, 1)
    step(second, fresh, 1)
    assert [tensor.data.tobytes() for tensor in tensors] == [tensor.data.tobytes() for tensor in fresh]
    with pytest.raises(StateMismatch, match=r"parameter 'c/d': .* was saved, nothing is here"):
        Optimizer(parameters()[:2], Mixed()).load_state_dict(first.state_dict())
