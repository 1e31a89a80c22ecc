"""Locks on folders: the system takes them off when the process ends that holds them, in whatever way it ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl

    @contextmanager
    def hold(folder: Path, *, wait: bool) -> Iterator[bool]:
        """Whether the folder is locked by this process, within ``with``: always where it waits.

        Raises OSError where the folder is not there. Where the file system has no locks, who waits goes on without.
        """
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield locked(handle, wait=wait)
        finally:
            os.close(handle)

    def locked(handle: int, *, wait: bool) -> bool:
        """Whether the lock could be had."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return wait
        return True

else:

    @contextmanager
    def hold(folder: Path, *, wait: bool) -> Iterator[bool]:
        """Windows locks no folders: who waits goes on without, and who does not leaves the folder alone."""
        yield wait
