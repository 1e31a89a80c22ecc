"""What this distribution provides to corelib."""

import sys
from collections.abc import Mapping

from corelib.extend import ArrayKind, hookimpl

if "sparse" in sys.modules:  # its import takes a second, so it is left to who uses it
    from corelib_sparse import deferring  # noqa: F401  # for its effect


@hookimpl
def corelib_array_kinds() -> Mapping[str, ArrayKind | str]:
    return {"sparse.numba_backend._sparse_array.SparseArray": "corelib_sparse.kind:SPARSE"}
