"""Limits of time and memory for one case, so that an endless loop or a huge array ends the case and not the run."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from types import FrameType
from typing import Final

STATM: Final = Path("/proc/self/statm")  # exists on Linux only, which is also the only system that enforces RLIMIT_AS
PAGE: Final = 4096
AGAIN: Final = 0.1
SOON: Final = 1e-3


class OutOfTime(BaseException):
    """A case took too long. It is no Exception, so that an op that catches Exception is stopped too."""


@contextmanager
def limited(seconds: float, megabytes: float) -> Iterator[None]:
    """Raise OutOfTime after ``seconds``, and MemoryError when ``megabytes`` more than now are allocated."""
    with time_limit(seconds), memory_limit(megabytes):
        yield


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime after ``seconds``, and again every tenth of a second until it propagates.

    An outer limit stays active inside an inner one. There is no limit on threads other than the main one, nor without
    SIGALRM; a loop inside one call of C ends when that call returns.
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
    """Let this process allocate ``megabytes`` more than now. Only Linux enforces it."""
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
    """The message for a case that exceeded a limit; "" for any other error."""
    if isinstance(error, OutOfTime):
        return f"took more than {seconds:g} s; where that is right, declare OpSpec(seconds=...)"
    if isinstance(error, MemoryError):
        return f"asked for more than {megabytes:g} MB; where that is right, declare OpSpec(megabytes=...)"
    return ""
