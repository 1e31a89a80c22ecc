"""Arrays of dask as operands of corelib: the kind ``dask.array.core.Array``, which the plugin provides."""
