"""Looking into a computation: the first NaN, and what changed in place."""
