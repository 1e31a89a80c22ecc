"""Limits of one case: its seconds and its memory, so that a loop or a huge array ends one case and not the run."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from types import FrameType
from typing import Final

STATM: Final = Path("/proc/self/statm")  # Linux alone has it, and alone holds a process to its limit of memory
PAGE: Final = 4096
AGAIN: Final = 0.1
SOON: Final = 1e-3


class OutOfTime(BaseException):
    """A case took too long. No Exception: an op that catches those is stopped too."""


@contextmanager
def limited(seconds: float, megabytes: float) -> Iterator[None]:
    """Raise OutOfTime after so many seconds, and MemoryError where so much memory more than now is asked for."""
    with time_limit(seconds), memory_limit(megabytes):
        yield


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime after so many seconds, and again every tenth of one until it gets through.

    An outer limit goes on inside of an inner one. On a thread other than the main one, and where there is no
    SIGALRM, there is no limit; a loop inside of one call of C ends when that returns.
    """
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def expired(number: int, frame: FrameType | None) -> None:
        raise OutOfTime(f"more than {seconds:g} s")

    began = perf_counter()
    before = signal.signal(signal.SIGALRM, expired)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    if 0 < left < seconds:
        signal.setitimer(signal.ITIMER_REAL, left, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (perf_counter() - began), SOON), interval)


@contextmanager
def memory_limit(megabytes: float) -> Iterator[None]:
    """Let this process take so much more memory than it has now. Only Linux holds it to that."""
    if sys.platform != "linux" or not STATM.exists():
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = int(STATM.read_text().split()[0]) * PAGE + int(megabytes * 2**20)
    narrower = [wanted, *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_AS, (min(narrower), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def exceeded(error: BaseException, seconds: float, megabytes: float) -> str:
    """What to say of a case that met a limit; "" for any other error."""
    if isinstance(error, OutOfTime):
        return f"took more than {seconds:g} s; where that is right, declare OpSpec(seconds=...)"
    if isinstance(error, MemoryError):
        return f"asked for more than {megabytes:g} MB; where that is right, declare OpSpec(megabytes=...)"
    return ""
