"""What an exception inside a check says: its traceback, as far as the author's lines are concerned."""

import re
from collections.abc import Iterator
from pathlib import Path
from traceback import StackSummary, TracebackException
from typing import Final

CORE: Final = str(Path(__file__).resolve().parents[2])
SUITE: Final = str(Path(__file__).resolve().parents[1])
LAST: Final = 12  # frames: of a recursion, more would say the same


def traced(error: BaseException) -> str:
    """The traceback of an error and of its causes, without the frames of the suite and of corelib itself."""
    told = TracebackException.from_exception(error)
    for one in _chain(told):
        own = [frame for frame in one.stack if not _ours(frame.filename)]
        core = [frame for frame in one.stack if not frame.filename.startswith(SUITE)]
        one.stack = StackSummary.from_list((own or core or list(one.stack))[-LAST:])
    return "".join(told.format()).rstrip()


def origin(error: BaseException) -> str:
    """The kind of an error and the author's line it comes from: the same for every case that meets it there."""
    chain = list(_chain(TracebackException.from_exception(error)))
    for one in reversed(chain):
        own = [frame for frame in one.stack if not _ours(frame.filename)]
        if own:
            return f"{type(error).__name__} at {own[-1].filename}:{own[-1].lineno}"
    return f"{type(error).__name__}: {normal(str(error))}"


def normal(text: str) -> str:
    """A message without its numbers and indices: what is left names the cause."""
    line = text.strip().partition("\n")[0]
    return re.sub(r"(?<!\w)[-+]?\d[\w.+-]*", "#", re.sub(r" ?\[[^\]]*\]", "", line))


def _chain(told: TracebackException) -> Iterator[TracebackException]:
    """The error, and those that it was raised from."""
    one: TracebackException | None = told
    while one is not None:
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _ours(filename: str) -> bool:
    return filename.startswith(CORE) or filename.endswith("threading.py")
