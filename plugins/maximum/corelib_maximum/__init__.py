"""Maxima, minima, clip, relu and sorting as ops, with ties shared equally."""

from corelib_maximum.clipping import clip
from corelib_maximum.comparing import fmax, fmin, leaky_relu, maximum, minimum, relu
from corelib_maximum.cumulative import cummax, cummin
from corelib_maximum.extrema import max, min, nanmax, nanmin, ptp
from corelib_maximum.sorting import partition, sort, top_k

__all__ = [
    "clip", "cummax", "cummin", "fmax", "fmin", "leaky_relu", "max", "maximum", "min", "minimum", "nanmax", "nanmin",
    "partition", "ptp", "relu", "sort", "top_k",
]  # fmt: skip
