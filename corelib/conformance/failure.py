"""The message of a failed check: the entry, both values, the bound, the ratio, and a likely mistake."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from corelib.conformance.sample import LETTERS, Sample, shape_text
from corelib.core.tensor import Array

RATIO_TOLERANCE: Final = 1e-6


class Failure(AssertionError):
    """An op or a rule does not have the property that a check tests."""


class Skip(Exception):
    """A check does not apply; the message says why."""


class Undeclared(Exception):
    """A check needs something that the author did not declare."""


def jacobian_text(
    sample: Sample, results: Sequence[Array], found: Array, expected: Array, bound: Array, tolerance: Array,
    wrong: Array,
) -> str:  # fmt: skip
    """The message for a Jacobian (inputs, outputs): the worst entry, and the pattern of all wrong ones."""
    excess = np.nan_to_num(np.abs(found - expected) / tolerance, nan=np.inf, posinf=np.inf)
    j, i = worst(found, expected, excess, wrong)
    a, n = float(found[j, i]), float(expected[j, i])
    argument, place = coordinate(sample.arrays, j)
    result, where = coordinate(results, i)
    out = "d out" if len(results) == 1 else f"d out{result}"
    where = "" if where == "[]" else where
    ratio = a / n if n else np.inf
    return "\n".join(
        [
            f"{out}{where} / d arg{argument} '{LETTERS[argument % len(LETTERS)]}' {place}",
            f"  backward  = {a!r}",
            f"  numeric   = {n!r}  +- {float(bound[j, i]):.1g}",
            f"  ratio {ratio:.4f}  | tolerance {float(tolerance[j, i]):.1e} | error/tol {float(excess[j, i]):.1e}",
            f"pattern: {pattern(sample, results, found, expected, wrong)}",
            f"sample: {sample}",
        ]
    )


def worst(found: Array, expected: Array, excess: Array, wrong: Array) -> tuple[int, ...]:
    """The wrong entry to report. Of those that are NaN or infinite, the one that should be largest.

    A slope that is NaN makes every entry NaN that it is added to, times 0: those should be 0, and it should not.
    """
    unusual = wrong & ~np.isfinite(found) & np.isfinite(expected)
    size = np.where(unusual, np.abs(expected), np.where(wrong, excess, -1.0))
    if np.any(unusual):
        size = np.where(unusual, size, -1.0)
    elif np.any(wrong & ~np.isnan(expected)):
        size = np.where(np.isnan(expected), -1.0, size)
    return tuple(int(k) for k in np.unravel_index(int(np.argmax(size)), size.shape))


def entry_of(results: Sequence[Array], inputs: Sequence[Array]) -> Callable[[tuple[int, ...]], str]:
    """What to call an entry of a matrix (inputs, outputs): by its places in the arrays."""

    def named(index: tuple[int, ...]) -> str:
        (argument, place), (result, where) = coordinate(inputs, index[0]), coordinate(results, index[1])
        return f"d out{result}{where} / d arg{argument}{place}"

    return named


def coordinate(arrays: Sequence[Array], flat: int) -> tuple[int, str]:
    """Which array the real number ``flat`` belongs to, and where it stands in it."""
    for k, array in enumerate(arrays):
        width = 2 if array.dtype.kind == "c" else 1
        if flat < array.size * width:
            index = np.unravel_index(flat // width, array.shape) if array.ndim else ()
            part = (".real", ".imag")[flat % 2] if width == 2 else ""
            return k, f"[{','.join(str(int(i)) for i in index)}]{part}"
        flat -= array.size * width
    return len(arrays), "[?]"


def pattern(sample: Sample, results: Sequence[Array], found: Array, expected: Array, wrong: Array) -> str:
    """What the wrong entries have in common."""
    hints = [hint for hint in (_owner(sample, wrong), _ratio(sample, found, expected, wrong)) if hint]
    hints += [hint for hint in (_moved(sample, found, expected, wrong), _sign(sample, wrong)) if hint]
    return "; ".join(hints) or "no simple one"


def owners(sample: Sample) -> Array:
    """For each real number, the index of the array it belongs to."""
    widths = [a.size * (2 if a.dtype.kind == "c" else 1) for a in sample.arrays]
    return np.repeat(np.arange(len(widths)), widths)


def _owner(sample: Sample, wrong: Array) -> str:
    lines = owners(sample)[np.any(wrong, axis=1)]
    count = int(np.sum(wrong))
    if len(sample.arrays) < 2:
        return f"{count} of {wrong.size} entries are wrong"
    if len(set(lines.tolist())) == 1:
        return f"all {count} wrong entries belong to arg{lines[0]}"
    return f"{count} of {wrong.size} entries are wrong, of several arguments"


def _ratio(sample: Sample, found: Array, expected: Array, wrong: Array) -> str:
    """What a constant quotient of both values hints at."""
    both = wrong & (expected != 0)
    if not np.any(both):
        return "entries that should be 0" if np.any(wrong) else ""
    if np.all(found[both] == 0):
        return "the gradient is 0: a dropped term, or nothing came back"
    if not np.all(np.isfinite(found[both])):
        return "the gradient is not finite"
    ratios = found[both] / expected[both]
    ratio = float(ratios.flat[0])
    if np.any(np.abs(ratios - ratio) > RATIO_TOLERANCE * abs(ratio)):
        return ""
    return f"constant ratio {ratio:.6g}{_meaning(sample, ratio, both)}"


def _meaning(sample: Sample, ratio: float, both: Array) -> str:
    if abs(ratio + 1) < RATIO_TOLERANCE:
        return ": the sign"
    which = int(owners(sample)[np.flatnonzero(np.any(both, axis=1))[0]])
    array = sample.arrays[which]
    axes = [k for k, n in enumerate(array.shape) if n == 1]
    counted = np.round(1 / ratio, 6) if ratio else 0.0
    if ratio > 0 and counted >= 2 and float(counted).is_integer():
        if axes or array.ndim < max(a.ndim for a in sample.arrays):
            return f"; arg{which} {shape_text(array.shape)} is broadcast: looks like mean instead of sum over an axis"
        return f": a factor 1/{int(counted)} too many (mean instead of sum?)"
    if ratio >= 2 and float(np.round(ratio, 6)).is_integer():
        return f": a factor {round(ratio)} too many (sum instead of mean, or counted twice?)"
    return ""


def _moved(sample: Sample, found: Array, expected: Array, wrong: Array) -> str:
    """Whether the right numbers stand at the wrong places."""
    groups = owners(sample)
    for k, array in enumerate(sample.arrays):
        lines = groups == k
        if array.ndim >= 2 and array.dtype.kind == "f" and np.any(wrong[lines]):
            shape = (*array.shape, -1)
            turned = np.swapaxes(expected[lines].reshape(shape), 0, 1)
            given = found[lines].reshape(shape)
            if turned.shape == given.shape and np.allclose(given, turned):
                return f"arg{k} is transposed"
    if len(sample.arrays) == 2 and sample.arrays[0].shape == sample.arrays[1].shape and np.any(wrong):
        first, second = groups == 0, groups == 1
        if np.allclose(found[first], expected[second]) and np.allclose(found[second], expected[first]):
            return "the gradients of both arguments are swapped"
    return ""


def _sign(sample: Sample, wrong: Array) -> str:
    """Whether only negative, or only positive, arguments are concerned."""
    if any(a.dtype.kind == "c" for a in sample.arrays):
        return ""
    x = np.concatenate([np.ravel(a) for a in sample.arrays])
    concerned = x[np.any(wrong, axis=1)]
    if np.all(concerned < 0) and np.any(x > 0):
        return "only where the argument is negative"
    if np.all(concerned > 0) and np.any(x < 0):
        return "only where the argument is positive"
    return ""


def describe(value: Any) -> str:
    """A value in a message."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{shape_text(value.shape)}"
    return f"{type(value).__name__}"
