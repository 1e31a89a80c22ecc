"""Maxima, minima, clip and relu as ops, with ties shared equally."""

from corelib_maximum.clipping import clip
from corelib_maximum.comparing import fmax, fmin, leaky_relu, maximum, minimum, relu
from corelib_maximum.extrema import max, min, nanmax, nanmin, ptp

__all__ = [
    "clip", "fmax", "fmin", "leaky_relu", "max", "maximum", "min", "minimum", "nanmax", "nanmin", "ptp", "relu",
]  # fmt: skip
