"""What corelib is told of this distribution."""

from collections.abc import Iterable, Mapping
from typing import Any

from corelib.extend import AnyOp, hookimpl
from corelib_maximum import clipping, comparing, extrema


@hookimpl
def corelib_ops() -> Mapping[str, AnyOp | str]:
    return {
        "clip": clipping.clip,
        "fmax": comparing.fmax,
        "fmin": comparing.fmin,
        "leaky_relu": comparing.leaky_relu,
        "max": extrema.max,
        "maximum": comparing.maximum,
        "min": extrema.min,
        "minimum": comparing.minimum,
        "nanmax": extrema.nanmax,
        "nanmin": extrema.nanmin,
        "ptp": extrema.ptp,
        "relu": comparing.relu,
    }


@hookimpl
def corelib_conformance() -> Iterable[Any]:
    from corelib_maximum.conformance import SPECS  # the suite alone needs them

    return SPECS
