"""What every rule promises, beyond its formula."""

import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from corelib import AnyRule, Rule, Tensor
from corelib.errors import InvalidHyperparameter
from corelib.optimizing import packing
from corelib.optimizing.optimizer import Optimizer
from corelib.rule import Step
from corelib_optimizers import SGD, Adagrad, Adam, AdamW, Prodigy, RMSprop
from corelib_optimizers.plugin import corelib_optimizers

RULES: Final[list[AnyRule]] = [
    SGD(),
    SGD(momentum=0.9),
    SGD(momentum=0.9, dampening=0.5),
    SGD(momentum=0.9, nesterov=True),
    Adagrad(),
    Adagrad(lr_decay=0.1, initial_accumulator_value=0.1),
    RMSprop(),
    RMSprop(centered=True, momentum=0.9),
    RMSprop(centered=True, alpha=0.5),
    Adam(),
    Adam(amsgrad=True),
    AdamW(),
    Prodigy(),
    Prodigy(bias_correction=True, d0=0.1),
]
every_rule: Final = pytest.mark.parametrize("rule", RULES, ids=repr)
SHAPES: Final = ((), (0,), (1,), (5,), (2, 3), (60, 60))


def leaves(seed: int = 0, dtype: Any = np.float64) -> list[Tensor]:
    rng = np.random.default_rng(seed)
    values = [np.array(rng.normal(size=shape), dtype) for shape in SHAPES]
    return [Tensor(value, trainable=True, name=f"p{i}") for i, value in enumerate(values)]


def run(optimizer: Optimizer, start: int, stop: int, change: Callable[[Any], Any] = lambda gradient: gradient) -> None:
    for t in range(start, stop):
        for each in optimizer.parameters:
            rng = np.random.default_rng([t, *each.name.encode()])
            each.tensor.grad = change(np.array(rng.normal(size=each.shape), each.dtype))
        optimizer.step()


def values(tensors: list[Tensor]) -> list[bytes]:
    return [tensor.data.tobytes() for tensor in tensors]


def test_the_plugin_provides_the_rules_by_name() -> None:
    assert corelib_optimizers() == {
        "sgd": SGD, "adagrad": Adagrad, "rmsprop": RMSprop, "adam": Adam, "adamw": AdamW, "prodigy": Prodigy,
    }  # fmt: skip


@every_rule
def test_the_rule_is_frozen(rule: AnyRule) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(rule, fields(rule)[0].name, 0.5)  # type: ignore[arg-type]  # a protocol is no dataclass to mypy


@every_rule
def test_a_resumed_run_is_the_same_to_the_bit(rule: AnyRule) -> None:
    whole = leaves()
    run(Optimizer(whole, rule), 0, 15)
    for at in (1, 3, 10):
        first = leaves()
        optimizer = Optimizer(first, rule)
        run(optimizer, 0, at)
        second = [Tensor(tensor.data, trainable=True, name=tensor.name) for tensor in first]
        resumed = Optimizer(second[::-1], rule)
        resumed.load_state_dict(optimizer.state_dict())
        run(resumed, at, 15)
        assert values(second) == values(whole)


RESUME: Final = """
import sys
import numpy as np
from corelib import Tensor
from corelib.optimizing.optimizer import Optimizer
from corelib_optimizers import Adam

file, start, stop = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
w = Tensor(np.linspace(-1.0, 1.0, 7), trainable=True, name="w")
optimizer = Optimizer([w], Adam(amsgrad=True), lr=lambda n: 0.1 / (1 + n), clip_norm=1.0)
if start:
    saved = dict(np.load(file, allow_pickle=False))
    w.data = saved.pop("values")
    optimizer.load_state_dict(saved)
for t in range(start, stop):
    w.grad = np.sin(np.arange(7.0) + t)
    optimizer.step()
np.savez(file, values=w.data, **optimizer.state_dict())
print(w.data.tobytes().hex())
"""


