"""Sparse arrays as constant operands of corelib: the kind of the package ``sparse``, which the plugin provides."""
