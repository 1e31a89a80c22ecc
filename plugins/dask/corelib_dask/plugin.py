"""What this distribution provides to corelib."""

from collections.abc import Mapping

from corelib.extend import ArrayKind, hookimpl


@hookimpl
def corelib_array_kinds() -> Mapping[str, ArrayKind | str]:
    return {"dask.array.core.Array": "corelib_dask.kind:DASK"}
