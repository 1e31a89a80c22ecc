"""What this distribution provides to corelib. SciPy is imported with the first op that is used."""

from collections.abc import Iterable, Mapping
from typing import Any

from corelib.extend import AnyOp, hookimpl
from corelib_scipy.special.names import OPS as SPECIAL


@hookimpl
def corelib_ops() -> Mapping[str, AnyOp | str]:
    return dict(SPECIAL)


@hookimpl
def corelib_conformance() -> Iterable[Any]:
    from corelib_scipy.special.specs import SPECS  # the suite alone needs them

    return SPECS
