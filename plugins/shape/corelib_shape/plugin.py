"""What this distribution provides to corelib."""

from collections.abc import Iterable, Mapping
from typing import Any

import corelib_shape
from corelib.extend import AnyOp, hookimpl


@hookimpl
def corelib_ops() -> Mapping[str, AnyOp | str]:
    return {name: getattr(corelib_shape, name) for name in corelib_shape.__all__}


@hookimpl
def corelib_conformance() -> Iterable[Any]:
    from corelib_shape.conformance import SPECS  # the suite alone needs them
    from corelib_shape.conformance_choosing import CHOOSING
    from corelib_shape.conformance_making import MAKING

    return (*SPECS, *CHOOSING, *MAKING)
