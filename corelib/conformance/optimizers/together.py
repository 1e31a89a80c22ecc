"""Checks of a rule over all parameters together: it sees all of them, and in whatever way they are split."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from corelib.conformance.failure import Skip
from corelib.conformance.optimizers.case import RuleCheck
from corelib.conformance.optimizers.course import DRIFT
from corelib.conformance.optimizers.following import alike, follow, split
from corelib.conformance.optimizers.numbers import EXACT, path_of
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.tally import Tally
from corelib.core.tensor import Array
from corelib.optimizing.optimizer import Optimizer

SPLITS: Final = (((8,),), ((), (3,), (2, 2), (0,)))
STEPS: Final = 16


def together(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """The path is that of all numbers together, however they are split, ordered and packed, and no other."""
    if not subject.joint:
        raise Skip("each parameter by itself: see packed")
    _, gradients = path_of(subject, "together")
    gradients = gradients[DRIFT][:STEPS]  # so that estimates grow, and not so far that rounding does
    start = np.zeros(8)  # from elsewhere, rounding in p - p0 is what estimates see at first
    whole, *others = [_ended(subject, hyperparameters, start, gradients, shapes) for shapes in SPLITS]
    for path, shapes in zip(others, SPLITS[1:], strict=True):
        message = f"split into parameters of shapes {shapes}, the numbers take another path"
        reach = float(np.max(np.abs(whole), initial=np.finfo(float).tiny))  # of all: one may end near 0
        tally.close(path / reach, whole / reach, EXACT, message)
    _unpacked(subject, hyperparameters, tally, start, gradients)
    separate = [
        _ended(subject, hyperparameters, start[part], gradients[:, part], ((4,),)) for part in (slice(4), slice(4, 8))
    ]
    seen = not np.array_equal(np.concatenate(separate, axis=-1), whole)
    tally.require(seen, "parameters together take the paths that each takes by itself: the rule needs no combine")


def _ended(
    subject: RuleSubject, hyperparameters: Mapping[str, Any], start: Array, gradients: Array,
    shapes: Sequence[tuple[int, ...]],
) -> Array:  # fmt: skip
    """The numbers after all steps, in one row."""
    rows = [split(row, shapes) for row in gradients]
    found = follow(subject, hyperparameters, split(start, shapes), rows, lr=1.0, weight_decay=0.1)
    return np.concatenate([data.ravel() for data in found])


def _unpacked(
    subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally, start: Array, gradients: Array
) -> None:
    """The same bytes in another order of the parameters, and where none is packed."""
    shapes = SPLITS[1]
    values, rows = split(start, shapes), [split(row, shapes) for row in gradients]
    options: dict[str, Any] = {"lr": 1.0, "weight_decay": 0.1}
    expected = follow(subject, hyperparameters, values, rows, **options)
    turned = follow(subject, hyperparameters, values[::-1], [row[::-1] for row in rows], **options)
    alike(tally, turned[::-1], expected, "in another order, the parameters take other paths")
    apart = subject.with_optimizer(lambda tensors, rule, **given: _one_by_one(subject, tensors, rule, given))
    found = follow(apart, hyperparameters, values, rows, **options)
    alike(tally, found, expected, "updated one by one, the parameters take other paths than packed")


def _one_by_one(subject: RuleSubject, tensors: Any, rule: Any, given: Any) -> Optimizer:
    """The optimizer with the rule declared not ``elementwise``, so that nothing is packed."""
    kind: Any = type(rule)
    unpacked = type(kind)(
        kind.__name__, (kind,), {"elementwise": False, "__module__": kind.__module__, "__slots__": ()}
    )
    made: Optimizer = subject.optimizer(
        tensors, unpacked(**{n: getattr(rule, n) for n in subject.hyperparameters}), **given
    )
    return made


CHECKS: Final = (RuleCheck("together", together, each=True),)
