"""The check of arrays of other kinds: a rule on parameters that refuse what CuPy refuses."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Final

import numpy as np

from corelib.conformance.failure import Failure
from corelib.conformance.guarded import GUARDED, counted
from corelib.conformance.guarded.conventions import broken_by
from corelib.conformance.guarded.looks import Look
from corelib.conformance.optimizers.case import RuleCheck
from corelib.conformance.optimizers.following import LR, drawn
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.tally import Tally
from corelib.core.array_kinds import ArrayKind, kind_of_array
from corelib.core.tensor import Array, Tensor

ULPS: Final = 64
"""Of the largest entry: a rule may compute in another order where the array is not NumPy's."""
FORMS: Final = (np.float64, np.float32)
STATE: Final = "what a rule keeps of a parameter is of its kind: make it by np.zeros_like(param), param.copy()"
LOOK: Final = (
    "no float(), item() or if of an array: on a GPU each waits. np.where and np.maximum choose without; a number that "
    "depends on all entries is for a JointRule"
)


def array_kinds(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """Parameters and state keep their kind and take NumPy's path, and nobody looks at an entry.

    For a rule over all parameters together the Optimizer looks once a step, at the sums.
    """
    kind = subject.array_kind or GUARDED
    for form in FORMS:
        values, gradients = drawn(subject, "kinds")
        values, rows = [v.astype(form) for v in values], [[g.astype(form) for g in row] for row in gradients]
        expected = _driven(subject, hyperparameters, values, rows)
        with counted() as looks:
            found = _foreign(subject, hyperparameters, kind, values, rows)
        allowed = len(rows) if subject.joint else 0
        tally.require(len(looks) <= allowed, _looked(looks, allowed, len(rows)))
        _of_kind(tally, found, kind)
        paths = [[p.tensor.data for p in optimizer.parameters] for optimizer in (found, expected)]
        for array, known in zip(*paths, strict=True):
            _near(tally, kind.to_host(array), known, "a parameter takes another path than in an array of NumPy's")
        saved, known_state = found.state_dict(), expected.state_dict()
        tally.require(saved.keys() == known_state.keys(), f"saved are {sorted(saved)}, and not {sorted(known_state)}")
        for key in saved.keys() - {"header"}:
            _near(tally, saved[key], known_state[key], f"the state {key} is another than for arrays of NumPy's")


def _driven(
    subject: RuleSubject, hyperparameters: Mapping[str, Any], values: Sequence[Any], rows: Sequence[Sequence[Any]]
) -> Any:
    """The optimizer after all steps."""
    tensors = [Tensor(value, trainable=True, name=f"p{i}") for i, value in enumerate(values)]
    rule = subject.rule(hyperparameters)
    optimizer = subject.optimizer(tensors, rule, lr=LR, weight_decay=0.1, on_nonfinite="propagate")
    for row in rows:
        for tensor, gradient in zip(tensors, row, strict=True):
            tensor.grad = gradient
        optimizer.step()
    return optimizer


def _foreign(
    subject: RuleSubject, hyperparameters: Mapping[str, Any], kind: ArrayKind, values: Sequence[Array],
    rows: Sequence[Sequence[Array]],
) -> Any:  # fmt: skip
    """The same on arrays of the kind. Raises a Failure that names the convention that was broken, and the line."""
    placed = [[kind.from_host(array) for array in arrays] for arrays in (values, *rows)]
    try:
        return _driven(subject, hyperparameters, placed[0], placed[1:])
    except Exception as error:
        broken = broken_by(error)
        if broken is None:
            raise
        raise Failure(str(broken)) from error


def _of_kind(tally: Tally, optimizer: Any, kind: ArrayKind) -> None:
    """The arrays of parameters and of their states are of the kind."""
    for parameter in optimizer.parameters:
        state = parameter.state
        kept = {f.name: getattr(state, f.name) for f in fields(state)} if is_dataclass(state) else {}
        for name, value in {"value": parameter.tensor.data, **kept}.items():
            if hasattr(value, "__array_function__"):
                found = f"{parameter.name}'s {name} is a {type(value).__module__}.{type(value).__name__}"
                tally.require(kind_of_array(value) is kind, f"{found}: {STATE}")


def _near(tally: Tally, found: Array, known: Array, message: str) -> None:
    tally.require(found.dtype == known.dtype, f"{message}: {found.dtype}, and not {known.dtype}")
    number = known.dtype.kind == "f"
    size = float(np.max(np.abs(known), initial=0.0)) if number else 0.0
    tally.close(found, known, ULPS * float(np.finfo(known.dtype).eps) * size + 1e-300 if number else 0.5, message)


def _looked(looks: Sequence[Look], allowed: int, steps: int) -> str:
    lines = "".join(f"\n  {line}" for line in dict.fromkeys(map(str, looks)))
    return f"{len(looks)} looks at the data in {steps} steps, and {allowed} are the Optimizer's: {LOOK}{lines}"


CHECKS: Final = (RuleCheck("array_kinds", array_kinds, each=True),)
