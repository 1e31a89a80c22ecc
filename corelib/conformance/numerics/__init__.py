"""Calls of an op, their Jacobians, and what those are compared with."""
