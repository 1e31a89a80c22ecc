"""Checks of the numbers: the formula, its symmetries, and float32."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from corelib.conformance.failure import Failure, Skip, Undeclared
from corelib.conformance.optimizers.case import RuleCheck
from corelib.conformance.optimizers.course import LR, STEPS, course, lacking, rates, scaled
from corelib.conformance.optimizers.following import drawn, follow, split
from corelib.conformance.optimizers.loose import Loose
from corelib.conformance.optimizers.spec import Reference, Trajectories
from corelib.conformance.optimizers.subject import RuleSubject
from corelib.conformance.tally import Tally
from corelib.core.tensor import Array

OTHER: Final = "another path than the reference's"
EXACT: Final = 1e-12
SINGLE: Final = 1e-4
SCALES: Final = (1.0, 1e3, 1e-6, 1e-9, 1e20, 1e-20)
CHASE: Final = 40
SPLIT: Final = ((), (3,), (2, 2))
EXTREME: Final = (1.0, 1e120, 1e-120)
POWER: Final = 2.0**10


def trajectory(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """The path along fixed gradients of four scales is that of the reference, within 1e-12 of how far it goes."""
    reference = subject.spec.reference
    if reference is None:
        raise Undeclared("unverified formula: declare a reference, Trajectories or a NumPy function")
    if not isinstance(reference, Trajectories):
        raise Skip("the reference is a function: see pure_rule")
    saved = reference.load()
    mine = [
        (case, path)
        for case, path in zip(saved["cases"], saved["trajectories"], strict=True)
        if case["rule"] == subject.spec.name
    ]
    _sufficient(subject, saved, [case for case, _ in mine])
    for case, path in mine:
        found = _followed(subject, reference, saved, case)
        close_to_path(
            tally,
            found,
            path,
            f"{OTHER}: {case['hyperparameters']} {case['options']}, gradients times {case['scale']:g}",
        )


def _sufficient(subject: RuleSubject, saved: Mapping[str, Any], cases: Sequence[Mapping[str, Any]]) -> None:
    """Raise Undeclared where the vendored trajectories lack a case in which wrong formulas differ."""
    defaults = subject.hyperparameters
    defaults = subject.hyperparameters
    untried = [
        n for n, default in defaults.items() if all(c["hyperparameters"].get(n, default) == default for c in cases)
    ]
    if untried:
        raise Undeclared(f"no trajectory has {', '.join(untried)} off the default")
    missing = sorted(set(SCALES) - {case["scale"] for case in cases})
    if missing:
        raise Undeclared(f"no trajectory with gradients of scale {missing}: they show where an epsilon stands")
    if not any(case.get("scheduled") for case in cases):
        raise Undeclared("no trajectory with a learning rate that changes: it shows where the formula has its lr")
    absent = lacking(saved["gradients"])
    if absent:
        raise Undeclared(f"the gradients of the trajectories lack {', '.join(absent)}")


def _followed(subject: RuleSubject, reference: Trajectories, saved: dict[str, Any], case: dict[str, Any]) -> Array:
    start = saved["values"] * (not case["zero"])
    rows: list[Array] = []

    def seen(t: int, optimizer: Any, tensors: Any) -> None:
        if t in reference.recorded:
            rows.append(np.concatenate([tensor.data.ravel() for tensor in tensors]))

    gradients = [split(row, reference.shapes) for row in scaled(saved["gradients"], case)]
    options = dict(case["options"])
    if case.get("scheduled"):
        options["lr"] = lambda n: float(saved["rates"][n])
    follow(subject, case["hyperparameters"], split(start, reference.shapes), gradients, seen, **options)
    return np.array(rows)


def close_to_path(tally: Tally, found: Array, expected: Array, what: str) -> None:
    """Within 1e-12 of how far each entry ever gets."""
    expected = np.atleast_2d(expected)
    reach = np.maximum(np.max(np.abs(expected), axis=0), np.finfo(float).tiny)
    tally.close(np.atleast_2d(found) / reach, expected / reach, EXACT, what)


def pure_rule(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """The path is that of the formula, written a second time in NumPy."""
    reference = subject.spec.reference
    if reference is None:
        raise Undeclared("unverified formula: declare a reference, Trajectories or a NumPy function")
    if isinstance(reference, Trajectories):
        raise Skip(f"the reference is {subject.spec.from_library or 'a file'}: see trajectory")
    for variant in subject.variants.values():
        _pure(subject, variant, tally, reference)


def _pure(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally, reference: Reference) -> None:
    start, gradients = path_of(subject, "pure")
    at_defaults = dict(hyperparameters) == subject.required
    for scale in SCALES if at_defaults else (1.0,):  # from 0, where the smallest update shows
        _compared(
            subject, hyperparameters, tally, reference, 0 * start, gradients * scale, f"gradients times {scale:g}"
        )
    if at_defaults:
        _compared(subject, hyperparameters, tally, reference, start, gradients, f"from {start}")
    chased = _from_values(subject, hyperparameters, start, gradients[2])
    _compared(subject, hyperparameters, tally, reference, start, chased, "gradients that come from the parameters")


def _compared(
    subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally, reference: Reference, start: Array,
    gradients: Array, what: str,
) -> None:  # fmt: skip
    """The path along these gradients, with a learning rate that changes, against the reference's."""
    values = {**subject.hyperparameters, **hyperparameters}
    rate = rates()[: len(gradients)]
    try:
        expected = np.asarray(reference(start.copy(), gradients.copy(), rate.copy(), **values))
    except Exception as error:
        called = "reference(start (n), gradients (steps, n), lr (steps), **hyperparameters)"
        raise Failure(f"{called} raised {type(error).__name__}: {error}") from error
    shapes = (start.shape,) if not (subject.elementwise or subject.joint) else SPLIT
    found: list[Array] = []

    def seen(t: int, optimizer: Any, tensors: Any) -> None:
        found.append(np.concatenate([tensor.data.ravel() for tensor in tensors]))

    rows = [split(row, shapes) for row in gradients]
    options: dict[str, Any] = {"lr": lambda n: float(rate[n]), "weight_decay": 0.0}
    follow(subject, hyperparameters, split(start, shapes), rows, seen, **options)
    close_to_path(tally, np.array(found), expected, f"{OTHER}: {values}, {what}")


