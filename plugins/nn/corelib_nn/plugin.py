"""What this distribution provides to corelib."""

from collections.abc import Iterable, Mapping
from typing import Any

import corelib_nn
from corelib.extend import AnyOp, hookimpl


@hookimpl
def corelib_ops() -> Mapping[str, AnyOp | str]:
    return {name: getattr(corelib_nn, name) for name in corelib_nn.__all__}


@hookimpl
def corelib_conformance() -> Iterable[Any]:
    from corelib_nn.specs import SPECS  # the suite alone needs them

    return SPECS
