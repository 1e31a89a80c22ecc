"""What this distribution provides to corelib."""

from collections.abc import Iterable, Mapping
from typing import Any

import corelib_fft
from corelib.extend import AnyOp, hookimpl


@hookimpl
def corelib_ops() -> Mapping[str, AnyOp | str]:
    return {name: getattr(corelib_fft, name) for name in corelib_fft.__all__}


@hookimpl
def corelib_conformance() -> Iterable[Any]:
    from corelib_fft.conformance import SPECS  # the suite alone needs them

    return SPECS