def _from_values(subject: RuleSubject, hyperparameters: Mapping[str, Any], start: Array, offset: Array) -> Array:
    """The gradients along the rule's own path down a quadratic."""
    target, curvatures = start + 3 + offset, np.geomspace(0.1, 1, start.size)
    loose, gradients = Loose(subject.rule(hyperparameters), start, LR), []
    for _ in range(CHASE):
        gradients.append(curvatures * (loose.param - target))
        loose.step(gradients[-1])
    return np.array(gradients)


def path_of(subject: RuleSubject, name: str) -> tuple[Array, Array]:
    """A start (8), and a course of gradients (STEPS, 8)."""
    rng = subject.rng(name)
    gradients = course(rng, 8)
    return rng.normal(size=8), gradients


def _loose(subject: RuleSubject, hyperparameters: Mapping[str, Any], start: Array, gradients: Array) -> Iterator[Array]:
    """The updates of a rule without a driver."""
    loose = Loose(subject.rule(hyperparameters), start, LR)
    for row in gradients:
        loose.step(row)
        yield loose.out


def symmetry(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """The update has the promised symmetries: signs, the order of entries, the origin, and the scale."""
    start, gradients = path_of(subject, "symmetry")
    gradients = gradients[:20]
    updates = np.array(list(_loose(subject, hyperparameters, start, gradients)))
    if subject.spec.odd:
        turned = np.array(list(_loose(subject, hyperparameters, -start, -gradients)))
        tally.same(-turned, updates, "(p, g) -> (-p, -g) does not turn the update around")
    if subject.elementwise:
        order = subject.rng("order").permutation(len(start))
        mixed = np.array(list(_loose(subject, hyperparameters, start[order], gradients[:, order])))
        message = "entries in another order get other updates, and the rule is elementwise"
        if subject.joint:  # sums are added up in another order
            close_to_path(tally, mixed, updates[:, order], message)
        else:
            tally.same(mixed, updates[:, order], message)
    if not subject.spec.uses_values:
        moved = np.array(list(_loose(subject, hyperparameters, start + 1.5, gradients)))
        tally.same(moved, updates, "another origin changes the update: declare uses_values if it is meant to")
    _scaled(subject, hyperparameters, tally, start, gradients)


def _scaled(
    subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally, start: Array, gradients: Array
) -> None:
    if subject.spec.scale_free is None:
        return
    values = {**hyperparameters, **subject.spec.scale_free}
    gradients = np.where(gradients == 0, 0.5, gradients)
    one, other = (np.array(list(_loose(subject, values, start, gradients * s))) for s in (1.0, POWER))
    tally.same(other, one, f"gradients {POWER:g} times as large change the update, with {values}")


def dtype(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """float32 stays float32, in parameters and state, and follows float64 within 1e-4."""
    values, gradients = drawn(subject, "dtype", steps=30)
    if subject.joint:  # estimates use the distance from the start, which float32 loses beside a start of 1
        values = [0 * v for v in values]
    single = [v.astype(np.float32) for v in values]
    kept: list[Any] = []
    options: dict[str, Any] = {"lr": LR}

    def seen(t: int, optimizer: Any, tensors: Any) -> None:
        if t in (1, 2, len(gradients)):  # an array that has become float64 stays so
            kept.extend(optimizer.state_dict().items())

    found = follow(subject, hyperparameters, single, gradients, seen, **options)
    exact = follow(subject, hyperparameters, [v.astype(np.float64) for v in single], gradients, **options)
    for one, other in zip(found, exact, strict=True):
        tally.require(one.dtype == np.float32, f"a parameter of float32 became {one.dtype}")
        slack = SINGLE * float(np.max(np.abs(other), initial=1.0))
        tally.close(one, other, slack, "float32 does not follow float64")
    for key, value in kept:
        wide = np.shape(value) != () and np.asarray(value).dtype == np.float64
        tally.require(not wide, f"the state of a float32 parameter holds float64: {key}")


def zero_lr(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """With a learning rate of 0 the parameters stay as they are, to the bit, and -0.0 stays -0.0."""
    values, gradients = drawn(subject, "zero_lr")
    values[1][0] = -0.0
    found = follow(subject, hyperparameters, values, gradients, lr=0.0)
    for one, other in zip(found, values, strict=True):
        tally.require(one.tobytes() == other.tobytes(), "a learning rate of 0 changes parameters")


def zero_grad_arrays(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """A gradient of zeros gives finite updates and is counted; None is no update."""
    values, gradients = drawn(subject, "zeros", steps=3)
    zeros: list[list[Array | None]] = [[np.zeros_like(g) for g in gradients[0]]]
    none: list[list[Array | None]] = [[None for _ in gradients[0]]]
    counts: list[Any] = []

    def seen(t: int, optimizer: Any, tensors: Any) -> None:
        counts.append([p.t for p in optimizer.parameters])

    after = follow(subject, hyperparameters, values, [*zeros, *gradients, *zeros], seen)
    for data in after:
        tally.require(np.all(np.isfinite(data)), "gradients of zero make a parameter NaN or infinite")
    tally.require(counts[0] == [1] * len(values), f"after a gradient of zeros the counts are {counts[0]}")
    counts.clear()
    skipped = follow(subject, hyperparameters, values, [*none, *gradients, *none], seen)
    expected = follow(subject, hyperparameters, values, gradients)
    tally.require(counts[0] == [0] * len(values), f"after no gradient the counts are {counts[0]}")
    for one, other in zip(skipped, expected, strict=True):
        tally.same(one, other, "a step without gradients changes the path")
    first = follow(subject, hyperparameters, values, [[np.ones_like(g) for g in gradients[0]]], lr=LR)
    moved = [not np.array_equal(a, b) for a, b in zip(first, values, strict=True)]
    tally.require(all(moved), "the first gradient does not move the parameters")


def constant(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """Updates along a constant gradient, whose variance is 0 up to rounding, stay finite."""
    values = np.concatenate([[0.0], subject.rng("constant").normal(size=31) * np.geomspace(1e-9, 1e3, 31)])
    for scale in EXTREME:
        gradients = np.tile(values * scale, (STEPS if scale == 1 else 10, 1))
        for out in _loose(subject, hyperparameters, np.ones(32), gradients):
            message = f"along constant gradients, times {scale:g}, an update is not finite"
            tally.require(np.all(np.isfinite(out)), message)


def hyperparameters_live(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """Each hyperparameter off its default changes the path, by itself or beside another."""
    for name in subject.hyperparameters:
        change = subject.effect_of(name)
        if change is None:
            raise Failure(f"{name} has no effect: no value that was tried changes the path")
        tally.assertions += 1
    tally.assertions += 1


CHECKS: Final = (
    RuleCheck("trajectory", trajectory),
    RuleCheck("pure_rule", pure_rule),
    RuleCheck("symmetry", symmetry, each=True),
    RuleCheck("rule_dtype", dtype, each=True),
    RuleCheck("zero_lr", zero_lr),
    RuleCheck("zero_grad_arrays", zero_grad_arrays, each=True),
    RuleCheck("constant", constant, each=True),
    RuleCheck("hyperparameters_live", hyperparameters_live),
)
