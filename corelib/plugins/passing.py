"""Failures that pass: they say of the moment that no stack, memory or file handle was left, and nothing of a plugin."""

from errno import EAGAIN, EINTR, EMFILE, ENFILE, ENOMEM
from typing import Final

PASSING: Final = frozenset({EAGAIN, EINTR, EMFILE, ENFILE, ENOMEM})
FAR: Final = 100  # the longest chain of causes that is followed


def is_passing(error: BaseException | None) -> bool:
    """Whether the error, or one that led to it, may be gone the next time."""
    for _ in range(FAR):
        if error is None:
            return False
        if isinstance(error, (RecursionError, MemoryError)) or getattr(error, "errno", None) in PASSING:
            return True
        error = error.__cause__ or error.__context__
    return False
