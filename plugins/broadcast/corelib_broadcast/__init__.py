"""Broadcasting as an op, and the sum that undoes it."""

from corelib_broadcast.broadcasting import broadcast_arrays, broadcast_to, sum_to

__all__ = ["broadcast_arrays", "broadcast_to", "sum_to"]
