"""The line of a rule that is running now."""

import os
import sys
from pathlib import Path
from types import FrameType
from typing import Final

import numpy as np

GUARD, SUITE, CORE = (f"{folder}{os.sep}" for folder in Path(__file__).resolve().parents[:3])
NUMPY: Final = f"{Path(np.__file__).resolve().parent}{os.sep}"


def author_line() -> str:
    """The innermost line outside of NumPy, of the suite and of corelib; of corelib where the check has no other.

    The frames above a check are those of a test runner: the search ends there. "" where there is none below it.
    """
    frame: FrameType | None = sys._getframe(1)
    inside = ""
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith((GUARD, NUMPY, "<")):
            if name.startswith(SUITE):
                return inside
            if not name.startswith(CORE):
                return f"{name}:{frame.f_lineno}"
            inside = inside or f"{name}:{frame.f_lineno}"
        frame = frame.f_back
    return inside
