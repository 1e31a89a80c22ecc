"""The norm of all gradients together: by how much it is clipped, and what happens if it is not finite."""

import math
from collections.abc import Iterable, Sequence
from string import ascii_letters

import numpy as np

from corelib.errors import NonFinite
from corelib.optimizing.options import Policy
from corelib.optimizing.parameter import Update
from corelib.rule import FloatArray


def clip_factor(updates: Sequence[Update], clip_norm: float | None, on_nonfinite: Policy) -> float | None:
    """By what to multiply the gradients so that their norm is at most ``clip_norm``; None to skip the step.

    Raises NonFinite, naming the parameters, for a NaN or an infinity under the policy "raise". Under
    "propagate" such gradients are not clipped: their norm says nothing.
    """
    if clip_norm is None and on_nonfinite == "propagate":
        return 1.0
    with np.errstate(over="ignore", under="ignore"):
        norm = root(square(update.gradient) for update in updates)
    if not math.isfinite(norm):
        names = [update.parameter.name for update in updates if not np.isfinite(update.gradient).all()]
        if names:
            return nonfinite_factor(names, on_nonfinite)
        norm = scaled_norm(updates)
    return clip_norm / norm if clip_norm is not None and norm > clip_norm else 1.0


def nonfinite_factor(names: Sequence[str], on_nonfinite: Policy) -> float | None:
    """What to do about gradients of these parameters that have a NaN or an infinity."""
    if on_nonfinite == "raise":
        listed = ", ".join(map(repr, names))
        raise NonFinite(
            f"the gradient of {listed} has a NaN or an infinity, and nothing was changed. corelib.anomaly() "
            'finds where it comes from; on_nonfinite="skip" passes over such steps'
        )
    return None if on_nonfinite == "skip" else 1.0


def root(squares: Iterable[float]) -> float:
    """The root of the sum, added up by size: the order of the parameters changes no bit."""
    return math.sqrt(sum(sorted(squares)))


def square(gradient: FloatArray) -> float:
    """The sum of the squares, without an array in between, however the entries lie in memory."""
    if gradient.flags.forc:
        entries = gradient.ravel("K")
        return float(np.dot(entries, entries))
    axes = ascii_letters[: gradient.ndim]
    return float(np.einsum(f"{axes},{axes}", gradient, gradient))


def scaled_norm(updates: Sequence[Update]) -> float:
    """The norm of finite gradients whose squares overflow, in float64."""
    top = max(float(np.max(np.abs(update.gradient), initial=0)) for update in updates)
    return top * root(float(np.sum(np.square(update.gradient / top, dtype=float))) for update in updates)
