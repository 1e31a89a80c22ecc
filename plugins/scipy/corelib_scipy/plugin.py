"""What this distribution provides to corelib. SciPy is imported with the first op that is used."""

from collections.abc import Iterable, Mapping
from typing import Any

from corelib.extend import AnyOp, hookimpl
from corelib_scipy.special.names import OPS as SPECIAL
from corelib_scipy.stats.names import OPS as STATS


@hookimpl
def corelib_ops() -> Mapping[str, AnyOp | str]:
    return {**SPECIAL, **STATS}


@hookimpl
def corelib_conformance() -> Iterable[Any]:
    from corelib_scipy.special.specs import SPECS as SPECIAL_SPECS  # the suite alone needs them
    from corelib_scipy.stats.specs import SPECS as STATS_SPECS

    return (*SPECIAL_SPECS, *STATS_SPECS)
