"""Standard output and error: encodings that lack characters, and places where nothing more can be written."""

import codecs
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EPIPE
from typing import Final

ALIKE: Final = {
    "├": "|",
    "│": "|",
    "└": "`",
    "─": "-",
    "²": "^2",
    "×": "x",
    "−": "-",
    "∞": "inf",
    "…": "...",
    "→": "->",
}


def replaced(error: UnicodeError) -> tuple[str, int]:
    """What stands for characters that an encoding lacks: some that look alike, else their number, as in "\\u2190"."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(ALIKE.get(each) or each.encode("ascii", "backslashreplace").decode() for each in missing), error.end


@contextmanager
def streams() -> Iterator[None]:
    """Within it whatever is printed can be encoded; what cannot be written is one line and exit status 2."""
    codecs.register_error("corelib.replaced", replaced)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="corelib.replaced")
    try:
        try:
            yield
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except OSError as error:
        if error.filename is not None:
            raise
        silence()
        if error.errno == EPIPE:  # the reader closed the pipe
            raise SystemExit(1) from None
        print(f"Error: the output cannot be written: {error.strerror or error}", file=sys.stderr)
        raise SystemExit(2) from error


def silence() -> None:
    """Let what is still in the buffer vanish: Python would try to write it once more when it ends."""
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
