"""Arrays of CuPy as operands of corelib: the kind ``cupy.ndarray``, which the plugin provides."""
