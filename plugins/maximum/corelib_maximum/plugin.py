"""What this distribution provides to corelib."""

from collections.abc import Iterable, Mapping
from typing import Any

import corelib_maximum
from corelib.extend import AnyOp, hookimpl


@hookimpl
def corelib_ops() -> Mapping[str, AnyOp | str]:
    return {name: getattr(corelib_maximum, name) for name in corelib_maximum.__all__}


@hookimpl
def corelib_conformance() -> Iterable[Any]:
    from corelib_maximum.conformance import SPECS  # the suite alone needs them

    return SPECS
