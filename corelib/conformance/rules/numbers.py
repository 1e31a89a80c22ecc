"""Checks of the numbers: the formula, its symmetries, and float32."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from corelib.conformance.failure import Failure, Skip, Undeclared
from corelib.conformance.rules.case import RuleCheck
from corelib.conformance.rules.following import Loose, drawn, follow
from corelib.conformance.rules.spec import Reference, Trajectories
from corelib.conformance.rules.subject import RuleSubject
from corelib.conformance.tally import Tally
from corelib.tensor import Array

EXACT: Final = 1e-12
SINGLE: Final = 1e-4
SCALES: Final = (1.0, 1e3, 1e-6, 1e-9)
STEPS: Final = 100
LR: Final = 0.1
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
    untried = set(subject.hyperparameters) - {k for case, _ in mine for k in case["hyperparameters"]}
    if untried:
        raise Undeclared(f"no trajectory sets {', '.join(sorted(untried))}")
    missing = set(SCALES) - {case["scale"] for case, _ in mine}
    if missing:
        raise Undeclared(f"no trajectory with gradients of scale {sorted(missing)}: they show where an epsilon stands")
    for case, path in mine:
        found = _followed(subject, reference, saved, case)
        _close(tally, found, path, f"{case['hyperparameters']} {case['options']}, gradients times {case['scale']:g}")


def _followed(subject: RuleSubject, reference: Trajectories, saved: dict[str, Any], case: dict[str, Any]) -> Array:
    start = saved["values"] * (not case["zero"])
    ends = np.cumsum([int(np.prod(shape)) for shape in reference.shapes])[:-1]

    def split(row: Array) -> list[Array]:
        return [part.reshape(s) for part, s in zip(np.split(row, ends), reference.shapes, strict=True)]

    rows: list[Array] = []

    def seen(t: int, optimizer: Any, tensors: Any) -> None:
        if t in reference.recorded:
            rows.append(np.concatenate([tensor.data.ravel() for tensor in tensors]))

    gradients = [split(row) for row in saved["gradients"] * case["scale"]]
    follow(subject, case["hyperparameters"], split(start), gradients, seen, **case["options"])
    return np.array(rows)


def _close(tally: Tally, found: Array, expected: Array, what: str) -> None:
    reach = np.maximum(np.max(np.abs(expected), axis=0), np.finfo(float).tiny)
    tally.close(found / reach, expected / reach, EXACT, f"another path than the reference's: {what}")


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
    values = {**subject.hyperparameters, **hyperparameters}
    for scale in SCALES:
        for from_zero in (False, True):
            first = start * (not from_zero)
            expected = np.asarray(reference(first, gradients * scale, LR, **values))
            found: list[Array] = []
            follow(
                subject, hyperparameters, [first], [[row] for row in gradients * scale],
                lambda t, o, p, found=found: found.append(p[0].data.copy()), lr=LR, weight_decay=0.0,  # type: ignore[misc]  # bound now
            )  # fmt: skip
            _close(tally, np.array(found), expected, f"{values}, gradients times {scale:g}")


def path_of(subject: RuleSubject, name: str) -> tuple[Array, Array]:
    """A start and gradients of STEPS steps, zeros among them, in one row each."""
    rng = subject.rng(name)
    gradients = rng.normal(size=(STEPS, 8)) * (rng.random((STEPS, 8)) > 0.1)
    gradients[[0, 20], :3] = 0.0
    return rng.normal(size=8), gradients


def _loose(subject: RuleSubject, hyperparameters: Mapping[str, Any], start: Array, gradients: Array) -> Iterator[Array]:
    """The updates of a rule without a driver."""
    loose = Loose(subject.rule(hyperparameters), start, LR)
    for row in gradients:
        loose.step(row)
        yield loose.out


def symmetry(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """What must not matter does not: signs, the order of entries, the origin, and the scale where that is promised."""
    start, gradients = path_of(subject, "symmetry")
    gradients = gradients[:20]
    plain = np.array(list(_loose(subject, hyperparameters, start, gradients)))
    if subject.spec.odd:
        turned = np.array(list(_loose(subject, hyperparameters, -start, -gradients)))
        tally.same(-turned, plain, "(p, g) -> (-p, -g) does not turn the update around")
    if subject.elementwise:
        order = subject.rng("order").permutation(len(start))
        mixed = np.array(list(_loose(subject, hyperparameters, start[order], gradients[:, order])))
        tally.same(mixed, plain[:, order], "entries in another order get other updates, and the rule is elementwise")
    if not subject.spec.uses_values:
        moved = np.array(list(_loose(subject, hyperparameters, start + 1.5, gradients)))
        tally.same(moved, plain, "another origin changes the update: declare uses_values if it is meant to")
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
    single = [v.astype(np.float32) for v in values]
    kept: list[Any] = []
    options: dict[str, Any] = {"lr": LR}
    found = follow(
        subject, hyperparameters, single, gradients, lambda t, o, p: kept.extend(o.state_dict().items()), **options
    )
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
    """A gradient of zeros is finite work and counts as an update; None is no update at all."""
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
    plain = follow(subject, hyperparameters, values, gradients)
    tally.require(counts[0] == [0] * len(values), f"after no gradient the counts are {counts[0]}")
    for one, other in zip(skipped, plain, strict=True):
        tally.same(one, other, "a step without gradients changes the path")
    first = follow(subject, hyperparameters, values, [[np.ones_like(g) for g in gradients[0]]], lr=LR)
    moved = [not np.array_equal(a, b) for a, b in zip(first, values, strict=True)]
    tally.require(all(moved), "the first gradient does not move the parameters")


def constant(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """The same gradient again and again, of which variances are 0 but for rounding, stays finite."""
    values = np.concatenate([[0.0], subject.rng("constant").normal(size=31) * np.geomspace(1e-9, 1e3, 31)])
    gradients = np.tile(values, (STEPS, 1))
    for out in _loose(subject, hyperparameters, np.ones(32), gradients):
        tally.require(np.all(np.isfinite(out)), "along constant gradients an update is not finite")


def hyperparameters_live(subject: RuleSubject, hyperparameters: Mapping[str, Any], tally: Tally) -> None:
    """Each hyperparameter off its default changes the path, alone or beside another."""
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
