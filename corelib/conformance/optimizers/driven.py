"""Checks of a rule inside its driver: frozen parameters, groups, two optimizers, gradients that are not finite."""

import copy
from collections.abc import Mapping
from dataclasses import Field
from typing import Any, Final

import numpy as np

from corelib.conformance.failure import Failure, Skip
from corelib.conformance.optimizers.case import RuleCheck
from corelib.conformance.optimizers.following import LR, alike, drawn, follow, give, parameters
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.tally import Tally
from corelib.core.tensor import Array, Tensor
from corelib.errors import NonFinite, OptimizerError
from corelib.optimizing.groups import Group, MultiOptimizer
from corelib.optimizing.options import OPTIONS


def frozen(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """What is not trainable keeps its bytes, has no state and no count, with decay, momentum and a stale gradient."""
    values, gradients = drawn(subject, "frozen", shapes=((3,), (3,)))
    tensors = parameters(values)
    options: dict[str, Any] = {"lr": LR, "weight_decay": 0.1, "clip_norm": 1.0}
    optimizer = subject.optimizer(tensors, subject.rule(hyperparameters), **options)
    give(tensors, gradients[0])
    optimizer.step()
    before, stale = tensors[1].data.tobytes(), np.full(3, 1e3)
    kept = {k: v.tobytes() for k, v in optimizer.state_dict().items() if k.startswith("p1/")}
    tensors[1].trainable = False
    for row in gradients[1:]:
        tensors[0].grad, tensors[1].grad = row[0], stale
        optimizer.step()
        tally.require(tensors[1].data.tobytes() == before, "a frozen parameter moves")
        tally.require(np.array_equal(stale, np.full(3, 1e3)), "a frozen parameter's gradient is written to")
    now = {k: v.tobytes() for k, v in optimizer.state_dict().items() if k.startswith("p1/")}
    tally.require(now == kept, "a frozen parameter's state changes")
    tally.require(optimizer.parameters[1].t == 1, "a frozen parameter's updates are counted")
    _never_trained(subject, hyperparameters, tally, values, gradients)


def _never_trained(
    subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally, values: list[Array], gradients: Any
) -> None:
    """The others take the path that they take without it, and a parameter that was never trained has no state."""
    options: dict[str, Any] = {"lr": LR, "weight_decay": 0.1, "clip_norm": 1.0}
    tensors = [Tensor(values[0], trainable=True, name="p0"), Tensor(values[1], trainable=False, name="p1")]
    optimizer = subject.optimizer(tensors, subject.rule(hyperparameters), **options)
    for row in gradients:
        tensors[0].grad, tensors[1].grad = np.array(row[0]), np.full(3, 1e3)
        optimizer.step()
    separate = follow(subject, hyperparameters, values[:1], [[row[0]] for row in gradients], **options)
    alike(tally, [tensors[0].data], separate, "a frozen parameter changes the path of others: its gradient is counted")
    mine = [k for k in optimizer.state_dict() if k.startswith("p1/")]
    tally.require(not mine, f"a parameter that was never trained has a state: {mine}")


def none_grad(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """No gradient in one step leaves value, state and count; the path is that without this step."""
    values, gradients = drawn(subject, "none", shapes=((2,), (2, 2)))
    holes: list[list[Any]] = []
    for t, row in enumerate(gradients):
        holes += [[None, None], row] if t == 2 else [row]
    expected = follow(subject, hyperparameters, values, gradients, lr=LR)
    alike(tally, follow(subject, hyperparameters, values, holes, lr=LR), expected, "a step without gradients counts")
    mixed = [[row[0], None if t % 2 else row[1]] for t, row in enumerate(gradients)]
    counts: list[list[int]] = []
    found = follow(
        subject, hyperparameters, values, mixed, lambda t, o, p: counts.append([each.t for each in o.parameters]), lr=LR
    )
    half = (len(gradients) + 1) // 2
    due = [len(gradients), half]
    tally.require(counts[-1] == due, f"with every second gradient missing, the counts are {counts[-1]}, and not {due}")
    if subject.joint:
        return  # parameters without a gradient change the path of the others
    separate = [
        follow(subject, hyperparameters, values[:1], [[row[0]] for row in gradients], lr=LR)[0],
        follow(subject, hyperparameters, values[1:], [[row[1]] for row in gradients[::2]], lr=LR)[0],
    ]
    alike(tally, found, separate, "updates are counted for all parameters together, and not for each")


def groups(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """Two groups are two optimizers; one may come later; a parameter in two is refused."""
    values, gradients = drawn(subject, "groups", shapes=((2,), (3,)))
    tensors = parameters(values)
    rule = subject.rule(hyperparameters)
    multi = MultiOptimizer([Group(tensors[:1], rule, lr=LR)], lr=0.5, weight_decay=0.0)
    for t, row in enumerate(gradients):
        if t == 2:
            multi.add(Group(tensors[1:], subject.rule(hyperparameters)))
        give(tensors, row)
        multi.step()
    separate = [
        follow(subject, hyperparameters, values[:1], [[r[0]] for r in gradients], lr=LR, weight_decay=0.0)[0],
        follow(subject, hyperparameters, values[1:], [[r[1]] for r in gradients[2:]], lr=0.5, weight_decay=0.0)[0],
    ]
    alike(tally, [t.data for t in tensors], separate, "two groups are not what two optimizers are")
    try:
        multi.add(Group(tensors[:1], rule))
    except OptimizerError:
        tally.assertions += 1
        return
    raise Failure("a parameter in two groups is accepted")


def no_global(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """Two optimizers used in turns do not affect each other, and a deep copy is independent."""
    values, gradients = drawn(subject, "global")
    other_values, other_gradients = drawn(subject, "other")
    expected = follow(subject, hyperparameters, values, gradients, lr=LR)
    others = follow(subject, hyperparameters, other_values, other_gradients, lr=LR)
    pair = [parameters(values), parameters(other_values)]
    optimizers = [subject.optimizer(p, subject.rule(hyperparameters), lr=LR) for p in pair]
    for row, other in zip(gradients, other_gradients, strict=True):
        for tensors, optimizer, given in reversed(list(zip(pair, optimizers, (row, other), strict=True))):
            give(tensors, given)
            optimizer.step()
    alike(tally, [t.data for t in pair[0]], expected, "two optimizers in turns change each other")
    alike(tally, [t.data for t in pair[1]], others, "two optimizers in turns change each other")
    first = optimizers[0]
    twin = copy.deepcopy(first)
    before = [t.data.copy() for t in pair[0]]
    for parameter in twin.parameters:
        parameter.tensor.grad = np.ones(parameter.tensor.shape)
    state = {k: v.tobytes() for k, v in first.state_dict().items()}
    twin.step()
    alike(tally, [t.data for t in pair[0]], before, "a step of a deep copy moves the original's parameters")
    same = {k: v.tobytes() for k, v in first.state_dict().items()} == state
    tally.require(same, "a step of a deep copy changes the original's state")


def identity(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """Parameters are updated where they lie, strided ones too; gradients are never written to."""
    values, gradients = drawn(subject, "identity", shapes=((4,), (3, 4)))
    expected = follow(subject, hyperparameters, values, gradients, lr=LR)
    tensors = parameters(values)
    wide = [np.zeros((*v.shape[:-1], 2 * v.shape[-1])) for v in values]
    for tensor, base, value in zip(tensors, wide, values, strict=True):
        base[..., ::2] = value
        tensor.data = base[..., ::2]
    buffers = [t.data for t in tensors]
    optimizer = subject.optimizer(tensors, subject.rule(hyperparameters), lr=LR)
    for row in gradients:
        give(tensors, row)
        given = [np.asarray(t.grad) for t in tensors]
        optimizer.step()
        for tensor, buffer, grad, original in zip(tensors, buffers, given, row, strict=True):
            tally.require(tensor.data is buffer, "a parameter's array is another after a step")
            tally.same(grad, original, "a gradient is written to")
    alike(tally, [t.data for t in tensors], expected, "a parameter that is not contiguous takes another path")


def nan_policy(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """With a gradient that is not finite a step raises, skips (both change nothing), or goes on, as declared."""
    for bad in (np.nan, np.inf):
        for policy in ("raise", "skip", "propagate"):
            _not_finite(subject, hyperparameters, tally, policy, bad)


def _not_finite(
    subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally, policy: Any, bad: float
) -> None:
    values, gradients = drawn(subject, "nan", shapes=((3,), (2,)), steps=3)
    tensors = parameters(values)
    optimizer = subject.optimizer(tensors, subject.rule(hyperparameters), lr=LR, on_nonfinite=policy)
    give(tensors, gradients[0])
    optimizer.step()
    before = [t.data.tobytes() for t in tensors], {k: v.tobytes() for k, v in optimizer.state_dict().items()}
    give(tensors, [np.full(3, bad), gradients[1][1]])
    raised = False
    try:
        optimizer.step()
    except NonFinite:
        raised = True
    tally.require(raised == (policy == "raise"), f"{policy!r}: NonFinite was {'' if raised else 'not '}raised")
    now = [t.data.tobytes() for t in tensors], {k: v.tobytes() for k, v in optimizer.state_dict().items()}
    if policy != "propagate":
        tally.require(now == before, f"{policy!r}: a gradient of {bad} changes parameters or state")
        give(tensors, gradients[1])
        optimizer.step()
        expected = follow(subject, hyperparameters, values, gradients[:2], lr=LR)
        alike(tally, [t.data for t in tensors], expected, f"{policy!r}: the next step is another")


def schedule(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """A schedule is called with 0 first; an assigned learning rate is used from the next step on."""
    values, gradients = drawn(subject, "schedule")
    rates = [0.1, 0.05, 0.2, 0.0, 0.1, 0.3]
    asked: list[int] = []

    def scheduled(n: int) -> float:
        asked.append(n)
        return rates[n]

    found = follow(subject, hyperparameters, values, gradients, lr=scheduled)
    tally.require(asked == list(range(len(gradients))), f"the schedule was asked for {asked}")
    tensors = parameters(values)
    optimizer = subject.optimizer(tensors, subject.rule(hyperparameters), lr=9.0)
    for rate, row in zip(rates, gradients, strict=True):
        optimizer.lr = rate
        give(tensors, row)
        optimizer.step()
    alike(tally, [t.data for t in tensors], found, "an assigned learning rate is not what a schedule is")


def closure(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """step(closure) calls it once, before the update, and returns what it returns."""
    values, gradients = drawn(subject, "closure")
    expected = follow(subject, hyperparameters, values, gradients[:1], lr=LR)
    tensors, calls = parameters(values), []
    optimizer = subject.optimizer(tensors, subject.rule(hyperparameters), lr=LR)

    def evaluate() -> float:
        calls.append(1)
        give(tensors, gradients[0])
        return 4.25

    tally.require(optimizer.step(evaluate) == 4.25, "step(closure) does not return what the closure returns")
    tally.require(len(calls) == 1, f"step(closure) called it {len(calls)} times")
    alike(tally, [t.data for t in tensors], expected, "step(closure) makes another step")


def maximize(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """Ascent along gradients is descent along minus them, also where they are clipped and parameters decay."""
    values, gradients = drawn(subject, "maximize")
    negative = [[-each for each in row] for row in gradients]
    more: dict[str, Any] = {"weight_decay": 0.1, "l2": 0.1, "clip_norm": 1.0}
    for options in ({}, more):
        expected = follow(subject, hyperparameters, values, negative, lr=LR, **options)
        found = follow(subject, hyperparameters, values, gradients, lr=LR, maximize=True, **options)
        alike(tally, found, expected, f"with maximize and {options}, a step is not one along minus the gradients")


def packed(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """Many small parameters together take the paths that each takes by itself."""
    if subject.joint:
        raise Skip("over all parameters together: see together")
    values, gradients = drawn(subject, "packed", shapes=((), (3,), (2, 2), (0,)))
    found = follow(subject, hyperparameters, values, gradients, lr=LR)
    for k, value in enumerate(values):
        separate = follow(subject, hyperparameters, [value], [[row[k]] for row in gradients], lr=LR)
        alike(tally, [found[k]], separate, f"among others, a parameter of shape {value.shape} takes another path")


def options(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """Options out of range, no parameter, and a parameter given twice are refused."""
    tensor = Tensor(np.ones(2), trainable=True)
    rule = subject.rule(hyperparameters)
    for name, option in OPTIONS.items():
        for value in _out_of_range(option):
            _refused(tally, subject.optimizer, [tensor], rule, {name: value})
    _refused(tally, subject.optimizer, [], rule, {})
    _refused(tally, subject.optimizer, [tensor, tensor], rule, {})


def _out_of_range(option: Field[Any]) -> tuple[Any, ...]:
    """Values that the option may not have; none where it says nothing of its range."""
    allowed = option.metadata.get("range")
    if isinstance(allowed, str):
        return (-1.0, np.nan, "1") if allowed.startswith("[0") else (0.0, np.nan, "1")
    return ("none of these",) if allowed or isinstance(option.default, bool) else ()


def _refused(tally: Tally, optimizer: Any, tensors: list[Tensor], rule: Any, bad: Any) -> None:
    try:
        optimizer(tensors, rule, **bad)
    except (ValueError, OptimizerError):
        tally.assertions += 1
        return
    raise Failure(f"accepted: {len(tensors)} parameters, {bad}")


CHECKS: Final = (
    RuleCheck("frozen", frozen, each=True),
    RuleCheck("none_grad", none_grad, each=True),
    RuleCheck("groups", groups),
    RuleCheck("no_global", no_global, each=True),
    RuleCheck("identity", identity, each=True),
    RuleCheck("nan_policy", nan_policy),
    RuleCheck("schedule", schedule),
    RuleCheck("closure", closure),
    RuleCheck("maximize", maximize),
    RuleCheck("packed", packed, each=True),
    RuleCheck("options", options),
)
