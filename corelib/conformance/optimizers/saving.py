"""Checks of saving and resuming: the path is the same to the bit, here and in a new process."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from corelib.conformance.failure import Failure, Skip
from corelib.conformance.optimizers.case import RuleCheck
from corelib.conformance.optimizers.following import LR, alike, drawn, follow, give, parameters
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.tally import Tally
from corelib.core.tensor import Array
from corelib.errors import StateMismatch

STOPS: Final = (1, 3, 10)
LAST: Final = 12


def resume(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """Stopped after 1, 3 or 10 steps, saved by numpy.savez, read again: the same bytes, and a snapshot each time."""
    for shapes in (((), (3,), (2, 3)), ((4,),)):  # many small ones may be packed; a single one is not
        _resumes(subject, hyperparameters, tally, shapes)


def _resumes(
    subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally, shapes: Sequence[tuple[int, ...]]
) -> None:
    values, gradients = drawn(subject, "resume", shapes, steps=LAST)
    options: dict[str, Any] = {"lr": LR, "weight_decay": 0.01}
    expected = follow(subject, hyperparameters, values, gradients, **options)
    for stop in STOPS:
        tensors = parameters(values)
        optimizer = subject.optimizer(tensors, subject.rule(hyperparameters), **options)
        for row in gradients[:stop]:
            give(tensors, row)
            optimizer.step()
        saved = optimizer.state_dict()
        before = {k: v.tobytes() for k, v in saved.items()}
        halfway = [t.data.copy() for t in tensors]
        give(tensors, gradients[stop])
        optimizer.step()
        now = {k: v.tobytes() for k, v in saved.items()}
        tally.require(now == before, "a saved state changes with the next step: it is no snapshot")
        found = _resumed(subject, hyperparameters, tally, halfway, saved, gradients[stop:], options)
        alike(tally, found, expected, f"stopped after {stop} steps and resumed, the path is another")
    _misfits(subject, hyperparameters, tally, values, saved)


def _resumed(
    subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally, values: list[Array], saved: Any,
    gradients: Any, options: Any,
) -> list[Array]:  # fmt: skip
    """Go on from a state in another optimizer, whose parameters stand in another order."""
    tensors = parameters(values)
    optimizer = subject.optimizer(tensors[::-1], subject.rule(hyperparameters), **options)
    optimizer.load_state_dict(saved)
    before = {k: v.tobytes() for k, v in saved.items()}
    for row in gradients:
        give(tensors, row)
        optimizer.step()
    now = {k: v.tobytes() for k, v in saved.items()}
    tally.require(now == before, "going on changes the state that was loaded: loading aliases it")
    return [t.data for t in tensors]


def _misfits(
    subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally, values: list[Array], saved: Any
) -> None:
    """A state of other names or other shapes is refused."""
    others = [np.zeros((*v.shape, 2)) for v in values]
    for misfit in (parameters(others), parameters(values[:-1] or [np.ones(9)])):
        optimizer = subject.optimizer(misfit, subject.rule(hyperparameters), lr=LR, weight_decay=0.01)
        try:
            optimizer.load_state_dict(saved)
        except StateMismatch:
            tally.assertions += 1
        else:
            raise Failure("a state of other parameters is loaded without an error")


def fresh_process(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """Resumed in a new process from the files, the path is the same to the bit."""
    module, name = subject.kind.__module__, subject.kind.__qualname__
    if "<locals>" in name or getattr(sys.modules.get(module), name, None) is not subject.kind:
        raise Skip("the rule cannot be imported by name")
    values, gradients = drawn(subject, "process", steps=6)
    variants = list(subject.variants.values())
    with tempfile.TemporaryDirectory() as folder:
        expected = [_left(Path(folder), i, subject, given, values, gradients) for i, given in enumerate(variants)]
        command = [sys.executable, "-m", "corelib.conformance.optimizers.child", folder, module, name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failure(f"in a fresh process: {done.stderr[-600:]}")
        for i, paths in enumerate(expected):
            with np.load(Path(folder) / f"end{i}.npz", allow_pickle=False) as end:
                alike(tally, [end[f"p{k}"] for k in range(len(paths))], paths, f"in a fresh process: {variants[i]}")


def _left(
    folder: Path, i: int, subject: RuleSubject, hyperparameters: Mapping[str, Any], values: list[Array], gradients: Any
) -> list[Array]:
    """Save a state half-way to files, and return where the path ends."""
    tensors = parameters(values)
    optimizer = subject.optimizer(tensors, subject.rule(hyperparameters), lr=LR)
    for row in gradients[:3]:
        give(tensors, row)
        optimizer.step()
    np.savez(folder / f"state{i}.npz", allow_pickle=False, **optimizer.state_dict())
    named = {f"p{k}": t.data for k, t in enumerate(tensors)}
    later = {f"g{t}_{k}": g for t, row in enumerate(gradients[3:]) for k, g in enumerate(row)}
    np.savez(folder / f"rest{i}.npz", allow_pickle=False, **named, **later)
    (folder / f"rule{i}.json").write_text(json.dumps(dict(hyperparameters)), encoding="utf-8")
    for row in gradients[3:]:
        give(tensors, row)
        optimizer.step()
    return [t.data for t in tensors]


CHECKS: Final = (
    RuleCheck("resume", resume, each=True),
    RuleCheck("fresh_process", fresh_process),
)
