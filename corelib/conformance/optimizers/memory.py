"""Checks of what a rule reads, writes, keeps and allocates."""

import tracemalloc
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

import numpy as np

from corelib.conformance.failure import Failure
from corelib.conformance.optimizers.case import RuleCheck
from corelib.conformance.optimizers.loose import Loose, begun, junk, updated
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.tally import Tally
from corelib.core.tensor import Array
from corelib.rule import Step

SHAPES: Final = ((), (1,), (4,), (2, 3), (0,), (0, 3))
STEPS: Final = 6
LARGE: Final = 40_000


def _path(
    subject: RuleSubject, hyperparameters: Mapping[str, Any], shape: tuple[int, ...], garbage: float = np.nan
) -> tuple[list[bytes], Loose]:
    """All updates along fixed gradients, and the rule as it is then."""
    rng = np.random.default_rng(7)
    loose = Loose(subject.rule(hyperparameters), np.asarray(rng.normal(size=shape)), 0.1)
    loose.garbage = garbage
    found = []
    for _ in range(STEPS):
        loose.step(np.asarray(rng.normal(size=shape)))
        found.append(loose.out.tobytes())
    return found, loose


def out_and_scratch(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """``out`` is written in full, and nothing is read from it, or from work arrays, that was there before."""
    for shape in SHAPES:
        one, loose = _path(subject, hyperparameters, shape)
        tally.require(np.all(np.isfinite(loose.out)), f"out is not written in full, or read before, at shape {shape}")
        other, _ = _path(subject, hyperparameters, shape, garbage=3.25)
        tally.require(one == other, f"the update depends on what out or a work array held before, at shape {shape}")


def mutation(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """Neither grad nor param is written to, also where a rule could; ``update`` returns None."""
    rng = subject.rng("mutation")
    for writeable in (False, True):
        rule = subject.rule(hyperparameters)
        param, state, shared = rng.normal(size=5), None, begun(rule)
        for t in range(1, 4):
            grad, before = rng.normal(size=5), param.copy()
            given = grad.copy()
            for array in (grad, param):
                array.flags.writeable = writeable
            state = rule.init(param) if state is None else state
            out, terms, work = junk(rule, param, np.nan)
            step = Step(t, 0.1, work)
            returned = updated(
                rule, out=out, terms=terms, grad=grad, param=param, state=state, shared=shared, step=step
            )  # fmt: skip
            tally.require(returned is None, "update returns something: it must write into out")
            tally.same(grad, given, "grad is written to")
            tally.same(param, before, "param is written to")
        others = {f"scratch({k})": w for k, w in enumerate(work)} | {f"terms[{k}]": w for k, w in enumerate(terms)}
        _apart(tally, state, {"out": out, "grad": grad, "param": param, **others})


def _apart(tally: Tally, state: Any, others: Mapping[str, Array]) -> None:
    """The state shares memory with nothing that is not its own, and its arrays not with each other."""
    arrays = [(f.name, getattr(state, f.name)) for f in fields(state)] if is_dataclass(state) else []
    mine = [(name, value) for name, value in arrays if isinstance(value, np.ndarray)]
    for i, (name, value) in enumerate(mine):
        for other, array in [*others.items(), *mine[:i]]:
            tally.require(not np.shares_memory(value, array), f"the state's {name} shares memory with {other}")
    tally.assertions += 1


def deterministic(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """The same gradients give the same bytes, and NumPy's global random numbers stay where they are."""
    state = np.random.get_state(legacy=False)
    before = (state["state"]["key"].tobytes(), state["state"]["pos"])
    runs = [_path(subject, hyperparameters, (7,))[0] for _ in range(3)]
    tally.require(runs[0] == runs[1] == runs[2], "the same gradients give another path the second time")
    state = np.random.get_state(legacy=False)
    tally.require(before == (state["state"]["key"].tobytes(), state["state"]["pos"]), "uses global random numbers")


def independent(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """Parameters that are updated in turns by one rule do not affect each other."""
    rng = subject.rng("independent")
    rule = subject.rule(hyperparameters)
    gradients = rng.normal(size=(2, STEPS, 4))
    starts = rng.normal(size=(2, 4))
    together = [Loose(rule, start, 0.1) for start in starts]
    paths: list[list[bytes]] = [[], []]
    for t in range(STEPS):
        for k in (0, 1) if t % 2 else (1, 0):
            paths[k].append(together[k].step(gradients[k, t]).tobytes())
    for k in (0, 1):
        separate = Loose(subject.rule(hyperparameters), starts[k], 0.1)
        expected = [separate.step(gradients[k, t]).tobytes() for t in range(STEPS)]
        tally.require(paths[k] == expected, "two parameters of one rule change each other's path")
    late = Loose(rule, starts[0], 0.1)
    again = [late.step(gradients[0, t]).tobytes() for t in range(STEPS)]
    tally.require(again == paths[0], "a parameter that comes later takes another path")


def allocation(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """An update allocates less than one array of the parameter's size."""
    rule = subject.rule(hyperparameters)
    param, grad = np.zeros(LARGE), np.full(LARGE, 0.5)
    out, terms, work = junk(rule, param, 0.0)
    state, shared = rule.init(param), begun(rule)
    peak = 0
    for t in (1, 2, 3):
        step = Step(t, 0.1, work)
        if t > 1:
            tracemalloc.start()
        updated(rule, out=out, terms=terms, grad=grad, param=param, state=state, shared=shared, step=step)
        if t > 1:
            peak = max(peak, tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    size = param.nbytes
    tally.margin = max(tally.margin, peak / size)
    tally.require(peak < size, f"an update allocates {peak} bytes at its peak: {peak / size:.2f} arrays")


def shapes(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """0-d and empty parameters work, and the last entries of a long one move as in a short one."""
    for shape in SHAPES:
        _, loose = _path(subject, hyperparameters, shape)
        tally.require(loose.param.shape == shape, f"a parameter of shape {shape} became one of {loose.param.shape}")
        for f in fields(loose.state) if is_dataclass(loose.state) else ():
            value = getattr(loose.state, f.name)
            if not isinstance(value, (np.ndarray, float, int, bool, type(None))):
                kind = type(value).__name__
                raise Failure(f"the state's {f.name} is a {kind}: arrays, numbers, bools and None are saved")
            if subject.elementwise and isinstance(value, np.ndarray):
                tally.require(value.shape == shape, f"elementwise, and its state's {f.name} has shape {value.shape}")


CHECKS: Final = (
    RuleCheck("out_and_scratch", out_and_scratch, each=True),
    RuleCheck("mutation", mutation, each=True),
    RuleCheck("deterministic", deterministic, each=True),
    RuleCheck("independent", independent, each=True),
    RuleCheck("allocation", allocation, each=True),
    RuleCheck("rule_shapes", shapes, each=True),
)
