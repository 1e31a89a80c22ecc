"""What this distribution provides to corelib."""

from collections.abc import Iterable, Mapping
from typing import Any

import corelib_linalg
from corelib.extend import AnyOp, hookimpl


@hookimpl
def corelib_ops() -> Mapping[str, AnyOp | str]:
    return {name: getattr(corelib_linalg, name) for name in corelib_linalg.__all__}


@hookimpl
def corelib_conformance() -> Iterable[Any]:
    from corelib_linalg.conformance import SPECS  # the suite alone needs them

    return SPECS