def test_a_run_resumed_in_another_process_is_the_same_to_the_bit(tmp_path: Path) -> None:
    def process(file: str, start: int, stop: int) -> str:
        command = [sys.executable, "-c", RESUME, str(tmp_path / file), str(start), str(stop)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    whole = process("whole.npz", 0, 8)
    process("parts.npz", 0, 3)
    assert process("parts.npz", 3, 8) == whole


@every_rule
def test_packed_or_not_the_bits_are_the_same(rule: AnyRule, monkeypatch: pytest.MonkeyPatch) -> None:
    packed, apart = leaves(), leaves()
    run(Optimizer(packed, rule), 0, 5)
    monkeypatch.setattr(packing, "SMALL", -1)
    run(Optimizer(apart, rule), 0, 5)
    assert values(packed) == values(apart)


@every_rule
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_is_kept(rule: AnyRule, dtype: Any) -> None:
    tensors = leaves(dtype=dtype)
    optimizer = Optimizer(tensors, rule)
    run(optimizer, 0, 3)
    state = [array for key, array in optimizer.state_dict().items() if key != "header"]
    assert {array.dtype for array in [*state, *(tensor.data for tensor in tensors)]} == {np.dtype(dtype)}


@pytest.mark.parametrize("rule", [each for each in RULES if not isinstance(each, Prodigy)], ids=repr)
def test_out_and_scratch_are_written_whatever_they_held(rule: Rule[Any]) -> None:
    param, grad = np.ones(4), np.array([1.0, -1.0, 0.0, 1e-9])
    results = []
    for junk in (np.nan, 7.0):
        out, state = np.full(4, junk), rule.init(param)
        work = tuple(np.full(4, junk) for _ in range(rule.scratch))
        for t in (1, 2):
            rule.update(out=out, grad=grad, param=param, state=state, step=Step(t, 0.1, work))
        results.append(out)
    assert np.array_equal(results[0], results[1])
    assert np.isfinite(results[0]).all()


@every_rule
def test_gradients_of_zero_are_no_trouble_and_the_first_other_one_moves(rule: AnyRule) -> None:
    w = Tensor(np.ones(3), trainable=True)
    optimizer = Optimizer([w], rule, weight_decay=0.0)
    for _ in range(3):
        w.grad = np.zeros(3)
        optimizer.step()
    assert w.data.tolist() == [1.0] * 3
    w.grad = np.array([1.0, -1.0, 1e-3])
    optimizer.step()
    assert np.array_equal(np.sign(1.0 - w.data), [1.0, -1.0, 1.0])


@every_rule
def test_a_constant_gradient_stays_finite(rule: AnyRule) -> None:
    """Where centered, the variance of a constant is 0 but for rounding, which can make it negative."""
    w = Tensor(np.ones(100), trainable=True)
    optimizer = Optimizer([w], rule, lr=1e-6)
    for _ in range(100):
        w.grad = np.linspace(0.01, 1.0, 100)
        optimizer.step()
    assert np.isfinite(w.data).all()


@every_rule
def test_turning_the_signs_turns_the_run(rule: AnyRule) -> None:
    tensors, turned = leaves(), leaves()
    for tensor in turned:
        tensor.data = -tensor.data
    run(Optimizer(tensors, rule), 0, 5)
    run(Optimizer(turned, rule), 0, 5, np.negative)
    assert values([Tensor(-tensor.data) for tensor in turned]) == values(tensors)


@pytest.mark.parametrize("rule", [Adagrad(eps=0.0), RMSprop(eps=0.0), Adam(eps=0.0)], ids=repr)
def test_without_epsilon_the_scale_of_the_gradients_does_not_matter(rule: AnyRule) -> None:
    tensors, scaled = leaves(), leaves()
    run(Optimizer(tensors, rule), 0, 5)
    run(Optimizer(scaled, rule), 0, 5, lambda gradient: gradient * 2.0**10)
    assert values(scaled) == values(tensors)


@every_rule
def test_a_rate_of_zero_changes_no_bit(rule: AnyRule) -> None:
    tensors = leaves()
    before = values(tensors)
    run(Optimizer(tensors, rule, lr=0.0), 0, 3)
    assert values(tensors) == before


@every_rule
def test_later_steps_allocate_less_than_one_array(rule: AnyRule) -> None:
    w = Tensor(np.ones((100, 100)), trainable=True)
    w.grad = np.ones((100, 100))
    optimizer = Optimizer([w], rule, clip_norm=1.0)
    optimizer.step()
    tracemalloc.start()
    optimizer.step()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < w.data.nbytes / 10


@pytest.mark.parametrize("rule", [rule for rule in RULES if not getattr(rule, "lr_decay", 0)], ids=repr)
@pytest.mark.parametrize("condition", [1.0, 1e2])
def test_a_quadratic_is_descended(rule: AnyRule, condition: float) -> None:
    scales = np.geomspace(1.0 / condition, 1.0, 4)
    w = Tensor(np.ones(4), trainable=True)
    optimizer = Optimizer([w], rule, lr=0.3 if isinstance(rule, (SGD, Adagrad)) else 0.01, weight_decay=0.0)
    for _ in range(2000):
        w.grad = scales * w.data
        optimizer.step()
    assert np.sum(scales * w.data**2) < 1e-3 * np.sum(scales)


@pytest.mark.parametrize(
    ("kind", "hyperparameters", "message"),
    [
        (SGD, {"momentum": 1.0}, r"SGD: momentum = 1.0 is no number in \[0, 1\)"),
        (SGD, {"momentum": -0.1}, r"SGD: momentum = -0.1 is no number in \[0, 1\)"),
        (SGD, {"dampening": 1.5}, r"SGD: dampening = 1.5 is no number in \[0, 1\]"),
        (SGD, {"nesterov": True}, "nesterov = True needs a momentum"),
        (SGD, {"momentum": 0.9, "dampening": 0.1, "nesterov": True}, "nesterov = True needs a momentum"),
        (SGD, {"nesterov": "yes"}, "SGD: nesterov = 'yes' is neither True nor False"),
        (Adagrad, {"lr_decay": -1.0}, r"Adagrad: lr_decay = -1.0 is no number in \[0, inf\)"),
        (Adagrad, {"initial_accumulator_value": -1.0}, r"initial_accumulator_value = -1.0 is no number in \[0, inf\)"),
        (Adagrad, {"eps": float("nan")}, r"Adagrad: eps = nan is no number in \[0, inf\)"),
        (RMSprop, {"alpha": 1.0}, r"RMSprop: alpha = 1.0 is no number in \[0, 1\)"),
        (RMSprop, {"eps": -1e-8}, r"RMSprop: eps = -1e-08 is no number in \[0, inf\)"),
        (RMSprop, {"momentum": 1.0}, r"RMSprop: momentum = 1.0 is no number in \[0, 1\)"),
        (RMSprop, {"centered": 1}, "RMSprop: centered = 1 is neither True nor False"),
        (Adam, {"beta1": 1.0}, r"Adam: beta1 = 1.0 is no number in \[0, 1\)"),
        (Adam, {"beta2": "0.9"}, r"Adam: beta2 = '0.9' is no number in \[0, 1\)"),
        (Adam, {"eps": float("inf")}, r"Adam: eps = inf is no number in \[0, inf\)"),
        (Adam, {"amsgrad": None}, "Adam: amsgrad = None is neither True nor False"),
        (AdamW, {"beta1": -0.1}, r"AdamW: beta1 = -0.1 is no number in \[0, 1\)"),
    ],
)
def test_a_hyperparameter_out_of_its_range_is_refused_with_the_range(
    kind: type[AnyRule], hyperparameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidHyperparameter, match=message):
        kind(**hyperparameters)


def test_adamw_decays_by_itself_and_adam_does_not() -> None:
    w = Tensor(np.ones(1), trainable=True)
    assert (Optimizer([w], AdamW()).weight_decay, Optimizer([w], Adam()).weight_decay) == (0.01, 0.0)
    assert Optimizer([w], AdamW(), weight_decay=0.3).weight_decay == 0.3
