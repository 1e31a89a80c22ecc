"""The norm of all gradients together: by how much it is clipped, and what happens if it is not finite."""

import math
from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np

from corelib.errors import NonFinite
from corelib.parameter import Update
from corelib.rule import FloatArray

Policy: TypeAlias = Literal["raise", "skip", "propagate"]


def clip_factor(updates: Sequence[Update], clip_norm: float | None, on_nonfinite: Policy) -> float | None:
    """What to multiply the gradients by so that their global norm is at most ``clip_norm``; None to skip the step.

    Raises NonFinite, naming the parameters, for a NaN or an infinity under the policy "raise". Under
    "propagate" such gradients are not clipped: their norm says nothing.
    """
    if clip_norm is None and on_nonfinite == "propagate":
        return 1.0
    norm = global_norm(updates)
    if not math.isfinite(norm):
        names = [update.parameter.name for update in updates if not np.isfinite(update.gradient).all()]
        if names and on_nonfinite == "raise":
            raise NonFinite(
                f"the gradient of {', '.join(map(repr, names))} has a NaN or an infinity; nothing was changed. Find it "
                'with corelib.anomaly(), or let on_nonfinite="skip" pass over such steps'
            )
        if names:
            return None if on_nonfinite == "skip" else 1.0
        norm = scaled_norm(updates)
    return clip_norm / norm if clip_norm is not None and norm > clip_norm else 1.0


def global_norm(updates: Sequence[Update]) -> float:
    """The Euclidean norm of all gradients as one vector; not finite where a square is not.

    The squares are added up in order of size, so that the order of the parameters changes no bit.
    """
    return math.sqrt(sum(sorted(square(update.gradient) for update in updates)))


def square(gradient: FloatArray) -> float:
    """The sum of the squares, without an array in between, however the entries lie in memory."""
    if gradient.flags.forc:
        entries = gradient.ravel("K")
        return float(np.dot(entries, entries))
    axes = range(gradient.ndim)
    return float(np.einsum(gradient, axes, gradient, axes, []))


def scaled_norm(updates: Sequence[Update]) -> float:
    """The same for gradients whose squares overflow: slower, and in float64."""
    top = max(float(np.max(np.abs(update.gradient), initial=0)) for update in updates)
    return top * math.sqrt(sum(sorted(float(np.sum(np.square(update.gradient / top, dtype=float))) for update in updates)))
