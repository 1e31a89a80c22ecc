"""What corelib is told of this distribution."""

from collections.abc import Iterable, Mapping
from typing import Any

from corelib.extend import AnyOp, hookimpl
from corelib_broadcast import broadcasting


@hookimpl
def corelib_ops() -> Mapping[str, AnyOp | str]:
    return {
        "broadcast_arrays": broadcasting.broadcast_arrays,
        "broadcast_to": broadcasting.broadcast_to,
        "sum_to": broadcasting.sum_to,
    }


@hookimpl
def corelib_conformance() -> Iterable[Any]:
    from corelib_broadcast.conformance import SPECS  # the suite alone needs them

    return SPECS
