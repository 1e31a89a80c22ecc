"""The norm of all gradients together: by how much it is clipped, and what happens if it is not finite."""

import math
from collections.abc import Iterable, Sequence
from string import ascii_letters
from typing import Any

import numpy as np

from corelib.errors import NonFinite
from corelib.optimizing.looking import floats
from corelib.optimizing.options import Policy
from corelib.optimizing.parameter import Update, ndarray
from corelib.rule import FloatArray


def clip_factor(updates: Sequence[Update], clip_norm: float | None, on_nonfinite: Policy) -> float | None:
    """By what to multiply the gradients so that their norm is at most ``clip_norm``; None to skip the step.

    Raises NonFinite, naming the parameters, for a NaN or an infinity under the policy "raise". Under
    "propagate" such gradients are not clipped: their norm says nothing.
    """
    if clip_norm is None and on_nonfinite == "propagate":
        return 1.0
    with np.errstate(over="ignore", under="ignore"):
        norm = root(floats([square(update.gradient) for update in updates]))
    if not math.isfinite(norm):
        finite = floats([np.all(np.isfinite(update.gradient)) for update in updates])
        names = [update.parameter.name for update, whole in zip(updates, finite, strict=True) if not whole]
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


def square(gradient: FloatArray) -> Any:
    """The sum of the squares, without an array in between, however the entries lie in memory.

    Of another kind of array than NumPy's it is such an array, which nobody has looked at.
    """
    if not isinstance(gradient, ndarray):
        entries = gradient.reshape(-1)
        return np.dot(entries, entries)
    if gradient.flags.forc:
        entries = gradient.ravel("K")
        return float(np.dot(entries, entries))
    axes = ascii_letters[: gradient.ndim]
    return float(np.einsum(f"{axes},{axes}", gradient, gradient))


def scaled_norm(updates: Sequence[Update]) -> float:
    """The norm of finite gradients whose squares overflow, in float64."""
    gradients = [update.gradient for update in updates if update.gradient.size]
    top = max(floats([np.max(np.abs(gradient)) for gradient in gradients]))
    return top * root(floats([np.sum(np.square((gradient / top).astype(float))) for gradient in gradients]))
