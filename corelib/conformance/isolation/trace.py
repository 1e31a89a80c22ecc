"""The text of an exception inside a check: its traceback, down to the author's lines."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from traceback import StackSummary, TracebackException
from typing import Final

SUITE, CORE = (f"{folder}{os.sep}" for folder in Path(__file__).resolve().parents[1:3])  # not corelib_elementwise
LAST: Final = 12  # frames: enough of a recursion


def traced(error: BaseException) -> str:
    """The traceback of an error and of its causes, without the frames of the suite and of corelib itself."""
    exception = TracebackException.from_exception(error)
    for one in _chain(exception):
        own = [frame for frame in one.stack if not _ours(frame.filename)]
        core = [frame for frame in one.stack if not frame.filename.startswith(SUITE)]
        one.stack = StackSummary.from_list((own or core or list(one.stack))[-LAST:])
    return "".join(exception.format()).rstrip()


def origin(error: BaseException) -> str:
    """The kind of an error and the author's line it comes from: the same for every case that meets it there."""
    chain = list(_chain(TracebackException.from_exception(error)))
    for one in reversed(chain):
        own = [frame for frame in one.stack if not _ours(frame.filename)]
        if own:
            return f"{type(error).__name__} at {own[-1].filename}:{own[-1].lineno}"
    return f"{type(error).__name__}: {normal(str(error))}"


def normal(text: str) -> str:
    """A message without its numbers and indices: it names the cause."""
    line = text.strip().partition("\n")[0]
    return re.sub(r"(?<!\w)[-+]?\d[\w.+-]*", "#", re.sub(r" ?\[[^\]]*\]", "", line))


def _chain(exception: TracebackException) -> Iterator[TracebackException]:
    """The error, and those that it was raised from."""
    one: TracebackException | None = exception
    while one is not None:
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _ours(filename: str) -> bool:
    return filename.startswith(CORE) or filename.endswith("threading.py")
