"""The child process: runs the lines that it is given, and says which it began and which raised what it should not."""

import faulthandler
import json
import os
import resource
import sys
import traceback
import warnings
from types import TracebackType
from typing import Any, Final

import numpy as np

from corelib.errors import CorelibError
from tools.fuzz.values import NAMESPACE, Own

MEMORY: Final = 6 * 2**30
# What Python and NumPy themselves say of a wrong argument, in the place where it was given.
ALLOWED: Final = (CorelibError, Own, TypeError, ValueError, IndexError, OverflowError, MemoryError, FloatingPointError)


def main() -> None:
    limit, *lines = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    out = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a call prints is of no interest
    for i, line in enumerate(lines):
        print(json.dumps([i]), file=out, flush=True)
        faulthandler.dump_traceback_later(limit, exit=True)
        found = outcome(line)
        faulthandler.cancel_dump_traceback_later()
        if found:
            print(json.dumps([i, found]), file=out, flush=True)


def outcome(line: str) -> str:
    """What a line raised that it should not have, in a word; nothing where all is well."""
    try:
        use(eval(line, dict(NAMESPACE)))
    except ALLOWED:
        return ""
    except Exception as error:
        place = "" if is_pythons(error) else inside(error.__traceback__)
        return f"{type(error).__name__} at {place}: {str(error)[:200]}" if place else ""
    return ""


def is_pythons(error: Exception) -> bool:
    """Whether Python or NumPy itself refuses: a Tensor whose ``__init__`` was never called, a list too deep for its
    ``repr``, an array of too many axes beside a matrix."""
    if isinstance(error, AttributeError):
        return any(f"'{slot}'" in str(error) for slot in ("_entries", "_node", "_leaf"))
    if isinstance(error, RecursionError):
        return "repr" in str(error)
    return isinstance(error, RuntimeError) and "only supports up to 32 dimensions" in str(error)


def use(result: Any) -> None:
    """Do with a result what a program would."""
    for one in result if isinstance(result, (tuple, list)) else [result]:
        repr(one)
        if hasattr(one, "backward") and getattr(one, "trainable", False) and one.size < 10**6:
            one.backward(np.ones(one.shape))


def inside(trace: TracebackType | None) -> str:
    """The innermost line of corelib that an exception passed; nothing where it passed none, or began in the case."""
    frames = traceback.extract_tb(trace)
    ours = [i for i, f in enumerate(frames) if "corelib" in f.filename and "tools/fuzz" not in f.filename]
    if not ours or any(f.filename == "<string>" for f in frames[ours[-1] :]):
        return ""
    last = frames[ours[-1]]
    return f"{'/'.join(last.filename.split('/')[-2:])}:{last.lineno}"


if __name__ == "__main__":
    main()
