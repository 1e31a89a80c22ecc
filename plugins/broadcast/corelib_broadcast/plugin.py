"""What this distribution provides to corelib."""

from collections.abc import Iterable, Mapping
from typing import Any

import corelib_broadcast
from corelib.extend import AnyOp, hookimpl


@hookimpl
def corelib_ops() -> Mapping[str, AnyOp | str]:
    return {name: getattr(corelib_broadcast, name) for name in corelib_broadcast.__all__}


@hookimpl
def corelib_conformance() -> Iterable[Any]:
    from corelib_broadcast.conformance import SPECS  # the suite alone needs them

    return SPECS
