"""The optimizer Lion for corelib."""

from corelib_lion.lion import Lion

__all__ = ["Lion"]
