"""Jacobians, and what they are compared with."""
